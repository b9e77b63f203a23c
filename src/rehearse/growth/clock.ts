import { readFileSync } from "node:fs";

/**
 * How long a backend was ready to run and had no processor, in ms since it started. Subtracted from the time of a statement, what else the
 * machine does no longer counts: on two busy cores the same index build took 24 to 49 ms, and 21 to 23 ms without the waiting.
 *
 * Linux only (second number of `/proc/<pid>/schedstat`, Documentation/scheduler/sched-stats.rst); elsewhere 0, and repetitions must do.
 */
function waitedForProcessor(pid: number): number {
  try {
    const waited = Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]);
    return Number.isFinite(waited) ? waited / 1e6 : 0;
  } catch {
    return 0;
  }
}

/**
 * Runs something that one backend does.
 * @param pid of a backend on this machine, or null for one elsewhere, of which only the clock tells
 * @returns milliseconds, without those in which others had the processors
 */
export async function timeOf(pid: number | null, act: () => Promise<unknown>): Promise<number> {
  const waitedBefore = pid === null ? 0 : waitedForProcessor(pid);
  const started = performance.now();
  await act();
  const took = performance.now() - started;
  return Math.max(took - ((pid === null ? 0 : waitedForProcessor(pid)) - waitedBefore), took / 20);
}
