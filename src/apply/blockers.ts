import type { Client } from "pg";
import type { TableLock } from "../model/effects.ts";
import { spellLock } from "../model/effects.ts";
import { quoteLiteral } from "../text/quote.ts";
import { quotedRelation } from "./names.ts";

/** A session, or a prepared transaction, that holds, or waits for, a lock that stands in tread's way. */
export interface Blocker {
  readonly pid: number;
  /** Null where this role may not see it (`pg_read_all_stats`). */
  readonly user: string | null;
  readonly application: string | null;
  /** `client backend`, `autovacuum worker`, …; a prepared transaction has no process. */
  readonly backend: string | null;
  /** The name of a prepared transaction; null for a process. */
  readonly gid: string | null;
  readonly state: string | null;
  /** The first words of its query. */
  readonly query: string | null;
  /** How long its transaction has run, ms. */
  readonly ageMs: number | null;
  readonly relation: string;
  readonly mode: string;
  readonly granted: boolean;
  /** An autovacuum against transaction id wraparound, which nobody should end. */
  readonly wraparound: boolean;
}

/** Modes that conflict, strongest last (manual, table 13.2). */
const CONFLICTS: Readonly<Record<string, readonly string[]>> = {
  Share: ["RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"],
  ShareRowExclusive: [
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
  ],
  Exclusive: [
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
  ],
  AccessExclusive: [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
  ],
};

interface Row {
  /** Which of the wanted locks it is about, from 1. */
  readonly at: string;
  readonly pid: number | null;
  readonly usename: string | null;
  readonly application_name: string | null;
  readonly backend_type: string | null;
  readonly gid: string | null;
  readonly state: string | null;
  readonly query: string | null;
  readonly age_ms: number | null;
  readonly relation: string;
  readonly mode: string;
  readonly granted: boolean;
  readonly wraparound: boolean | null;
}

/**
 * Who stands in the way of the locks at this moment, the oldest transaction first. `own`: pids that are tread's.
 *
 * From a role without `pg_read_all_stats` Postgres hides what a session is and does. An autovacuum is known all the same: it has no user.
 * Whether it runs against wraparound the age of its table tells then.
 */
export async function blockersOf(client: Client, locks: readonly TableLock[], own: readonly number[]): Promise<readonly Blocker[]> {
  if (locks.length === 0) return [];
  const relations = locks.map(({ relation }) => quotedRelation(relation));
  const { rows } = await client.query<Row>(
    `SELECT wanted.at, l.pid, a.usename, a.application_name, coalesce(a.backend_type, CASE WHEN a.pid IS NOT NULL AND a.usesysid IS NULL THEN 'autovacuum worker' END) AS backend_type, p.gid, a.state, left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120) AS query,
            (extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)) * 1000)::float8 AS age_ms, l.relation::regclass::text AS relation, l.mode, l.granted,
            CASE WHEN a.query = '<insufficient privilege>' THEN c.relkind IN ('r', 'm') AND (age(c.relfrozenxid) > current_setting('autovacuum_freeze_max_age')::int OR mxid_age(c.relminmxid) > current_setting('autovacuum_multixact_freeze_max_age')::int)
                 ELSE a.query LIKE '%(to prevent wraparound)%' END AS wraparound
       FROM unnest($1::text[]) WITH ORDINALITY AS wanted(name, at) JOIN pg_locks l ON l.relation = to_regclass(wanted.name) LEFT JOIN pg_stat_activity a USING (pid) LEFT JOIN pg_class c ON c.oid = l.relation
            LEFT JOIN LATERAL (SELECT gid, prepared FROM pg_locks x JOIN pg_prepared_xacts ON transaction = x.transactionid
                                WHERE l.pid IS NULL AND x.pid IS NULL AND x.virtualtransaction = l.virtualtransaction) p ON true
      WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.pid IS NULL OR l.pid <> ALL ($2::int[]))
      ORDER BY coalesce(a.xact_start, p.prepared) NULLS LAST`,
    [relations, [...own]],
  );
  return rows
    .filter(({ at, mode }) => CONFLICTS[locks[Number(at) - 1]?.mode ?? ""]?.includes(mode) === true)
    .map((row) => ({
      pid: row.pid ?? 0,
      user: row.usename,
      application: row.application_name === "" ? null : row.application_name,
      backend: row.pid === null ? "prepared transaction" : row.backend_type,
      gid: row.gid,
      state: row.state,
      query: row.query === "" || row.query === "<insufficient privilege>" ? null : row.query,
      ageMs: row.age_ms,
      relation: row.relation,
      mode: row.mode.replace(/Lock$/, ""),
      granted: row.granted,
      wraparound: row.wraparound === true,
    }));
}

/** One line for a person: who, what, for how long. */
export function describeBlocker({ pid, user, application, backend, gid, state, query, ageMs, relation, mode, granted }: Blocker): string {
  const who =
    backend === "prepared transaction"
      ? `the prepared transaction ${gid ?? "(pg_prepared_xacts)"}`
      : `${backend === null || backend === "client backend" ? "process" : backend} ${pid}${user === null ? "" : ` of ${user}`}${application === null ? "" : ` (${application})`}`;
  const age = ageMs === null ? "" : `, ${ageMs < 1000 ? `${Math.round(ageMs)} ms` : `${(ageMs / 1000).toFixed(1)} s`} old`;
  const doing = query === null ? "" : `: ${state === "idle in transaction" ? "idle in transaction after " : ""}${query}`;
  return `${who} ${granted ? "holds" : "waits for"} ${spellLock(mode as never)} on ${relation}${age}${doing}`;
}

/** What a person may do about who has been in the way for longest: nothing of it is done by tread itself. */
export function helpAgainst({ pid, backend, gid, wraparound }: Blocker): string {
  if (backend === "prepared transaction") {
    const name = gid === null ? "'…' (pg_prepared_xacts lists them)" : quoteLiteral(gid);
    return `its coordinator decides: COMMIT PREPARED ${name}, or ROLLBACK PREPARED ${name}; then run the same command again`;
  }
  if (backend === "autovacuum worker")
    return `let somebody who may (a superuser; from 18 also pg_signal_autovacuum_worker) end it: SELECT pg_cancel_backend(${pid});${wraparound ? " It runs against transaction id wraparound: better wait for its end" : ""}`;
  return `wait for its end, or end it: SELECT pg_terminate_backend(${pid}); then run the same command again`;
}
