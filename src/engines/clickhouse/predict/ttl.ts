import type { ClickHouseColumn, ClickHouseExpression, ClickHouseTable, TableTtl } from "../../../model/clickhouse/schema.ts";
import { expressionProblem } from "../bind/expression.ts";
import { expressionType } from "../changes/expression-type.ts";
import { bareType, isNullable } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { columnsNamed, keyColumns, refused, type Outcome, type Scene } from "./outcome.ts";

/** What the server refuses in the TTL of a column. */
export function columnTtlProblem(column: ClickHouseColumn, table: ClickHouseTable, scene: Scene): Outcome | null {
  if (column.ttl === null) return null;
  if (keyColumns(table).has(column.name)) return refused(44, `Trying to set TTL for key column ${column.name}`);
  return ttlExpressionProblem(column.ttl, table, scene);
}

/** What the server refuses in an element of a table's TTL. */
export function tableTtlProblem(ttl: TableTtl, table: ClickHouseTable, scene: Scene): Outcome | null {
  const bad = ttlExpressionProblem(ttl.expression, table, scene);
  if (bad !== null) return bad;
  const missing = table.columnsKnown ? ttl.where?.columns.find((c) => columnsNamed(table, [c]).length === 0) : undefined;
  if (missing !== undefined) return refused(47, `Missing columns: '${missing}' while processing the TTL's WHERE`);
  const where = ttl.where === null ? null : expressionProblem(ttl.where, { state: scene.state, database: table.database });
  if (where !== null) return refused(where.code, where.message);
  if (ttl.groupBy !== undefined) {
    const primary = (table.primaryKey ?? table.orderBy ?? []).map((k) => k.expression.sql);
    if (ttl.groupBy.some((key, at) => primary[at] !== key))
      return refused(450, "TTL Expression GROUP BY key should be a prefix of primary key");
  }
  if (ttl.to === undefined || ttl.to === "default" || table.settings.has("storage_policy") || table.settings.has("disk")) return null;
  return refused(450, `No such ${ttl.action === "to-disk" ? "disk" : "volume"} \`${ttl.to}\` for given storage policy`);
}

/** A TTL must be a Date or DateTime over columns of the table (450 otherwise, 47 for a missing column). */
export function ttlExpressionProblem(ttl: ClickHouseExpression, table: ClickHouseTable, scene: Scene): Outcome | null {
  if (!table.columnsKnown) return null;
  const missing = ttl.columns.find((c) => columnsNamed(table, [c]).length === 0);
  if (missing !== undefined) return refused(47, `Missing columns: '${missing}' while processing the TTL`);
  const inside = expressionProblem(ttl, { state: scene.state, database: table.database });
  if (inside !== null) return refused(inside.code, inside.message);
  const type = ttlType(ttl, table);
  // Measured on 26.7: text that an interval is added to is read as a DateTime64(3), row by row.
  const read = type !== null && (type.name === "String" || type.name === "FixedString") && isCalculated(ttl);
  if (ttl.columns.length === 0) return refused(450, "TTL expression does not depend on any of the columns of the table");
  if (type !== null && !read && !/^(?:Date|Date32|DateTime|DateTime64)$/.test(type.name)) return notATime(type.name);
  if (type !== null && type.nullable) return notATime(`Nullable(${type.name})`);
  return null;
}

function notATime(type: string): Outcome {
  return refused(450, `TTL expression result column should have Date, Date32, DateTime or DateTime64 type, but has ${type}`);
}

const isSum = (e: Expression): boolean =>
  e.kind === "function" && (e.name === "plus" || e.name === "minus" || /^(?:add|subtract)/.test(e.name));

const isCalculated = (ttl: ClickHouseExpression): boolean => ttl.tree !== null && isSum(ttl.tree as Expression);

/** The family of the first operand: `ts + INTERVAL 1 DAY` is what ts is. Null where it cannot be told. */
function ttlType(ttl: ClickHouseExpression, table: ClickHouseTable): { readonly name: string; readonly nullable: boolean } | null {
  if (ttl.tree === null) return null;
  let e = ttl.tree as Expression;
  while (e.kind === "function" && (e.name === "plus" || e.name === "minus" || /^(?:add|subtract)/.test(e.name))) {
    const first = e.arguments[0];
    if (first === undefined) return null;
    e = first;
  }
  const type = expressionType(e, (path) => table.columns.find((c) => c.name === path.join("."))?.type ?? null);
  return type === null ? null : { name: bareType(type).name, nullable: isNullable(type) };
}
