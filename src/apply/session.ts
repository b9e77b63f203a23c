import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { connectTo } from "../engines/postgres/introspect/connect.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";
import { DatabaseTrouble, codeOf } from "../engines/postgres/introspect/trouble.ts";
import { becomeTheApplier } from "../ledger/postgres/one-applier.ts";
import { POSTGRES_MAJORS } from "../engines/postgres/engine.ts";
import { withoutTimeouts } from "./no-timeouts.ts";
import { untilOrphansEnded } from "./orphans.ts";
import type { ApplySession } from "./types.ts";

const CONNECT_TIMEOUT_MS = 15_000;
/** How long a lost server may be away before apply gives up, ms. */
const AWAY_MS = 60_000;

/**
 * Opens the two connections that apply needs, and looks whether this database may be changed by it at all.
 * @param lost the backend of a connection that this run itself has lost; null: none
 * @throws DatabaseTrouble; LedgerTrouble when another tread is at work; ApplyStopped when a backend of an earlier run still is
 */
export async function openForApply(target: Target, lost: number | null = null): Promise<ApplySession> {
  const watcher = await connectTo(target, { settings: {}, connectTimeoutMs: CONNECT_TIMEOUT_MS, applicationName: "tread apply (watch)" });
  let runner: Client | null = null;
  try {
    // First of all: what is set or locked through a pooler stays with a connection that others get next.
    await refusePooler(watcher, target);
    await withoutTimeouts(watcher);
    const facts = await preflight(watcher, target);
    await becomeTheApplier(watcher);
    await untilOrphansEnded(watcher, lost);
    runner = await connectTo(target, { settings: {}, connectTimeoutMs: CONNECT_TIMEOUT_MS, applicationName: "tread apply" });
    await refusePooler(runner, target);
    await withoutTimeouts(runner);
    return sessionOf(target, facts, runner, watcher);
  } catch (error) {
    await runner?.end().catch(() => {});
    await watcher.end().catch(() => {});
    throw error;
  }
}

interface Facts {
  readonly version: string;
  readonly major: number;
  readonly user: string;
  readonly superuser: boolean;
}

function sessionOf(target: Target, facts: Facts, runner: Client, watcher: Client): ApplySession {
  const close = async (): Promise<void> => {
    await Promise.all([runner.end().catch(() => {}), watcher.end().catch(() => {})]);
  };
  const reconnect = async (): Promise<ApplySession> => {
    const lost = pidOf(runner);
    await close();
    const since = Date.now();
    for (;;) {
      try {
        return await openForApply(target, lost);
      } catch (error) {
        // A server that starts again answers 57P03; our own former session may still hold the advisory lock for a moment.
        if (Date.now() - since > AWAY_MS) throw error;
        await sleep(250);
      }
    }
  };
  return { target, ...facts, runner, watcher, reconnect, close };
}

export function pidOf(client: Client): number {
  return (client as unknown as { processID: number }).processID;
}

async function preflight(client: Client, target: Target): Promise<Facts> {
  const { rows } = await client.query<{
    version: string;
    number: string;
    standby: boolean;
    readonly: string;
    user: string;
    superuser: boolean;
    plpgsql: boolean;
  }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number, pg_is_in_recovery() AS standby,
            current_setting('transaction_read_only') AS readonly, current_user AS user,
            (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
            coalesce((SELECT has_language_privilege(oid, 'USAGE') FROM pg_language WHERE lanname = 'plpgsql'), false) AS plpgsql`,
  );
  const [row] = rows;
  if (row === undefined) throw new DatabaseTrouble(`${target.shown} did not say what it is`, "");
  const major = Math.floor(Number(row.number) / 10_000);
  const version = /^\d+(?:\.\d+)*/.exec(row.version)?.[0] ?? row.version;
  if (row.standby)
    throw new DatabaseTrouble(`${target.shown} is a standby: it only takes what its primary did`, "give the URL of the primary", "25006");
  if (row.readonly === "on")
    throw new DatabaseTrouble(
      `${target.shown} only reads: default_transaction_read_only is on for ${row.user}`,
      "use a role that may write; or, where somebody made the database read-only on purpose, ask them",
      "25006",
    );
  const [oldest, newest] = [POSTGRES_MAJORS[0], POSTGRES_MAJORS.at(-1) ?? 0];
  if (major < oldest || major > newest)
    throw new DatabaseTrouble(
      `${target.shown} is PostgreSQL ${version}, and tread applies to ${oldest} to ${newest}`,
      "what it predicts of locks would be a guess there",
    );
  if (!row.plpgsql)
    throw new DatabaseTrouble(
      `${target.shown}: ${row.user} may not use PL/pgSQL, with which tread takes locks without queueing`,
      `CREATE EXTENSION plpgsql, or GRANT USAGE ON LANGUAGE plpgsql TO "${row.user}"`,
      "42501",
    );
  return { version, major, user: row.user, superuser: row.superuser };
}

/**
 * A pooler between tread and the server hands each transaction to whichever backend is free: settings, advisory locks and the record of
 * who holds what would be another backend's. It answers with a process id of its own, which is how it is known (PgBouncer, PgCat,
 * Odyssey, RDS Proxy).
 */
async function refusePooler(client: Client, target: Target): Promise<void> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  if (rows[0]?.pid === pidOf(client)) return;
  throw new DatabaseTrouble(
    `between tread and the server of ${target.shown} stands a pooler (the connection says it is process ${pidOf(client)}, the server ${rows[0]?.pid ?? "nothing"})`,
    "give the URL of the server itself: behind a pooler a lock, a setting or the ledger's own lock may be another session's",
  );
}

/** The connection ended: whether the statement ran is not known yet. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  if (/^(?:57P0[1-5]|08\w{3}|ECONN\w+|EPIPE|ETIMEDOUT)$/.test(code)) return true;
  return (
    code === "" && /Connection terminated|Connection ended|not queryable|connection was closed|ended unexpectedly/i.test(String(error))
  );
}
