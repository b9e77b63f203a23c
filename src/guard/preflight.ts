import type { Client } from "pg";
import { withoutTimeouts } from "../apply/no-timeouts.ts";
import { untilOrphansEnded } from "../apply/orphans.ts";
import { pidOf } from "../apply/session.ts";
import { POSTGRES_MAJORS } from "../engines/postgres/engine.ts";
import { connectTo } from "../engines/postgres/introspect/connect.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";
import { DatabaseTrouble } from "../engines/postgres/introspect/trouble.ts";
import { becomeTheApplier } from "../ledger/postgres/one-applier.ts";
import type { Watchers } from "./types.ts";

const CONNECT_TIMEOUT_MS = 15_000;

export interface Preflight extends Watchers {
  readonly bypass: Client;
  readonly major: number;
  /** Backends of these connections. */
  readonly pids: readonly number[];
  close(): Promise<void>;
}

/**
 * Opens tread's own connections beside the command's, and looks whether the server can be guarded at all.
 * @throws DatabaseTrouble; LedgerTrouble when another tread is at work
 */
export async function openWatchers(target: Target): Promise<Preflight> {
  const clients: Client[] = [];
  const open = async (what: string): Promise<Client> => {
    const client = await connectTo(target, {
      settings: {},
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      applicationName: `tread guard (${what})`,
    });
    clients.push(client);
    return client;
  };
  const close = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  };
  try {
    const watch = await open("watch");
    const major = await preflight(watch, target);
    await becomeTheApplier(watch);
    await untilOrphansEnded(watch, null);
    const look = await open("look");
    const bypass = await open("bypass");
    // A time that the role brings along must end neither the repair of an index nor the connection that only looks. (After the look for a
    // pooler: there it would stay with a connection that others get next.)
    for (const client of clients) await withoutTimeouts(client);
    return { watch, look, bypass, major, pids: clients.map(pidOf), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function preflight(client: Client, target: Target): Promise<number> {
  const { rows } = await client.query<{ number: string; standby: boolean; pid: number }>(
    "SELECT current_setting('server_version_num') AS number, pg_is_in_recovery() AS standby, pg_backend_pid() AS pid",
  );
  const [row] = rows;
  if (row === undefined) throw new DatabaseTrouble(`${target.shown} did not say what it is`, "");
  if (row.pid !== pidOf(client))
    throw new DatabaseTrouble(
      `between tread and the server of ${target.shown} stands a pooler (the connection says it is process ${pidOf(client)}, the server ${row.pid})`,
      "give the URL of the server itself: behind a pooler lock_timeout may be another session's, and whom to cancel is not known",
    );
  if (row.standby)
    throw new DatabaseTrouble(`${target.shown} is a standby: it only takes what its primary did`, "give the URL of the primary", "25006");
  const major = Math.floor(Number(row.number) / 10_000);
  const [oldest, newest] = [POSTGRES_MAJORS[0], POSTGRES_MAJORS.at(-1) ?? 0];
  if (major < oldest || major > newest)
    throw new DatabaseTrouble(
      `${target.shown} is PostgreSQL ${major}, and tread knows ${oldest} to ${newest}`,
      "what it predicts of locks would be a guess there",
    );
  return major;
}
