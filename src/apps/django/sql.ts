import type { Param, Query } from "../../model/query.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import type { Span } from "../../text/span.ts";
import type { RunningColumn, RunningModel } from "./running-model.ts";

/** A table as Django writes it. `db_table = 'audit"."log'` is the common way to name a schema, since Django only adds quotes. */
export function tableSql(table: string): string {
  return table.split('"."').map(quoteIdentifier).join(".");
}

/** Schema-qualified name of a model's table: `public.person`, or the schema that `db_table` smuggles in. */
export function qualified(table: string): string {
  const parts = table.split('"."');
  return parts.length > 1 ? parts.join(".") : `public.${table}`;
}

export function columnSql(model: RunningModel, column: RunningColumn): string {
  return `${tableSql(model.table)}.${quoteIdentifier(column.column)}`;
}

/** `"t"."id" = $1`, or for a composite key `("t"."a", "t"."b") = ($1, $2)`. @param first number of its first placeholder */
export function keyEquals(model: RunningModel, key: readonly RunningColumn[], first: number): string {
  const names = key.map((c) => columnSql(model, c)).join(", ");
  const values = key.map((_, i) => `$${first + i}`).join(", ");
  return key.length === 1 ? `${names} = ${values}` : `(${names}) = (${values})`;
}

export function paramFor(table: string, column: string, canBeNull = false): Param {
  return { column: `${qualified(table)}.${column}`, null: canBeNull };
}

export interface Origin {
  readonly origin: string;
  readonly span: Span;
}

export interface Use {
  readonly use: Query["use"];
  readonly usedAt: Span | null;
}

export const CERTAIN: Use = { use: "certain", usedAt: null };

/** Verb from the SQL's first word: everything here is written by this folder, so the word is exact. */
export function query(sql: string, params: readonly Param[], from: Origin, use: Use = CERTAIN): Query {
  const verb = sql.slice(0, 6).toLowerCase();
  if (verb !== "select" && verb !== "insert" && verb !== "update" && verb !== "delete") throw new Error(`no ORM statement: ${sql}`);
  return { sql, verb, origin: from.origin, span: from.span, params, use: use.use, usedAt: use.usedAt, callsPerSecond: null };
}
