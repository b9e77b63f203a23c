const FIRST = 500;
/**
 * A batch holds at most this share of the table's rows: of a thousand writers that each want some row, three may have to wait for it,
 * however long a batch takes; a p99 sees ten. With 1 M rows and batches of 10,000 it was one in a hundred. Smaller shares cost more than they
 * give: what a batch needs besides its rows (a message, the range, a commit) is 3 to 6 ms on two busy cores, as much as 1,000 rows
 * (18.4, 1 M rows, 4 clients: batches of 1,000 gave 0.41 of one UPDATE's rows per second, of 5,000 0.80, with the lower p99 of the two).
 */
const SHARE = 0.003;

/** Rows per batch, steered to a time. */
export class Steer {
  readonly #targetMs: number;
  readonly #fixed: boolean;
  readonly #most: number;
  #rows: number;

  /**
   * @param fixed rows per batch that the directive wants; null: steered from 500 on
   * @param of rows of the table, null: unknown
   */
  constructor(targetMs: number, fixed: number | null, of: number | null) {
    this.#targetMs = targetMs;
    this.#fixed = fixed !== null;
    this.#most = Math.min(200_000, Math.max(FIRST, Math.round((of ?? Infinity) * SHARE)));
    this.#rows = fixed ?? FIRST;
  }

  get rows(): number {
    return this.#rows;
  }

  /** A batch took this long: at most twice, at least half as many next time, since one slow batch says little. */
  took(ms: number, rows: number): void {
    if (this.#fixed || rows < this.#rows / 2) return;
    const factor = Math.min(2, Math.max(0.5, this.#targetMs / Math.max(1, ms)));
    this.#rows = Math.max(1, Math.min(this.#most, Math.round(this.#rows * (0.3 + 0.7 * factor))));
  }

  /** Somebody waited for it, or it waited for somebody. */
  halve(): void {
    this.#rows = Math.max(1, Math.floor(this.#rows / 2));
  }
}
