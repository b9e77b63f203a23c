import type { Client } from "pg";
import type { GuardDiscipline } from "./discipline.ts";
import { short } from "./discipline.ts";
import type { GuardedSession } from "./session.ts";
import type { Suspect } from "./stalls.ts";

/** After this long without effect, cancelling is not enough: the connection is ended. ms */
const PATIENCE_MS = 1000;

/** The sessions behind the proxy that could make anybody wait at this moment. */
export function suspectsOf(discipline: GuardDiscipline, watch: Client): readonly Suspect[] {
  return [...discipline.sessions.values()].flatMap((session) => {
    const { running, open, control } = session;
    const busy = running !== null && running.sent;
    if (!busy && open === null) return [];
    return [
      {
        pid: control.backendPid,
        statement: busy ? short(running.sql) : `idle in a transaction after ${short(session.last)}`,
        spared: busy && running.understood.footing.kind === "concurrent",
        stop: (why: string, waiting: boolean) => stop(discipline, session, watch, why, waiting),
      },
    ];
  });
}

const since = new WeakMap<GuardedSession, number>();

async function stop(
  discipline: GuardDiscipline,
  session: GuardedSession,
  watch: Client,
  why: string,
  waiting: boolean,
): Promise<"nothing" | "cancelled" | "rolled back" | "ended" | "not permitted"> {
  const { running, control } = session;
  const pid = control.backendPid;
  if (running !== null && running.sent) {
    const again = running.cancelled !== null;
    running.cancelled ??= { working: !waiting, why };
    if (!again) since.set(session, performance.now());
    const hard = again && performance.now() - (since.get(session) ?? 0) > PATIENCE_MS;
    // The next statement of the session waits until the signal is out: it must not be the one that it meets.
    const signal = watch.query<{ done: boolean }>(`SELECT ${hard ? "pg_terminate_backend" : "pg_cancel_backend"}($1) AS done`, [pid]);
    session.acting = signal.then(
      () => {},
      () => {},
    );
    try {
      const { rows } = await signal;
      return rows[0]?.done !== true ? "nothing" : hard ? "ended" : "cancelled";
    } catch {
      running.cancelled = null;
      return "not permitted";
    }
  }
  if (session.open === null) return "nothing";
  const message = `its transaction was rolled back while the command did something else: ${why}`;
  const rolledBack = await control.rollBack({
    sqlstate: "57014",
    message: `tread guard: ${message}`,
    hint: "Run it again: tread guard does so by itself where that is safe.",
  });
  if (!rolledBack) return "nothing";
  discipline.rolledBack(session, message);
  return "rolled back";
}
