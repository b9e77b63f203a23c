/** Postgres' table-level lock modes, as `pg_locks.mode` writes them without the `Lock` suffix, weakest first. */
export const LOCK_MODES = [
  "AccessShare",
  "RowShare",
  "RowExclusive",
  "ShareUpdateExclusive",
  "Share",
  "ShareRowExclusive",
  "Exclusive",
  "AccessExclusive",
] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** What one statement does to a Postgres database, predicted or observed, in the same shape (design section 3). */
export interface PostgresEffects {
  /**
   * The strongest mode per table that existed before, as the statement would take it alone. Indexes, sequences, catalogs and
   * what it creates are left out. Sorted by relation.
   */
  readonly locks: readonly TableLock[];
  /** Tables whose rows are all written again (new relfilenode). Schema-qualified, sorted, as the two below. */
  readonly rewrites: readonly string[];
  /** Tables of which every row is read while the lock is held. */
  readonly scans: readonly string[];
  /** Indexes built or rebuilt. */
  readonly indexBuilds: readonly string[];
  readonly error: EngineError | null;
}

export interface TableLock {
  readonly relation: string;
  readonly mode: LockMode;
}

export interface EngineError {
  readonly sqlstate: string;
  readonly message: string;
}

export const NO_EFFECTS: PostgresEffects = { locks: [], rewrites: [], scans: [], indexBuilds: [], error: null };

/** What the modes block, from the conflict table of the manual (section 13.3.1). */
export function blocksReads(mode: LockMode): boolean {
  return mode === "AccessExclusive";
}
export function blocksWrites(mode: LockMode): boolean {
  return LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf("Share");
}
export function strongest(a: LockMode, b: LockMode): LockMode {
  return LOCK_MODES.indexOf(a) >= LOCK_MODES.indexOf(b) ? a : b;
}

/** As Postgres' documentation writes it: `AccessExclusive` → `ACCESS EXCLUSIVE`. */
export function spellLock(mode: LockMode): string {
  return mode.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toUpperCase();
}
