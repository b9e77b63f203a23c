/** What throttles and steers a backfill. Milliseconds, unless said otherwise. */
export interface BackfillOptions {
  /** How long one batch is to take; also the bound on how long its rows are locked. */
  readonly targetMs: number;
  /** Disjoint ranges worked on at once, where the directive says nothing. */
  readonly workers: number;
  /** Waits while any standby is further behind than this; null: not asked. */
  readonly maxLagMs: number | null;
  /** Waits while more WAL than this is written per second (bytes); null: not asked. */
  readonly maxWalBytesPerSecond: number | null;
  /** Waits while more sessions than this are active; null: not asked. */
  readonly maxActiveSessions: number | null;
  /** Waits while the table has more dead rows than this share of its rows, or an autovacuum is at work on it; null: not asked. */
  readonly maxDeadShare: number | null;
  /** Waits while this query takes longer than `probeMs`; null: not asked. */
  readonly probe: { readonly sql: string; readonly longestMs: number } | null;
  /** Waits while this query's first value is not true; null: not asked. */
  readonly goWhile: string | null;
  /** Waits while this file exists; null: not asked. */
  readonly pauseFile: string | null;
  /** Vacuums the table beside the backfill after this share of its rows was written; null: leaves it to autovacuum. */
  readonly vacuumShare: number | null;
  /** Rests between batches at least this share of the time that a batch took (0.1: a tenth). */
  readonly rest: number;
  /** Every batch waits for disk and standbys at its COMMIT. */
  readonly durable: boolean;
}

export interface BackfillProgress {
  readonly table: string;
  readonly rows: number;
  /** The planner's estimate of the rows that there are; null: unknown. */
  readonly of: number | null;
  readonly rowsPerSecond: number;
  /** Milliseconds; null: unknown. */
  readonly leftMs: number | null;
  readonly batchRows: number;
  readonly workers: number;
  /** What it waits for; null: nothing. */
  readonly throttledBy: string | null;
  readonly phase: "backfill" | "waiting for older transactions" | "second pass" | "verifying";
}

export interface BackfillEvents {
  readonly backfill: (progress: BackfillProgress) => void;
}
