import type { KeyElement } from "../analyse/elements.ts";
import type { KeyCost, QueryCost } from "../measure/bench.ts";

/** A key with what it costs on the rows of the search. */
export interface Tried {
  readonly key: readonly KeyElement[];
  readonly cost: KeyCost;
}

export interface SearchOptions {
  readonly elements: readonly KeyElement[];
  readonly frequencies: readonly number[];
  /** Longest key that is looked at. */
  readonly longest: number;
  /** Appended to every key: the rest of the identity, for engines in which the key is one. */
  readonly suffix: (key: readonly KeyElement[]) => readonly KeyElement[];
  /** Measures a key; null where the engine refuses it. `known` are the costs that it cannot change. */
  readonly measure: (key: readonly KeyElement[], known: (query: number) => QueryCost | null) => Promise<KeyCost | null>;
  /** Milliseconds left for the search; it ends with what it has. */
  readonly timeLeft: () => number;
  readonly onProgress: (tried: number, best: Tried | null) => void;
}

export interface SearchResult {
  /** Best first. */
  readonly tried: readonly Tried[];
  /** False: the time was up before everything promising had been tried. */
  readonly complete: boolean;
}

/** Less than that is noise of the sample. */
const WORTHWHILE = 0.004;
const BEAM = [10, 7, 5, 4] as const;
/** Extensions that are tried at each length, the most promising first. */
const STEPS = [60, 36, 20, 12] as const;

/**
 * Looks for the key that reads least: all keys of one element, then the best of them extended by one element at a time (a beam), then the
 * best of all changed in every small way (swap, insert, remove, replace) until nothing helps. What is appended to a key cannot change what
 * a query reads that has no condition on it, so only the others are asked for again.
 */
export async function searchKeys(options: SearchOptions): Promise<SearchResult> {
  const { elements, frequencies, longest, timeLeft } = options;
  const tried = new Map<string, Tried | null>();
  let complete = true;
  const keyOf = (key: readonly KeyElement[]): string => key.map((element) => element.sql).join("\u0000");
  const ranked = (): Tried[] =>
    [...tried.values()]
      .filter((entry) => entry !== null)
      .sort((a, b) => a.cost.marks - b.cost.marks || a.key.length - b.key.length || (keyOf(a.key) < keyOf(b.key) ? -1 : 1));

  const attempt = async (key: readonly KeyElement[], parent: Tried | null): Promise<Tried | null> => {
    const id = keyOf(key);
    const before = tried.get(id);
    if (before !== undefined) return before;
    if (timeLeft() <= 0) {
      complete = false;
      return null;
    }
    const added = key.at(-1);
    const known = (query: number): QueryCost | null =>
      parent !== null && added !== undefined && !added.queries.has(query) ? (parent.cost.queries[query] ?? null) : null;
    const cost = await options.measure([...key, ...options.suffix(key)], known);
    const entry = cost === null ? null : { key, cost };
    tried.set(id, entry);
    options.onProgress(tried.size, ranked()[0] ?? null);
    return entry;
  };
  /** The most that a key could save if the element served its queries perfectly. */
  const promise = (entry: Tried, element: KeyElement): number => {
    let saved = 0;
    for (const query of element.queries) {
      saved += (frequencies[query] ?? 0) * Math.max(0, (entry.cost.queries[query]?.marks ?? 0) - 1);
    }
    return saved;
  };

  let beam: Tried[] = [];
  for (const element of elements) {
    const entry = await attempt([element], null);
    if (entry !== null) beam.push(entry);
  }
  for (let length = 2; length <= longest && beam.length > 0; length++) {
    const width = BEAM[length - 2] ?? 4;
    const kept = diverse(beam, width);
    const best = ranked()[0]?.cost.marks ?? 0;
    const steps = kept
      .flatMap((parent) =>
        elements.filter((element) => adds(parent.key, element)).map((element) => ({ parent, element, promise: promise(parent, element) })),
      )
      .filter((step) => step.promise > WORTHWHILE * Math.max(best, 1e-9) && step.parent.cost.marks - step.promise < best * (1 - WORTHWHILE))
      .sort((a, b) => a.parent.cost.marks - a.promise - (b.parent.cost.marks - b.promise))
      .slice(0, STEPS[length - 2] ?? 12);
    beam = [];
    for (const { parent, element } of steps) {
      const entry = await attempt([...parent.key, element], parent);
      if (entry !== null && entry.cost.marks < parent.cost.marks * (1 - WORTHWHILE / 2)) beam.push(entry);
    }
  }

  // From several starts: two keys that end up equal may have started differently.
  for (const start of ranked().slice(0, 3)) await climb(start);
  return { tried: ranked(), complete };

  async function climb(start: Tried): Promise<void> {
    let current = start;
    for (;;) {
      let better: Tried | null = null;
      for (const key of neighbours(current.key, elements, longest)) {
        const entry = await attempt(key, null);
        if (entry !== null && entry.cost.marks < (better ?? current).cost.marks * (1 - WORTHWHILE)) better = entry;
        if (timeLeft() <= 0) break;
      }
      if (better === null) return;
      current = better;
    }
  }
}

/** The best, but not only those that differ in nothing but their tail: as many first elements as can be had. */
function diverse(entries: readonly Tried[], width: number): Tried[] {
  const sorted = [...entries].sort((a, b) => a.cost.marks - b.cost.marks);
  const kept: Tried[] = [];
  const firsts = new Map<string, number>();
  for (const entry of sorted) {
    const first = entry.key[0]?.sql ?? "";
    const seen = firsts.get(first) ?? 0;
    if (seen >= Math.max(2, Math.ceil(width / 2))) continue;
    firsts.set(first, seen + 1);
    kept.push(entry);
    if (kept.length === width) break;
  }
  return kept;
}

/** Keys one small change away, without what could not matter. */
function neighbours(key: readonly KeyElement[], elements: readonly KeyElement[], longest: number): KeyElement[][] {
  const found: KeyElement[][] = [];
  for (let i = 0; i + 1 < key.length; i++) {
    for (let j = i + 1; j < key.length; j++) {
      const swapped = [...key];
      const [a, b] = [swapped[i], swapped[j]];
      if (a === undefined || b === undefined) continue;
      swapped[i] = b;
      swapped[j] = a;
      found.push(swapped);
    }
  }
  for (const element of elements) {
    if (key.includes(element)) continue;
    for (let at = 0; at < key.length; at++) {
      if (key.length < longest) found.push([...key.slice(0, at), element, ...key.slice(at)]);
      found.push([...key.slice(0, at), element, ...key.slice(at + 1)]);
    }
  }
  for (let at = 0; key.length > 1 && at < key.length; at++) found.push(key.filter((_, i) => i !== at));
  return found.filter((candidate) => candidate.every((element, i) => adds(candidate.slice(0, i), element)));
}

const FINENESS = ["toStartOfMonth", "toMonday", "toDate", "toStartOfHour"] as const;

/** Whether an element orders rows any further after these: a day after its hour, or an hour after the exact time, does not. */
export function adds(prefix: readonly KeyElement[], element: KeyElement): boolean {
  const determined = new Set(prefix.flatMap((earlier) => earlier.determines));
  if (element.columns.length > 0 && element.columns.every((column) => determined.has(column))) return false;
  const own = finenessOf(element);
  return prefix.every((earlier) => {
    if (earlier.sql === element.sql) return false;
    const other = finenessOf(earlier);
    return own === -1 || other === -1 || earlier.columns[0] !== element.columns[0] || other < own;
  });
}

function finenessOf(element: KeyElement): number {
  return FINENESS.findIndex((bucket) => element.columns.length === 1 && element.sql === `${bucket}(${element.columns[0] ?? ""})`);
}
