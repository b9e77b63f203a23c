import type { VersionBreak } from "../judged.ts";
import type { Migration, Statement } from "../migration.ts";
import type { ClickHouseChange } from "./change.ts";
import type { ClickHouseEffects } from "./effects.ts";
import type { ClickHouseState } from "./schema.ts";

/** One statement of a parsed ClickHouse migration. There are no transactions: each takes effect by itself. */
export interface ClickHouseStatement extends Omit<Statement, "changes" | "transaction" | "copyData"> {
  readonly changes: readonly ClickHouseChange[];
}

export interface ClickHouseParsedMigration extends Omit<Migration, "steps"> {
  readonly statements: readonly ClickHouseStatement[];
}

/** One statement with everything known about it: what rules, plans and reports work on. */
export interface ClickHouseJudged {
  readonly migration: ClickHouseParsedMigration;
  readonly statement: ClickHouseStatement;
  readonly before: ClickHouseState;
  readonly after: ClickHouseState;
  /** Null for code and for what was not understood. */
  readonly predicted: ClickHouseEffects | null;
  /** What one of several ALTER commands would do as a statement of its own. Absent where there is one change only. */
  readonly alone?: (change: ClickHouseChange) => ClickHouseEffects;
  readonly observed: ClickHouseEffects | null;
  /** Queries of live versions that worked before this statement and fail after it. `sqlstate` is the error code as text: `47`. */
  readonly breaks: readonly VersionBreak[];
}
