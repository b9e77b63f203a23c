import type { Problem } from "../../model/migration.ts";
import type { DynamicAccess, Query } from "../../model/query.ts";
import type { Files } from "../../sources/source.ts";

export interface WritersOptions {
  /** Folders or files that are not searched: the sources' own, releases kept in the tree. `.` and the empty string exclude nothing. */
  readonly without?: readonly string[];
  /**
   * Qualified names of the tables that the migrations know. With it, SQL that names none of them is another database's and is left
   * out, counted in `scanned.otherTables`.
   */
  readonly tables?: ReadonlySet<string>;
}

/** What raw SQL in the code asks of the database, and how thoroughly it was looked for. */
export interface WritersScan {
  readonly queries: readonly Query[];
  readonly dynamic: readonly DynamicAccess[];
  readonly problems: readonly Problem[];
  readonly scanned: ScanCounts;
}

export interface ScanCounts {
  /** Files in a language that is read. */
  readonly files: number;
  /** Of those, files that hold a string that begins like SQL, which were parsed. */
  readonly parsed: number;
  /** Strings that begin like SQL. */
  readonly candidates: number;
  /** Candidates that look like a write and did not parse. */
  readonly notUnderstood: number;
  /** Candidates on tables that the migrations do not know. */
  readonly otherTables: number;
  /** SQL files that Postgres' grammar refuses and ClickHouse's takes as a whole. */
  readonly otherEngine: number;
  /** Files that were not searched, by the reason: tests, migrations, vendored. */
  readonly leftOut: Readonly<Record<"tests" | "migrations" | "vendored", number>>;
}

/**
 * Looks for raw SQL in the code of a repository (TypeScript, JavaScript, Python, Rust, Go, Ruby, Java, SQL): other writers that share
 * the database. Each string that begins like SQL is parsed with Postgres' own grammar; what is computed in it is `dynamic`, named with
 * its place.
 */
export async function scanWriters(files: Files, options: WritersOptions = {}): Promise<WritersScan> {
  const { scan } = await import("./scan.ts");
  return scan(files, options);
}
