import type { Client } from "pg";
import { LOCK_MODES, type LockMode, strongest } from "../../model/effects.ts";

/** What a backend holds or waits for, on any relation, strongest per oid. */
export type HeldLocks = ReadonlyMap<number, LockMode>;

interface LockRow {
  readonly oid: number;
  /** As pg_locks spells it: `AccessExclusiveLock`. */
  readonly mode: string;
}

/**
 * Locks on relations alone: pg_locks names a relation also for locks on its extension, its pages and its tuples, which are held for an
 * instant, as ExclusiveLock, and keep out nobody who reads or writes (manual, pg_locks; seen with VACUUM and with an UPDATE that waits
 * for a row).
 */
const ON_RELATIONS = `l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`;

/** What the session that runs it holds. */
export const OWN_LOCKS: string = `SELECT l.relation::int AS oid, l.mode FROM pg_catalog.pg_locks l WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND ${ON_RELATIONS}`;

/** @param pid as in `pg_stat_activity.pid`, of a session in the database that the client is connected to */
export async function locksOf(
  client: Client,
  pid: number,
): Promise<{ readonly held: HeldLocks; readonly wanted: HeldLocks; /** for a lock of any kind */ readonly waits: boolean }> {
  const { rows } = await client.query<{ oid: number | null; mode: string; granted: boolean }>(
    `SELECT CASE WHEN ${ON_RELATIONS} THEN l.relation::int END AS oid, l.mode, l.granted FROM pg_catalog.pg_locks l WHERE l.pid = $1`,
    [pid],
  );
  const on = rows.flatMap(({ oid, mode, granted }) => (oid === null ? [] : [{ oid, mode, granted }]));
  return {
    held: strongestByOid(on.filter(({ granted }) => granted)),
    wanted: strongestByOid(on),
    waits: rows.some(({ granted }) => !granted),
  };
}

/** Adds to what was seen of one backend what it holds or wants now. @returns whether it waits for a lock of any kind */
export async function sampleLocks(client: Client, pid: number, seen: Map<number, LockMode>): Promise<boolean> {
  const { wanted, waits } = await locksOf(client, pid);
  for (const [oid, mode] of wanted) seen.set(oid, strongest(seen.get(oid) ?? mode, mode));
  return waits;
}

export function strongestByOid(rows: readonly LockRow[]): Map<number, LockMode> {
  const locks = new Map<number, LockMode>();
  for (const row of rows) {
    const mode = lockMode(row.mode);
    if (mode === null) continue;
    const before = locks.get(row.oid);
    locks.set(row.oid, before === undefined ? mode : strongest(before, mode));
  }
  return locks;
}

/** `AccessExclusiveLock` → `AccessExclusive`. */
function lockMode(spelled: string): LockMode | null {
  return LOCK_MODES.find((mode) => `${mode}Lock` === spelled) ?? null;
}
