import { readdirSync, readFileSync } from "node:fs";

/** ILL, ABRT, BUS, FPE, SEGV as `/proc` writes sets of signals: bit n - 1 for signal n. */
const FATAL = 0x8n | 0x20n | 0x40n | 0x80n | 0x400n;
const HANGUP = 0x1n;

/**
 * Whether a thread of the process stands in the engine's handler for fatal signals. The handler waits 300 s for a log that this process
 * does not keep before it lets the process die (measured: 110 s after SIGSEGV it was still there), so the crash is seen by what such a
 * thread has blocked. Threads of node block everything, hang-up included. Linux only; elsewhere the time limit of the query ends it.
 */
export function isCrashing(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).some((thread) => {
      const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
      const mask = BigInt(`0x${/^SigBlk:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
      return (mask & FATAL) === FATAL && (mask & HANGUP) === 0n;
    });
  } catch {
    return false;
  }
}
