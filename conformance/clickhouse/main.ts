import { join } from "node:path";
import { startClickHouse } from "../../src/engines/clickhouse/embedded/index.ts";
import { loadClickHouse } from "../../src/engines/clickhouse/index.ts";
import { loadCases } from "./cases.ts";
import { judge } from "./judge.ts";

/** `npm run conformance:clickhouse [-- WORD]`: every case (those whose name holds WORD) on the embedded engine. */
const [word = ""] = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const cases = loadCases(join(process.cwd(), "conformance", "clickhouse", "cases")).filter((c) => c.name.includes(word));
const clickhouse = await loadClickHouse();
const server = await startClickHouse({ still: true });
const files = new Map<string, { cases: number; differ: number }>();
let broken = 0;
try {
  for (const one of cases) {
    const file = one.name.slice(0, one.name.indexOf(":"));
    const count = files.get(file) ?? { cases: 0, differ: 0 };
    files.set(file, count);
    count.cases++;
    try {
      const { differences } = await judge(clickhouse, server, one);
      if (differences.length === 0) continue;
      count.differ++;
      process.stdout.write(`${one.name}\n  ${one.statement.replace(/\s+/g, " ")}\n${differences.map((d) => `    ${d}\n`).join("")}`);
    } catch (error) {
      broken++;
      process.stdout.write(`${one.name}\n    cannot be judged: ${String(error).slice(0, 300)}\n`);
      if (server.crashed() !== null) await server.restart();
    }
  }
} finally {
  await server.stop();
}
const differ = [...files.values()].reduce((sum, f) => sum + f.differ, 0);
const width = Math.max(8, ...[...files.keys()].map((f) => f.length));
process.stdout.write(`\n${"file".padEnd(width)}  cases  predicted = observed\n`);
for (const [file, count] of files)
  process.stdout.write(`${file.padEnd(width)}  ${String(count.cases).padStart(5)}  ${String(count.cases - count.differ).padStart(20)}\n`);
process.stdout.write(
  `${cases.length} cases on ClickHouse ${server.version}: ${cases.length - differ - broken} agree, ${differ} differ, ${broken} could not be judged\n`,
);
process.exitCode = differ + broken > 0 || cases.length === 0 ? 1 : 0;
