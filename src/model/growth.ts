/** How fast this Postgres writes and reads one table from end to end, measured in the rehearsal itself. Megabytes (10^6 bytes) per second. */
export interface Calibration {
  readonly writeMbPerSecond: number;
  readonly scanMbPerSecond: number;
  /** Of the table that was written and read. */
  readonly bytes: number;
}

/** What one run of a statement met: size of the table that its cost depends on, before the statement, and how long it took. */
export interface GrowthSize {
  readonly rows: number;
  /** Without indexes. */
  readonly bytes: number;
  readonly indexBytes: number;
  /** The fastest of `runs`: whatever else the machine does can only add to it. */
  readonly ms: number;
  /** Every repetition on a fresh copy of the same state, in ms. */
  readonly runs: readonly number[];
}

/** What the statement was seen to do, the costliest first: it decides which models are asked first and what can change with size. */
export type GrowthWork = "rewrite" | "index-build" | "write" | "scan";

/** Raw measurements of one statement at several sizes: facts only, nothing fitted. */
export interface MeasuredGrowth {
  /** `<migration>#<index>`. */
  readonly key: string;
  /** The table whose size drives the cost, qualified. */
  readonly table: string;
  readonly work: GrowthWork;
  readonly sizes: readonly GrowthSize[];
  /** Rows of the other tables that it works through, at each size: the referenced table of a foreign key. */
  readonly others: readonly { readonly table: string; readonly rows: readonly number[] }[];
}

export const GROWTH_MODELS = ["constant", "linear", "n-log-n", "quadratic"] as const;
export type GrowthModel = (typeof GROWTH_MODELS)[number];
export const GROWTH_UNITS = ["rows", "bytes", "index-bytes"] as const;
export type GrowthUnit = (typeof GROWTH_UNITS)[number];

export interface GrowthEstimate {
  readonly environment: string;
  readonly table: string;
  /** Of the environment's profile; null without one: then only the rate is known. */
  readonly rows: number | null;
  readonly lowMs: number | null;
  readonly highMs: number | null;
  /** `4 to 7 hours at 2.0 billion rows, estimated from 50 k, 100 k and 200 k rows; unknown: your disks`. */
  readonly text: string;
}

/** How the cost of a statement grows, and what it costs where tables are larger. An estimate, and called one. */
export interface GrowthReport {
  readonly model: GrowthModel;
  /** What the cost is proportional to; null for `constant`. */
  readonly per: GrowthUnit | null;
  readonly table: string;
  readonly sizes: readonly GrowthSize[];
  readonly calibration: Calibration;
  readonly estimates: readonly GrowthEstimate[];
  /** What no rehearsal can know: `your disks`. */
  readonly unknown: readonly string[];
}
