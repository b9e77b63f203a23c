import type { ClickHouseExpression, ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { expressionProblem } from "../bind/expression.ts";
import { isAggregateFunction } from "../bind/functions.ts";
import { operandProblem } from "../bind/operands.ts";
import { expressionType } from "../changes/expression-type.ts";
import { bareType } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { columnsNamed, refused, typeIn, type Outcome, type Scene } from "./outcome.ts";

/** Measured on 26.7: each kind of statement puts the condition into another function, which refuses what is no number with its own code. */
const NO_CONDITION = { delete: 36, update: 43, "lightweight-delete": 43 } as const;

/** What the server refuses in the condition of a mutation. */
export function conditionProblem(
  where: ClickHouseExpression,
  table: ClickHouseTable,
  scene: Scene,
  what: keyof typeof NO_CONDITION,
): Outcome | null {
  if (!table.columnsKnown) return null;
  const bad = namesProblem(where, table, scene, "the condition");
  if (bad !== null) return bad;
  if (where.constant?.kind === "string") return refused(59, "Invalid type for filter in WHERE: String");
  if (where.functions.some(isAggregateFunction)) return refused(184, "Aggregate function is found in WHERE in query");
  const type = where.tree === null ? null : expressionType(where.tree as Expression, (path) => typeIn(table, path));
  if (type !== null && /^(?:String|FixedString|Date|Date32|DateTime|DateTime64|UUID|IPv6|Array|Map|Tuple)$/.test(bareType(type).name))
    return refused(NO_CONDITION[what], `Invalid type for filter in WHERE: ${type.text}`);
  return null;
}

/** Columns, functions, subqueries and operands of an expression over a table. */
export function namesProblem(expression: ClickHouseExpression, table: ClickHouseTable, scene: Scene, where: string): Outcome | null {
  if (table.columnsKnown) {
    const missing = expression.columns.find((c) => columnsNamed(table, [c]).length === 0 && !c.startsWith("_"));
    if (missing !== undefined) return refused(47, `Missing columns: '${missing}' while processing ${where}`);
  }
  const inside =
    expressionProblem(expression, { state: scene.state, database: table.database }) ??
    (expression.tree === null ? null : operandProblem(expression.tree as Expression, (path) => typeIn(table, path)));
  return inside === null ? null : refused(inside.code, inside.message);
}
