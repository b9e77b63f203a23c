/** A schema with rows in it, and statements that are each run on it and rolled back. */
export interface Scene {
  readonly name: string;
  readonly setup: string;
  /** `-- alone` before a statement: outside of a transaction. `-- 15+` or `-- 13-16`: only on these majors. */
  readonly statements: string;
}

/** A thousand rows, from an expression list over `g`. */
export const rows = (table: string, select: string): string => `INSERT INTO ${table} SELECT ${select} FROM generate_series(1, 1000) g;`;
