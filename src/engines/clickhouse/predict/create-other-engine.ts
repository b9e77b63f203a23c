import type { ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { refused, type Outcome } from "./outcome.ts";
import { isSessionSetting } from "./settings.ts";

/** What the server refuses in a new table of another engine. Measured on 26.7. */
export function otherEngineProblem(table: ClickHouseTable): Outcome | null {
  const { engine } = table;
  if (engine === null) return null;
  if (!KNOWN_ENGINES.has(engine.name)) return refused(56, `Unknown table engine ${engine.name}`);
  if (
    table.orderBy !== null &&
    !/^(?:EmbeddedRocksDB|KeeperMap|MaterializedPostgreSQL|Redis|S3Queue|AzureQueue|TimeSeries|Iceberg\w*|Join)$/.test(engine.name)
  ) {
    return refused(36, `Engine ${engine.name} doesn't support ORDER BY clause`);
  }
  if (table.partitionBy !== null && /^(?:Log|TinyLog|StripeLog|Memory|Null|Set|Buffer|Distributed|Merge)$/.test(engine.name))
    return refused(36, `Engine ${engine.name} doesn't support PARTITION_BY clause`);
  if (table.indexes.length > 0) return refused(36, `Engine ${engine.name} doesn't support skipping indices`);
  if (table.ttl.length > 0 || table.columns.some((c) => c.ttl !== null))
    return refused(36, `Engine ${engine.name} doesn't support TTL clause`);
  const takes = ARGUMENTS[engine.name];
  const count = engine.args.length;
  if (takes !== undefined && (count < takes[0] || count > takes[1]))
    return refused(42, `Storage ${engine.name} requires from ${takes[0]} to ${takes[1]} parameters, ${count} given`);
  if (engine.name === "Distributed" && table.columnsKnown) {
    const missing = engine.args[3]?.columns.find((c) => !table.columns.some(({ name }) => name === c || c.startsWith(`${name}.`)));
    if (missing !== undefined) return refused(47, `Missing columns: '${missing}' while processing the sharding key`);
  }
  if (engine.name === "Join") {
    if (!/^(?:any|all|semi|anti)$/i.test(engine.args[0]?.sql ?? ""))
      return refused(36, "First parameter of storage Join must be ANY or ALL or SEMI or ANTI (without quotes)");
    const missing = engine.args.slice(2).find((key) => table.columnsKnown && !table.columns.some((c) => c.name === key.sql));
    if (missing !== undefined) return refused(16, `Key column (${missing.sql}) does not exist in table declaration`);
  }
  return settingsProblem(table);
}

const KNOWN_ENGINES = new Set(
  `Alias ArrowFlight ArrowStream QueryRunner Remote RemoteSecure AzureBlobStorage AzureQueue Buffer CoalescingMergeTree DeltaLake DeltaLakeAzure DeltaLakeLocal DeltaLakeS3 Dictionary Distributed
EmbeddedRocksDB Executable ExecutablePool ExternalDistributed File FileLog FuzzJSON FuzzQuery GenerateRandom HDFS Hive Hudi Iceberg
IcebergAzure IcebergHDFS IcebergLocal IcebergS3 JDBC Join Kafka KeeperMap Log Loop MaterializedPostgreSQL MaterializedView Memory Merge MongoDB
MySQL NATS Null ODBC OSS COSN GCS PaimonS3 PaimonAzure PaimonHDFS PaimonLocal Paimon PostgreSQL RabbitMQ Redis S3 S3Queue SQLite Set StripeLog TimeSeries TinyLog URL View WindowView YTsaurus`.split(
    /\s+/,
  ),
);

/** How many arguments each takes: least, most. */
const ARGUMENTS: Readonly<Record<string, readonly [number, number]>> = {
  Distributed: [3, 5],
  Buffer: [9, 12],
  Merge: [2, 2],
  Join: [3, Number.POSITIVE_INFINITY],
  Null: [0, 0],
  Log: [0, 0],
  TinyLog: [0, 0],
  StripeLog: [0, 0],
};

const OF_MEMORY = new Set(["compress", "min_rows_to_keep", "max_rows_to_keep", "min_bytes_to_keep", "max_bytes_to_keep"]);

/** Settings that an engine does not take; those of the query itself are taken out before. */
function settingsProblem(table: ClickHouseTable): Outcome | null {
  const { engine } = table;
  for (const name of table.settings.keys()) {
    if (isSessionSetting(name)) continue;
    if (/^(?:Null|Merge|Buffer|View)$/.test(engine?.name ?? ""))
      return refused(36, `Engine ${engine?.name ?? ""} doesn't support SETTINGS clause`);
    if (engine?.name === "Memory" && !OF_MEMORY.has(name)) return refused(115, `Unknown setting '${name}': for storage Memory`);
  }
  return null;
}
