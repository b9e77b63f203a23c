import type { Catalog } from "./catalog.ts";

/** A table, and columns of it, that a statement names. Renames change it in place, so that a deferred statement follows. */
export class Reference {
  table: string;
  columns: string[];

  constructor(table: string, columns: readonly string[] = []) {
    this.table = table;
    this.columns = [...columns];
  }
}

/** SQL that may have to wait until the end of its migration: its text is made when it runs (Django's `ddl_references.Statement`). */
export interface Statement {
  readonly references: readonly Reference[];
  readonly text: () => string;
  /** What the server's catalog holds after it. */
  readonly effect: (catalog: Catalog) => void;
  /** For CREATE INDEX: dropping an index that still waits takes the waiting statement away too. */
  readonly indexName?: () => string;
}

export function referencesTable(statement: Statement, table: string): boolean {
  return statement.references.some((r) => r.table === table);
}

export function referencesColumn(statement: Statement, table: string, column: string): boolean {
  return statement.references.some((r) => r.table === table && r.columns.includes(column));
}

export function renameTable(statement: Statement, from: string, to: string): void {
  for (const reference of statement.references) if (reference.table === from) reference.table = to;
}

export function renameColumn(statement: Statement, table: string, from: string, to: string): void {
  for (const reference of statement.references) {
    if (reference.table === table) reference.columns = reference.columns.map((c) => (c === from ? to : c));
  }
}
