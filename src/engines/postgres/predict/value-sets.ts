/** A constant of a bound or a CHECK. Numbers, dates without a zone, instants and strings each have an order of their own. */
export type Value =
  | { readonly kind: "number" | "local" | "instant"; readonly at: number }
  | { readonly kind: "string"; readonly at: string };

/** Null is without limit. */
interface Interval {
  readonly low: Value | null;
  readonly lowOpen: boolean;
  readonly high: Value | null;
  readonly highOpen: boolean;
}

/** Values of one column, as intervals. Empty: none. */
export type ValueSet = readonly Interval[];

export const EVERYTHING: ValueSet = [{ low: null, lowOpen: true, high: null, highOpen: true }];

/** Two constants of different kinds, of which nobody can say which is the greater. */
export class Incomparable extends Error {}

export function point(value: Value): ValueSet {
  return [{ low: value, lowOpen: false, high: value, highOpen: false }];
}

/** `low <= x < high`; null is MINVALUE or MAXVALUE. */
export function between(low: Value | null, high: Value | null, highOpen = true, lowOpen = false): ValueSet {
  const interval = { low, lowOpen: low === null || lowOpen, high, highOpen: high === null || highOpen };
  return isEmpty(interval) ? [] : [interval];
}

export function union(sets: readonly ValueSet[]): ValueSet {
  return sets.flat();
}

export function intersect(a: ValueSet, b: ValueSet): ValueSet {
  return a.flatMap((x) => b.flatMap((y) => both(x, y)));
}

export function complement(set: ValueSet): ValueSet {
  return set.reduce<ValueSet>((rest, interval) => intersect(rest, outside(interval)), EVERYTHING);
}

export function isSubset(a: ValueSet, b: ValueSet): boolean {
  return intersect(a, complement(b)).length === 0;
}

function compare(a: Value, b: Value): number {
  if (a.kind === "string" && b.kind === "string") return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
  if (a.kind === "string" || b.kind === "string" || a.kind !== b.kind) throw new Incomparable();
  return a.at - b.at;
}

function isEmpty({ low, lowOpen, high, highOpen }: Interval): boolean {
  if (low === null || high === null) return false;
  const order = compare(low, high);
  return order > 0 || (order === 0 && (lowOpen || highOpen));
}

function both(a: Interval, b: Interval): ValueSet {
  const [low, lowOpen] = limit(a.low, a.lowOpen, b.low, b.lowOpen, 1);
  const [high, highOpen] = limit(a.high, a.highOpen, b.high, b.highOpen, -1);
  const interval = { low, lowOpen, high, highOpen };
  return isEmpty(interval) ? [] : [interval];
}

/** The narrower of two limits. */
function limit(a: Value | null, aOpen: boolean, b: Value | null, bOpen: boolean, side: 1 | -1): [Value | null, boolean] {
  if (a === null) return [b, bOpen];
  if (b === null) return [a, aOpen];
  const order = compare(a, b) * side;
  return order > 0 ? [a, aOpen] : order < 0 ? [b, bOpen] : [a, aOpen || bOpen];
}

function outside({ low, lowOpen, high, highOpen }: Interval): ValueSet {
  return [
    ...(low === null ? [] : [{ low: null, lowOpen: true, high: low, highOpen: !lowOpen }]),
    ...(high === null ? [] : [{ low: high, lowOpen: !highOpen, high: null, highOpen: true }]),
  ];
}
