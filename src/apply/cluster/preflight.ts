import type { ClusterPlan, ClusterStep } from "../../model/clickhouse/cluster-plan.ts";
import type { HostIdentity } from "../../model/clickhouse/topology.ts";
import { HostTrouble, pairs, type WalkHost } from "./host.ts";
import { unfinished } from "./catalogue.ts";

/** What one host says before the walk. `stop`: it must not begin. */
export interface PreflightResult {
  readonly host: string;
  readonly check: string;
  readonly severity: "stop" | "warning" | "note";
  readonly message: string;
  readonly help: string;
}

export interface PreflightOptions {
  /** Parts of one partition above this share of `parts_to_throw_insert` stop a walk that writes parts. */
  readonly partsShare: number;
}

interface Concern {
  /** Tables of this host that the plan changes or reads. */
  readonly tables: readonly string[];
  readonly steps: readonly ClusterStep[];
}

/** Every question on every host that answers, asked directly. @throws HostTrouble only where a host stops answering */
export async function preflight(
  host: WalkHost,
  plan: ClusterPlan,
  options: PreflightOptions = { partsShare: 0.8 },
): Promise<readonly PreflightResult[]> {
  const concern = concernOf(plan, host.name);
  const results: PreflightResult[] = [];
  const say = (check: string, severity: PreflightResult["severity"], message: string, help: string): void => {
    results.push({ host: host.name, check, severity, message, help });
  };
  const expected = plan.hosts.find(({ name }) => name === host.name)?.identity ?? null;
  if (expected !== null) await identity(host, expected, say);
  if (concern.tables.length === 0) return results;
  const checks: readonly (readonly [string, () => Promise<void>])[] = [
    ["replicas", () => replicas(host, concern, say)],
    ["replication queue", () => replicationQueue(host, concern, say)],
    ["mutations", () => mutations(host, concern, say)],
    ["distribution queue", () => distributionQueue(host, concern, say)],
    ["queued DDL", () => queuedDdl(host, concern, say)],
    ["backups", () => backups(host, concern, say)],
    ["fetches", () => fetches(host, concern, say)],
    ["detached parts", () => detachedParts(host, concern, say)],
    ["parts", () => parts(host, concern, options, say)],
    ["size to drop", () => sizeToDrop(host, concern, say)],
    ["disk space", () => diskSpace(host, concern, say)],
  ];
  for (const [check, ask] of checks) {
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof HostTrouble) || error.kind !== "refused") throw error;
      // 60, 47: this version has no such table or column. 139, 392, 701: not configured. 497: no right.
      const severity = error.code === 497 ? "warning" : "note";
      say(
        check,
        severity,
        `could not be asked: ${error.message.slice(0, 160)}`,
        error.code === 497 ? "GRANT SELECT ON system.* TO this user" : "",
      );
    }
  }
  return results;
}

type Say = (check: string, severity: PreflightResult["severity"], message: string, help: string) => void;

function concernOf(plan: ClusterPlan, host: string): Concern {
  const steps = plan.steps.filter(({ action }) =>
    action.kind === "statement"
      ? action.runs.some(({ seenOn }) => seenOn.includes(host))
      : action.kind === "flush"
        ? action.queues.some((queue) => queue.host === host)
        : action.hosts.includes(host),
  );
  const flushed = steps.flatMap(({ action }) =>
    action.kind === "flush" ? action.queues.filter((queue) => queue.host === host).map(({ table }) => table) : [],
  );
  return { steps, tables: [...new Set([...steps.flatMap(({ object }) => (object === null ? [] : [object])), ...flushed])] };
}

async function identity(host: WalkHost, expected: HostIdentity, say: Say): Promise<void> {
  if (host.dialect === "old") return;
  const [row] = await host.rows<{ name: string; uuid: string; port: number | string }>(
    "SELECT hostName() AS name, toString(serverUUID()) AS uuid, tcpPort() AS port",
  );
  const macros = await host.rows<{ macro: string; substitution: string }>("SELECT macro, substitution FROM system.macros");
  if (row === undefined) return;
  const zero = /^[0-]*$/.test(row.uuid);
  const other =
    expected.serverUuid !== null && !zero
      ? row.uuid !== expected.serverUuid
      : row.name !== expected.hostName ||
        macros.some(({ macro, substitution }) => (expected.macros[macro] ?? substitution) !== substitution);
  if (other)
    say(
      "identity",
      "stop",
      `another server answers under this address than when the plan was made (${row.name}${zero ? "" : `, ${row.uuid}`})`,
      "correct the address, or adopt the cluster anew and make a new plan",
    );
}

async function replicas(host: WalkHost, { tables }: Concern, say: Say): Promise<void> {
  const rows = await host.rows<{
    full: string;
    readonly: number | string;
    expired: number | string;
    queue: number | string;
    delay: number | string;
    active: number | string;
    total: number | string;
  }>(
    `SELECT concat(database, '.', table) AS full, is_readonly AS readonly, is_session_expired AS expired, queue_size AS queue, absolute_delay AS delay, active_replicas AS active, total_replicas AS total FROM system.replicas WHERE (database, table) IN (${pairs(tables)})`,
    20_000,
  );
  for (const { full: table, readonly, expired, queue, delay, active, total } of rows) {
    if (Number(readonly) === 1 || Number(expired) === 1)
      say(
        "replicas",
        "stop",
        `${table} is read-only here${Number(expired) === 1 ? ": the session with Keeper has ended" : ""}`,
        "look at Keeper and at the server's log; SYSTEM RESTART REPLICA where Keeper is well",
      );
    if (Number(active) < Number(total))
      say("replicas", "warning", `${table}: ${active} of ${total} replicas are active; the others follow when they are back`, "");
    if (Number(queue) > 100 || Number(delay) > 300)
      say("replicas", "warning", `${table} is behind: ${queue} entries in its replication queue, ${delay} s`, "an ALTER waits behind them");
  }
}

async function replicationQueue(host: WalkHost, { tables }: Concern, say: Say): Promise<void> {
  const rows = await host.rows<{ full: string; type: string; tries: number | string; exception: string }>(
    `SELECT concat(database, '.', table) AS full, type, num_tries AS tries, last_exception AS exception FROM system.replication_queue WHERE (database, table) IN (${pairs(tables)}) AND (last_exception != '' OR type = 'ALTER_METADATA' OR type = 'MUTATE_PART') ORDER BY num_tries DESC LIMIT 5`,
  );
  for (const { full: table, type, tries, exception } of rows) {
    const stuck = exception !== "" && Number(tries) > 5;
    say(
      "replication queue",
      stuck ? "stop" : "warning",
      `${table}: ${type} is waiting${exception === "" ? "" : `, after ${tries} attempts: ${exception.slice(0, 160)}`}`,
      stuck ? "what is stuck there holds up every later ALTER of the table" : "",
    );
  }
}

async function mutations(host: WalkHost, { tables }: Concern, say: Say): Promise<void> {
  for (const { table, id, partsToDo, failure, failedPart } of await unfinished(host, tables))
    say(
      "mutations",
      failure === "" ? "warning" : "stop",
      failure === ""
        ? `${table}: mutation ${id} is not done, ${partsToDo} parts to go; the walk waits for it`
        : `${table}: mutation ${id} fails on part ${failedPart}: ${failure.slice(0, 200)}`,
      failure === "" ? "" : `correct what it stumbles over, or KILL MUTATION WHERE mutation_id = '${id}'`,
    );
}

async function distributionQueue(host: WalkHost, { tables }: Concern, say: Say): Promise<void> {
  const rows = await host.rows<{
    full: string;
    files: number | string;
    errors: number | string;
    broken: number | string;
    blocked: number | string;
    exception: string;
  }>(
    `SELECT concat(database, '.', table) AS full, data_files AS files, error_count AS errors, broken_data_files AS broken, is_blocked AS blocked, last_exception AS exception FROM system.distribution_queue WHERE (database, table) IN (${pairs(tables)}) AND (data_files > 0 OR broken_data_files > 0 OR is_blocked)`,
  );
  for (const { full: table, files, errors, broken, blocked, exception } of rows) {
    if (Number(broken) > 0)
      say(
        "distribution queue",
        "stop",
        `${table}: ${broken} queued files are broken and will not be sent`,
        "look into the folder `broken` of the table, and insert what is in it by hand",
      );
    if (Number(files) > 0 && (Number(errors) > 0 || exception !== ""))
      say(
        "distribution queue",
        "stop",
        `${table}: ${files} queued files cannot be sent: ${exception.slice(0, 200)}`,
        "correct the cause; SYSTEM FLUSH DISTRIBUTED tells whether it is gone",
      );
    if (Number(blocked) === 1) say("distribution queue", "warning", `${table}: sends are stopped`, "SYSTEM START DISTRIBUTED SENDS");
  }
}

async function queuedDdl(host: WalkHost, { tables }: Concern, say: Say): Promise<void> {
  const bare = tables.map((name) => name.slice(name.indexOf(".") + 1));
  const rows = await host.rows<{ entry: string; query: string; status: string }>(
    `SELECT DISTINCT entry, substring(query, 1, 200) AS query, toString(status) AS status FROM system.distributed_ddl_queue WHERE status != 'Finished' LIMIT 20`,
  );
  for (const { entry, query, status } of rows) {
    const own = bare.some((name) => query.includes(name));
    say(
      "queued DDL",
      own ? "stop" : "warning",
      `${entry} of another tool is ${status}: ${query}`,
      own ? "it would run in the middle of this change: let it end first" : "",
    );
  }
}

async function backups(host: WalkHost, { steps }: Concern, say: Say): Promise<void> {
  const rows = await host.rows<{ id: string; status: string; running: number | string; ended: string }>(
    "SELECT id, toString(status) AS status, status IN ('CREATING_BACKUP', 'RESTORING') AS running, toString(end_time) AS ended FROM system.backups ORDER BY end_time DESC LIMIT 50",
  );
  for (const { id, status, running } of rows)
    if (Number(running) === 1)
      say(
        "backups",
        "stop",
        `${status.toLowerCase().replaceAll("_", " ")} is under way (${id})`,
        "a backup that begins before a change and ends after it holds neither: let it end first",
      );
  if (!steps.some(({ phase, role }) => phase === "contract" && role === "local")) return;
  const last = rows.find(({ status }) => status === "BACKUP_CREATED");
  say(
    "backups",
    "warning",
    last === undefined
      ? "this server knows of no backup, and the plan takes values away"
      : `the last backup that this server made ended ${last.ended} UTC`,
    "make sure that a backup exists, wherever it is made",
  );
}

async function fetches(host: WalkHost, { tables }: Concern, say: Say): Promise<void> {
  const rows = await host.rows<{ full: string; count: number | string }>(
    `SELECT concat(database, '.', table) AS full, count() AS count FROM system.replicated_fetches WHERE (database, table) IN (${pairs(tables)}) GROUP BY database, table`,
  );
  for (const { full: table, count } of rows)
    say("fetches", "warning", `${table}: ${count} parts are being fetched from another replica`, "");
}

async function detachedParts(host: WalkHost, { tables }: Concern, say: Say): Promise<void> {
  const rows = await host.rows<{ full: string; count: number | string; reason: string }>(
    `SELECT concat(database, '.', table) AS full, count() AS count, any(reason) AS reason FROM system.detached_parts WHERE (database, table) IN (${pairs(tables)}) GROUP BY database, table`,
  );
  for (const { full: table, count, reason } of rows)
    say(
      "detached parts",
      "warning",
      `${table}: ${count} detached parts${reason === "" ? "" : ` (${reason})`}; they keep the columns that they were written with`,
      "attach or drop them before columns go",
    );
}

async function parts(host: WalkHost, { tables }: Concern, { partsShare }: PreflightOptions, say: Say): Promise<void> {
  const rows = await host.rows<{ full: string; most: number | string; limit: number | string }>(
    `SELECT concat(database, '.', table) AS full, max(n) AS most, toUInt64((SELECT value FROM system.merge_tree_settings WHERE name = 'parts_to_throw_insert')) AS limit FROM (SELECT database, table, partition_id, count() AS n FROM system.parts WHERE active AND (database, table) IN (${pairs(tables)}) GROUP BY database, table, partition_id) GROUP BY database, table`,
  );
  for (const { full: table, most, limit } of rows)
    if (Number(most) >= Number(limit) * partsShare)
      say(
        "parts",
        "stop",
        `${table} has ${most} parts in one partition, and inserts are refused at ${limit}`,
        "let merges catch up: a mutation would hold them up further",
      );
}

async function sizeToDrop(host: WalkHost, { steps }: Concern, say: Say): Promise<void> {
  const dropped = steps.flatMap(({ action, object, phase, role }) =>
    phase === "contract" &&
    role === "local" &&
    object !== null &&
    action.kind === "statement" &&
    action.runs.some(({ sql }) => /^(?:DROP|TRUNCATE)\b/.test(sql))
      ? [object]
      : [],
  );
  if (dropped.length === 0) return;
  const rows = await host.rows<{ full: string; bytes: number | string; limit: number | string }>(
    `SELECT concat(database, '.', name) AS full, total_bytes AS bytes, toUInt64((SELECT value FROM system.server_settings WHERE name = 'max_table_size_to_drop')) AS limit FROM system.tables WHERE (database, name) IN (${pairs(dropped)}) AND total_bytes IS NOT NULL`,
  );
  for (const { full: table, bytes, limit } of rows)
    if (Number(limit) > 0 && Number(bytes) > Number(limit))
      say(
        "size to drop",
        "stop",
        `${table} holds ${bytes} bytes, and the server refuses to drop more than ${limit} (359)`,
        "put the file flags/force_drop_table into the server's folder: it allows one drop",
      );
}

async function diskSpace(host: WalkHost, { steps }: Concern, say: Say): Promise<void> {
  const rewritten = steps.filter(({ work }) => work.kind === "mutation" && work.bytes !== null && work.bytes > 0);
  for (const { object, work } of rewritten) {
    if (object === null || work.bytes === null) continue;
    const [row] = await host.rows<{ free: number | string; largest: number | string }>(
      `SELECT min(d.free_space) AS free, max(p.bytes) AS largest FROM (SELECT disk_name AS name, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND (database, table) IN (${pairs([object])}) GROUP BY disk_name) AS p INNER JOIN system.disks AS d ON d.name = p.name`,
    );
    if (row === undefined || Number(row.largest) === 0) continue;
    if (Number(row.free) < work.bytes * 1.1)
      say(
        "disk space",
        "stop",
        `${object}: ${row.free} bytes are free, and about ${work.bytes} are written again (an estimate)`,
        "old parts stay until their replacements are merged: make room first",
      );
  }
}

/** Whether the host can ask Keeper; only where something on it is replicated. */
export async function keeperAnswers(host: WalkHost): Promise<boolean> {
  try {
    await host.rows("SELECT name FROM system.zookeeper WHERE path = '/' LIMIT 1", 5000);
    return true;
  } catch (error) {
    if (error instanceof HostTrouble) return false;
    throw error;
  }
}

/** Whether the table is kept in Keeper's hands on this host. */
export async function isReplicated(host: WalkHost, table: string): Promise<boolean> {
  const rows = await host.rows<{ engine: string }>(`SELECT engine FROM system.tables WHERE (database, name) IN (${pairs([table])})`);
  return rows.some(({ engine }) => engine.startsWith("Replicated"));
}
