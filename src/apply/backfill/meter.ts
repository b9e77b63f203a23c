import type { BackfillProgress } from "./types.ts";

/** How far a backfill is, and how fast. */
export class Meter {
  phase: BackfillProgress["phase"] = "backfill";
  throttledBy: string | null = null;
  workers = 1;
  /** The planner's estimate of the table's rows; null: unknown. */
  readonly of: number | null;
  readonly #table: string;
  readonly #started = performance.now();
  /** Rows that an earlier run had done: they count, but not for the speed of this one. */
  readonly #before: number;
  #walked = 0;

  constructor(table: string, of: number | null, before: number) {
    this.#table = table;
    this.of = of;
    this.#before = before;
  }

  add(walked: number): void {
    this.#walked += walked;
  }

  now(batchRows: number): BackfillProgress {
    const seconds = (performance.now() - this.#started) / 1000;
    const rowsPerSecond = seconds > 0 ? this.#walked / seconds : 0;
    const left =
      this.of === null || rowsPerSecond === 0 ? null : (Math.max(0, this.of - this.#before - this.#walked) / rowsPerSecond) * 1000;
    return {
      table: this.#table,
      rows: this.#before + this.#walked,
      of: this.of,
      rowsPerSecond,
      leftMs: left,
      batchRows,
      workers: this.workers,
      throttledBy: this.throttledBy,
      phase: this.phase,
    };
  }
}
