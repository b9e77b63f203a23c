import type { Client } from "pg";
import { LedgerTrouble } from "../trouble.ts";

/** `hashtext('tread')`, `hashtext('apply')` are computed by the server: the two keys of the advisory lock. */
const KEYS = "hashtext('tread'), hashtext('apply')";

/**
 * Every backend of a command that `tread guard` runs holds this one, shared, which keeps nobody out: it tells whose the backend is when the
 * guard was killed (its `application_name` is the command's own).
 */
export const HOLD_AS_GUARDED: string = "pg_catalog.pg_advisory_lock_shared(pg_catalog.hashtext('tread'), pg_catalog.hashtext('guarded'))";

/** Who holds it, as a query for process ids. */
export const GUARDED_PIDS: string = `SELECT g.pid FROM pg_catalog.pg_locks g
  WHERE g.locktype = 'advisory' AND g.granted AND g.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    AND g.classid::bigint = (pg_catalog.hashtext('tread')::bigint & 4294967295) AND g.objid::bigint = (pg_catalog.hashtext('guarded')::bigint & 4294967295)`;

/**
 * One applier at a time per database, by a session-level advisory lock: it ends with the connection, however that ends.
 * @throws LedgerTrouble (exit code 4) that names who holds it
 */
export async function becomeTheApplier(client: Client): Promise<void> {
  const { rows } = await client.query<{ got: boolean }>(`SELECT pg_try_advisory_lock(${KEYS}) AS got`);
  if (rows[0]?.got === true) return;
  const holder = await client.query<{ pid: number; usename: string; application: string; host: string; since: string }>(
    `SELECT a.pid, a.usename, a.application_name AS application, coalesce(host(a.client_addr), 'the same machine') AS host,
            to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') AS since
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.classid = (hashtext('tread')::bigint & 4294967295)::oid AND l.objid = (hashtext('apply')::bigint & 4294967295)::oid`,
  );
  const who = holder.rows[0];
  throw new LedgerTrouble(
    who === undefined
      ? "another tread applies to this database at this moment"
      : `another tread applies to this database: process ${who.pid} of ${who.usename}, from ${who.host}, since ${who.since}`,
    "wait until it has ended; `tread status` shows how far it is",
    4,
  );
}
