import type { Client } from "pg";
import { loadPostgres } from "../engines/postgres/index.ts";
import { emptyState } from "../model/apply/index.ts";
import { type Child, startChild } from "./child.ts";
import { understand } from "./footing.ts";
import type { GuardInput, GuardResult } from "./index.ts";
import type { Preflight } from "./preflight.ts";
import { StallWatch, type Suspect } from "./stalls.ts";
import type { GuardEvents } from "./types.ts";

/** Which sessions are the command's, where nothing goes through tread. Those that fit any of these. */
export interface WatchOnly {
  readonly applications: readonly string[];
  readonly users: readonly string[];
  readonly addresses: readonly string[];
}

/** For clients that take their name from PGAPPNAME: libpq, node-postgres, asyncpg. */
const NAME = "tread guard: the command";

interface Row {
  readonly pid: number;
  readonly usename: string | null;
  readonly application_name: string | null;
  readonly address: string | null;
  readonly state: string | null;
  readonly query: string | null;
  readonly changes: boolean;
}

const SESSIONS = `SELECT a.pid, a.usename, a.application_name, host(a.client_addr) AS address, a.state,
        left(regexp_replace(a.query, '\\s+', ' ', 'g'), 2000) AS query,
        EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND l.locktype = 'relation' AND l.relation >= 16384
                   AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) AS changes
   FROM pg_catalog.pg_stat_activity a
  WHERE a.datname = current_database() AND (a.backend_type = 'client backend' OR a.backend_type IS NULL) AND a.pid <> ALL ($1::int[])`;

const EVERY_MS = 50;

/** Watches and cancels; sets nothing, since no session of the command's is tread's to speak on. */
export async function runWatched(
  input: GuardInput,
  watched: WatchOnly,
  preflight: Preflight,
  events: GuardEvents,
  started: (child: Child) => void,
): Promise<GuardResult> {
  const { watch, look, bypass, major, pids } = preflight;
  const engine = await loadPostgres();
  const before = await look.query<{ pid: number }>("SELECT pid FROM pg_catalog.pg_stat_activity WHERE pid IS NOT NULL");
  const old = new Set(before.rows.map(({ pid }) => pid));
  let suspects: readonly Suspect[] = [];
  const told = new Map<number, string>();
  const find = async (): Promise<void> => {
    const { rows } = await bypass.query<Row>(SESSIONS, [[...pids]]);
    suspects = rows.flatMap((row) => {
      const why = whyWatched(row, watched, !old.has(row.pid));
      if (why === null) return [];
      if (!told.has(row.pid)) {
        told.set(row.pid, why);
        events.note(`watching process ${row.pid}${row.usename === null ? "" : ` of ${row.usename}`}: ${why}`);
      }
      const statement = (row.query ?? "").slice(0, 90);
      const { footing } = understand(engine, row.query ?? "", emptyState(), major, false);
      return [{ pid: row.pid, statement, spared: footing.kind === "concurrent", stop: () => stop(watch, row) }];
    });
  };
  const stalls = new StallWatch(watch, input.limits, () => suspects);
  const state = { done: false };
  await find();
  stalls.start();
  const named = input.env["PGAPPNAME"] === undefined ? { PGAPPNAME: NAME } : {};
  const child = startChild(input.command, input.env, named, true);
  started(child);
  const finding = (async () => {
    while (!state.done) {
      await find();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })().catch(() => {});
  const ended = await child.ended;
  state.done = true;
  await finding;
  const seen = await stalls.stop();
  const stopped = seen.some((stall) => stall.done !== "nothing" && stall.done !== "not permitted");
  const totals = { stalls: seen, limited: 0, unlimited: 0, retried: 0 };
  if (ended.kind === "not-started") {
    const outcome = {
      kind: "not-started",
      exitCode: 2,
      message: `${input.command.join(" ")} could not be started: ${ended.message}`,
      help: "give the command as you would type it, after `--`",
    } as const;
    return { exitCode: 2, runs: [{ ended, outcome }], ...totals };
  }
  if (ended.code !== 0 && stopped) {
    const outcome = {
      kind: "stopped",
      exitCode: 5,
      safe: false,
      why: "what of it was committed is not known, since it did not go through tread",
      gaveUp: [],
    } as const;
    return { exitCode: 5, runs: [{ ended, outcome }], ...totals };
  }
  const remark = told.size === 0 ? "no session was seen that could be the command's: nothing was watched" : null;
  return { exitCode: ended.code, runs: [{ ended, outcome: { kind: "own", exitCode: ended.code, remark } }], ...totals };
}

function whyWatched(row: Row, { applications, users, addresses }: WatchOnly, fresh: boolean): string | null {
  if (row.application_name === NAME) return "it took its name from PGAPPNAME";
  if (row.application_name !== null && applications.includes(row.application_name)) return `its application is ${row.application_name}`;
  if (row.usename !== null && users.includes(row.usename)) return `its user is ${row.usename}`;
  if (row.address !== null && addresses.includes(row.address)) return `it comes from ${row.address}`;
  const named = applications.length + users.length + addresses.length > 0;
  return !named && fresh && row.changes ? "it came after the command was started, and takes locks as a migration does" : null;
}

async function stop(watch: Client, row: Row): Promise<"cancelled" | "ended" | "nothing" | "not permitted"> {
  const idle = row.state?.startsWith("idle in transaction") === true;
  try {
    // Whoever is idle has nothing to cancel, and holds what it holds until its connection ends.
    const { rows } = await watch.query<{ done: boolean }>(`SELECT ${idle ? "pg_terminate_backend" : "pg_cancel_backend"}($1) AS done`, [
      row.pid,
    ]);
    return rows[0]?.done !== true ? "nothing" : idle ? "ended" : "cancelled";
  } catch {
    return "not permitted";
  }
}
