import type { DataType, Expression, FunctionExpression, OrderByElement, Query, Setting, WindowDefinition } from "./ast.ts";
import type { Cursor } from "./cursor.ts";

export interface ExpressionMode {
  /** `expression name` without AS is an alias: in the list behind SELECT only. */
  readonly bareAlias?: boolean;
  /** `expression AS name`. */
  readonly alias?: boolean;
  /** `SELECT a, b, FROM t`: the last comma is taken. */
  readonly trailingComma?: boolean;
}

/**
 * The parts of the grammar that hold each other: queries stand in expressions, types in both, expressions in types.
 * They reach one another through the cursor's reader, so that no two files import each other.
 */
export interface Grammar {
  expression(c: Cursor, mode?: ExpressionMode): Expression | null;
  /** A function call and nothing around it. */
  call(c: Cursor, options: { readonly tableFunction: boolean; readonly parameters: boolean }): FunctionExpression | null;
  query(c: Cursor): Query | null;
  /** A query in parentheses. */
  subquery(c: Cursor): Query | null;
  dataType(c: Cursor): DataType | null;
  settings(c: Cursor): readonly Setting[] | null;
  orderBy(c: Cursor): OrderByElement | null;
  window(c: Cursor): WindowDefinition | null;
}
