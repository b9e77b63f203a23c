import { SYSTEM_DATABASES } from "../../../engines/clickhouse/introspect/schema.ts";

const OWN = `database NOT IN (${SYSTEM_DATABASES.map((name) => `'${name}'`).join(", ")})`;

/** `system.parts` of this server, or of every server of a cluster. */
function from(table: string, cluster: string | null): string {
  return cluster === null ? `system.${table}` : `clusterAllReplicas(${literal(cluster)}, system.${table})`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

export const CLUSTERS =
  "SELECT cluster, count() AS hosts FROM system.clusters GROUP BY cluster HAVING hosts > 1 ORDER BY hosts DESC, cluster";

/** A 64-bit integer: in quotes from servers before 25.8. */
export type Counted = number | string;

export interface MacroRow {
  readonly host: string;
  readonly macro: string;
  readonly substitution: string;
}
export const macros = (cluster: string | null): string => `SELECT hostName() AS host, macro, substitution FROM ${from("macros", cluster)}`;

export interface TableRow {
  readonly host: string;
  readonly name: string;
  readonly database: string;
  readonly engine: string;
  readonly rows: Counted | null;
  readonly bytes: Counted | null;
  readonly policy: string;
}
export const tables = (cluster: string | null): string =>
  `SELECT hostName() AS host, database, name, engine, total_rows AS rows, total_bytes AS bytes, storage_policy AS policy FROM ${from("tables", cluster)} WHERE ${OWN} AND NOT is_temporary`;

export interface PartsRow {
  readonly host: string;
  readonly database: string;
  readonly name: string;
  readonly rows: Counted;
  readonly bytes: Counted;
  readonly parts: Counted;
  readonly wide: Counted;
  readonly compact: Counted;
  readonly partitions: Counted;
  readonly largest: Counted;
}
export const parts = (cluster: string | null): string =>
  `SELECT host, database, t AS name, sum(r) AS rows, sum(b) AS bytes, sum(n) AS parts, sum(w) AS wide, sum(c) AS compact, count() AS partitions, max(b) AS largest FROM (SELECT hostName() AS host, database, table AS t, partition_id, sum(rows) AS r, sum(bytes_on_disk) AS b, count() AS n, countIf(part_type = 'Wide') AS w, countIf(part_type = 'Compact') AS c FROM ${from("parts", cluster)} WHERE active AND ${OWN} GROUP BY host, database, t, partition_id) GROUP BY host, database, t`;

export interface ColumnRow {
  readonly host: string;
  readonly database: string;
  readonly name: string;
  readonly column: string;
  readonly type: string;
  readonly compressed: Counted;
  readonly uncompressed: Counted;
}
export const columns = (cluster: string | null): string =>
  // In two steps: an alias stands for its column everywhere in one SELECT.
  `SELECT host, database, t AS name, c AS column, type, compressed, uncompressed FROM (SELECT hostName() AS host, database, table AS t, name AS c, type, position, data_compressed_bytes AS compressed, data_uncompressed_bytes AS uncompressed FROM ${from("columns", cluster)} WHERE ${OWN}) ORDER BY host, database, t, position`;

export interface FreeRow {
  readonly host: string;
  readonly policy: string;
  readonly free: Counted;
}
export const free = (cluster: string | null): string =>
  `SELECT host, policy, sum(free) AS free FROM (SELECT hostName() AS host, policy_name AS policy, arrayJoin(disks) AS disk FROM ${from("storage_policies", cluster)}) AS p INNER JOIN (SELECT hostName() AS host, name AS disk, free_space AS free FROM ${from("disks", cluster)}) AS d USING (host, disk) GROUP BY host, policy`;

export interface RateRow {
  readonly host: string;
  readonly table: string;
  readonly selects: Counted;
  readonly inserts: Counted;
  readonly seconds: Counted;
}
/** Counts over the last day, or since the log begins; the queries' texts stay where they are. */
export const rates = (cluster: string | null): string =>
  `WITH (SELECT least(86400, dateDiff('second', min(event_time), now())) FROM system.query_log WHERE event_date >= yesterday() AND event_time > now() - 86400) AS span SELECT hostName() AS host, arrayJoin(tables) AS table, countIf(query_kind = 'Select') AS selects, countIf(query_kind IN ('Insert', 'AsyncInsertFlush')) AS inserts, greatest(any(span), 1) AS seconds FROM ${from("query_log", cluster)} WHERE event_date >= yesterday() AND event_time > now() - 86400 AND type = 'QueryFinish' GROUP BY host, table`;

/** Types whose smallest and largest values say whether a narrower one would hold them. */
export const RANGED: RegExp = /^(?:LowCardinality\()?(?:Nullable\()?(?:U?Int\d+|Float\d+|Decimal|Date|DateTime)/;

/** @param names quoted columns. Reads the columns: bounded in rows and time. */
export const ranges = (table: string, names: readonly string[]): string =>
  `SELECT ${names.map((name, i) => `toString(min(${name})) AS n${i}, toString(max(${name})) AS x${i}`).join(", ")} FROM ${table}`;

export const quoted = (name: string): string => `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
