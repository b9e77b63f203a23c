import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of a check, by the functions that do them. Each counts with everything that it calls. */
const PARTS = [
  ["finding and reading the files", ["detectSources", "readSource"]],
  ["parsing (libpg-query and splitting)", ["readOnce"]],
  ["what statements change, and the schemas between them", ["changes", "apply"]],
  ["predicted effects", ["predict"]],
  ["rules", ["hazardsOf"]],
  ["text of the report", ["printReport"]],
  ["garbage collector", ["(garbage collector)"]],
];

/** Runs a command of Node's under V8's sampling profiler. @returns lines: share of the samples per part */
export function whereTimeGoes(cwd, args, work) {
  const folder = join(work, "profile");
  mkdirSync(folder);
  spawnSync(process.execPath, ["--cpu-prof", `--cpu-prof-dir=${folder}`, ...args], { cwd, stdio: "ignore" });
  const [file] = readdirSync(folder);
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const spent = new Map(PARTS.map(([part]) => [part, 0]));
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const time = timeDeltas[index];
    total += time;
    // The innermost part counts: effects are predicted while rules ask for them.
    for (let node = byId.get(id); node !== undefined; node = parents.get(node.id)) {
      const part = PARTS.find(([, functions]) => functions.includes(node.callFrame.functionName));
      if (part === undefined) continue;
      spent.set(part[0], spent.get(part[0]) + time);
      break;
    }
  }
  const known = [...spent].map(([part, time]) => [part, time / total]);
  const rest = 1 - known.reduce((sum, [, share]) => sum + share, 0);
  return [...known, ["the rest: loading, matrix, verdicts, JSON", rest]].map(
    ([part, share]) => `  ${part.padEnd(56)} ${(share * 100).toFixed(0).padStart(3)} %`,
  );
}
