import type { Span } from "../text/span.ts";
import type { Change } from "./change.ts";
import type { PostgresEffects, TableLock } from "./effects.ts";
import type { ParsedMigration, Statement } from "./migration.ts";
import type { BrokenQuery } from "./report.ts";
import type { SchemaState } from "./schema.ts";

/** One statement with everything known about it: what rules, plans and reports work on. */
export interface JudgedStatement {
  readonly migration: ParsedMigration;
  readonly statement: Statement;
  readonly before: SchemaState;
  readonly after: SchemaState;
  /** Null for code and for what was not understood. */
  readonly predicted: PostgresEffects | null;
  /** What one of several sub-commands would do as a statement of its own. Absent where there is one change only. */
  readonly alone?: (change: Change) => PostgresEffects;
  readonly observed: PostgresEffects | null;
  /** What the transaction holds before the statement starts, and after it has ended. */
  readonly heldBefore: readonly TableLock[];
  readonly heldAfter: readonly TableLock[];
  /** Queries of live versions that worked before this statement and fail after it. */
  readonly breaks: readonly VersionBreak[];
}

export interface VersionBreak extends BrokenQuery {
  readonly version: string;
  /** Where the version sends it from. */
  readonly span?: Span | null;
}

/** A query that fails when its version is deployed again after the release. */
export interface RollbackBreak extends VersionBreak {
  /** The statement from which on it fails. */
  readonly at: JudgedStatement;
}
