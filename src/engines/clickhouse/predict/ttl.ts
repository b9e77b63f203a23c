import type { ClickHouseColumn, ClickHouseExpression, ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { expressionType } from "../changes/expression-type.ts";
import { bareType } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { columnsNamed, keyColumns, refused, type Outcome } from "./outcome.ts";

/** What the server refuses in the TTL of a column. */
export function columnTtlProblem(column: ClickHouseColumn, table: ClickHouseTable): Outcome | null {
  if (column.ttl === null) return null;
  if (keyColumns(table).has(column.name)) return refused(44, `Trying to set TTL for key column ${column.name}`);
  return ttlExpressionProblem(column.ttl, table);
}

/** A TTL must be a Date or DateTime over columns of the table (450 otherwise, 47 for a missing column). */
export function ttlExpressionProblem(ttl: ClickHouseExpression, table: ClickHouseTable): Outcome | null {
  if (!table.columnsKnown) return null;
  const missing = ttl.columns.find((c) => columnsNamed(table, [c]).length === 0);
  if (missing !== undefined) return refused(47, `Missing columns: '${missing}' while processing the TTL`);
  const type = ttlType(ttl, table);
  if (ttl.columns.length === 0) return refused(450, "TTL expression does not depend on any of the columns of the table");
  if (type !== null && !/^(?:Date|Date32|DateTime|DateTime64)$/.test(type))
    return refused(450, `TTL expression result column should have Date, Date32, DateTime or DateTime64 type, but has ${type}`);
  return null;
}

/** The family of the first operand: `ts + INTERVAL 1 DAY` is what ts is. Null where it cannot be told. */
export function ttlType(ttl: ClickHouseExpression, table: ClickHouseTable): string | null {
  if (ttl.tree === null) return null;
  let e = ttl.tree as Expression;
  while (e.kind === "function" && (e.name === "plus" || e.name === "minus" || /^(?:add|subtract)/.test(e.name))) {
    const first = e.arguments[0];
    if (first === undefined) return null;
    e = first;
  }
  const type = expressionType(e, (path) => table.columns.find((c) => c.name === path.join("."))?.type ?? null);
  return type === null ? null : bareType(type).name;
}
