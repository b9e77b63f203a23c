import type { ClickHouseChange } from "../../model/clickhouse/change.ts";
import type { ClickHouseEffects } from "../../model/clickhouse/effects.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { TableScale } from "../../model/environment.ts";
import type { SqlStep, Statement, Suppression } from "../../model/migration.ts";
import type { Query } from "../../model/query.ts";
import type { Span } from "../../text/span.ts";

/** The release series that tread predicts, oldest first: from the oldest LTS that is in use (24.3) to what chDB 3.4.0 embeds (26.7). */
export const CLICKHOUSE_VERSIONS = [
  "24.3",
  "24.8",
  "24.9",
  "24.10",
  "24.11",
  "24.12",
  "25.1",
  "25.2",
  "25.3",
  "25.4",
  "25.5",
  "25.6",
  "25.7",
  "25.8",
  "25.9",
  "25.10",
  "25.11",
  "25.12",
  "26.1",
  "26.2",
  "26.3",
  "26.4",
  "26.5",
  "26.6",
  "26.7",
] as const;
export type ClickHouseVersion = (typeof CLICKHOUSE_VERSIONS)[number];
export const NEWEST_CLICKHOUSE: ClickHouseVersion = "26.7";

/** One statement as the parser splits it, before it is understood against a schema. */
export interface RawClickHouseStatement {
  /** Without the trailing semicolon and without the comments before it. */
  readonly sql: string;
  readonly span: Span;
  readonly suppressions: readonly Suppression[];
  readonly syntaxError: Statement["syntaxError"];
  /** The parse tree, opaque outside of `engines/clickhouse`. Null for a syntax error. */
  readonly tree: unknown;
  /** Why it cannot be understood whatever the schema is, or null. */
  readonly opaque: string | null;
}

export interface ClickHouseChangesOptions {
  /** The database of unqualified names until a USE says otherwise. */
  readonly database: string;
}

export interface ClickHousePredictOptions {
  /** `26.7`, or longer (`25.8.14.1`): what is newer than the newest known series is taken as that. */
  readonly version: string;
  /** The table (`database.table`) has no rows: it was created in the same release. */
  readonly isEmpty: (table: string) => boolean;
  /** What the scale profile says of the table on one replica, or null. */
  readonly sizeOf?: (table: string) => TableScale | null;
}

/** What a query of a live version would meet in a schema. */
export type ClickHouseFate =
  | { readonly kind: "works" }
  /** `sqlstate` is the server's error code as text (`47`), so that both engines' fates read alike. */
  | { readonly kind: "fails"; readonly code: number; readonly sqlstate: string; readonly message: string }
  /** It could not be told: a function, a table function or a table that the state does not know, SQL that does not parse. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What ClickHouse is to the rest of tread. Loaded with `loadClickHouse()`; everything here is synchronous and pure. */
export interface ClickHouseEngine {
  /** Splits and parses one step. Never throws: what does not parse is a statement with a syntax error. */
  read(step: SqlStep): readonly RawClickHouseStatement[];
  /** What the statement changes, its names and types resolved against the schema before it. */
  changes(statement: RawClickHouseStatement, before: ClickHouseState, options: ClickHouseChangesOptions): readonly ClickHouseChange[];
  predict(changes: readonly ClickHouseChange[], before: ClickHouseState, options: ClickHousePredictOptions): ClickHouseEffects;
  /** @param database of unqualified names in the query */
  bind(query: Pick<Query, "sql">, state: ClickHouseState, database?: string): ClickHouseFate;
}
