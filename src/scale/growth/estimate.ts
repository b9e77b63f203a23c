import type { GrowthWork } from "../../model/growth.ts";
import { type Fit, type TargetSize, valueAt } from "./fit.ts";

export interface Interval {
  readonly lowMs: number;
  readonly highMs: number;
}

/**
 * How much faster or slower than its curve a cost may grow, as an exponent of the factor between the largest measured size and the one
 * asked for: at a hundred times the rows, `0.1` is 58 % more. What it stands for: sorts that go through files once more, indexes and
 * tables that leave the caches one after the other, deeper trees, checkpoints in between. Nearly all of it makes larger tables dearer per
 * row. Measured (`npm run bench:growth`): at 25 times the rows scans took 0.98 to 1.45 times what is proportional, builds 0.85 to 1.94,
 * rewrites 1.11 to 1.91, an UPDATE of every row with six indexes 1.55, and a foreign key, whose hash table no longer fits the processor's
 * caches, 2.07.
 */
const SLACK: Readonly<Record<GrowthWork | "join", { readonly slower: number; readonly faster: number }>> = {
  scan: { slower: 0.14, faster: 0.05 },
  join: { slower: 0.26, faster: 0.05 },
  rewrite: { slower: 0.2, faster: 0.04 },
  "index-build": { slower: 0.16, faster: 0.08 },
  write: { slower: 0.2, faster: 0.04 },
};

/** Beyond this factor every cache has been left; what still grows per row (merge passes, depth of trees) does so slowly. */
const CACHES_LEFT = 100;
const BEYOND = 0.04;
/** A difference between two sizes that a round trip hides. */
const LEAST_SEEN_MS = 0.3;

/**
 * What the statement takes at a size: from the lowest to the highest of the curves that explain the measurements, widened by the noise of
 * single runs, by what noise does to a slope that is prolonged, and by what may change on the way.
 */
export function intervalAt(fit: Fit, target: TargetSize): Interval {
  const last = fit.sizes.at(-1);
  const first = fit.sizes[0];
  if (last === undefined || first === undefined) return { lowMs: 0, highMs: 0 };
  // The curves say how it grows, the largest size says from where: what was left behind on the way there (a cache) stays behind.
  const values = fit.plausible.map(
    (curve) => (valueAt(curve, target, last) * last.ms) / Math.max(LEAST_SEEN_MS, valueAt(curve, last, last)),
  );
  const factor = Math.max(1, target.rows / last.rows);
  const near = Math.min(factor, CACHES_LEFT);
  const far = factor / near;
  if (fit.chosen.model === "constant") {
    // It did not grow over what was measured. What may hide below the noise does grow with the table, and is the upper end.
    const least = Math.min(...fit.sizes.map((size) => size.ms));
    const most = Math.max(...fit.sizes.flatMap((size) => size.runs), ...fit.sizes.map((size) => size.ms));
    const hidden = Math.max(LEAST_SEEN_MS, last.ms - first.ms) / (last.rows - first.rows);
    return { lowMs: least / (1 + fit.noise), highMs: most * (1 + fit.noise) + hidden * Math.max(0, target.rows - last.rows) };
  }
  // Two ends of a line that are each wrong by the noise, over the distance between them.
  const slope = Math.min(0.25, (Math.SQRT2 * fit.noise) / Math.log(last.rows / first.rows) / 2);
  const { slower, faster } = SLACK[fit.joins && fit.work === "scan" ? "join" : fit.work];
  return {
    lowMs: (Math.min(...values) * near ** -Math.hypot(faster, slope) * far ** -Math.hypot(BEYOND, slope)) / (1 + fit.noise),
    highMs: Math.max(...values) * near ** Math.hypot(slower, slope) * far ** Math.hypot(BEYOND, slope) * (1 + fit.load),
  };
}

/** Milliseconds per million rows, where the cost grows in proportion; at the largest measured size. Null for what does not grow. */
export function ratePerMillionRows(fit: Fit): Interval | null {
  const last = fit.sizes.at(-1);
  if (last === undefined || fit.chosen.model === "constant") return null;
  return intervalAt(fit, { rows: 1_000_000, bytes: null, indexBytes: null });
}
