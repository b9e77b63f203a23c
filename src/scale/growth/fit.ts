import type { GrowthModel, GrowthSize, GrowthUnit, GrowthWork, MeasuredGrowth } from "../../model/growth.ts";

/** Size of one table; `null` where nobody told. */
export interface TargetSize {
  readonly rows: number;
  readonly bytes: number | null;
  readonly indexBytes: number | null;
}

/** `ms = fixed + perUnit · x(size)`. */
export interface Curve {
  readonly model: GrowthModel;
  readonly per: GrowthUnit | null;
  readonly fixed: number;
  readonly perUnit: number;
  /** Root mean square of the relative errors at the measured sizes. */
  readonly residual: number;
}

export interface Fit {
  readonly work: GrowthWork;
  /** It works through another table too. */
  readonly joins: boolean;
  readonly chosen: Curve;
  /** All that explain the measurements as well, the chosen one included: what they say differently is what is not known. */
  readonly plausible: readonly Curve[];
  /** How far the fastest run may be from what it would be on a machine that does nothing else: the next fastest is that far from it. */
  readonly noise: number;
  /** How much slower than the fastest a run in the middle was, because the machine did something else too: so will the real one be. */
  readonly load: number;
  readonly sizes: readonly GrowthSize[];
}

/** Less than this is a timer, a round trip and a scheduler, not a table. */
const NOTHING_MS = 2;
/** Repetitions that agree by accident are not trusted beyond this. */
const LEAST_NOISE = 0.03;

/**
 * What may look at all rows for each row: the subquery of an UPDATE, a CHECK or a default whose function asks a table. A sort never does.
 * It is taken for a square only where nothing gentler comes near: three sizes over a factor of four leave 0.47 between a square and a line.
 * A table that leaves the processor's caches between two of them leaves 0.2 (index over text, 50, 100, 200 thousand rows: 39, 68, 229 ms,
 * and 520 ms at 400 thousand).
 */
const SQUARES: Readonly<Record<GrowthWork, boolean>> = { write: true, scan: true, rewrite: true, "index-build": false };
const LEAST_SQUARE = 0.3;

interface Form {
  readonly model: Exclude<GrowthModel, "constant">;
  readonly per: GrowthUnit;
  readonly x: (size: TargetSize, last: GrowthSize) => number;
}

/** Bytes of a table that only its rows are known of: as wide as here. */
const bytesOf = (size: TargetSize, last: GrowthSize): number => size.bytes ?? (last.bytes * size.rows) / Math.max(1, last.rows);
const indexBytesOf = (size: TargetSize, last: GrowthSize): number =>
  size.indexBytes ?? (last.indexBytes * size.rows) / Math.max(1, last.rows);

const FORMS = {
  rows: { model: "linear", per: "rows", x: (size) => size.rows },
  bytes: { model: "linear", per: "bytes", x: bytesOf },
  indexBytes: { model: "linear", per: "index-bytes", x: indexBytesOf },
  sort: { model: "n-log-n", per: "rows", x: (size) => size.rows * Math.log2(Math.max(2, size.rows)) },
  sortBytes: { model: "n-log-n", per: "bytes", x: (size, last) => bytesOf(size, last) * Math.log2(Math.max(2, size.rows)) },
  square: { model: "quadratic", per: "rows", x: (size) => size.rows * size.rows },
} satisfies Record<string, Form>;

/**
 * Which form is asked first. Rows, bytes and index bytes grow together while one table is seeded, so that the residual alone cannot tell
 * them apart: among forms that fit equally well the kind of work decides (a build sorts, a rewrite copies bytes, a check looks at rows),
 * and where the environment's rows are wider or narrower than those here, the estimate spans them all.
 */
const ORDER: Readonly<Record<GrowthWork, readonly Form[]>> = {
  "index-build": [FORMS.sort, FORMS.rows, FORMS.sortBytes, FORMS.bytes],
  rewrite: [FORMS.bytes, FORMS.rows, FORMS.sortBytes, FORMS.sort],
  write: [FORMS.rows, FORMS.bytes, FORMS.sort, FORMS.sortBytes],
  scan: [FORMS.rows, FORMS.bytes, FORMS.indexBytes],
};

/** @returns null for fewer than two different sizes: nothing can be said about growth then */
export function fitGrowth({ sizes: unsorted, work, others }: Pick<MeasuredGrowth, "sizes" | "work" | "others">): Fit | null {
  const sizes = [...unsorted].sort((a, b) => a.rows - b.rows);
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (first === undefined || last === undefined || last.rows < first.rows * 1.5) return null;
  const noise = spreadOf(sizes, () => 1);
  const load = spreadOf(sizes, (runs) => Math.floor(runs / 2));
  const base = { work, joins: others.length > 0, noise, load, sizes };
  const level = sizes.reduce((sum, size) => sum + size.ms, 0) / sizes.length;
  const constant: Curve = { model: "constant", per: null, fixed: level, perUnit: 0, residual: residualOf(sizes, () => level) };
  if (isFlat(first, last)) return { ...base, chosen: constant, plausible: [constant] };
  const curves = ORDER[work].flatMap((form) => fitForm(form, sizes));
  const square = fitForm(FORMS.square, sizes);
  const best = Math.min(...curves.map((curve) => curve.residual));
  const [steep] = square;
  if (steep !== undefined && SQUARES[work] && best > 2 * steep.residual && best > Math.max(LEAST_SQUARE, noise + 0.1))
    return { ...base, chosen: steep, plausible: [steep] };
  const plausible = curves.filter((curve) => curve.residual <= best + Math.max(noise, LEAST_NOISE));
  return { ...base, chosen: plausible[0] ?? constant, plausible };
}

/** No more than nothing, or a difference that the repetitions of one size show too. */
function isFlat(first: GrowthSize, last: GrowthSize): boolean {
  if (last.ms - first.ms <= NOTHING_MS) return true;
  const exponent = Math.log(last.ms / first.ms) / Math.log(last.rows / first.rows);
  return exponent < 0.4 && Math.max(...first.runs) >= last.ms;
}

/** Milliseconds that a curve gives for a size. */
export function valueAt(curve: Curve, size: TargetSize, last: GrowthSize): number {
  const form = Object.values<Form>(FORMS).find((f) => f.model === curve.model && f.per === curve.per);
  return curve.fixed + (form === undefined ? 0 : curve.perUnit * form.x(size, last));
}

/** Least squares of the relative errors, with neither part negative: no statement is faster than nothing. */
function fitForm(form: Form, sizes: readonly GrowthSize[]): Curve[] {
  const last = sizes.at(-1);
  if (last === undefined || form.x(last, last) <= 0) return [];
  const points = sizes.map((size) => ({ x: form.x(size, last), y: size.ms, w: 1 / size.ms ** 2 }));
  const sum = (of: (p: { x: number; y: number; w: number }) => number): number => points.reduce((all, p) => all + of(p), 0);
  const [w, x, y, xx, xy] = [
    sum((p) => p.w),
    sum((p) => p.w * p.x),
    sum((p) => p.w * p.y),
    sum((p) => p.w * p.x * p.x),
    sum((p) => p.w * p.x * p.y),
  ];
  const determinant = w * xx - x * x;
  if (!(determinant > 0)) return [];
  let perUnit = (w * xy - x * y) / determinant;
  let fixed = (y - perUnit * x) / w;
  if (fixed < 0) [fixed, perUnit] = [0, xy / xx];
  if (perUnit <= 0) return [];
  return [
    { model: form.model, per: form.per, fixed, perUnit, residual: residualOf(sizes, (size) => fixed + perUnit * form.x(size, last)) },
  ];
}

function residualOf(sizes: readonly GrowthSize[], value: (size: GrowthSize) => number): number {
  return Math.sqrt(sizes.reduce((sum, size) => sum + ((value(size) - size.ms) / size.ms) ** 2, 0) / sizes.length);
}

/** A share of the time, typical for the sizes: how far `other` of the sorted repetitions is from the fastest. Half a millisecond always counts. */
function spreadOf(sizes: readonly GrowthSize[], other: (runs: number) => number): number {
  const spreads = sizes.map(({ runs, ms }) => {
    const sorted = [...runs].sort((a, b) => a - b);
    return Math.max(((sorted[other(sorted.length)] ?? ms) - ms) / ms, 0.5 / ms);
  });
  spreads.sort((a, b) => a - b);
  return Math.min(1, Math.max(LEAST_NOISE, spreads[Math.floor((spreads.length - 1) / 2)] ?? LEAST_NOISE));
}
