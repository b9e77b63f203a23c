/**
 * How a statement takes effect:
 * - `metadata`: only the table's description changes; no part gets a new version.
 * - `mutation`: every part that holds the columns gets a new version, written or hard-linked, in the background.
 * - `at-merge`: nothing now; parts take the change when they are next merged.
 * - `rebuild`: the rows themselves are taken away or written anew at once (TRUNCATE, DROP, CREATE OR REPLACE, INSERT … SELECT, OPTIMIZE).
 * - `refused`: the server answers with `error` and changes nothing.
 */
export type ClickHouseClass = "metadata" | "mutation" | "at-merge" | "rebuild" | "refused";

/** Kinds of damage that no error tells of, gravest first. */
export const SILENT_KINDS = ["unreadable", "wraps", "drops-values", "duplicates", "semantics"] as const;
/**
 * - `wraps`: values become other values (3,000,000,000 → -1,294,967,296).
 * - `drops-values`: values, or a part of them, are lost (fractions, rows, a column's future values).
 * - `unreadable`: the statement is accepted and reads fail afterwards.
 * - `duplicates`: rows that were one become several, or arrive twice.
 * - `semantics`: the same bytes mean something else from now on.
 */
export type SilentKind = (typeof SILENT_KINDS)[number];

/** Damage that the server accepts without a word. */
export interface SilentCorruption {
  readonly kind: SilentKind;
  /**
   * A query with one row and one number: how many rows (or writers, or objects) would be hit. 0 is the all-clear. Null where no
   * query can decide it, because it happens whatever the data are.
   */
  readonly decidedBy: string | null;
  /** Columns that it hits, unqualified; empty where it hits whole rows. */
  readonly columns?: readonly string[] | undefined;
  /** One sentence for the reader: what happens to which values. */
  readonly what?: string | undefined;
  /** Qualified name of the table whose data or readers are hit, where that is not the statement's own table. */
  readonly table?: string | undefined;
}

export interface ClickHouseError {
  /** As `system.errors` numbers it: 36 is BAD_ARGUMENTS. */
  readonly code: number;
  readonly message: string;
}

/** Whom the statement holds up while it runs, the strongest of them. */
export type ClickHouseBlocks = "reads" | "writes" | "mutations-behind-it" | "none";

/** What one statement does to a ClickHouse database, predicted or observed, in the same shape (design section 3). */
export interface ClickHouseEffects {
  readonly class: ClickHouseClass;
  /** Independent of `class`. The gravest where there are several. */
  readonly silent: SilentCorruption | null;
  /** The others, gravest first. */
  readonly moreSilent?: readonly SilentCorruption[] | undefined;
  readonly blocks: ClickHouseBlocks;
  /** Columns whose files are written or unlinked, unqualified and sorted; of a compact part only these are named though all are written. */
  readonly columns: readonly string[];
  /** Parts that get a new version, per replica. Null when nobody can know. */
  readonly parts: number | null;
  /** Bytes written, per replica. Null when nobody can know. */
  readonly bytesWritten: number | null;
  readonly error: ClickHouseError | null;
}

export const NO_CLICKHOUSE_EFFECTS: ClickHouseEffects = {
  class: "metadata",
  silent: null,
  blocks: "none",
  columns: [],
  parts: 0,
  bytesWritten: 0,
  error: null,
};

/** All silent corruptions of a statement, gravest first. */
export function silentOf(effects: ClickHouseEffects): readonly SilentCorruption[] {
  return effects.silent === null ? [] : [effects.silent, ...(effects.moreSilent ?? [])];
}
