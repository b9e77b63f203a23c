import type { Client } from "pg";
import type { ApplyLimits } from "../apply/types.ts";

/** Limits that the user sets. Milliseconds. */
export interface GuardLimits extends ApplyLimits {
  /** Longest that anybody may wait for a row that the command has changed. */
  readonly rowStallMs: number;
  /** How often the whole command is run again at most. */
  readonly retries: number;
}

/** Somebody who had to wait because of the command. */
export interface Stall {
  /** Who waited: process id, user and application where they may be seen, and its query. */
  readonly waiter: string;
  /** `ACCESS SHARE on person`, `a row of person`. */
  readonly waitedFor: string;
  /** The command's statement that was in the way; null: it was idle in a transaction. */
  readonly statement: string;
  /** As the server's clock has it; the wait may have gone on for as long as one look takes. */
  readonly ms: number;
  /** What was done about it. */
  readonly done: "nothing" | "cancelled" | "rolled back" | "ended" | "not permitted";
}

/** A statement that tread did not let through, or stopped, and that the command was told of. */
export interface GaveUp {
  readonly sql: string;
  readonly why: string;
  readonly help: string;
}

/** Connections of one run beside the command's own. */
export interface Watchers {
  /** Looks for stalls, cancels, all the time. */
  readonly watch: Client;
  /** Looks who is in the way, repairs. */
  readonly look: Client;
}

/** What is told while it runs. */
export interface GuardEvents {
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}
