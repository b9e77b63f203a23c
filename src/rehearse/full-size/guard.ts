import { setTimeout as sleep } from "node:timers/promises";
import type { ReadOnlySession } from "../../engines/postgres/introspect/session.ts";
import { LEDGER_TABLE } from "../../model/ledger.ts";
import { counted } from "../../text/numbers.ts";
import type { Refusal } from "./refused.ts";

/** What a server shows of its life at one moment. */
export interface Signs {
  readonly recovery: boolean;
  /** Standbys and everything else that streams the write-ahead log. */
  readonly senders: readonly { readonly application: string | null; readonly address: string | null }[];
  readonly activeSlots: readonly string[];
  readonly subscriptions: number;
  readonly prepared: number;
  readonly ledger: boolean;
  readonly sessions: readonly {
    readonly user: string;
    readonly application: string | null;
    readonly database: string | null;
    readonly state: string | null;
    readonly here: boolean;
  }[];
  /** Of this database, since the statistics began. `started` is null before Postgres 14. */
  readonly counters: { readonly transactions: number; readonly started: number | null };
  readonly autovacuum: boolean;
}

/** Two looks at the counters are so far apart: sessions hand theirs over every second. */
const APART_MS = 2200;
/** Transactions of tread's own looking, and of monitoring that looks once. */
const OWN_TRANSACTIONS = 12;

/**
 * Looks at a server twice and says why it must not be rehearsed on. Reads statistics views only; needs no privilege (without `pg_monitor`
 * Postgres hides what other sessions do, and shows that they are there).
 *
 * @param allowed names of users or applications whose sessions are known and harmless: a host's own agents
 */
export async function refusalsOf(session: ReadOnlySession, allowed: readonly string[]): Promise<readonly Refusal[]> {
  const first = await signsOf(session);
  await sleep(APART_MS);
  const second = await signsOf(session);
  return judgeSigns(first, second, allowed);
}

/** @returns every reason at once, so that nobody is sent back twice */
export function judgeSigns(first: Signs, second: Signs, allowed: readonly string[]): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (reason: string, help: string): void => void refusals.push({ reason, help });
  if (second.recovery)
    refuse(
      "it is a standby itself (pg_is_in_recovery): it follows another server and cannot be written",
      "promote a copy of it, and name that one",
    );
  const senders = second.senders.length > 0 ? second.senders : first.senders;
  if (senders.length > 0) {
    const who = senders.map(({ application, address }) =>
      [application ?? "unnamed", address].filter((part) => part !== null && part !== "").join(" at "),
    );
    refuse(
      `${counted(senders.length, "standby", "standbys")} or other receivers of its write-ahead log (${shownOf(who)}, pg_stat_replication): what runs here runs there`,
      "a server with standbys is in use; take a restored snapshot, a thin clone or a branch of it",
    );
  }
  if (second.activeSlots.length > 0)
    refuse(
      `replication slots in use (${shownOf(second.activeSlots)}, pg_replication_slots): something receives its changes`,
      "disconnect the receiver, or take a copy that has none",
    );
  if (second.subscriptions > 0)
    refuse(
      `${counted(second.subscriptions, "subscription")} of logical replication at work (pg_stat_subscription): it receives the changes of another server`,
      "ALTER SUBSCRIPTION … DISABLE on the clone",
    );
  if (second.prepared > 0)
    refuse(
      `${counted(second.prepared, "prepared transaction")} in it (pg_prepared_xacts) whose locks nobody gives back`,
      "ROLLBACK PREPARED what is left of the snapshot's moment",
    );
  if (second.ledger)
    refuse(
      `tread's production ledger (${LEDGER_TABLE}): tread applies migrations to this server`,
      `if it is a copy of such a server, say so on the copy itself: DROP TABLE ${LEDGER_TABLE}; nobody does that in production`,
    );
  const others = second.sessions.filter(
    ({ user, application }) => !allowed.includes(user) && !(application !== null && allowed.includes(application)),
  );
  const here = others.filter((session) => session.here);
  const busy = others.filter((session) => !session.here && session.state !== "idle");
  const hidden = busy.some((session) => session.state === null);
  const name = (session: Signs["sessions"][number]): string =>
    `${session.user}${session.application === null || session.application === "" ? "" : ` (${session.application})`}${session.here ? "" : ` in ${session.database ?? "no database"}`}`;
  const help =
    "end them, or name those that you know and that do not matter (a host's own agent): --allow-sessions-of <user or application>";
  if (here.length > 0)
    refuse(`${counted(here.length, "other session")} in this database (${shownOf(here.map(name))}, pg_stat_activity)`, help);
  if (busy.length > 0)
    refuse(
      `${counted(busy.length, "session")} at work in other databases of this server (${shownOf(busy.map(name))}, pg_stat_activity${hidden ? "; Postgres hides from this role what they do" : ""})`,
      hidden ? `${help}; with GRANT pg_monitor to the role of the URL, idle ones do not count` : help,
    );
  const transactions = second.counters.transactions - first.counters.transactions;
  const started = (second.counters.started ?? 0) - (first.counters.started ?? 0);
  const vacuuming = first.autovacuum || second.autovacuum;
  if (here.length === 0 && (started > 1 || (transactions > OWN_TRANSACTIONS && !vacuuming)))
    refuse(
      `traffic: ${counted(transactions, "transaction")}${started > 1 ? ` and ${counted(started, "new session")}` : ""} in ${(APART_MS / 1000).toFixed(1)} s that were not tread's (pg_stat_database)`,
      "somebody uses it: point them elsewhere, or take a copy that nobody knows",
    );
  return refusals;
}

function shownOf(names: readonly string[]): string {
  const different = [...new Set(names)];
  return different.length > 3 ? `${different.slice(0, 3).join(", ")} and ${different.length - 3} more` : different.join(", ");
}

async function signsOf(session: ReadOnlySession): Promise<Signs> {
  return session.read(async (query) => {
    const [state] = await query<{
      recovery: boolean;
      ledger: boolean;
      prepared: number;
      subscriptions: number;
      autovacuum: boolean;
      transactions: number;
      started: number | null;
    }>(
      `SELECT pg_catalog.pg_is_in_recovery() AS recovery, pg_catalog.to_regclass($1) IS NOT NULL AS ledger,
         (SELECT count(*)::int FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database()) AS prepared,
         (SELECT count(*)::int FROM pg_catalog.pg_stat_subscription WHERE pid IS NOT NULL) AS subscriptions,
         EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE backend_type = 'autovacuum worker') AS autovacuum,
         d.xact_commit::float8 + d.xact_rollback::float8 AS transactions, ${session.major >= 14 ? "d.sessions::float8" : "NULL::float8"} AS started
       FROM pg_catalog.pg_stat_database d WHERE d.datname = pg_catalog.current_database()`,
      [LEDGER_TABLE],
    );
    const senders = await query<Signs["senders"][number]>(
      "SELECT application_name AS application, host(client_addr) AS address FROM pg_catalog.pg_stat_replication",
    );
    const slots = await query<{ name: string }>("SELECT slot_name::text AS name FROM pg_catalog.pg_replication_slots WHERE active");
    // Without pg_monitor, Postgres shows of other users' sessions only that they are there: a null type is not taken for a harmless one.
    const sessions = await query<Signs["sessions"][number]>(
      `SELECT coalesce(usename::text, '?') AS "user", application_name AS application, datname::text AS database, state,
         coalesce(datname = pg_catalog.current_database(), false) AS here
       FROM pg_catalog.pg_stat_activity
       WHERE pid <> pg_catalog.pg_backend_pid() AND coalesce(backend_type, 'client backend') = 'client backend' AND usesysid IS NOT NULL`,
    );
    return {
      recovery: state?.recovery ?? false,
      senders,
      activeSlots: slots.map((slot) => slot.name),
      subscriptions: state?.subscriptions ?? 0,
      prepared: state?.prepared ?? 0,
      ledger: state?.ledger ?? false,
      sessions,
      counters: { transactions: state?.transactions ?? 0, started: state?.started ?? null },
      autovacuum: state?.autovacuum ?? false,
    };
  });
}
