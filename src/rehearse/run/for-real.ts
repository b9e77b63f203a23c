import { setTimeout as sleep } from "node:timers/promises";
import type { JudgedStatement } from "../../model/judged.ts";
import type { TwinResult } from "../observe/effects.ts";
import type { Lab } from "./lab.ts";
import type { MainResult, MainSession } from "./main-session.ts";
import type { StandIn } from "./stand-in.ts";

const LOCK_TRIES = 10;
/** Failures that only say that somebody else held a lock just then. */
export const GIVES_WAY: ReadonlyMap<string, string> = new Map([
  ["55P03", "lock_timeout"],
  ["40P01", "a deadlock with the traffic"],
]);

/** A statement on its way through a rehearsal. */
export interface Done {
  readonly entry: JudgedStatement;
  readonly key: string;
  readonly notObserved: string | null;
  twin: TwinResult | null;
  main: MainResult | null;
  /** The file itself takes it back. */
  readonly undone?: boolean;
  /** SQL that stands in for code. */
  instead: readonly StandIn[];
  /** When it ran at full size, or what stands in for it did. */
  span: { readonly from: number; readonly to: number } | null;
}

/**
 * A `lock_timeout` that strikes has kept the users from waiting, and whoever runs the migration tries again: so does the rehearsal, and
 * after a deadlock too. An interrupted CONCURRENTLY leaves an invalid index behind and is not tried again.
 *
 * @returns the position of the statement that failed, or null
 */
export async function runUntilLocked(main: MainSession, lab: Lab, done: readonly Done[]): Promise<number | null> {
  const met = new Set<string>();
  for (let tries = 1; ; tries++) {
    const failedAt = await runForReal(main, lab, done);
    const failed = failedAt === null ? undefined : done[failedAt];
    const sqlstate = failed?.main?.error?.sqlstate ?? "";
    const timedOut = GIVES_WAY.has(sqlstate) && failed !== undefined && !/\bconcurrently\b/i.test(failed.entry.statement.sql);
    if (!timedOut || failed === undefined || tries >= LOCK_TRIES || main.inTransaction) {
      if (tries > 1 && failedAt === null) {
        const reasons = [...met].map((state) => GIVES_WAY.get(state) ?? state).join(", ");
        lab.limits.push(`${done[0]?.key ?? ""} gave up on a lock ${tries - 1} time${tries === 2 ? "" : "s"} (${reasons}) before it got it`);
      }
      return failedAt;
    }
    met.add(sqlstate);
    for (const one of done) one.main = null;
    await sleep(100);
  }
}

/** @returns the position of the statement that failed, or null */
async function runForReal(main: MainSession, lab: Lab, done: readonly Done[]): Promise<number | null> {
  const first = done[0]?.entry.statement;
  const opens = first !== undefined && first.transaction !== null && !main.inTransaction && !/^(?:begin|start)\b/i.test(first.sql);
  if (opens) await main.control("BEGIN");
  for (const [i, one] of done.entries()) {
    const from = Date.now();
    for (const instead of one.instead) await main.standIn(instead);
    if (one.instead.length > 0) one.span = { from, to: Date.now() };
    if (one.notObserved !== null) continue;
    one.main = await main.run(one.entry.statement.sql, lab.twin.outOfStep !== null || one.undone === true, one.entry.statement.copyData);
    one.span = { from: one.main.from, to: one.main.to };
    if (one.main.error !== null) {
      if (main.inTransaction) await main.control("ROLLBACK");
      return i;
    }
  }
  if (!opens || !main.inTransaction) return null;
  const error = await main.control("COMMIT");
  if (error === null) return null;
  // Deferred constraints speak at the end; the last statement has to say it.
  const last = done.findLastIndex((one) => one.main !== null);
  const one = done[last];
  if (one?.main != null) one.main = { ...one.main, error };
  return last;
}
