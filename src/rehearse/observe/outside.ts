import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { EngineError, LockMode } from "../../model/effects.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { engineError } from "./errors.ts";
import { sampleLocks } from "./locks.ts";
import { effectsBetween, type TwinResult } from "./effects.ts";
import { observeTotals, qualified, type Relations, type RowCounts } from "./relations.ts";

interface Outside {
  readonly database: string;
  /** The session whose settings count. */
  readonly session: Client;
  readonly superuser: Client;
  readonly counts: RowCounts;
  readonly sql: string;
}

/** A statement on a small copy takes milliseconds; one that has not ended by then waits for something that tread does not hold. */
const PATIENCE_MS = 10_000;

/**
 * Runs a statement that cannot run in a transaction (CONCURRENTLY, VACUUM, REINDEX DATABASE, a procedure that commits). It ends before
 * anybody can look at its locks, so it is made to wait: for a transaction elsewhere that holds an old snapshot and ACCESS SHARE
 * (CONCURRENTLY waits for those in its phases), or SHARE UPDATE EXCLUSIVE (what all the others want conflicts with it, and their look-ups
 * with ACCESS SHARE do not). Then a second
 * transaction takes over from the first, to see the next phase.
 */
export async function runOutside(server: EmbeddedServer, { database, session, superuser, counts, sql }: Outside): Promise<TwinResult> {
  // What the session has read before must not arrive in the totals while this statement runs.
  if (server.major >= 15) await session.query("SELECT pg_catalog.pg_stat_force_next_flush()");
  const before = await observeTotals(superuser);
  const marked = await markerScans(superuser);
  const rows = await counts.read();
  const gentle = /\bconcurrently\b/i.test(sql);
  const runner = await server.connect({ role: "owner", database, applicationName: "tread twin" });
  const holders = [await holder(server, database), await holder(server, database)] as const;
  const seen = new Map<number, LockMode>();
  let error: EngineError | null = null;
  try {
    await copySettings(session, runner);
    await hold(holders[0], before, gentle, false);
    const pid = await backend(runner);
    const state = { done: false };
    const running = runner.query(sql).then(
      () => {
        state.done = true;
      },
      (thrown: unknown) => {
        state.done = true;
        error = engineError(thrown);
      },
    );
    await untilWaiting(superuser, pid, seen, () => state.done);
    // NOWAIT: behind the waiting statement this one would queue for ever.
    if (!state.done && gentle) await hold(holders[1], before, true, true).catch(() => {});
    await holders[0].query("ROLLBACK");
    await untilWaiting(superuser, pid, seen, () => state.done);
    await holders[1].query("ROLLBACK");
    const started = Date.now();
    while (!state.done && Date.now() - started < PATIENCE_MS) await sampleLocks(superuser, pid, seen);
    if (!state.done) await superuser.query("SELECT pg_catalog.pg_cancel_backend($1)", [pid]);
    await running;
    // From 15 on a session hands its counters over before it is ready for the next query, when told so; at its end they may come late.
    if (server.major >= 15) await runner.query("SELECT pg_catalog.pg_stat_force_next_flush()");
    else await runner.query(`SELECT FROM ${MARKER}`).catch(() => {});
  } finally {
    await Promise.all([runner.end(), ...holders.map((client) => client.end())]);
  }
  const after = await afterwards(server.major, superuser, marked);
  return { effects: effectsBetween(before, after, seen, rows, sql, error), relations: before, outside: true };
}

async function holder(server: EmbeddedServer, database: string): Promise<Client> {
  const client = await server.connect({ role: "superuser", database, applicationName: "tread holder" });
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
  return client;
}

async function hold(client: Client, relations: Relations, gentle: boolean, nowait: boolean): Promise<void> {
  const tables = [...relations.values()].filter((r) => r.kind === "r" || r.kind === "p").map((r) => `ONLY ${qualified(r.name)}`);
  // The snapshot is taken by the first query, which LOCK TABLE is not.
  await client.query("SELECT 1");
  if (tables.length > 0)
    await client.query(
      `LOCK TABLE ${tables.join(", ")} IN ${gentle ? "ACCESS SHARE" : "SHARE UPDATE EXCLUSIVE"} MODE${nowait ? " NOWAIT" : ""}`,
    );
}

async function copySettings(from: Client, to: Client): Promise<void> {
  const settings = await from.query<{ name: string; setting: string }>(
    "SELECT name, pg_catalog.current_setting(name) AS setting FROM pg_catalog.pg_settings WHERE source = 'session'",
  );
  for (const { name, setting } of settings.rows) await to.query("SELECT pg_catalog.set_config($1, $2, false)", [name, setting]);
  // It is made to wait, which must not count.
  await to.query("SET lock_timeout = 0; SET statement_timeout = 0");
}

async function untilWaiting(superuser: Client, pid: number, seen: Map<number, LockMode>, done: () => boolean): Promise<void> {
  const started = Date.now();
  // Twice in a row: a wait that resolves itself is not one of the phases.
  for (let waiting = 0; waiting < 2 && !done() && Date.now() - started < 2000;) {
    waiting = (await sampleLocks(superuser, pid, seen)) ? waiting + 1 : 0;
    await sleep(2);
  }
}

/** Read last by the runner before 15: a table of the catalogue that nothing else reads by itself. */
const MARKER = "pg_catalog.pg_foreign_data_wrapper";

async function markerScans(superuser: Client): Promise<number> {
  const { rows } = await superuser.query<{ scans: number }>(`SELECT pg_catalog.pg_stat_get_numscans('${MARKER}'::regclass)::int AS scans`);
  return rows[0]?.scans ?? 0;
}

/**
 * Before 15 counters arrive when the session ends, through a collector process: after up to half a second, and later on a busy machine.
 * One session's arrive in order, so what it did is all there once its last read is.
 */
async function afterwards(major: number, superuser: Client, marked: number): Promise<Relations> {
  for (let tries = major < 15 ? 100 : 0; tries > 0; tries--) {
    if ((await markerScans(superuser)) > marked) break;
    await sleep(50);
  }
  return await observeTotals(superuser);
}

async function backend(client: Client): Promise<number> {
  const result = await client.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
  return result.rows[0]?.pid ?? 0;
}
