/** Rows per batch, steered to a time. */
export class Steer {
  readonly #targetMs: number;
  readonly #fixed: boolean;
  #rows: number;

  /** @param fixed rows per batch that the directive wants; null: steered from 500 on */
  constructor(targetMs: number, fixed: number | null) {
    this.#targetMs = targetMs;
    this.#fixed = fixed !== null;
    this.#rows = fixed ?? 500;
  }

  get rows(): number {
    return this.#rows;
  }

  /** A batch took this long: at most twice, at least half as many next time, since one slow batch says little. */
  took(ms: number, rows: number): void {
    if (this.#fixed || rows < this.#rows / 2) return;
    const factor = Math.min(2, Math.max(0.5, this.#targetMs / Math.max(1, ms)));
    this.#rows = Math.max(1, Math.min(200_000, Math.round(this.#rows * (0.3 + 0.7 * factor))));
  }

  /** Somebody waited for it, or it waited for somebody. */
  halve(): void {
    this.#rows = Math.max(1, Math.floor(this.#rows / 2));
  }
}
