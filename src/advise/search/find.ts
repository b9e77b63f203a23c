import { ClickHouseError, EngineCrashed } from "../../engines/clickhouse/embedded/index.ts";
import { searchKeys, type Tried } from "./search.ts";
import { keyElements, type KeyElement } from "../analyse/elements.ts";
import type { Analysed } from "../analyse/read-queries.ts";
import { type Lab, rowsOf, unlessRefused } from "../engine/lab.ts";
import { Bench, type KeyCost, type MeasuredQuery } from "../measure/bench.ts";
import { grainOf } from "../measure/build.ts";
import type { ReadMeter } from "../measure/reads.ts";
import { createScreen, type Screen } from "../measure/screen.ts";
import { identityOf, statedGranularity, type TableDefinition } from "../table/definition.ts";

/** Rows on which every key is tried: 49,000 in granules of the right size rank keys as 2 million do (docs/advise.md). */
const SCREEN_ROWS = 49_152;
/** Rows on which the best of them are tried again. */
const SECOND_ROWS = 131_072;
const SECOND_KEYS = 10;
const MOST_ELEMENTS = 16;
/** Keys that are tried whatever the time, up to so many times the time. */
const LEAST_KEYS = 100;
/** A search among a dozen elements has tried everything promising after some 280 keys (65 ms each on 2 cores). */
const LEAST_KEYS_OF_FEW_ROWS = 300;
const LEAST_FREE_KEYS = 30;
const PATIENCE = 8;
/** Above it the time belongs to building keys on all rows. */
export const MANY_ROWS = 1_000_000;
const LONGEST_WAIT_MS = 90_000;
const LONGEST = 5;

export interface Found {
  /** Sorting keys, best first. */
  readonly keys: readonly { readonly orderBy: readonly string[]; readonly cost: KeyCost }[];
  /** Columns that decide what is read: with the others left empty, as many rows are read. */
  readonly needed: ReadonlySet<string>;
  /** Fewest marks that any key needed, by query: what one key alone could do for it. */
  readonly bestFor: readonly { readonly marks: number; readonly orderBy: readonly string[] }[];
  /** Best key without regard to the rows' identity, for engines in which the key is one; and what the best one that keeps it costs there. */
  readonly free: { readonly orderBy: readonly string[]; readonly marks: number } | null;
  readonly against: number;
  readonly built: number;
  readonly complete: boolean;
}

export interface FindOptions {
  readonly lab: Lab;
  readonly meter: ReadMeter;
  readonly definition: TableDefinition;
  readonly analysed: readonly Analysed[];
  readonly queries: readonly MeasuredQuery[];
  /** Rows in the lab, and rows of the whole table. */
  readonly rows: number;
  readonly total: number;
  readonly searchMs: number;
  readonly onProgress: (message: string) => void;
}

/**
 * Derives keys from the workload and tries them on a small part of the rows.
 * @throws EngineCrashed when the engine died before one key was measured
 */
export async function findKeys(options: FindOptions): Promise<Found> {
  const { lab, meter, definition, analysed, queries, rows, total, onProgress } = options;
  const elements = keyElements(
    definition,
    analysed.map(({ query, reads }) => ({ reads, frequency: query.frequency })),
    MOST_ELEMENTS,
  );
  const deciding = [...analysed.flatMap(({ reads }) => [...reads.deciding]), ...elements.flatMap((element) => element.columns)];
  const bench = new Bench(lab, meter, definition, queries);
  const started = Date.now();
  const measureOn = (on: Screen) => {
    const grain = grainOf(on.rows, total, statedGranularity(definition), statedBytes(definition));
    return async (orderBy: readonly string[], known?: Parameters<Bench["cost"]>[2]): Promise<KeyCost | null> => {
      const cost = await unlessRefused(
        bench.cost({ orderBy, grain, stored: on.stored, from: on.from, parts: 1, purpose: "estimate" }, "estimate", known),
      );
      return cost instanceof ClickHouseError ? null : cost;
    };
  };
  // Columns that only stand in SELECT are there in name; where a query does not bear that, all of them are filled.
  const narrow = await createScreen(lab, definition, "screen", rows, SCREEN_ROWS, new Set(deciding));
  const bears = (await measureOn(narrow)(definition.orderBy)) !== null;
  const needed = bears ? narrow.stored : new Set(definition.columns.map((column) => column.name));
  const screen = bears ? narrow : await createScreen(lab, definition, "screen_wide", rows, SCREEN_ROWS, needed);
  const measure = measureOn(screen);
  const identity = identityOf(definition) === null ? null : identityElements(definition, elements);
  let crashed = false;
  const telling = await tellingElements(lab, definition, elements, screen);
  const pool = identity === null ? telling : telling.filter((element) => keepsIdentity(definition, element));
  const result = await searchKeys({
    elements: pool,
    frequencies: queries.map((query) => query.frequency),
    longest: LONGEST,
    suffix: (key) => (identity ?? []).filter((element) => !key.some((own) => own.sql === element.sql)),
    measure: async (key, known) => {
      if (crashed) return null;
      try {
        return await measure(
          key.map((element) => element.sql),
          known,
        );
      } catch (error) {
        if (!(error instanceof EngineCrashed)) throw error;
        crashed = true;
        return null;
      }
    },
    timeLeft: () => {
      if (crashed) return 0;
      const passed = Date.now() - started;
      // On a busy machine the clock must not make the advice worse: a search that has hardly begun goes on for a while.
      return bench.built < (rows > MANY_ROWS ? LEAST_KEYS : LEAST_KEYS_OF_FEW_ROWS) &&
        passed < Math.min(options.searchMs * PATIENCE, LONGEST_WAIT_MS)
        ? 1
        : options.searchMs - passed;
    },
    onProgress: (tried, best) =>
      onProgress(`searching: ${tried} keys built${best === null ? "" : `, best so far (${best.key.map((e) => e.sql).join(", ")})`}`),
  });
  const against = result.tried[0]?.cost.marks ?? Infinity;
  const free =
    identity === null || crashed
      ? null
      : await freeKey(
          telling,
          queries.map((query) => query.frequency),
          measure,
          options.searchMs / 3,
        );
  const full = (entry: Tried): readonly string[] => {
    const suffix = (identity ?? []).filter((element) => !entry.key.some((own) => own.sql === element.sql));
    return [...entry.key, ...suffix].map((element) => element.sql);
  };
  const bestFor = queries.map((_, index) => {
    const best = result.tried.reduce<Tried | null>(
      (least, entry) =>
        least === null || (entry.cost.queries[index]?.marks ?? Infinity) < (least.cost.queries[index]?.marks ?? Infinity) ? entry : least,
      null,
    );
    return { marks: best?.cost.queries[index]?.marks ?? Infinity, orderBy: best === null ? [] : best.key.map((e) => e.sql) };
  });
  let keys = distinct(result.tried.map((entry) => ({ orderBy: full(entry), cost: entry.cost })));

  if (rows > SCREEN_ROWS * 1.3 && keys.length > 1 && !crashed) {
    onProgress(`comparing the best ${Math.min(SECOND_KEYS, keys.length)} keys on more rows`);
    const second = await createScreen(lab, definition, "second", rows, SECOND_ROWS, needed);
    const again = measureOn(second);
    const measured: { orderBy: readonly string[]; cost: KeyCost }[] = [];
    for (const { orderBy } of keys.slice(0, SECOND_KEYS)) {
      const cost = await again(orderBy);
      if (cost !== null) measured.push({ orderBy, cost });
    }
    keys = distinct(measured.sort((a, b) => a.cost.marks - b.cost.marks));
    await lab.text(`DROP TABLE ${second.from} SYNC`);
  }
  return { keys, needed, bestFor, free, against, built: bench.built, complete: result.complete && !crashed };
}

/** Without those that have one value in every partition: they order nothing. */
async function tellingElements(
  lab: Lab,
  definition: TableDefinition,
  elements: readonly KeyElement[],
  screen: Screen,
): Promise<readonly KeyElement[]> {
  const counts = elements.map(({ sql }, i) => `uniq(${sql}) AS u${i}`).join(", ");
  const text = await unlessRefused(
    lab.text(
      `SELECT ${elements.map((_, i) => `max(u${i})`).join(", ")} FROM (SELECT ${counts} FROM ${screen.from}${definition.partitionBy === null ? "" : ` GROUP BY ${definition.partitionBy}`})`,
    ),
  );
  if (text instanceof ClickHouseError) return elements;
  const values = (rowsOf(text)[0] ?? []).map(Number);
  return elements.filter((_, i) => (values[i] ?? 2) > 1);
}

/** The search again, for any key at all: what identity costs. */
async function freeKey(
  elements: readonly KeyElement[],
  frequencies: readonly number[],
  measure: (orderBy: readonly string[], known?: Parameters<Bench["cost"]>[2]) => Promise<KeyCost | null>,
  milliseconds: number,
): Promise<Found["free"]> {
  const started = Date.now();
  let built = 0;
  const { tried } = await searchKeys({
    elements,
    frequencies,
    longest: 3,
    suffix: () => [],
    measure: (key, known) =>
      measure(
        key.map(({ sql }) => sql),
        known,
      ),
    timeLeft: () => {
      const passed = Date.now() - started;
      return built < LEAST_FREE_KEYS && passed < milliseconds * PATIENCE ? 1 : milliseconds - passed;
    },
    onProgress: (keys) => {
      built = keys;
    },
  });
  const [best] = tried;
  return best === undefined ? null : { orderBy: best.key.map(({ sql }) => sql), marks: best.cost.marks };
}

/** Without keys that are a better one with something behind it, or that cost the same and are longer. */
function distinct<T extends { readonly orderBy: readonly string[]; readonly cost: KeyCost }>(keys: readonly T[]): T[] {
  const kept: T[] = [];
  for (const key of keys) {
    const same = kept.findIndex((other) => {
      const [short, long] = other.orderBy.length <= key.orderBy.length ? [other.orderBy, key.orderBy] : [key.orderBy, other.orderBy];
      return short.every((element, i) => element === long[i]);
    });
    const other = kept[same];
    if (other === undefined) kept.push(key);
    // The shorter of two that hardly differ: every element of a key is kept in memory.
    else if (key.orderBy.length < other.orderBy.length && key.cost.marks <= other.cost.marks * 1.004) kept[same] = key;
  }
  return kept;
}

/** The present key's columns: whatever the order, they must all stay. */
function identityElements(definition: TableDefinition, elements: readonly KeyElement[]): KeyElement[] {
  const columns = new Map(definition.columns.map((column) => [column.name, column]));
  return definition.orderBy.map(
    (sql): KeyElement =>
      elements.find((element) => element.sql === sql) ?? {
        sql,
        columns: columns.has(sql) ? [sql] : [],
        determines: columns.has(sql) ? [sql] : [],
        weight: 0,
        queries: new Set(),
      },
  );
}

/** An element that tells apart no rows which the present key holds for the same: a function of the key's own columns. */
function keepsIdentity(definition: TableDefinition, element: KeyElement): boolean {
  if (definition.orderBy.includes(element.sql)) return true;
  return element.columns.length > 0 && element.columns.every((column) => definition.orderBy.includes(column));
}

export function statedBytes(definition: TableDefinition): number {
  const stated = Number(definition.settings.get("index_granularity_bytes") ?? "10485760");
  return Number.isFinite(stated) && stated > 0 ? stated : 10_485_760;
}
