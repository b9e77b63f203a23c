import type { OwnQuery, ProxiedStatement } from "../engines/postgres/proxy/types.ts";
import type { GuardedSession } from "./session.ts";
import type { GuardEvents } from "./types.ts";

/**
 * Sets `lock_timeout` on the command's own session, reads it back, and gives the command its own value again before a statement that
 * tread has no business with. What the command set itself is kept where it is tighter, and held where it is not, which is said.
 */
export class LockTimeout {
  readonly #events: GuardEvents;
  readonly #said = new Set<string>();

  constructor(events: GuardEvents) {
    this.#events = events;
  }

  async set(session: GuardedSession, statement: ProxiedStatement, own: OwnQuery, wantedMs: number): Promise<void> {
    if (session.ours === wantedMs) return;
    if (session.theirs === null) {
      const answer = await own("SELECT pg_catalog.current_setting('lock_timeout')");
      if (!answer.ok) return;
      session.theirs = answer.rows[0]?.[0] ?? "0";
    }
    const theirs = milliseconds(session.theirs);
    if (theirs > 0 && theirs < wantedMs) wantedMs = theirs;
    else if (theirs !== wantedMs && (session.theirs !== session.first || theirs > 0)) this.#weaker(session.theirs, wantedMs);
    const answer = await own(setting(String(wantedMs), statement.inTransaction), "SHOW lock_timeout");
    const held = answer.ok ? milliseconds(answer.rows.at(-1)?.[0] ?? "") : null;
    session.ours = wantedMs;
    if (held !== wantedMs)
      this.#say(
        `lock_timeout = ${wantedMs} ms did not hold (${answer.ok ? `SHOW says ${held ?? "nothing"} ms` : answer.message}): only the watch limits what others wait`,
      );
  }

  async giveBack(session: GuardedSession, statement: ProxiedStatement, own: OwnQuery): Promise<void> {
    if (session.ours === null || session.theirs === null) return;
    if (!(await own(setting(session.theirs, statement.inTransaction))).ok) return;
    session.ours = null;
    if (!statement.inTransaction) session.theirs = null;
  }

  #weaker(theirs: string, ours: number): void {
    this.#say(
      ours === 0
        ? `the command has lock_timeout = ${theirs}; for CONCURRENTLY it is 0, since a statement that is ended in its wait leaves an invalid index`
        : `the command has lock_timeout = ${theirs}, which would let others wait longer than the stall budget: it is held at ${ours} ms for what locks`,
    );
  }

  #say(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#events.note(text);
  }
}

/** Only digits and what SHOW writes go in. */
function setting(value: string, local: boolean): string {
  return `SELECT pg_catalog.set_config('lock_timeout', '${value.replaceAll(/[^0-9a-z]/g, "")}', ${local})`;
}

/** `10ms`, `5s`, `2min`, `0`: as SHOW writes a time. */
export function milliseconds(shown: string): number {
  const match = /^(\d+)\s*(us|ms|s|min|h|d)?$/.exec(shown);
  if (match === null) return 0;
  const unit = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? "ms"] ?? 1;
  return Number(match[1]) * unit;
}
