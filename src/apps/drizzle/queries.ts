import type { Param, Query } from "../../model/query.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import type { Span } from "../../text/span.ts";
import type { DrizzleColumn } from "./columns.ts";
import type { DrizzleTable } from "./tables.ts";

/**
 * What drizzle-orm sends for a table: `select()` names every column, `insert` too (with `default` for those that the caller leaves out),
 * and so do `update` of a whole object and `returning()` (drizzle-orm, pg-core/dialect.ts).
 */
export function queriesOfTable(table: DrizzleTable, name: string, span: Span): Query[] {
  const schema = table.schema === null || table.schema === "public" ? null : table.schema;
  const sql = schema === null ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  const qualified = `${schema ?? "public"}.${name}`;
  const from = { origin: `${table.constant} (${span.file}:${span.line})`, span };
  const all = table.columns.map(({ name: column }) => quoteIdentifier(column)).join(", ");
  const param = (column: DrizzleColumn): Param => ({ column: `${qualified}.${column.name}`, null: !column.notNull });
  const key = table.columns.filter((column) => table.key.includes(column.name));
  const found = key.length > 0 ? key : table.columns.slice(0, 1);
  const where = (first: number): string => found.map((column, i) => `${sql}.${quoteIdentifier(column.name)} = $${first + i}`).join(" and ");
  const keyParams = found.map((column): Param => ({ ...param(column), null: false }));

  const queries = [query(`select ${all} from ${sql}`, [], from), query(`select ${all} from ${sql} where ${where(1)}`, keyParams, from)];
  if (table.kind === "view") return queries;

  const written = table.columns.filter((column) => !column.generated);
  const required = written.filter((column) => column.filledBy === "client" || (column.notNull && column.filledBy === null));
  queries.push(insert(required));
  const settable = written.filter((column) => !column.alwaysIdentity);
  if (required.length < settable.length) queries.push(insert(settable));
  const changed = settable.filter((column) => !found.includes(column));
  if (changed.length > 0) {
    const set = changed.map((column, i) => `${quoteIdentifier(column.name)} = $${i + 1}`).join(", ");
    queries.push(
      query(`update ${sql} set ${set} where ${where(changed.length + 1)} returning ${all}`, [...changed.map(param), ...keyParams], from),
    );
  }
  queries.push(query(`delete from ${sql} where ${where(1)}`, keyParams, from));
  return queries;

  function insert(given: readonly DrizzleColumn[]): Query {
    let number = 0;
    const values = written.map((column) => (given.includes(column) ? `$${++number}` : "default")).join(", ");
    const names = written.map((column) => quoteIdentifier(column.name)).join(", ");
    return query(`insert into ${sql} (${names}) values (${values}) returning ${all}`, given.map(param), from);
  }
}

function query(sql: string, params: readonly Param[], from: Pick<Query, "origin" | "span">): Query {
  const verb = sql.startsWith("select") ? "select" : sql.startsWith("insert") ? "insert" : sql.startsWith("update") ? "update" : "delete";
  return { sql, verb, ...from, params, use: "certain", usedAt: null, callsPerSecond: null };
}
