import type { LiteralValue, Name, ObjectName, Range, Setting, StringLiteral } from "./common.ts";
import type { Expression, TableFunction } from "./expression.ts";
import type { Query } from "./select.ts";
import type { DataType } from "./type.ts";

export type DefaultKind = "DEFAULT" | "MATERIALIZED" | "ALIAS" | "EPHEMERAL" | "AUTO_INCREMENT";

export interface ColumnDefault {
  readonly kind: DefaultKind;
  /** null for `EPHEMERAL` and `AUTO_INCREMENT` without an expression. */
  readonly expression: Expression | null;
  readonly at: Range;
}

export interface ColumnDeclaration {
  /** `n.a` is one name with a dot: a column of a flattened Nested. */
  readonly name: Name;
  /** null: taken from the default's expression, or (MODIFY COLUMN) unchanged. */
  readonly type: DataType | null;
  /** `NULL` and `NOT NULL` after the type; null where neither stands. */
  readonly nullability: "null" | "not-null" | null;
  readonly default: ColumnDefault | null;
  readonly comment: StringLiteral | null;
  readonly codec: Codec | null;
  /** `STATISTICS(tdigest, uniq)` */
  readonly statistics: readonly DataType[] | null;
  readonly ttl: Expression | null;
  readonly collate: string | null;
  readonly primaryKey: boolean;
  readonly settings: readonly Setting[];
  readonly at: Range;
}

/** `CODEC(Delta(4), ZSTD(3))`; `CODEC(Default)` as well. */
export interface Codec {
  readonly codecs: readonly Engine[];
  readonly at: Range;
}

export interface IndexDeclaration {
  readonly name: Name;
  readonly expression: Expression;
  /** `minmax`, `set(100)`, `bloom_filter(0.01)`, `text(tokenizer = …)`; null in a `CREATE INDEX` that leaves it out. */
  readonly type: Engine | null;
  /** null: the server's default. */
  readonly granularity: string | null;
  readonly at: Range;
}

export interface ProjectionDeclaration {
  readonly name: Name;
  readonly definition:
    | {
        readonly kind: "select";
        readonly with: readonly Expression[];
        readonly columns: readonly Expression[];
        readonly where: Expression | null;
        readonly groupBy: readonly Expression[];
        readonly orderBy: readonly KeyElement[];
        readonly at: Range;
      }
    /** `PROJECTION p INDEX a TYPE basic` */
    | { readonly kind: "index"; readonly expressions: readonly Expression[]; readonly type: Engine };
  readonly settings: readonly Setting[];
  readonly at: Range;
}

export interface ConstraintDeclaration {
  readonly name: Name;
  readonly kind: "check" | "assume";
  readonly expression: Expression;
  readonly at: Range;
}

/** Read and forgotten by the engine. */
export interface ForeignKeyDeclaration {
  readonly at: Range;
}

/** What stands between the parentheses of CREATE TABLE. */
export interface TableElements {
  readonly columns: readonly ColumnDeclaration[];
  readonly indexes: readonly IndexDeclaration[];
  readonly projections: readonly ProjectionDeclaration[];
  readonly constraints: readonly ConstraintDeclaration[];
  readonly foreignKeys: readonly ForeignKeyDeclaration[];
  /** `PRIMARY KEY (…)` within the parentheses. */
  readonly primaryKey: Expression | null;
  readonly at: Range;
}

/** The name of an engine, a codec, a kind of index or of statistics, with its arguments. */
export interface Engine {
  readonly name: string;
  /** null without any: `MergeTree()` is `MergeTree`. An argument `key = value` is `equals(key, value)`. */
  readonly arguments: readonly Expression[] | null;
  readonly at: Range;
}

export interface KeyElement {
  readonly expression: Expression;
  readonly descending: boolean;
}

/** ORDER BY of a table: `tuple()` and `()` have no elements; `(a, b)` and `tuple(a, b)` have two. */
export interface SortingKey {
  readonly elements: readonly KeyElement[];
  readonly at: Range;
}

export interface TtlElement {
  readonly expression: Expression;
  readonly action:
    | { readonly kind: "delete" }
    | { readonly kind: "move"; readonly to: "disk" | "volume"; readonly name: string; readonly ifExists: boolean }
    | { readonly kind: "recompress"; readonly codec: Codec }
    | { readonly kind: "group-by"; readonly keys: readonly Expression[]; readonly set: readonly Assignment[] };
  readonly where: Expression | null;
  readonly at: Range;
}

export interface Assignment {
  readonly column: Name;
  readonly expression: Expression;
  readonly at: Range;
}

/** Everything from ENGINE on. */
export interface Storage {
  readonly engine: Engine | null;
  readonly partitionBy: Expression | null;
  readonly primaryKey: Expression | null;
  readonly orderBy: SortingKey | null;
  readonly uniqueKey: Expression | null;
  readonly sampleBy: Expression | null;
  readonly ttl: readonly TtlElement[];
  readonly settings: readonly Setting[];
  readonly at: Range;
}

interface Creates {
  /** `ATTACH TABLE …` takes over what is on disk instead of making it anew. */
  readonly attach: boolean;
  readonly orReplace: boolean;
  /** `REPLACE TABLE …` without CREATE. */
  readonly replace: boolean;
  readonly ifNotExists: boolean;
  readonly onCluster: Cluster | null;
  readonly comment: StringLiteral | null;
}

/** `ON CLUSTER name`: `'{cluster}'` is a macro that the server fills in. */
export interface Cluster {
  readonly name: string;
  readonly at: Range;
}

export interface CreateTable extends Creates {
  readonly kind: "create-table";
  readonly temporary: boolean;
  readonly name: ObjectName;
  readonly uuid: string | null;
  /** `ATTACH TABLE t FROM '/path'` */
  readonly attachFrom: string | null;
  readonly attachAs: "replicated" | "not-replicated" | null;
  readonly elements: TableElements | null;
  readonly storage: Storage | null;
  readonly as:
    | { readonly kind: "table"; readonly name: ObjectName; readonly clone: boolean }
    | { readonly kind: "function"; readonly function: TableFunction }
    | { readonly kind: "select"; readonly query: Query; readonly empty: boolean }
    | null;
}

export interface ViewSecurity {
  readonly definer: string | null;
  readonly sqlSecurity: "definer" | "invoker" | "none" | null;
}

export interface CreateView extends Creates {
  readonly kind: "create-view";
  readonly temporary: boolean;
  readonly name: ObjectName;
  readonly uuid: string | null;
  readonly elements: TableElements | null;
  /** `CREATE VIEW v (a, b) AS …` */
  readonly aliases: readonly Name[];
  readonly security: ViewSecurity;
  /** null for `ATTACH VIEW v`, which reads the definition from disk. */
  readonly query: Query | null;
}

export interface CreateMaterializedView extends Creates {
  readonly kind: "create-materialized-view";
  readonly name: ObjectName;
  readonly uuid: string | null;
  readonly to: ObjectName | null;
  readonly toInnerUuid: string | null;
  /** The columns given in the statement, before or after TO. */
  readonly elements: TableElements | null;
  /** Of the inner table, where TO does not stand. */
  readonly storage: Storage | null;
  readonly refresh: Refresh | null;
  readonly populate: boolean;
  readonly empty: boolean;
  readonly security: ViewSecurity;
  readonly query: Query | null;
}

export interface Interval {
  readonly value: string;
  readonly unit: string;
}

/** `REFRESH EVERY 1 DAY OFFSET 2 HOUR RANDOMIZE FOR 10 MINUTE DEPENDS ON a, b SETTINGS … APPEND` */
export interface Refresh {
  readonly schedule: "every" | "after" | "depends";
  readonly period: readonly Interval[];
  readonly offset: readonly Interval[];
  readonly randomizeFor: readonly Interval[];
  readonly dependsOn: readonly ObjectName[];
  readonly settings: readonly Setting[];
  readonly append: boolean;
  readonly at: Range;
}

export interface CreateWindowView extends Creates {
  readonly kind: "create-window-view";
  readonly name: ObjectName;
  readonly uuid: string | null;
  readonly to: ObjectName | null;
  readonly inner: Storage | null;
  readonly storage: Storage | null;
  readonly watermark: Expression | "strictly-ascending" | "ascending" | null;
  readonly allowedLateness: Expression | null;
  readonly populate: boolean;
  readonly query: Query | null;
}

export interface CreateDatabase extends Creates {
  readonly kind: "create-database";
  readonly name: Name;
  readonly uuid: string | null;
  readonly storage: Storage | null;
}

export interface DictionaryAttribute {
  readonly name: Name;
  readonly type: DataType;
  readonly default: Expression | null;
  readonly expression: Expression | null;
  readonly hierarchical: boolean;
  readonly bidirectional: boolean;
  readonly injective: boolean;
  readonly isObjectId: boolean;
  readonly at: Range;
}

/** `CLICKHOUSE(HOST 'h' TABLE 't' …)`; names and keys in small letters, as the engine keeps them. */
export interface KeyValueFunction {
  readonly name: string;
  readonly pairs: readonly KeyValuePair[];
  readonly at: Range;
}

export interface KeyValuePair {
  readonly key: string;
  readonly value:
    | { readonly kind: "value"; readonly value: LiteralValue; readonly at: Range }
    /** A name or a call. */
    | { readonly kind: "expression"; readonly expression: Expression }
    /** `HEADERS(HEADER(NAME 'a' VALUE 'b'))` */
    | { readonly kind: "pairs"; readonly name: string; readonly pairs: readonly KeyValuePair[]; readonly at: Range };
}

export interface CreateDictionary extends Creates {
  readonly kind: "create-dictionary";
  readonly name: ObjectName;
  readonly uuid: string | null;
  readonly attributes: readonly DictionaryAttribute[];
  readonly primaryKey: readonly Expression[];
  readonly source: KeyValueFunction | null;
  readonly layout: KeyValueFunction | null;
  /** Seconds. */
  readonly lifetime: { readonly min: string; readonly max: string } | null;
  readonly range: { readonly min: Name; readonly max: Name } | null;
  readonly settings: readonly Setting[];
}
