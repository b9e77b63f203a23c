// The walker of `npm run faults:cluster` as a process of its own, to be killed. argv: a file with {folder, plan, urls, dialect, endUndoWindow?}.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { folder, plan, urls, dialect, endUndoWindow = false } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const [{ walkCluster }, { walkHost }, { readClickHouseTarget }] = await Promise.all(
  ["walk", "host", "introspect"].map((name) => import(pathToFileURL(join(folder, `${name}.js`)).href)),
);
const hosts = new Map(Object.entries(urls).map(([name, url]) => [name, walkHost(name, readClickHouseTarget(url, {}), dialect)]));
const events = {
  step() {},
  ran: ({ number, effect }, host, how, ms) => console.error(`${number} ${how} ${host} ${ms} ms: ${effect}`),
  say: (message) => console.error(`· ${message}`),
  preflight: (results) => results.forEach(({ host, severity, message }) => severity === "stop" && console.error(`${host}: ${message}`)),
};
try {
  const signal = new AbortController().signal;
  const { pending } = await walkCluster({ plan, hosts, by: "faults", limits: { settleMs: 30_000 }, signal, events, endUndoWindow });
  process.exitCode = pending.length === 0 ? 0 : 4;
} catch (error) {
  if (error.name !== "WalkStopped") throw error;
  console.error(`stopped: ${error.message}`);
  process.exitCode = error.exitCode;
}
