/** The table whose key is asked about, as far as building it again under another key needs it. */
export interface TableDefinition {
  readonly database: string;
  readonly table: string;
  /** Without Replicated and Shared: `ReplacingMergeTree`. */
  readonly family: string;
  /** Without path and replica: `["version"]`. */
  readonly familyArgs: readonly string[];
  readonly replicated: boolean;
  /** `ON CLUSTER` of its CREATE. */
  readonly cluster: string | null;
  readonly columns: readonly ColumnDefinition[];
  /** Elements of the sorting key; empty for `tuple()`. */
  readonly orderBy: readonly string[];
  /** Where it is stated and shorter than the sorting key. */
  readonly primaryKey: readonly string[] | null;
  readonly partitionBy: string | null;
  readonly sampleBy: string | null;
  readonly ttl: readonly string[];
  /** `name expression TYPE type GRANULARITY n`, with the columns that the expression reads. */
  readonly indexes: readonly { readonly text: string; readonly columns: readonly string[] }[];
  /** Names of its projections; they are not built here. */
  readonly projections: readonly string[];
  readonly settings: ReadonlyMap<string, string>;
  /** Under which queries read it, `database.table`: its own name first, then the Distributed, Buffer and Merge tables over it. */
  readonly readAs: readonly string[];
  /** Views whose INSERTs come from it or go into it: they must follow the table. */
  readonly views: { readonly from: readonly string[]; readonly into: readonly string[] };
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly kind: "stored" | "alias" | "ephemeral";
  /** Of an alias. */
  readonly expression: string | null;
  /** `ZSTD(1)`, `Delta, ZSTD` */
  readonly codec: string | null;
}

/** Another table or view that the workload may name. Tables are made empty. */
export interface Neighbour {
  /** `database.table` */
  readonly name: string;
  readonly kind: "table" | "view";
  readonly columns: readonly ColumnDefinition[];
  /** Of a view. */
  readonly select: string | null;
}

export interface Schema {
  readonly definition: TableDefinition;
  readonly neighbours: readonly Neighbour[];
  /** Where it came from: `schema.sql`, `the migrations in clickhouse/migrations`, `http://ch-1:8123`. */
  readonly from: string;
}

/** Rows per granule that the table states; 8192 is the server's default. */
export function statedGranularity(definition: TableDefinition): number {
  const stated = Number(definition.settings.get("index_granularity") ?? "8192");
  return Number.isSafeInteger(stated) && stated > 0 ? stated : 8192;
}

/** Engines in which rows with the same key become one: the sorting key is their identity. */
export function identityOf(definition: TableDefinition): "replacing" | "summing" | "aggregating" | "collapsing" | null {
  const { family } = definition;
  if (family === "ReplacingMergeTree" || family === "CoalescingMergeTree") return "replacing";
  if (family === "SummingMergeTree" || family === "GraphiteMergeTree") return "summing";
  if (family === "AggregatingMergeTree") return "aggregating";
  if (family === "CollapsingMergeTree" || family === "VersionedCollapsingMergeTree") return "collapsing";
  return null;
}
