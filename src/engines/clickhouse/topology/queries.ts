import { SYSTEM_DATABASES } from "../introspect/schema.ts";

/** Which system tables and columns a server has. `old`: 18.16, on which replication is tested; nothing before 20.1 is supported. */
export type Dialect = "current" | "old";

const OURS = `database NOT IN (${SYSTEM_DATABASES.map((name) => `'${name}'`).join(", ")})`;

/** A number as a row has it: an old server puts those of 64 bits in quotes. */
export type Digits = number | string;

type ByDialect = Readonly<Record<Dialect, string>>;

type Queries = Readonly<
  Record<"identity" | "clusters" | "macros" | "databases" | "tables" | "columns" | "replicas" | "keeper", ByDialect>
> & {
  /** Null where the server has no functions of its users. */
  readonly functions: Readonly<Record<Dialect, string | null>>;
};

/** What is asked of a host, by dialect. Rows are objects; numbers may come as text from an old server. */
export const QUERIES: Queries = {
  identity: {
    current: "SELECT hostName() AS host, toString(serverUUID()) AS uuid, tcpPort() AS port",
    old: "SELECT hostName() AS host, '' AS uuid, 0 AS port",
  },
  clusters: {
    current:
      "SELECT cluster, shard_num, shard_weight, internal_replication, replica_num, host_name, port, is_local FROM system.clusters ORDER BY cluster, shard_num, replica_num",
    old: "SELECT cluster, shard_num, shard_weight, replica_num, host_name, port, is_local FROM system.clusters ORDER BY cluster, shard_num, replica_num",
  },
  macros: same("SELECT macro, substitution FROM system.macros"),
  databases: {
    current: `SELECT name, engine, toString(uuid) AS uuid FROM system.databases WHERE ${OURS.replace("database", "name")} ORDER BY name`,
    old: `SELECT name, engine, '' AS uuid FROM system.databases WHERE ${OURS.replace("database", "name")} ORDER BY name`,
  },
  tables: {
    current: `SELECT database, name, engine, engine_full, create_table_query, toString(uuid) AS uuid, partition_key, sorting_key, primary_key, sampling_key, total_rows, total_bytes, comment FROM system.tables WHERE ${OURS} AND NOT is_temporary ORDER BY database, name`,
    old: `SELECT database, name, engine, engine_full, create_table_query, '' AS uuid, partition_key, sorting_key, primary_key, sampling_key, NULL AS total_rows, NULL AS total_bytes, '' AS comment FROM system.tables WHERE ${OURS} AND NOT is_temporary ORDER BY database, name`,
  },
  // A row per table, columns as arrays: a third of the bytes, and of the time to read them (40 hosts of 300 tables: 42 MB, 15 MB).
  columns: {
    current: `SELECT database, table, arrayMap(c -> (c.2, c.3, c.4, c.5, c.6, c.7, c.8, c.9), arraySort(c -> c.1, groupArray((position, name, type, default_kind, default_expression, compression_codec, comment, is_in_sorting_key, is_in_partition_key)))) AS columns FROM system.columns WHERE ${OURS} GROUP BY database, table`,
    // In the order of the table, as the old server keeps no positions.
    old: `SELECT database, table, groupArray((name, type, default_kind, default_expression, '', comment, is_in_sorting_key, is_in_partition_key)) AS columns FROM system.columns WHERE ${OURS} GROUP BY database, table`,
  },
  /** Columns that need Keeper are left out: they take a round trip for each table. */
  replicas: same("SELECT database, table, zookeeper_path, replica_name, is_readonly FROM system.replicas"),
  functions: {
    current: "SELECT name, create_query AS sql FROM system.functions WHERE origin = 'SQLUserDefined' ORDER BY name",
    old: null,
  },
  keeper: same("SELECT name, toString(ctime) AS ctime, czxid FROM system.zookeeper WHERE path = '/'"),
};

function same(sql: string): ByDialect {
  return { current: sql, old: sql };
}

/** `00000000-…` and an empty text are none. */
export function uuidOrNull(uuid: string): string | null {
  return /^[0-]*$/.test(uuid) ? null : uuid;
}
