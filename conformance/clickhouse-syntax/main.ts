// `npm run conformance:clickhouse-syntax`: our reading of ClickHouse's SQL against the engine's own, statement by statement.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { compare, type Disagreement } from "./compare.ts";
import { formatted, hasEngine } from "./engine.ts";
import { generate } from "./generate.ts";

const usage = `npm run conformance:clickhouse-syntax [-- --count=20000] [--seed=1]

Hand-written statements (conformance/clickhouse-syntax/statements) and generated ones: does the parser accept what ClickHouse's formatQuery
accepts, refuse what it refuses, and read the engine's own text of a statement as the same statement?
`;

interface Row {
  readonly name: string;
  readonly statements: number;
  readonly accepted: number;
  readonly disagreements: readonly Disagreement[];
}

/** The hand-written statements of one file, one on each line; lines that begin with -- say what follows. */
export function handWritten(folder: string): readonly { readonly name: string; readonly statements: readonly string[] }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted()
    .map((name) => {
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      return { name, statements: lines.filter((line) => line.trim() !== "" && !line.startsWith("-- ")) };
    });
}

/** Asks the engine for its text of each statement, and compares our reading of both. */
export async function check(name: string, statements: readonly string[]): Promise<Row> {
  const answers = await formatted(statements);
  const disagreements = statements.flatMap(
    (sql, index) => compare(sql, answers[index] ?? { text: null, stable: false, same: false }) ?? [],
  );
  return { name, statements: statements.length, accepted: answers.filter(({ text }) => text !== null).length, disagreements };
}

async function main(): Promise<number> {
  const options = new Map(
    process.argv.slice(2).map((argument): [string, string] => {
      const [name = "", value = ""] = argument.replace(/^--/, "").split("=");
      return [name, value];
    }),
  );
  if (options.has("help")) {
    process.stdout.write(usage);
    return 0;
  }
  if (!hasEngine()) {
    process.stdout.write("ClickHouse (npm package chdb, an optional dependency) is not installed here: npm install chdb\n");
    return 3;
  }
  const count = Number(options.get("count") ?? "20000");
  const seed = Number(options.get("seed") ?? "1");
  const rows: Row[] = [];
  for (const { name, statements } of handWritten("conformance/clickhouse-syntax/statements")) rows.push(await check(name, statements));
  rows.push(await check(`generated, seed ${seed}`, generate(seed, count)));
  print(rows);
  return rows.some((row) => row.disagreements.length > 0) ? 1 : 0;
}

function print(rows: readonly Row[]): void {
  const line = (cells: readonly (string | number)[]): string =>
    `${String(cells[0]).padEnd(32)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(15))
      .join("")}\n`;
  for (const { kind, sql, detail } of rows.flatMap((row) => row.disagreements.slice(0, 20))) {
    process.stdout.write(`${kind}: ${sql.slice(0, 2000)}\n    ${detail.slice(-1500)}\n`);
  }
  process.stdout.write(line(["", "statements", "accepted", "refused", "disagreements"]));
  for (const row of rows) {
    process.stdout.write(line([row.name, row.statements, row.accepted, row.statements - row.accepted, row.disagreements.length]));
  }
  const total = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const hand = total((row) => (row.name.startsWith("generated") ? 0 : row.statements));
  const all = total((row) => row.statements);
  const disagreements = total((row) => row.disagreements.length);
  process.stdout.write(
    `${hand} hand-written and ${all - hand} generated statements: ${total((row) => row.accepted)} accepted and ${all - total((row) => row.accepted)} refused by the engine, ${disagreements} disagreements (target 0)\n`,
  );
}

if (process.env["VITEST"] === undefined) process.exitCode = await main();
