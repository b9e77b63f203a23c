import type { ReadOnlySession } from "../../engines/postgres/introspect/session.ts";
import type { ColumnScale, ScaleProfile, TableScale } from "../../model/environment.ts";
import { notesOf, type Note } from "./notes.ts";
import type { ColumnRow, CounterRow, RightsRow, SizeRow, TableRow } from "./sql.ts";

export type { Note } from "./notes.ts";

/** The counters at one moment. */
export interface Sample {
  /** Seconds since 1970 on the server's clock. */
  readonly at: number;
  readonly reset: number | null;
  readonly counters: ReadonlyMap<string, CounterRow>;
  /** Seconds by table; null when the role may not see other sessions. */
  readonly transactions: ReadonlyMap<string, number> | null;
}

export interface Raw {
  readonly session: Pick<ReadOnlySession, "version" | "major" | "replica" | "user">;
  readonly rights: RightsRow;
  readonly tables: readonly TableRow[];
  readonly sizes: ReadonlyMap<string, SizeRow> | null;
  readonly columns: readonly ColumnRow[];
  readonly samples: readonly Sample[];
  readonly sinceReset: boolean;
  readonly collectedAt: string;
}

/** A table's numbers before those of its partitions are added up. */
interface Numbers {
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly indexBytes: number | null;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly longestTransactionSeconds: number | null;
}

/** Makes a profile of what was read. Null is what is not known; 0 is known to be nothing. */
export function assemble(raw: Raw): { readonly profile: ScaleProfile; readonly notes: readonly Note[] } {
  const rates = ratesOf(raw);
  const partsOf = new Map<string, TableRow[]>();
  for (const table of raw.tables) if (table.parent !== null) partsOf.set(table.parent, [...(partsOf.get(table.parent) ?? []), table]);
  const own = new Map(raw.tables.map((table) => [table.oid, numbersOf(table, raw, rates)]));
  const columns = new Map<string, ColumnRow[]>();
  for (const column of raw.columns) {
    const known = columns.get(column.oid);
    if (known === undefined) columns.set(column.oid, [column]);
    else known.push(column);
  }
  const names = new Map(raw.tables.map((table) => [table.oid, `${table.schema}.${table.name}`]));
  const tables = raw.tables.map((table): TableScale => {
    const numbers = table.kind === "p" ? summed(table, own, partsOf) : (own.get(table.oid) ?? NOTHING);
    const parent = table.parent === null ? undefined : names.get(table.parent);
    return {
      table: `${table.schema}.${table.name}`,
      ...numbers,
      columns: (columns.get(table.oid) ?? []).map((column) => columnOf(column, numbers.rows)),
      ...(parent === undefined ? {} : { partitionOf: parent }),
    };
  });
  const profile: ScaleProfile = {
    format: "tread.scale/1",
    collectedAt: raw.collectedAt,
    server: { engine: "postgres", version: raw.session.version },
    tables,
  };
  return { profile, notes: notesOf(raw, profile, rates.seconds) };
}

const NOTHING: Numbers = {
  rows: null,
  bytes: null,
  indexBytes: null,
  readsPerSecond: null,
  writesPerSecond: null,
  longestTransactionSeconds: null,
};

export interface Rates {
  /** Seconds that the rates are over; null: there are none. */
  readonly seconds: number | null;
  readonly of: (oid: string, what: "reads" | "writes") => number | null;
}

function ratesOf({ samples, sinceReset, session, rights }: Raw): Rates {
  const [first] = samples;
  const last = samples.at(-1);
  const none: Rates = { seconds: null, of: () => null };
  if (first === undefined || last === undefined || !rights.track_counts) return none;
  const seconds = sinceReset ? (last.reset === null ? null : last.at - last.reset) : samples.length < 2 ? null : last.at - first.at;
  if (seconds === null || seconds <= 0) return none;
  return {
    seconds,
    of: (oid, what) => {
      // A replica replays writes without counting them.
      if (what === "writes" && session.replica) return null;
      const difference = (last.counters.get(oid)?.[what] ?? 0) - (sinceReset ? 0 : (first.counters.get(oid)?.[what] ?? 0));
      // Counters that were reset in between say nothing.
      return difference < 0 ? null : rounded(difference / seconds);
    },
  };
}

/** Three digits are more than two samples know. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function numbersOf(table: TableRow, raw: Raw, rates: Rates): Numbers {
  if (table.kind === "p") return { ...NOTHING, longestTransactionSeconds: longest(table.oid, raw.samples) };
  const size = raw.sizes?.get(table.oid);
  const block = raw.rights.block_size;
  return {
    rows: rowsOf(table, size?.main ?? null, block, raw.session.major),
    bytes: size === undefined ? (table.pages + table.toast_pages) * block : size.bytes,
    indexBytes: size === undefined ? table.index_pages * block : size.index_bytes,
    readsPerSecond: rates.of(table.oid, "reads"),
    writesPerSecond: table.kind === "m" ? null : rates.of(table.oid, "writes"),
    longestTransactionSeconds: longest(table.oid, raw.samples),
  };
}

/**
 * As the planner estimates (`estimate_rel_size` in plancat.c): rows per page at the last VACUUM or ANALYZE, times the pages of today.
 * Without pages there are no rows; with pages and no ANALYZE nobody knows. Before 14 never analyzed is 0 as well as -1 (release notes of 14).
 */
function rowsOf(table: TableRow, mainBytes: number | null, block: number, major: number): number | null {
  if (mainBytes === 0) return 0;
  const never = table.tuples < 0 || (major < 14 && table.tuples === 0 && table.pages === 0);
  if (never) return null;
  if (mainBytes === null || table.pages === 0) return Math.round(table.tuples);
  return Math.round((table.tuples / table.pages) * (mainBytes / block));
}

function longest(oid: string, samples: readonly Sample[]): number | null {
  const seen = samples.flatMap((sample) => (sample.transactions === null ? [] : [sample.transactions.get(oid) ?? 0]));
  return seen.length === 0 ? null : Math.round(Math.max(...seen) * 10) / 10;
}

/** A partitioned table is what its partitions are together. One of them unknown: the sum is, too. */
function summed(table: TableRow, own: ReadonlyMap<string, Numbers>, partsOf: ReadonlyMap<string, readonly TableRow[]>): Numbers {
  const leaves: Numbers[] = [];
  const all: Numbers[] = [own.get(table.oid) ?? NOTHING];
  const stack = [...(partsOf.get(table.oid) ?? [])];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    const numbers = own.get(part.oid) ?? NOTHING;
    all.push(numbers);
    if (part.kind === "p") stack.push(...(partsOf.get(part.oid) ?? []));
    else leaves.push(numbers);
  }
  const sum = (of: (numbers: Numbers) => number | null): number | null => {
    let total = 0;
    for (const leaf of leaves) {
      const value = of(leaf);
      if (value === null) return null;
      total += value;
    }
    return total;
  };
  const rate = (of: (numbers: Numbers) => number | null): number | null => {
    const total = leaves.length === 0 ? null : sum(of);
    return total === null ? null : rounded(total);
  };
  const seen = all.flatMap((numbers) => numbers.longestTransactionSeconds ?? []);
  return {
    rows: sum((numbers) => numbers.rows),
    bytes: sum((numbers) => numbers.bytes),
    indexBytes: sum((numbers) => numbers.indexBytes),
    readsPerSecond: rate((numbers) => numbers.readsPerSecond),
    writesPerSecond: rate((numbers) => numbers.writesPerSecond),
    longestTransactionSeconds: seen.length === 0 ? null : Math.max(...seen),
  };
}

function columnOf(column: ColumnRow, rows: number | null): ColumnScale {
  const { distinct } = column;
  return {
    column: column.name,
    type: column.type,
    nullFraction: column.null_fraction === null ? null : Number(column.null_fraction.toPrecision(6)),
    distinct: distinct === null ? null : distinct >= 0 ? Math.round(distinct) : rows === null ? null : Math.round(-distinct * rows),
    averageBytes: column.width,
  };
}
