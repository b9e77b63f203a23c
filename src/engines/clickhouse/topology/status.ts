import type {
  DetachedParts,
  DistributionQueue,
  HostStatus,
  KeeperSession,
  MutationStatus,
  ReplicaStatus,
} from "../../../model/clickhouse/cluster-status.ts";
import { DatabaseTrouble } from "../../postgres/introspect/trouble.ts";
import type { ReadOnlyClickHouse } from "../introspect/index.ts";
import { withoutSecrets } from "../introspect/statements.ts";
import { optionalRows } from "./optional.ts";
import type { Dialect, Digits } from "./queries.ts";

/** Null: the old server has no such table. Every number comes through Number(): an old server quotes them. */
const STATUS = {
  replicas: both(
    "SELECT database, table, is_readonly, is_session_expired, queue_size, absolute_delay, active_replicas, total_replicas FROM system.replicas ORDER BY database, table",
  ),
  stuck: both(
    "SELECT database, table, type, new_part_name, num_tries, last_exception, postpone_reason FROM system.replication_queue WHERE last_exception != '' OR num_postponed > 100 ORDER BY database, table, position LIMIT 200",
  ),
  mutations: {
    current:
      "SELECT database, table, mutation_id, command, toString(create_time) AS created, parts_to_do, latest_failed_part, latest_fail_reason FROM system.mutations WHERE NOT is_done ORDER BY database, table, create_time",
    old: "SELECT database, table, mutation_id, command, toString(create_time) AS created, parts_to_do, '' AS latest_failed_part, '' AS latest_fail_reason FROM system.mutations WHERE is_done = 0 ORDER BY database, table, create_time",
  },
  distribution: {
    current:
      "SELECT database, table, data_path, is_blocked, error_count, data_files, data_compressed_bytes, broken_data_files, last_exception FROM system.distribution_queue WHERE data_files > 0 OR broken_data_files > 0 OR error_count > 0 OR is_blocked ORDER BY database, table, data_path",
    old: null,
  },
  detached: {
    current:
      "SELECT database, table, ifNull(reason, '') AS why, count() AS parts FROM system.detached_parts GROUP BY database, table, why ORDER BY database, table, why",
    old: null,
  },
  // Of all hosts' entries those of this one; where nobody may tell which one it is, of all.
  ddl: {
    current:
      "SELECT entry, query, toString(status) AS state, exception_text FROM system.distributed_ddl_queue WHERE status != 'Finished' AND (host = hostName() OR host IN (SELECT host_name FROM system.clusters WHERE is_local)) AND port IN (0, tcpPort()) ORDER BY entry LIMIT 100",
    old: null,
  },
  disks: { current: "SELECT name, free_space, total_space FROM system.disks ORDER BY name", old: null },
  backups: {
    current: "SELECT id, toString(status) AS state FROM system.backups WHERE status IN ('CREATING_BACKUP', 'RESTORING')",
    old: null,
  },
  keeper: both("SELECT name FROM system.zookeeper WHERE path = '/' LIMIT 1"),
} as const satisfies Readonly<Record<string, Readonly<Record<Dialect, string | null>>>>;

function both(sql: string): Readonly<Record<Dialect, string>> {
  return { current: sql, old: sql };
}

interface Named {
  readonly database: string;
  readonly table: string;
}

/**
 * What a host says of its queues, mutations and replicas.
 * @throws DatabaseTrouble where it stops answering; what this user may not see is a note
 */
export async function readStatus(server: ReadOnlyClickHouse, host: string, dialect: Dialect = "current"): Promise<HostStatus> {
  const notes: string[] = [];
  const rows = async <T>(what: keyof typeof STATUS, words: string): Promise<T[]> => {
    const sql = STATUS[what][dialect];
    return sql === null ? [] : await optionalRows<T>(server, sql, words, notes);
  };
  const replicas = (
    await rows<
      Named & {
        readonly is_readonly: Digits;
        readonly is_session_expired: Digits;
        readonly queue_size: Digits;
        readonly absolute_delay: Digits;
        readonly active_replicas: Digits;
        readonly total_replicas: Digits;
      }
    >("replicas", "replicas (system.replicas)")
  ).map((row): ReplicaStatus => ({
    table: nameOf(row),
    readOnly: Number(row.is_readonly) !== 0,
    sessionExpired: Number(row.is_session_expired) !== 0,
    queue: Number(row.queue_size),
    delaySeconds: Number(row.absolute_delay),
    active: Number(row.active_replicas),
    total: Number(row.total_replicas),
  }));
  const stuck = await rows<
    Named & { type: string; new_part_name: string; num_tries: Digits; last_exception: string; postpone_reason: string }
  >("stuck", "replication queues (system.replication_queue)");
  const mutations = await rows<
    Named & {
      mutation_id: string;
      command: string;
      created: string;
      parts_to_do: Digits;
      latest_failed_part: string;
      latest_fail_reason: string;
    }
  >("mutations", "mutations (system.mutations)");
  const distribution = await rows<
    Named & {
      data_path: string;
      is_blocked: Digits;
      error_count: Digits;
      data_files: Digits;
      data_compressed_bytes: Digits;
      broken_data_files: Digits;
      last_exception: string;
    }
  >("distribution", "queues of Distributed tables (system.distribution_queue)");
  const detached = await rows<Named & { why: string; parts: Digits }>("detached", "detached parts (system.detached_parts)");
  const disks = await rows<{ name: string; free_space: Digits; total_space: Digits }>("disks", "disks (system.disks)");
  const backups = await rows<{ id: string; state: string }>("backups", "backups (system.backups)");
  return {
    host,
    keeper: await keeperSession(server, replicas, dialect),
    replicas,
    stuck: stuck.map((row) => ({
      table: nameOf(row),
      type: row.type,
      part: row.new_part_name,
      tries: Number(row.num_tries),
      exception: short(row.last_exception),
      postponed: short(row.postpone_reason),
    })),
    mutations: mutations.map((row): MutationStatus => ({
      table: nameOf(row),
      id: row.mutation_id,
      command: short(withoutSecrets(row.command)),
      created: row.created,
      partsToDo: Number(row.parts_to_do),
      failed: row.latest_fail_reason === "" ? null : { part: row.latest_failed_part, reason: short(row.latest_fail_reason) },
    })),
    distribution: distribution.map((row): DistributionQueue => ({
      table: nameOf(row),
      to: directory(row.data_path),
      files: Number(row.data_files),
      bytes: Number(row.data_compressed_bytes),
      broken: Number(row.broken_data_files),
      errors: Number(row.error_count),
      blocked: Number(row.is_blocked) !== 0,
      lastException: short(row.last_exception),
    })),
    detached: detached.map((row): DetachedParts => ({ table: nameOf(row), reason: row.why, parts: Number(row.parts) })),
    ddl: await queuedDdl(server, dialect),
    disks: disks.map((row) => ({ name: row.name, freeBytes: Number(row.free_space), totalBytes: Number(row.total_space) })),
    backups: backups.map(({ id, state }) => ({ id, status: state })),
    notes,
  };
}

/** Without a DDL worker (no Keeper, or none configured) there is no queue, and the server says so with an error of its own. */
async function queuedDdl(server: ReadOnlyClickHouse, dialect: Dialect): Promise<HostStatus["ddl"]> {
  const sql = STATUS.ddl[dialect];
  if (sql === null) return [];
  try {
    const rows = await server.rows<{ entry: string; query: string; state: string; exception_text: string }>(sql);
    return rows.map((row) => ({
      entry: row.entry,
      query: short(withoutSecrets(row.query)),
      status: row.state,
      exception: short(row.exception_text),
    }));
  } catch (error) {
    if (error instanceof DatabaseTrouble && /^(?:139|999|497|60|47)$/.test(error.code ?? "")) return [];
    throw error;
  }
}

/** Whether the host's session with its Keeper lives: replicas know, and where there are none a question through it tells. */
async function keeperSession(server: ReadOnlyClickHouse, replicas: readonly ReplicaStatus[], dialect: Dialect): Promise<KeeperSession> {
  const expired = replicas.filter(({ sessionExpired }) => sessionExpired);
  if (expired.length > 0)
    return { state: "expired", reason: `${expired.length} of ${replicas.length} replicated tables have lost their session` };
  try {
    await server.rows(STATUS.keeper[dialect]);
    return { state: "connected" };
  } catch (error) {
    if (!(error instanceof DatabaseTrouble) || error.code === null) throw error;
    switch (error.code) {
      case "60":
      case "139":
        return replicas.length === 0 ? { state: "none" } : { state: "unknown" };
      case "497":
        return { state: "unknown" };
      case "999":
      case "242":
      case "225":
      case "1000":
        return { state: "expired", reason: short(error.message) };
      default:
        if (replicas.length > 0 && error.code === "159") return { state: "expired", reason: "Keeper did not answer in time" };
        return { state: "unknown" };
    }
  }
}

function nameOf({ database, table }: Named): string {
  return `${database}.${table}`;
}

/** `/var/lib/…/data/web/events/shard1_replica2/` → `shard1_replica2`; older servers write user and address there: `user:secret@host:port`. */
function directory(path: string): string {
  const last = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return last.replace(/^([^:@]*):[^@]*@/, "$1@");
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
