import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { GUARDED_PIDS } from "../ledger/postgres/one-applier.ts";
import { hasLedger } from "../ledger/postgres/schema.ts";
import { LedgerTrouble } from "../ledger/trouble.ts";

/** How long something outside of a transaction may still be at its end, ms. */
const ENDING_MS = 3000;
/** How long a backend that was told to end may take to roll back, ms. */
const ROLLBACK_MS = 60_000;

interface Orphan {
  readonly pid: number;
  readonly of: "apply" | "vacuum" | "guard";
  readonly role: string;
  readonly query: string | null;
  /** It builds an index, or says CONCURRENTLY: nothing that ending it would take back. */
  readonly concurrently: boolean;
  readonly seconds: number;
}

const ORPHANS = `SELECT a.pid, CASE a.application_name WHEN 'tread apply' THEN 'apply' WHEN 'tread apply (vacuum)' THEN 'vacuum' ELSE 'guard' END AS of,
        a.usename AS role, a.query, coalesce(a.query ~* '\\mconcurrently\\M', false) OR EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index b WHERE b.pid = a.pid) AS concurrently,
        extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.query_start, a.backend_start))::float8 AS seconds
   FROM pg_catalog.pg_stat_activity a
  WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
    AND (a.application_name IN ('tread apply', 'tread apply (vacuum)')
      OR a.pid IN (${GUARDED_PIDS}))`;

/**
 * A tread that was killed leaves backends at work, its own or those of the command that it guarded: the server looks for the client only
 * when the statement has ended, and a message that ends with COMMIT commits. What such a backend does must be over before anybody reads the
 * ledger, or a step is done twice (met: a run that was begun two seconds after `kill -9` ran the step that the orphan committed meanwhile).
 * In a transaction it is ended, which takes back the step together with its record. What runs outside of one (an index that is built for an
 * hour) goes on, and is waited for.
 *
 * @param watcher holds the lock of the one applier, so that no other backend of `tread apply` or `tread guard` belongs to anybody
 * @param lost the backend of a connection that this run itself has lost: ended whatever it does; null: none
 * @throws LedgerTrouble (exit code 4) that names who is still at work
 */
export async function untilOrphansEnded(watcher: Client, lost: number | null): Promise<void> {
  const since = Date.now();
  let alone: boolean | null = null;
  for (;;) {
    const { rows } = await watcher.query<Orphan>(ORPHANS);
    const [first] = rows;
    if (first === undefined) return;
    alone ??= await hasIntended(watcher);
    const left = rows.filter(
      ({ pid, of, concurrently }) => pid !== lost && (of === "guard" ? concurrently : of === "apply" && alone === true),
    );
    let refused = false;
    for (const { pid } of rows) if (!left.some((one) => one.pid === pid)) refused = !(await end(watcher, pid)) || refused;
    const waited = Date.now() - since;
    const who = left[0] ?? first;
    if (left.length > 0 || refused ? waited > ENDING_MS : waited > ROLLBACK_MS) throw stillAtWork(who);
    await sleep(50);
  }
}

/** Something that was begun outside of a transaction has no outcome yet. */
async function hasIntended(client: Client): Promise<boolean> {
  if (!(await hasLedger(client))) return false;
  const { rows } = await client.query("SELECT FROM tread.ledger_step WHERE state = 'intended' LIMIT 1");
  return rows.length > 0;
}

/** @returns false where this role may not */
async function end(client: Client, pid: number): Promise<boolean> {
  try {
    await client.query("SELECT pg_catalog.pg_terminate_backend($1)", [pid]);
    return true;
  } catch {
    return false;
  }
}

function stillAtWork({ pid, role, query, seconds }: Orphan): LedgerTrouble {
  const what = (query ?? "").split("\n")[0]?.slice(0, 80) ?? "";
  return new LedgerTrouble(
    `process ${pid} of ${role} is still at work for an earlier run that was cut off, since ${Math.round(seconds)} s${what === "" ? "" : `: ${what}`}`,
    `wait for its end, then run the same command again; or end it: SELECT pg_terminate_backend(${pid})`,
    4,
  );
}
