import type { ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import { isMergeTree, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { tableOf } from "../changes/context.ts";
import { bareType, isNullable, suspiciousLowCardinality } from "../changes/types.ts";
import { checkCodec } from "./codecs.ts";
import { constantFits } from "./defaults.ts";
import { sampleProblem } from "./keys.ts";
import { columnsNamed, refused, type Outcome, type Scene } from "./outcome.ts";
import { indexProblem } from "./properties.ts";
import { settingProblem } from "./settings.ts";
import { columnTtlProblem, ttlExpressionProblem } from "./ttl.ts";
import { viewProblem } from "./create-view.ts";

type Created = ClickHouseChangeOf<"create-table">;

/** What the server refuses in the definition of a new table or view. Measured on 26.7. */
export function createProblem(change: Created, scene: Scene): Outcome | null {
  const table: ClickHouseTable = { ...change.table, origin: { migration: null } };
  if (change.like !== null && tableOf(scene.state, change.like.table) === undefined && scene.state.complete) {
    return refused(390, `Table ${change.like.table} doesn't exist`);
  }
  if (table.kind === "dictionary") return null;
  if (table.kind !== "table") return viewProblem(change, table, scene);
  if (table.columns.length === 0 && table.columnsKnown && change.like === null && change.fill === null && isMergeTree(table)) {
    return refused(80, "Incorrect CREATE query: required list of column descriptions or AS section or SELECT");
  }
  const names = new Set<string>();
  for (const column of table.columns) {
    if (names.has(column.name)) return refused(44, `Cannot add column ${column.name}: column with this name already exists`);
    names.add(column.name);
    const suspicious = suspiciousLowCardinality(column.type);
    if (suspicious !== null && setting("allow_suspicious_low_cardinality_types", change, scene) !== "1") {
      return refused(455, `Creating columns of type ${suspicious.text} is prohibited by default (SUSPICIOUS_TYPE_FOR_LOW_CARDINALITY)`);
    }
    const codec = column.codec === null ? null : checkCodec(column.codec, column.type);
    if (codec !== null) return refused(codec.code, codec.message);
    const expression = column.default?.expression ?? null;
    if (expression !== null) {
      const missing = expression.columns.find(
        (c) => columnsNamed(table, [c]).length === 0 && !table.columns.some((t) => t.name.startsWith(`${c}.`)),
      );
      if (missing !== undefined && table.columnsKnown)
        return refused(47, `Missing columns: '${missing}' while processing the default of ${column.name}`);
      if (constantFits(expression, column.type) === "fails")
        return refused(6, `Cannot parse the default of ${column.name} as ${column.type.text}`);
    }
  }
  if (change.attach) return null;
  return (isMergeTree(table) ? mergeTreeProblem(table, change) : otherEngine(table)) ?? null;
}

function setting(name: string, change: Created, scene: Scene): string | undefined {
  return change.settings?.get(name) ?? change.table.settings.get(name) ?? scene.state.session.settings.get(name);
}

function otherEngine(table: ClickHouseTable): Outcome | null {
  if (table.engine === null) return null;
  if (!KNOWN_ENGINES.has(table.engine.name)) return refused(56, `Unknown table engine ${table.engine.name}`);
  if (
    table.orderBy !== null &&
    !/^(?:EmbeddedRocksDB|KeeperMap|MaterializedPostgreSQL|Redis|S3Queue|AzureQueue|TimeSeries|Iceberg\w*|Join)$/.test(table.engine.name)
  ) {
    return refused(36, `Engine ${table.engine.name} doesn't support ORDER BY clause`);
  }
  if (table.ttl.length > 0) return refused(36, `Engine ${table.engine.name} doesn't support TTL clause`);
  if (table.engine.name === "Distributed" && table.engine.args.length < 3)
    return refused(42, "Storage Distributed requires from 3 to 5 parameters");
  return null;
}

const KNOWN_ENGINES = new Set(
  `Alias ArrowFlight AzureBlobStorage AzureQueue Buffer CoalescingMergeTree DeltaLake DeltaLakeAzure DeltaLakeLocal DeltaLakeS3 Dictionary Distributed
EmbeddedRocksDB Executable ExecutablePool ExternalDistributed File FileLog FuzzJSON FuzzQuery GenerateRandom HDFS Hive Hudi Iceberg
IcebergAzure IcebergHDFS IcebergLocal IcebergS3 JDBC Join Kafka KeeperMap Log Loop MaterializedPostgreSQL MaterializedView Memory Merge MongoDB
MySQL NATS Null ODBC OSS COSN GCS PaimonS3 PaimonAzure PaimonHDFS PaimonLocal Paimon PostgreSQL RabbitMQ Redis S3 S3Queue SQLite Set StripeLog TimeSeries TinyLog URL View WindowView YTsaurus`.split(
    /\s+/,
  ),
);

const FAMILIES = new Set(
  "MergeTree ReplacingMergeTree SummingMergeTree AggregatingMergeTree CollapsingMergeTree VersionedCollapsingMergeTree GraphiteMergeTree CoalescingMergeTree".split(
    " ",
  ),
);

function mergeTreeProblem(table: ClickHouseTable, change: Created): Outcome | null {
  const { engine } = table;
  if (engine === null || !FAMILIES.has(engine.family)) return refused(56, `Unknown table engine ${engine?.name ?? ""}`);
  const key = table.orderBy ?? table.primaryKey ?? [];
  const primary = table.primaryKey ?? table.orderBy ?? [];
  if (primary.length > key.length || primary.some((p, i) => key[i]?.expression.sql !== p.expression.sql)) {
    return refused(36, "Primary key must be a prefix of the sorting key");
  }
  if (table.columnsKnown) {
    const all = [...key.flatMap((k) => k.expression.columns), ...(table.partitionBy?.columns ?? []), ...(table.sampleBy?.columns ?? [])];
    const missing = all.find((c) => columnsNamed(table, [c]).length === 0);
    if (missing !== undefined) return refused(47, `Missing columns: '${missing}' while processing the key`);
  }
  for (const part of [...key.map((k) => k.expression), ...(table.partitionBy === null ? [] : [table.partitionBy])]) {
    const nullable = columnsNamed(table, part.columns).find((c) => isNullable(table.columns.find((t) => t.name === c)?.type ?? NO_TYPE));
    const wrapped = part.functions.some((f) => /^(?:assumeNotNull|ifNull|coalesce|isNull|isNotNull)$/i.test(f));
    if (nullable !== undefined && !wrapped && table.settings.get("allow_nullable_key") !== "1") {
      return refused(
        44,
        `Sorting or partition key contains nullable columns (${nullable}), but merge tree setting \`allow_nullable_key\` is disabled`,
      );
    }
  }
  const partition = table.partitionBy === null ? undefined : table.columns.find((c) => c.name === table.partitionBy?.sql);
  if (
    partition !== undefined &&
    bareType(partition.type).name.startsWith("Float") &&
    table.settings.get("allow_floating_point_partition_key") !== "1"
  ) {
    return refused(36, "Floating point partition key is not supported");
  }
  if (table.sampleBy !== null) {
    const bad = sampleProblem(table, table.sampleBy);
    if (bad !== null) return bad;
  }
  const special = engineProblem(table);
  if (special !== null) return special;
  for (const [name, value] of table.settings) {
    if (change.like !== null) break;
    const bad = settingProblem(name, value, { ...table, settings: new Map([[name, value]]) });
    if (bad !== null && bad.error?.code !== 472) return bad;
  }
  for (const column of table.columns) {
    const bad = columnTtlProblem(column, table);
    if (bad !== null) return bad;
  }
  for (const ttl of table.ttl) {
    const bad = ttlExpressionProblem(ttl.expression, table);
    if (bad !== null) return bad;
  }
  for (const index of table.indexes) {
    const bad = indexProblem(index, table);
    if (bad !== null) return bad;
  }
  if (
    table.projections.length > 0 &&
    engine.family !== "MergeTree" &&
    (table.settings.get("deduplicate_merge_projection_mode") ?? "throw") === "throw"
  ) {
    return refused(344, `Projection is not supported in ${engine.name} with deduplicate_merge_projection_mode = throw`);
  }
  return null;
}

const NO_TYPE: ClickHouseTable["columns"][number]["type"] = {
  text: "",
  name: "",
  inner: [],
  numbers: [],
  timeZone: null,
  enumValues: [],
  parameters: null,
};

/** Arguments of the engine that name columns. */
function engineProblem(table: ClickHouseTable): Outcome | null {
  const { engine } = table;
  if (engine === null) return null;
  const named = engine.familyArgs.flatMap((a) => a.columns);
  const missing = named.find((c) => !table.columns.some((t) => t.name === c));
  if (missing !== undefined && table.columnsKnown)
    return refused(16, `There is no column ${missing} in the table, which the engine ${engine.name} names`);
  const typeOf = (index: number): string =>
    bareType(table.columns.find((c) => c.name === engine.familyArgs[index]?.columns[0])?.type ?? NO_TYPE).name;
  const nullable = (index: number): boolean =>
    isNullable(table.columns.find((c) => c.name === engine.familyArgs[index]?.columns[0])?.type ?? NO_TYPE);
  switch (engine.family) {
    case "ReplacingMergeTree":
      if (
        engine.familyArgs[0] !== undefined &&
        (nullable(0) || !/^(?:U?Int\d+|Date|Date32|DateTime|DateTime64|Enum\d+|Bool)$/.test(typeOf(0)))
      ) {
        return refused(169, `The column ${named[0] ?? ""} cannot be used as a version column for storage ${engine.name}`);
      }
      return engine.familyArgs[1] !== undefined && typeOf(1) !== "UInt8" ? refused(169, `is_deleted column must be UInt8`) : null;
    case "CollapsingMergeTree":
    case "VersionedCollapsingMergeTree":
      if (engine.familyArgs.length === 0) return refused(42, `Storage ${engine.name} requires a sign column`);
      return typeOf(0) === "Int8" ? null : refused(169, `Sign column for storage ${engine.name} must have type Int8`);
    default:
      return null;
  }
}
