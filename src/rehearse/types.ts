import type { PostgresEffects, TableLock } from "../model/effects.ts";
import type { Environment, Thresholds } from "../model/environment.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { ParsedMigration } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";
import type { MeasuredGrowth } from "../model/growth.ts";
import type { Cell, RehearsalReport, TrafficReport } from "../model/report.ts";
import type { SchemaState } from "../model/schema.ts";

/** What a rehearsal is given: everything that `check` worked out. */
export interface RehearseInput {
  readonly environment: Environment;
  readonly thresholds: Thresholds;
  /** Texts of `pg_dump` files that the migrations start from, loaded first. */
  readonly base?: readonly string[];
  /** Migrations that are applied already: run on the empty database to build the schema before. */
  readonly applied: readonly ParsedMigration[];
  /** The schema after them, as folded. */
  readonly before: SchemaState;
  /** The statements under judgement in order, with their predictions. */
  readonly judged: readonly JudgedStatement[];
  readonly versions: readonly LiveVersion[];
  /**
   * Which release a judged migration belongs to. Between two releases the tables that the first has created are seeded, because people
   * use them by then. Without it all judged migrations are one release.
   */
  readonly releaseOf?: (migration: string) => string;
  /** Rows seeded at most into one table. */
  readonly maxRows: number;
  /** Sizes to measure growth at; null or left out: only the rehearsal's own size. */
  readonly growth?: GrowthOptions | null;
  readonly offline: boolean;
  readonly signal: AbortSignal;
}

export interface GrowthOptions {
  /** Rows of the largest table whose growth is measured. */
  readonly sizes: readonly number[];
  /** Smaller sizes where these would make an ordinary rehearsal long. */
  readonly inTime: boolean;
  /** How often each statement runs at each size; left out: 3, 2 and 2 times. */
  readonly repeat?: number;
}

export interface RehearseEvents {
  /** What is being done, how far, how long still. Written to stderr by the CLI. */
  progress(message: string): void;
  /** What a rehearsed command prints, as it comes. */
  output?(text: string): void;
}

export interface ObservedStatement {
  /** `<migration>#<index>`. */
  readonly key: string;
  readonly observed: PostgresEffects | null;
  readonly heldAfter: readonly TableLock[];
  readonly durationMs: number | null;
  /** Why there is no observation (code that only its own tool can run, refused, after a failed statement), or null. */
  readonly notObserved: string | null;
  readonly traffic: TrafficReport | null;
}

export interface RehearseResult {
  readonly statements: readonly ObservedStatement[];
  readonly cells: readonly Cell[];
  readonly growth: readonly MeasuredGrowth[];
  readonly report: RehearsalReport;
}
