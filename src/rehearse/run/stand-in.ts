import type { Client } from "pg";
import type { JudgedStatement } from "../../model/judged.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import { type Catalogue, readCatalogue, type TableInfo } from "../seed/catalogue.ts";
import { valueMaker } from "../seed/values.ts";

/** Differs from row to row and stays small: page and line of the row's place. */
const ROW = "((t.ctid::text::point)[0]::bigint * 300 + (t.ctid::text::point)[1]::bigint)";

/**
 * SQL that leaves behind what code would have: tread does not run the code, but a column that it fills must not be empty when a later
 * statement makes it NOT NULL. SQL that stands in the code as text is run as it is. Columns that the code is known to write are filled where they are NULL; where the code could not be
 * read, those that the release has added.
 *
 * @param sofar the statements of the release before the code
 */
export async function standIn(client: Client, code: JudgedStatement, sofar: readonly JudgedStatement[]): Promise<string[]> {
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
  if (wanted.size === 0) return [...written];
  const catalogue = await readCatalogue(client);
  const fills = [...wanted].flatMap(([name, columns]) => {
    const table = catalogue.tables.find((t) => t.name === name);
    return table === undefined ? [] : [...columns].flatMap((column) => fill(catalogue, table, column));
  });
  return [...written, ...fills];
}

function fill(catalogue: Catalogue, table: TableInfo, name: string): string[] {
  const column = table.columns.find((c) => c.name === name);
  if (column === undefined || column.notNull || column.generated) return [];
  const reference = table.foreignKeys.find((key) => key.columns.length === 1 && key.columns[0] === name);
  const target = `UPDATE ${table.sql} t SET ${quoteIdentifier(name)} =`;
  const empty = `WHERE ${quoteIdentifier(name)} IS NULL`;
  if (reference !== undefined) {
    const parent = catalogue.tables.find((t) => t.oid === reference.references);
    const key = reference.referencedColumns[0];
    if (parent === undefined || key === undefined) return [];
    return [`${target} (SELECT ${quoteIdentifier(key)} FROM ${parent.sql} LIMIT 1) ${empty}`];
  }
  const maker = valueMaker(catalogue, column.type, column.modifier, { name: name.toLowerCase(), averageBytes: null, ordinal: 0 });
  return maker === null ? [] : [`${target} ${maker.sql(ROW)} ${empty}`];
}
