/** The same choices for the same seed, on every machine (mulberry32). */
export class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** At least 0, less than `limit`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }

  chance(probability: number): boolean {
    return this.below(1000) < probability * 1000;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }

  /** `text` or nothing. */
  maybe(text: string, probability = 0.5): string {
    return this.chance(probability) ? text : "";
  }

  /** From `least` to `most` of something, parted by commas. */
  list(make: () => string, least: number, most: number): string {
    return Array.from({ length: least + this.below(most - least + 1) }, make).join(", ");
  }
}
