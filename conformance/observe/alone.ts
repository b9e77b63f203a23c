import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { EngineError, LockMode } from "../../src/model/effects.ts";
import type { EmbeddedServer } from "../../src/engines/postgres/embedded/server.ts";
import { effectsBetween } from "../../src/rehearse/observe/effects.ts";
import { sampleLocks } from "../../src/rehearse/observe/locks.ts";
import { observeTotals, qualified, type Relations, type RelationState } from "../../src/rehearse/observe/relations.ts";
import { attempt, type Observation } from "./in-transaction.ts";
import { countRows, type Rows } from "./rows.ts";
import type { SceneDatabase } from "./scene-database.ts";

/** A statement on a thousand rows takes milliseconds; one that has not ended by then waits for something that is not ours. */
const PATIENCE_MS = 20_000;

type HolderMode = "ROW EXCLUSIVE" | "SHARE UPDATE EXCLUSIVE" | "ACCESS EXCLUSIVE";

/**
 * What a statement does outside of a transaction. It ends before anybody can look at its locks, so it is made to wait: one other
 * session per table holds a lock there, and is released when the statement is seen waiting for it.
 *
 * CONCURRENTLY waits, between its phases, for older transactions that write (ROW EXCLUSIVE), unless it has nothing to do. The others are run twice: against SHARE UPDATE
 * EXCLUSIVE, where what they take at most comes to light, and against ACCESS EXCLUSIVE, where nothing is too weak to be seen.
 */
export async function observeAlone(database: SceneDatabase, prepare: readonly string[], sql: string): Promise<Observation> {
  const concurrently = /\bconcurrently\b/i.test(sql);
  const modes: readonly HolderMode[] = concurrently
    ? ["ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"]
    : ["SHARE UPDATE EXCLUSIVE", "ACCESS EXCLUSIVE"];
  const seen = new Map<number, LockMode>();
  let observation: Observation | null = null;
  for (const mode of modes) {
    observation = await database.inCopy((name) => runAgainst(database.server, name, mode, prepare, sql, seen));
    // It waited between its phases, and was seen.
    if (observation.effects.error !== null || (concurrently && observation.effects.locks.length > 0)) break;
  }
  if (observation === null) throw new Error("no run was made");
  return observation;
}

async function runAgainst(
  server: EmbeddedServer,
  database: string,
  mode: HolderMode,
  prepare: readonly string[],
  sql: string,
  seen: Map<number, LockMode>,
): Promise<Observation> {
  const connect = (): Promise<Client> => server.connect({ role: "superuser", database });
  const watcher = await connect();
  const runner = await connect();
  const holders = new Map<number, Client>();
  try {
    const rows = await prepareIn(server, database, runner, prepare);
    await settle(server, database, watcher);
    const before = await observeTotals(watcher);
    for (const relation of before.values()) {
      if (relation.kind !== "r" && relation.kind !== "p" && relation.kind !== "m") continue;
      const holder = await connect();
      // No snapshot: CONCURRENTLY would wait for it while it works on another table, and the lock would be given up for nothing.
      await holder.query("BEGIN");
      if ((await attempt(holder, holding(relation, mode))) === null) holders.set(await backend(holder), holder);
      else await holder.end();
    }
    const error = await watch(runner, watcher, holders, sql, seen);
    // Those that were not waited for still hold their locks, and looking at a table's size needs one.
    await Promise.all([runner.end(), ...[...holders.values()].map((holder) => holder.end())]);
    await settle(server, database, watcher);
    const after = await observeTotals(watcher);
    return { effects: effectsOf(before, after, seen, rows, sql, error), rows };
  } finally {
    await Promise.all([runner.end(), watcher.end(), ...[...holders.values()].map((holder) => holder.end())]);
  }
}

/** LOCK TABLE refuses materialized views, and nothing takes ROW EXCLUSIVE on them: CONCURRENTLY waits for the next stronger one. */
function holding({ name, kind }: RelationState, mode: HolderMode): string {
  if (kind !== "m") return `LOCK TABLE ONLY ${qualified(name)} IN ${mode} MODE`;
  return `ALTER MATERIALIZED VIEW ${qualified(name)} ${mode === "ACCESS EXCLUSIVE" ? "OWNER TO CURRENT_USER" : "SET (autovacuum_enabled = true)"}`;
}

function effectsOf(
  before: Relations,
  after: Relations,
  locks: ReadonlyMap<number, LockMode>,
  rows: Rows,
  sql: string,
  error: EngineError | null,
): Observation["effects"] {
  if (error !== null) return { locks: [], rewrites: [], scans: [], indexBuilds: [], error };
  const counts = new Map([...before.values()].map((r) => [r.oid, r.kind === "p" ? 0 : (rows.get(r.name) ?? 0)]));
  return effectsBetween(before, after, locks, counts, sql, null);
}

/**
 * Settings belong to the session that runs the statement; everything else is done elsewhere, so that its reading is not counted.
 * @returns the rows that there are then
 */
async function prepareIn(server: EmbeddedServer, database: string, runner: Client, prepare: readonly string[]): Promise<Rows> {
  const other = await server.connect({ role: "superuser", database });
  try {
    for (const statement of prepare) await (/^\s*(?:set|reset)\s/i.test(statement) ? runner : other).query(statement);
    return await countRows(other);
  } finally {
    await other.end();
  }
}

/** Starts the statement and lets it go on from wait to wait, noting what it holds and wants. @returns its error */
async function watch(
  runner: Client,
  watcher: Client,
  holders: Map<number, Client>,
  sql: string,
  seen: Map<number, LockMode>,
): Promise<EngineError | null> {
  const pid = await backend(runner);
  const state: { done: boolean; error: unknown; result: EngineError | null } = { done: false, error: null, result: null };
  const running = attempt(runner, sql).then(
    (result) => {
      state.result = result;
      state.done = true;
    },
    (error: unknown) => {
      state.error = error;
      state.done = true;
    },
  );
  const started = Date.now();
  while (!state.done) {
    const blockers = await sample(watcher, pid, seen);
    const holder = blockers.map((blocker) => [blocker, holders.get(blocker)] as const).find(([, client]) => client !== undefined);
    if (holder !== undefined) {
      // Once more, now that it waits for certain: all that it holds by then is in view.
      await sample(watcher, pid, seen);
      holders.delete(holder[0]);
      await holder[1]?.end();
    } else await sleep(1);
    if (Date.now() - started > PATIENCE_MS) {
      await watcher.query("SELECT pg_catalog.pg_cancel_backend($1)", [pid]);
      await running;
      throw new Error(`it did not end within ${PATIENCE_MS / 1000} s`);
    }
  }
  await running;
  if (state.error !== null) throw state.error;
  return state.result;
}

/** Adds what the backend holds or wants by now. @returns the sessions that it waits for */
async function sample(watcher: Client, pid: number, seen: Map<number, LockMode>): Promise<readonly number[]> {
  if (!(await sampleLocks(watcher, pid, seen))) return [];
  const { rows } = await watcher.query<{ blockers: number[] }>("SELECT pg_catalog.pg_blocking_pids($1) AS blockers", [pid]);
  return rows[0]?.blockers ?? [];
}

/**
 * Waits until the counters of all sessions that have ended are in view. From 15 on they are in shared memory when a session ends; before,
 * they travel through a collector process, in order: when those of a session that came later have arrived, all have.
 */
async function settle(server: EmbeddedServer, database: string, watcher: Client): Promise<void> {
  const marker = async (): Promise<number> => {
    const { rows } = await watcher.query<{ n: number }>(
      "SELECT pg_catalog.pg_stat_get_tuples_returned('pg_catalog.pg_language'::regclass)::int AS n",
    );
    return rows[0]?.n ?? 0;
  };
  if (server.major >= 15) return;
  const start = await marker();
  const later = await server.connect({ role: "superuser", database });
  await later.query("SELECT count(*) FROM pg_catalog.pg_language");
  await later.end();
  const started = Date.now();
  while ((await marker()) <= start && Date.now() - started < 5_000) await sleep(20);
}

async function backend(client: Client): Promise<number> {
  const result = await client.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
  return result.rows[0]?.pid ?? 0;
}
