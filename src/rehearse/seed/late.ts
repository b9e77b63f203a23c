import type { Client } from "pg";
import { quoteIdentifier } from "../../text/quote.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Link, OrderedTable } from "./order.ts";
import { nullable } from "./order.ts";

/** Enough to make a reference real; updating every row would double the table. */
const SOME = 1000;

/**
 * References that close a cycle or point back to their own table, filled once every table has rows: all rows where the columns are NOT
 * NULL, some where they may stay NULL.
 *
 * @returns why a reference could not be filled, by table
 */
export async function fillLate(
  client: Client,
  catalogue: Catalogue,
  ordered: readonly OrderedTable[],
  rows: ReadonlyMap<number, number>,
): Promise<Map<string, string>> {
  const trouble = new Map<string, string>();
  for (const { table, links } of ordered) {
    if ((rows.get(table.oid) ?? 0) === 0) continue;
    for (const link of links) {
      if (!link.late) continue;
      const parent = catalogue.tables.find((t) => t.oid === link.references);
      const optional = nullable(table, link);
      try {
        if (parent !== undefined)
          await client.query(update(table.sql, parent.sql, link, rows.get(parent.oid) ?? 0, optional ? SOME : null));
      } catch (error) {
        // An optional reference may stay empty: the row is valid without it.
        if (!optional)
          trouble.set(
            table.name,
            `its reference to ${parent?.name ?? "a table"} could not be filled: ${error instanceof Error ? error.message : String(error)}`,
          );
      }
    }
  }
  return trouble;
}

function update(table: string, parent: string, link: Link, parents: number, limit: number | null): string {
  const count = Math.max(1, Math.min(parents, limit ?? parents));
  const set = link.columns.map((column, i) => `${quoteIdentifier(column)} = p.k${i}`).join(", ");
  const keys = link.referencedColumns.map((column, i) => `${quoteIdentifier(column)} AS k${i}`).join(", ");
  const some = limit === null ? "" : ` LIMIT ${Math.min(limit, count)}`;
  return `UPDATE ${table} c SET ${set}
    FROM (SELECT tableoid AS part, ctid AS place, row_number() OVER () AS rn FROM ${table}${some}) s
    JOIN (SELECT row_number() OVER () - 1 AS rn, ${keys} FROM ${parent} LIMIT ${count}) p ON p.rn = s.rn % ${count}
    WHERE c.ctid = s.place AND c.tableoid = s.part`;
}
