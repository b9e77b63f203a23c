import type { JudgedStatement } from "../model/judged.ts";
import type { RuleContext } from "./rule.ts";
import { count, milliseconds } from "./words.ts";

/** How long a lock request may make others wait, and what that means at the table's traffic. */
export interface Stall {
  /** A lock timeout at or below `thresholds.stallMs` bounds it. */
  readonly withinBudget: boolean;
  /** What may wait, without a full stop. */
  readonly sentence: string;
  /** The timeout to recommend, as `lock_timeout` writes it: `10ms`. */
  readonly timeout: string;
}

/**
 * A statement that waits for its lock makes every later query on the table wait behind it, for as long as the longest transaction
 * that was there before, or until `lock_timeout` ends the wait.
 */
export function stall(statement: JudgedStatement, context: RuleContext, table: string): Stall {
  const { stallMs } = context.thresholds;
  const timeout = context.lockTimeout(statement);
  const traffic = context.traffic(table);
  const longest = traffic.longestTransactionSeconds === null ? null : traffic.longestTransactionSeconds * 1000;
  const bounds = [timeout, longest].filter((bound): bound is number => bound !== null);
  const bound = bounds.length === 0 ? null : Math.min(...bounds);
  const queue =
    bound === null || traffic.readsPerSecond === null
      ? ""
      : `: about ${count(Math.round((traffic.readsPerSecond * bound) / 1000))} reads queue up at ${count(traffic.readsPerSecond)} per second (estimate)`;
  const sentence =
    timeout !== null && (longest === null || timeout <= longest)
      ? `with lock_timeout = ${milliseconds(timeout)} queries may wait ${milliseconds(timeout)} behind it, at every try${queue}`
      : longest !== null
        ? `behind a transaction of ${milliseconds(longest)}, as was seen there, queries wait as long${queue}`
        : "no lock timeout is set, so queries wait behind it for as long as any transaction that was there before";
  return { withinBudget: timeout !== null && timeout <= stallMs, sentence, timeout: milliseconds(stallMs).replace(" ", "") };
}
