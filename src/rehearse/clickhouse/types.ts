import type { ClickHouseEffects } from "../../model/clickhouse/effects.ts";
import type { ClickHouseJudged, ClickHouseParsedMigration } from "../../model/clickhouse/judged.ts";
import type { Environment } from "../../model/environment.ts";
import type { MeasuredGrowth } from "../../model/growth.ts";
import type { Migration } from "../../model/migration.ts";
import type { LiveVersion } from "../../model/query.ts";
import type { Cell, RehearsalReport } from "../../model/report.ts";
import type { GrowthOptions } from "../types.ts";

/** What a rehearsal on ClickHouse is given: everything that `check` worked out. */
export interface ClickHouseRehearseInput {
  readonly environment: Environment;
  /** The database of unqualified names. */
  readonly database: string;
  /** `SHOW CREATE` dumps that the migrations start from, loaded first. */
  readonly base: readonly string[];
  /** Migrations that are applied already: run to build the schema, and the rows, before. */
  readonly applied: readonly ClickHouseParsedMigration[];
  /** The statements under judgement in order, with their predictions. */
  readonly judged: readonly ClickHouseJudged[];
  readonly versions: readonly LiveVersion[];
  readonly releaseOf?: (migration: Migration["id"]) => string;
  /** Rows seeded at most into all tables together. */
  readonly maxRows: number;
  readonly growth?: GrowthOptions | null;
  readonly signal: AbortSignal;
}

export interface ObservedClickHouseStatement {
  /** `<migration>#<index>`. */
  readonly key: string;
  readonly observed: ClickHouseEffects | null;
  readonly durationMs: number | null;
  /** Why there is no observation, or what limits it; null where there is nothing to add. */
  readonly notObserved: string | null;
  /** Where the prediction's pre-checks, asked on the rows of the rehearsal, and what then happened to these differ. In words. */
  readonly disagreements: readonly string[];
}

export interface ClickHouseRehearseResult {
  readonly statements: readonly ObservedClickHouseStatement[];
  readonly cells: readonly Cell[];
  readonly growth: readonly MeasuredGrowth[];
  readonly report: RehearsalReport;
  /** The engine died, or did not answer: what was rehearsed before it is in the report, the rest is not. */
  readonly crash: { readonly message: string; readonly help: string } | null;
}
