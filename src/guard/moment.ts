import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { blockersOf, describeBlocker } from "../apply/blockers.ts";
import { actOn, tooLong } from "../apply/locks.ts";
import type { TableLock } from "../model/effects.ts";
import type { GuardEvents, GuardLimits } from "./types.ts";

/** A holder older than this will not be gone within a budget: standing behind it only makes a queue. ms */
const LONG_MS = 40;

/**
 * Waits until a request for the locks has a chance: nobody holds them, or only transactions that have just begun. Behind a long one
 * nobody is ever made to queue.
 *
 * @param since `performance.now()` of the first attempt: the limit is for all of them
 * @throws ApplyStopped when the time is over; who was in the way is told
 */
export async function untilChance(
  look: Client,
  locks: readonly TableLock[],
  own: readonly number[],
  since: number,
  limits: GuardLimits,
  events: GuardEvents,
): Promise<void> {
  let said = performance.now();
  for (;;) {
    const blockers = await blockersOf(look, locks, own);
    if (blockers.every(({ granted, ageMs }) => granted && ageMs !== null && ageMs < LONG_MS)) return;
    await actOn({ watcher: look }, blockers, limits, { acted: (what) => events.note(what) });
    const waited = performance.now() - since;
    if (waited > limits.lockLimitMs || events.signal.aborted) throw tooLong(locks, blockers, limits, waited);
    const [first] = blockers;
    if (performance.now() - said > 3000 && first !== undefined) {
      said = performance.now();
      events.note(`waiting for ${Math.round(waited / 1000)} s already, before anything is asked for: ${describeBlocker(first)}`);
    }
    await sleep(5 + Math.random() * 20);
  }
}
