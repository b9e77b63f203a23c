import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import { childrenOf } from "../changes/expression.ts";
import { canonicalExpression } from "../changes/render.ts";
import type { Expression, IdentifierExpression, SelectQuery } from "../parse/ast.ts";
import { isAggregateFunction } from "./functions.ts";

/** The column that a name stands for, qualified and unique within its query; null for an alias, a lambda's parameter and what is not known. */
export type ColumnOf = (e: IdentifierExpression) => string | null;

/** A call that folds rows: not one with OVER, which gives each row its own answer. */
function aggregates(e: Expression): boolean {
  return e.kind === "function" && e.over === null && isAggregateFunction(e.name);
}

function holdsAggregate(e: Expression): boolean {
  return aggregates(e) || childrenOf(e).some(holdsAggregate);
}

/**
 * Aggregate functions where there are single rows (184 in WHERE, PREWHERE and GROUP BY, and inside of another one), and columns beside aggregate
 * functions that are in no key (215). What goes by ROLLUP, CUBE, GROUPING SETS or ALL is left alone.
 */
export function aggregationProblem(select: SelectQuery, columnOf: ColumnOf): ClickHouseError | null {
  for (const [clause, e] of [
    ["PREWHERE", select.prewhere],
    ["WHERE", select.where],
  ] as const) {
    if (e !== null && holdsAggregate(e)) return { code: 184, message: `Aggregate function is found in ${clause} in query` };
  }
  const inside = [...select.columns, ...(select.having === null ? [] : [select.having])].some(nested);
  if (inside) return { code: 184, message: "Aggregate function is found inside another aggregate function in query" };
  const { groupBy } = select;
  if (groupBy !== null && (groupBy.all || groupBy.rollup || groupBy.cube || groupBy.groupingSets.length > 0)) return null;
  if (groupBy?.expressions.some(holdsAggregate) === true) return { code: 184, message: "Aggregate function is found in GROUP BY in query" };
  if (groupBy === null && !select.columns.some(holdsAggregate) && (select.having === null || !holdsAggregate(select.having))) return null;
  const keys = keysOf(select, columnOf);
  for (const e of select.columns) {
    const loose = looseColumn(e, keys, columnOf, new Set());
    if (loose !== null) return { code: 215, message: `Column '${loose}' is not under aggregate function and not in GROUP BY keys` };
  }
  return null;
}

function nested(e: Expression): boolean {
  return aggregates(e) ? childrenOf(e).some(holdsAggregate) : childrenOf(e).some(nested);
}

/** Keys as text, with what an alias or a position stands for. */
function keysOf(select: SelectQuery, columnOf: ColumnOf): ReadonlySet<string> {
  const keys = new Set<string>();
  const add = (e: Expression): void => {
    keys.add(textOf(e, columnOf));
    if (e.kind === "identifier") {
      const name = e.parts.map((p) => p.text).join(".");
      for (const column of select.columns) if (column.alias?.text === name) keys.add(textOf(column, columnOf));
    }
    if (e.kind === "function" && e.name === "tuple") for (const part of e.arguments) add(part);
  };
  for (const e of select.groupBy?.expressions ?? []) {
    const position = e.kind === "literal" && e.value.type === "number" ? select.columns[Number(e.value.text) - 1] : undefined;
    add(position ?? e);
  }
  return keys;
}

function textOf(e: Expression, columnOf: ColumnOf): string {
  if (e.kind === "identifier") return columnOf(e) ?? e.parts.map((p) => p.text).join(".");
  return canonicalExpression(e);
}

function looseColumn(e: Expression, keys: ReadonlySet<string>, columnOf: ColumnOf, bound: ReadonlySet<string>): string | null {
  if (keys.has(textOf(e, columnOf)) || (e.alias !== null && keys.has(e.alias.text))) return null;
  if (aggregates(e) || (e.kind === "function" && e.over !== null)) return null;
  if (e.kind === "identifier") return bound.has(e.parts[0]?.text ?? "") ? null : columnOf(e);
  const inner = e.kind === "lambda" ? new Set([...bound, ...e.parameters.map((p) => p.text)]) : bound;
  for (const child of childrenOf(e)) {
    const found = looseColumn(child, keys, columnOf, inner);
    if (found !== null) return found;
  }
  return null;
}
