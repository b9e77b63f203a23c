import type { Problem } from "../../model/migration.ts";
import { compareCodePoints, nameOf } from "../files/paths.ts";

/** The name of a file without its folder and `.sql`. */
export function stemOf(path: string): string {
  return nameOf(path).replace(/\.sql$/i, "");
}

/** The number that a name begins with: its parts (`1.2` → 1, 2) for ordering, or null. A letter before it (`v12`) is allowed. */
export function numberOf(name: string): readonly bigint[] | null {
  const match = /^[vV]?(\d+(?:[.](?=\d)\d+)*)/.exec(name);
  return match?.[1] === undefined ? null : versionParts(match[1]);
}

/** `1.2` or `1_2` → 1, 2; trailing zeros do not count, so that 1.0 is 1. Big integers, because timestamps with microseconds exist. */
export function versionParts(version: string): readonly bigint[] {
  const parts = version.split(/[._]/).filter(Boolean).map(BigInt);
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop();
  return parts;
}

export function compareVersions(a: readonly bigint[], b: readonly bigint[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = a[i] ?? 0n;
    const y = b[i] ?? 0n;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Numbered names first, by number; then the others in code-point order. */
export function compareNumbered(a: string, b: string): number {
  const x = numberOf(nameOf(a));
  const y = numberOf(nameOf(b));
  if (x !== null && y !== null) return compareVersions(x, y) || compareCodePoints(a, b);
  if (x === null && y === null) return compareCodePoints(a, b);
  return x === null ? 1 : -1;
}

/** Folders in the order a person means: `v2` before `v10`. */
export function compareNatural(a: string, b: string): number {
  const x = a.split(/(\d+)/);
  const y = b.split(/(\d+)/);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const left = x[i] ?? "";
    const right = y[i] ?? "";
    const order = i % 2 === 1 ? compareVersions([BigInt(left)], [BigInt(right)]) : compareCodePoints(left, right);
    if (order !== 0) return order;
  }
  return x.length - y.length || compareCodePoints(a, b);
}

/** What a tool does with two migrations of one number. */
export interface Duplicates {
  readonly what: string;
  /** It stops, or never runs one of them. */
  readonly refused: boolean;
}

/** A finding for each number that several migrations share: tools refuse them, skip one, or run them in an order nobody chose. */
export function duplicateNumbers(
  entries: readonly { readonly file: string; readonly number: string }[],
  { what, refused }: Duplicates,
): Problem[] {
  const byNumber = new Map<string, string[]>();
  for (const { file, number } of entries) byNumber.set(number, [...(byNumber.get(number) ?? []), file]);
  return [...byNumber].flatMap(([number, files]) => {
    if (files.length < 2) return [];
    const [first = ""] = files.slice(1);
    return [
      {
        code: "duplicate-number",
        message: `number ${number} is used ${files.length} times: ${files.map(nameOf).join(", ")}`,
        help: `${what} Give the newer one the next free number.`,
        span: { file: first, line: 1, column: 1, endLine: 1, endColumn: 1 },
        fatal: false,
        refused,
      },
    ];
  });
}

/** A dump of the whole schema, which tools write beside the migrations. */
export function isDump(name: string): boolean {
  return /^(?:schema|structure|dump|pg_dump|database|full_schema|baseline_dump|schema[_-]dump)\.sql$/i.test(name);
}

/** Scripts that are kept near migrations and are none: a way back, test data, queries, setup of another kind. */
export function isBeside(name: string): boolean {
  return /^(?:seeds?|fixtures?|sample[_-]?data|test[_-]?data|queries|rollback|teardown|drop[_-]?all|down|undo)\.sql$/i.test(name);
}

/** Folders whose scripts lead back, or hold data and tests. */
export function isBesideFolder(name: string): boolean {
  return /^(?:downs?|undo|rollbacks?|reverts?|backout|seeds?|fixtures|snapshots?|verify|tests?|testdata|__tests__|queries|archived?|deprecated|examples?)$/i.test(
    name,
  );
}

const OTHER_ENGINES = /^(?:mysql|mariadb|sqlite3?|mssql|sqlserver|oracle|db2|h2|cockroach(?:db)?|snowflake|bigquery|duckdb)$/i;
const POSTGRES_FOLDER = /^(?:pg|psql|postgres|postgresql)$/i;
const CLICKHOUSE_FOLDER = /^(?:clickhouse|ch)$/i;

/** Whether a folder name says that its scripts are for another engine than `database`. */
export function isForAnotherEngine(name: string, database: "postgres" | "clickhouse"): boolean {
  return OTHER_ENGINES.test(name) || (database === "postgres" ? CLICKHOUSE_FOLDER : POSTGRES_FOLDER).test(name);
}
