import type { Client } from "pg";
import type { JudgedStatement } from "../../model/judged.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import { type Catalogue, readCatalogue, type TableInfo } from "../seed/catalogue.ts";
import { valueMaker } from "../seed/values.ts";

/** Differs from row to row and stays small: page and line of the row's place. */
const ROW = "((t.ctid::text::point)[0]::bigint * 300 + (t.ctid::text::point)[1]::bigint)";

export interface StandIn {
  readonly sql: string;
  /** The table, quoted, where it runs page range by page range, each in a transaction of its own. */
  readonly batches: string | null;
}

/** About a thousand rows, or a hundredth of the table. */
const PAGES = 16;

/** The pieces of a stand-in that is batched, as many as the table has pages for. */
export function batchesOf(sql: string, pages: number): string[] {
  const pieces: string[] = [];
  const step = Math.max(PAGES, Math.ceil(pages / 100));
  for (let page = 0; page < pages; page += step) {
    const end = page + step >= pages ? "" : ` AND t.ctid < '(${page + step},0)'::tid`;
    pieces.push(`${sql} AND t.ctid >= '(${page},0)'::tid${end}`);
  }
  return pieces;
}

/**
 * SQL that leaves behind what code would have: tread does not run the code, but a column that it fills must not be empty when a later
 * statement makes it NOT NULL. SQL that stands in the code as text is run as it is. Columns that the code is known to write are filled where they are NULL; where the code could not be
 * read, those that the release has added.
 *
 * Code that works in batches, or outside of a transaction, is stood in for in batches too: they would otherwise hold locks that the code
 * does not.
 *
 * @param sofar the statements of the release before the code
 */
export async function standIn(client: Client, code: JudgedStatement, sofar: readonly JudgedStatement[]): Promise<StandIn[]> {
  const facts = code.statement.facts;
  const wanted = new Map<string, Set<string>>();
  const want = (table: string, columns: readonly string[]): void => {
    const set = wanted.get(table) ?? new Set();
    for (const column of columns) set.add(column);
    wanted.set(table, set);
  };
  for (const access of facts?.accesses ?? []) if (access.verb === "update" || access.verb === "insert") want(access.table, access.columns);
  if (facts === null || facts.opaque !== null) {
    for (const { statement } of sofar) {
      for (const change of statement.changes) if (change.kind === "add-column") want(change.table, [change.column.name]);
    }
  }
  const written = facts?.sql ?? [];
  const batched = code.statement.transaction === null || (facts?.accesses ?? []).some((access) => access.batched);
  if (wanted.size === 0) return written.map((sql) => ({ sql, batches: null }));
  const catalogue = await readCatalogue(client);
  const fills = [...wanted].flatMap(([name, columns]) => {
    const table = catalogue.tables.find((t) => t.name === name);
    return table === undefined ? [] : [...columns].flatMap((column) => fill(catalogue, table, column, batched));
  });
  return [...written.map((sql) => ({ sql, batches: null })), ...fills];
}

function fill(catalogue: Catalogue, table: TableInfo, name: string, batched: boolean): StandIn[] {
  const column = table.columns.find((c) => c.name === name);
  if (column === undefined || column.notNull || column.generated) return [];
  const value = valueFor(catalogue, table, column);
  if (value === null) return [];
  const sql = `UPDATE ${table.sql} t SET ${quoteIdentifier(name)} = ${value} WHERE ${quoteIdentifier(name)} IS NULL`;
  return [{ sql, batches: batched && table.kind === "table" ? table.sql : null }];
}

function valueFor(catalogue: Catalogue, table: TableInfo, column: TableInfo["columns"][number]): string | null {
  const reference = table.foreignKeys.find((key) => key.columns.length === 1 && key.columns[0] === column.name);
  if (reference !== undefined) {
    const parent = catalogue.tables.find((t) => t.oid === reference.references);
    const key = reference.referencedColumns[0];
    return parent === undefined || key === undefined ? null : `(SELECT ${quoteIdentifier(key)} FROM ${parent.sql} LIMIT 1)`;
  }
  const hints = { name: column.name.toLowerCase(), averageBytes: null, ordinal: 0 };
  return valueMaker(catalogue, column.type, column.modifier, hints)?.sql(ROW) ?? null;
}
