import type { Origin } from "../schema.ts";

/**
 * The schema of one ClickHouse server (or of every server of a cluster alike), as far as migrations and dumps tell it. Immutable:
 * `applyClickHouse(change, state, origin)` returns a new one that shares what did not change. Tables are keyed `database.table`,
 * unquoted.
 */
export interface ClickHouseState {
  readonly databases: ReadonlyMap<string, ClickHouseDatabase>;
  /** Everything that can stand behind FROM: tables, views, dictionaries. */
  readonly tables: ReadonlyMap<string, ClickHouseTable>;
  /** Per table, what names it in its definition: views, targets of views, Distributed and Buffer tables, dictionaries. */
  readonly dependents: ReadonlyMap<string, ReadonlySet<string>>;
  /** Detached and not attached again; a `CREATE TABLE` of the same name is refused or comes back at restart. */
  readonly detached: ReadonlyMap<string, ClickHouseTable & { readonly permanently: boolean }>;
  /** Dropped without SYNC: UNDROP can bring them back for some minutes. The last one of each name. */
  readonly dropped: ReadonlyMap<string, ClickHouseTable>;
  /** User-defined SQL functions by name. */
  readonly functions: ReadonlyMap<string, ClickHouseFunction>;
  /** Names of functions that were dropped: who calls one that was not made again fails. */
  readonly formerFunctions?: ReadonlySet<string>;
  readonly namedCollections: ReadonlyMap<string, NamedCollection>;
  /** Users, roles, quotas, policies, profiles, workloads, resources: `role analyst`. */
  readonly objects: ReadonlySet<string>;
  readonly session: ClickHouseSession;
  /**
   * False when the base schema is not known (no earlier migration, no dump creates these tables): a missing table is then not an
   * error but something unknown.
   */
  readonly complete: boolean;
}

/** What USE and SET have set. Starts anew with each migration. */
export interface ClickHouseSession {
  /** The database of unqualified names; null: the caller's default. */
  readonly database: string | null;
  readonly settings: ReadonlyMap<string, string>;
  /** CREATE TEMPORARY TABLE: gone with the session. */
  readonly temporary?: ReadonlyMap<string, ClickHouseTable>;
}

export interface ClickHouseDatabase {
  readonly name: string;
  /** `Atomic`, `Replicated`, `Lazy`, `MaterializedPostgreSQL`, … */
  readonly engine: string;
  readonly engineArgs: readonly string[];
  readonly comment: string | null;
  readonly cluster: string | null;
  readonly origin: Origin;
}

export type ClickHouseTableKind = "table" | "view" | "materialized-view" | "refreshable-view" | "live-view" | "window-view" | "dictionary";

export interface ClickHouseTable {
  /** `database.table`. */
  readonly name: string;
  readonly database: string;
  readonly table: string;
  readonly kind: ClickHouseTableKind;
  /** Null for a plain view. Of a materialized view: the engine of its inner table, null with TO. */
  readonly engine: TableEngine | null;
  readonly columns: readonly ClickHouseColumn[];
  /** False: the column list could not be told (AS a table function, a table that the state does not know). */
  readonly columnsKnown: boolean;
  /** Null: no ORDER BY. Empty: `ORDER BY tuple()`. */
  readonly orderBy: readonly KeyPart[] | null;
  /** As stated, or null: then it is the sorting key. */
  readonly primaryKey: readonly KeyPart[] | null;
  readonly partitionBy: ClickHouseExpression | null;
  readonly sampleBy: ClickHouseExpression | null;
  readonly ttl: readonly TableTtl[];
  readonly settings: ReadonlyMap<string, string>;
  readonly indexes: readonly SkipIndex[];
  readonly projections: readonly Projection[];
  readonly constraints: readonly ClickHouseConstraint[];
  /** Of a view: its query. */
  readonly select: ClickHouseSelect | null;
  /** Of a materialized or refreshable view with TO: `database.table`. */
  readonly target: string | null;
  /** Of a materialized or refreshable view without TO: it owns its rows. */
  readonly inner: boolean;
  /** Of a refreshable view: `EVERY 1 HOUR APPEND`. */
  readonly refresh: { readonly text: string; readonly append: boolean; readonly dependsOn: readonly string[] } | null;
  /** Of Distributed, Buffer and Merge: where rows go to or come from. */
  readonly forwards: Forwarding | null;
  readonly dictionary: DictionarySpec | null;
  /** ON CLUSTER of its CREATE. */
  readonly cluster: string | null;
  readonly comment: string | null;
  readonly temporary?: boolean;
  /** ADD INDEX / ADD PROJECTION since which old parts have not been written again: names. */
  readonly unmaterialised?: ReadonlySet<string>;
  /** Of a materialized view: its source was renamed away, and INSERTs no longer reach it until it is detached and attached. */
  readonly unsubscribed?: boolean;
  readonly origin: Origin;
}

export interface TableEngine {
  /** As written: `ReplicatedReplacingMergeTree`. */
  readonly name: string;
  readonly args: readonly ClickHouseExpression[];
  /** Without Replicated/Shared and, for those, without path and replica: `ReplacingMergeTree` and its own arguments. */
  readonly family: string;
  readonly familyArgs: readonly ClickHouseExpression[];
  readonly replicated: boolean;
}

export interface Forwarding {
  readonly kind: "distributed" | "buffer" | "merge" | "alias";
  readonly cluster: string | null;
  /** `database.table`; null where it is an expression (a macro, `currentDatabase()` resolved is text), or a pattern (Merge). */
  readonly table: string | null;
  /** Of Merge: regular expressions over database and table names. */
  readonly pattern: { readonly database: string; readonly databaseIsRegexp: boolean; readonly table: string } | null;
  readonly shardingKey: ClickHouseExpression | null;
}

export interface DictionarySpec {
  readonly primaryKey: readonly string[];
  /** `CLICKHOUSE`, `HTTP`, `FILE`, … */
  readonly sourceKind: string;
  /** For CLICKHOUSE with a table: `database.table`. */
  readonly sourceTable: string | null;
  /** For CLICKHOUSE with a query. */
  readonly sourceQuery: ClickHouseSelect | null;
  readonly layout: string | null;
  readonly lifetime: string | null;
}

export type DefaultKind = "DEFAULT" | "MATERIALIZED" | "ALIAS" | "EPHEMERAL";

export interface ColumnDefault {
  readonly kind: DefaultKind;
  /** Null for EPHEMERAL without an expression. */
  readonly expression: ClickHouseExpression | null;
}

export interface ClickHouseColumn {
  readonly name: string;
  readonly type: ClickHouseType;
  /** False: the type was left out and could not be derived from the default; `type` is then `UNKNOWN_TYPE`. */
  readonly typeKnown: boolean;
  readonly default: ColumnDefault | null;
  /** `CODEC(Delta, ZSTD(1))` without the word and with its arguments. */
  readonly codec: readonly Codec[] | null;
  readonly ttl: ClickHouseExpression | null;
  readonly comment: string | null;
  /** Kinds of column statistics. */
  readonly statistics: readonly string[];
  readonly settings?: ReadonlyMap<string, string>;
  /**
   * Set for a column added to a table that existed: parts from before do not hold it and compute its default at each read, until
   * MATERIALIZE COLUMN (or a rewrite). Null: every part holds it.
   */
  readonly since: Origin | null;
  /** Of a Nested column stored flat: `n` for `n.a`. */
  readonly nestedIn?: string;
}

export interface Codec {
  readonly name: string;
  readonly args: readonly string[];
}

/** A data type as the server canonicalises it. */
export interface ClickHouseType {
  /** As `system.columns` writes it: `Nullable(Decimal(18, 4))`. */
  readonly text: string;
  /** The outermost family: `Nullable`, `Decimal`. Aliases are resolved (`BIGINT` is `Int64`, `Decimal64(2)` is `Decimal`). */
  readonly name: string;
  /** Types inside, in order, named for Tuple and Nested: of Nullable, LowCardinality, Array, Map, Tuple, Nested, Variant, AggregateFunction. */
  readonly inner: readonly { readonly name: string | null; readonly type: ClickHouseType }[];
  /** Precision, scale, length: Decimal(18, 4) → [18, 4]; FixedString(3) → [3]; DateTime64(6) → [6]. */
  readonly numbers: readonly number[];
  /** Of DateTime and DateTime64. */
  readonly timeZone: string | null;
  /** Of Enum8 and Enum16, in order of the values. */
  readonly enumValues: readonly EnumValue[];
  /** Of AggregateFunction and SimpleAggregateFunction: the function; of JSON and Dynamic: parameters as written. */
  readonly parameters: string | null;
}

export interface EnumValue {
  readonly label: string;
  readonly value: number;
}

/** One element of a key: `tenant_id`, `toDate(at)`, `ts DESC`. */
export interface KeyPart {
  readonly expression: ClickHouseExpression;
  readonly descending: boolean;
}

export interface ClickHouseExpression {
  /** One line, as the server's formatter would write it where it can be told. */
  readonly sql: string;
  /** Identifiers that are no lambda parameters and no aliases: columns, or their subcolumns as written. */
  readonly columns: readonly string[];
  /** Names of functions as written. */
  readonly functions: readonly string[];
  /** Tables that subqueries, `IN table`, `dictGet('…')` and `joinGet('…')` read, qualified. */
  readonly tables: readonly string[];
  /** Set for a literal (with sign), else null. */
  readonly constant: ClickHouseConstant | null;
  /** It says something else when asked again: `now()`, `rand()`, `generateUUIDv4()`. */
  readonly volatile: boolean;
  /** The syntax tree, opaque outside of `engines/clickhouse`. Null for what was not parsed. */
  readonly tree: unknown;
}

export type ClickHouseConstant =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  /** An array or tuple of literals. */
  | { readonly kind: "other"; readonly text: string };

export interface TableTtl {
  readonly expression: ClickHouseExpression;
  /** `delete` (the default), `to-disk`, `to-volume`, `recompress`, `group-by`. */
  readonly action: "delete" | "to-disk" | "to-volume" | "recompress" | "group-by";
  readonly where: ClickHouseExpression | null;
  /** Of `to-disk` and `to-volume`: its name. */
  readonly to?: string;
  /** Of `group-by`: the keys as text. */
  readonly groupBy?: readonly string[];
  readonly text: string;
}

export interface SkipIndex {
  readonly name: string;
  readonly expression: ClickHouseExpression;
  /** `minmax`, `set`, `bloom_filter`, `ngrambf_v1`, `tokenbf_v1`, `text`, `vector_similarity`, … */
  readonly type: string;
  readonly typeArgs: readonly string[];
  readonly granularity: number | null;
}

export interface Projection {
  readonly name: string;
  /** Canonical text of its body, to compare. */
  readonly text: string;
  readonly columns: readonly string[];
  readonly tree: unknown;
  readonly select?: ClickHouseSelect | null;
}

export interface ClickHouseConstraint {
  readonly name: string;
  readonly kind: "check" | "assume";
  readonly expression: ClickHouseExpression;
}

/** A query as far as it could be read. */
export interface ClickHouseSelect {
  /** As written. */
  readonly sql: string;
  /** Of the names that it leaves unqualified. */
  readonly database: string;
  /** Tables that it reads, qualified, in order of appearance; the first is the one whose INSERTs feed a materialized view. */
  readonly reads: readonly TableRead[];
  /**
   * Names of its output columns in order; null where they could not be told (a star over an unknown table, a table function). Types
   * where they can be told.
   */
  readonly outputs: readonly SelectOutput[] | null;
  /** The query says `*` (or COLUMNS, APPLY) somewhere that outputs come from. */
  readonly star: boolean;
  /** Why something in it could not be followed, or null. */
  readonly unclear: string | null;
  /** The syntax tree, opaque outside of `engines/clickhouse`. */
  readonly tree: unknown;
}

export interface TableRead {
  readonly table: string;
  /** Columns named, without those that `*` stands for. */
  readonly columns: readonly string[];
  /** Its columns are read through `*`. */
  readonly star: boolean;
}

export interface SelectOutput {
  readonly name: string;
  /** Null: not told. */
  readonly type: ClickHouseType | null;
  /** Columns of `reads` that the value comes from. */
  readonly from: readonly { readonly table: string; readonly column: string }[];
}

export interface ClickHouseFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: ClickHouseExpression | null;
  readonly origin: Origin;
}

export interface NamedCollection {
  readonly name: string;
  readonly keys: readonly string[];
  readonly origin: Origin;
}

/** `web.hits` of its two parts. */
export function tableKey(database: string, table: string): string {
  return `${database}.${table}`;
}

/** Rows are kept in parts: mutations, keys, TTL and projections exist. */
export function isMergeTree(table: ClickHouseTable): boolean {
  return table.engine !== null && table.engine.family.endsWith("MergeTree");
}

/** Tables that the definition of a table names: what it reads, sends its rows to, or is loaded from. */
export function namedTables(table: ClickHouseTable): readonly string[] {
  const { select, target, forwards, dictionary } = table;
  if (select === null && target === null && forwards === null && dictionary === null) return [];
  const named = new Set<string>(select?.reads.map((r) => r.table));
  if (target !== null) named.add(target);
  if (forwards !== null && forwards.table !== null) named.add(forwards.table);
  if (dictionary !== null && dictionary.sourceTable !== null) named.add(dictionary.sourceTable);
  for (const read of dictionary?.sourceQuery?.reads ?? []) named.add(read.table);
  return [...named];
}
