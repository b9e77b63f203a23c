import type { ClusterPlan, ClusterStep } from "../../model/clickhouse/cluster-plan.ts";
import type { WalkHost } from "./host.ts";
import type { PreflightResult } from "./preflight.ts";
import { BUSY_LIMITS, type BusyLimits } from "./throttle.ts";

export interface WalkLimits {
  /** Longest to wait for queries that use a column that is going, ms. */
  readonly queriesMs: number;
  /** Longest to wait for an empty queue, ms. */
  readonly queueMs: number;
  /** Longest to wait until a statement shows in every catalogue, ms; mutations take as long as they take. */
  readonly settleMs: number;
  /** Longest to wait until hosts are no longer busy, ms. */
  readonly calmMs: number;
  readonly busy: BusyLimits;
}

export const WALK_LIMITS: WalkLimits = { queriesMs: 600_000, queueMs: 300_000, settleMs: 120_000, calmMs: 3_600_000, busy: BUSY_LIMITS };

export interface WalkEvents {
  step(step: ClusterStep, of: number): void;
  /** A statement on a host: sent, or found to be applied already. */
  ran(step: ClusterStep, host: string, how: "ran" | "found", milliseconds: number): void;
  say(message: string): void;
  preflight(results: readonly PreflightResult[]): void;
}

export interface WalkInput {
  readonly plan: ClusterPlan;
  /** Every host of the plan whose address is known. */
  readonly hosts: ReadonlyMap<string, WalkHost>;
  /** Who asked for it. */
  readonly by: string;
  readonly limits?: Partial<WalkLimits>;
  readonly signal: AbortSignal;
  readonly events: WalkEvents;
  /** Of a table that was made anew: the old one goes now. */
  readonly endUndoWindow?: boolean;
}

export interface WalkReport {
  /** Statements that this walk sent. */
  readonly ran: number;
  /** Statements that were applied already. */
  readonly found: number;
  /** Hosts that were down, and what they still lack: the same command brings it to them. */
  readonly pending: readonly { readonly host: string; readonly steps: readonly number[] }[];
  readonly lock: string;
}
