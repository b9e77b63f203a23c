// What the two clusters of `npm run faults:cluster` have in common: product code packed once, changes walked by a process that can be
// killed, and rows that are counted by their id.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "../scripts/setup.mjs";

const WALKER = fileURLToPath(new URL("faults-cluster-walker.mjs", import.meta.url));
/** The same command again, at most so often. */
const COMMANDS = 12;

/** @returns the folder with the packed rooms, and them imported */
export async function packed() {
  const { rolldown } = await import("rolldown");
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "tread-faults-cluster-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const rooms = {
    modern: "engines/clickhouse/cluster-harness/modern.test-helper.ts",
    replicated: "engines/clickhouse/cluster-harness/replicated.test-helper.ts",
    chain: "plan/cluster/chain.test-helper.ts",
    topology: "engines/clickhouse/topology/read.ts",
    walk: "apply/cluster/walk.ts",
    host: "apply/cluster/host.ts",
    introspect: "engines/clickhouse/introspect/index.ts",
  };
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(rooms).map(([name, path]) => [name, join(root, "src", path)])),
    transform: { target: "node20" },
    platform: "node",
    external: (id) => !id.startsWith(".") && !id.startsWith("@oxc-project/") && !isAbsolute(id),
  });
  await bundle.write({ dir: folder, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
  await bundle.close();
  const rooms_ = await Promise.all(
    ["modern", "replicated", "chain", "topology", "introspect"].map((name) => import(pathToFileURL(join(folder, `${name}.js`)).href)),
  );
  return { folder, ...Object.assign({}, ...rooms_) };
}

/** Reproducible numbers below 1. */
export function randomFrom(start) {
  let seed = start;
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
}

/**
 * The same command until it is through.
 * @param first what happens during the first command; `kill` ends it as SIGKILL does
 * @param between what happens before the second one, and before every fourth further one: what an operator would do who is told to
 * @returns how many commands it took, and what was no correct account of a stop
 */
export async function walked({ folder, plan, urls, dialect }, first = null, between = null) {
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify({ folder, plan, urls, dialect, endUndoWindow: true }));
  const wrong = [];
  for (let commands = 1; ; commands++) {
    const child = spawn(process.execPath, [WALKER, file], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    let killed = false;
    child.stderr.on("data", (data) => (said += String(data)));
    const closed = new Promise((resolve) => child.on("close", resolve));
    const kill = () => {
      killed = true;
      child.kill("SIGKILL");
    };
    const fault = commands === 1 && first !== null ? first({ kill, closed }) : null;
    const code = await closed;
    await fault;
    if (code === 0) return { commands, wrong };
    // 4: stopped, and the same command goes on. Everything else says that a person must look, or is a crash.
    if (code !== 4 && !killed) wrong.push(`exit ${code}: ${said.trim().split("\n").slice(-3).join(" / ").slice(0, 600)}`);
    if (commands === COMMANDS) return { commands, wrong: [...wrong, `not through: ${said.trim().split("\n").slice(-3).join(" / ")}`] };
    if (commands === 1 || commands % 4 === 0) await between?.(commands);
    else await sleep(500);
  }
}

/** One command of the walker over what a file says. @returns its exit code and what it said */
export async function walkOnce(file) {
  const child = spawn(process.execPath, [WALKER, file], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (data) => (said += String(data)));
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, said };
}

/** Whether a moment is over or the command has ended before. */
export function moment(milliseconds, closed) {
  return Promise.race([sleep(milliseconds), closed]);
}

/** A proxy before a host's HTTP port. `cut`: connections are reset and refused; `mute`: they are taken, and nothing comes back. */
export async function proxyTo(port) {
  const sockets = new Set();
  const state = { mode: "open" };
  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => {}).on("close", () => sockets.delete(client));
    if (state.mode === "cut") {
      client.destroy();
      return;
    }
    const upstream = connect(port, "127.0.0.1");
    sockets.add(upstream);
    upstream.on("error", () => client.destroy()).on("close", () => (sockets.delete(upstream), client.destroy()));
    client.on("close", () => upstream.destroy());
    // A request that is on its way may arrive while its answer does not: applied, and nobody was told.
    client.on("data", (data) => upstream.write(data));
    upstream.on("data", (data) => state.mode === "open" && client.write(data));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    set(mode) {
      state.mode = mode;
      if (mode === "cut") for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Whether the columns of a database's tables are the same on all hosts. */
export async function sameEverywhere(cluster, database) {
  const seen = new Set();
  for (const { index } of cluster.hosts)
    seen.add(
      await cluster.query(
        index,
        `SELECT groupArray((table, name, type)) FROM (SELECT table, name, type FROM system.columns WHERE database = '${database}' ORDER BY table, name)`,
      ),
    );
  return seen.size === 1;
}

/** Prints the series and the totals. @returns the exit code */
export function conclude(table, reasons, faults) {
  if (table.length > 0) console.table(table);
  for (const reason of reasons) console.log(reason);
  for (const { host, log } of faults) console.log(`harness: ${host} ended by itself and was started again (${log.slice(0, 200)})`);
  const sum = (key) => table.reduce((all, row) => all + (Number(row[key]) || 0), 0);
  const broken = ["failed inserts", "failed reads", "lost", "twice", "hosts unequal", "wrong accounts"].reduce(
    (all, key) => all + sum(key),
    0,
  );
  console.log(
    `${sum("runs")} runs, ${sum("commands")} commands, ${sum("inserts")} inserts, ${sum("reads")} reads: ${sum("lost")} rows lost, ${sum("twice")} twice, ${sum("failed inserts")} inserts and ${sum("failed reads")} reads failed, ${sum("hosts unequal")} times hosts unequal, ${sum("wrong accounts")} wrong accounts; ${faults.length} faults of the harness`,
  );
  return broken === 0 && table.length > 0 ? 0 : 1;
}
