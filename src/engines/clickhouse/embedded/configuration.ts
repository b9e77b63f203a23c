import type { ClickHouseCluster, ClickHouseSettings } from "./types.ts";

/**
 * What the sandbox user may do. Enforced by the engine (497 ACCESS_DENIED), measured on 26.7.2.1: no source but the local server, no file,
 * no user, no named collection, no backup, no SYSTEM SHUTDOWN, which in this process signals the whole process group.
 * What grants cannot forbid (dictionary sources that run programs, INTO OUTFILE) is refused by name before it is sent.
 */
const GRANTS = [
  "GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY, CREATE TEMPORARY TABLE, CREATE FUNCTION, " +
    "DROP DATABASE, DROP TABLE, DROP VIEW, DROP DICTIONARY, DROP FUNCTION, UNDROP TABLE, TRUNCATE, OPTIMIZE, SHOW DATABASES, SHOW TABLES, " +
    "SHOW COLUMNS, SHOW DICTIONARIES, KILL QUERY, dictGet, MOVE PARTITION BETWEEN SHARDS, displaySecretsInShowAndSelect, " +
    "SYSTEM MERGES, SYSTEM TTL MERGES, SYSTEM FETCHES, SYSTEM MOVES, SYSTEM SENDS, SYSTEM FLUSH, SYSTEM RELOAD DICTIONARY, SYSTEM DROP CACHE, " +
    "SYSTEM VIEWS, SYSTEM SYNC REPLICA ON *.*",
  ...["MergeTree", "Distributed", "Buffer"].map((engine) => `GRANT TABLE ENGINE ON ${engine}`),
];

/** Any free port would do: nothing listens on it. Distributed tables know their own server by it. */
const OWN_PORT = 9000;

/**
 * Merges in the background move rows between parts, TTL and collapsed parts take them away, and what compares parts before and after takes
 * that for a statement's doing. OPTIMIZE still merges.
 */
const STILL_TABLES = `<merge_tree>
    <max_bytes_to_merge_at_max_space_in_pool>1</max_bytes_to_merge_at_max_space_in_pool>
    <max_bytes_to_merge_at_min_space_in_pool>1</max_bytes_to_merge_at_min_space_in_pool>
    <max_number_of_merges_with_ttl_in_pool>0</max_number_of_merges_with_ttl_in_pool>
    <remove_empty_parts>0</remove_empty_parts>
  </merge_tree>`;

/**
 * SYSTEM STOP VIEWS stops only the views that are there, and does not wait for a refresh that has begun, which exchanges the target table
 * under an ALTER ("was renamed"). Read at the creation of every view as well, measured on 26.7.
 */
const STILL_VIEWS = { stop_refreshable_materialized_views_on_startup: true };

/** The engine's two configuration files. `extra` is XML for the inside of `<clickhouse>`. */
export function configuration(options: {
  readonly directory: string;
  readonly memoryLimit: number;
  readonly settings: ClickHouseSettings;
  readonly macros: Readonly<Record<string, string>>;
  readonly clusters: readonly ClickHouseCluster[];
  readonly still: boolean;
  readonly extra: string;
}): { readonly config: string; readonly users: string } {
  const { directory, memoryLimit } = options;
  const config = `<clickhouse>
  <logger><level>none</level><console>false</console></logger>
  <tcp_port>${OWN_PORT}</tcp_port>
  <users_config>${directory}/users.xml</users_config>
  <user_files_path>${directory}/files/</user_files_path>
  <user_scripts_path>${directory}/scripts/</user_scripts_path>
  <format_schema_path>${directory}/schemas/</format_schema_path>
  <tmp_path>${directory}/tmp/</tmp_path>
  <remote_url_allow_hosts><host>127.0.0.1</host></remote_url_allow_hosts>
  <max_server_memory_usage>${Math.round(memoryLimit)}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <macros>${entries(options.macros)}</macros>
  <remote_servers>${options.clusters
    .filter(({ name }) => XML_NAME.test(name))
    .map(cluster)
    .join("")}</remote_servers>
  ${options.still ? STILL_TABLES : ""}
  ${options.extra}
</clickhouse>
`;
  const users = `<clickhouse>
  <profiles><default>${entries({
    max_memory_usage: Math.round(memoryLimit * 0.8),
    output_format_json_quote_denormals: 1,
    ...(options.still ? STILL_VIEWS : {}),
    ...options.settings,
  })}</default></profiles>
  <users><default>
    <password></password><profile>default</profile><quota>default</quota><networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
    <grants>${GRANTS.map((grant) => `<query>${grant}</query>`).join("")}</grants>
  </default></users>
  <quotas><default></default></quotas>
</clickhouse>
`;
  return { config, users };
}

/** Every shard is this one process: rows of a cluster of two shards are read twice, so there is always one. */
function cluster({ name }: ClickHouseCluster): string {
  const replica = `<replica><host>127.0.0.1</host><port>${OWN_PORT}</port></replica>`;
  return `<${name}><shard><internal_replication>true</internal_replication>${replica}</shard></${name}>`;
}

function entries(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .filter(([name]) => XML_NAME.test(name))
    .map(([name, value]) => `<${name}>${escape(typeof value === "boolean" ? String(Number(value)) : String(value))}</${name}>`)
    .join("");
}

/** Names stand as XML elements in the engine's configuration; others cannot be configured at all. */
const XML_NAME: RegExp = /^[A-Za-z_][\w.-]*$/;

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
