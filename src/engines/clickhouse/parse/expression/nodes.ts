import type { CastExpression, DataType, Expression, FunctionExpression, LiteralExpression, LiteralValue, Name, Range } from "../ast.ts";

export function call(name: string, args: readonly Expression[], at: Range, nameAt: Range = at): FunctionExpression {
  return {
    kind: "function",
    name,
    nameAt,
    operator: null,
    parameters: null,
    arguments: args,
    distinct: false,
    nulls: null,
    filter: null,
    over: null,
    settings: [],
    alias: null,
    at,
  };
}

/** The function behind an operator; `operator` is how it was written. */
export function operation(name: string, operator: string, args: readonly Expression[], at: Range, nameAt: Range = at): FunctionExpression {
  return {
    kind: "function",
    name,
    nameAt,
    operator,
    parameters: null,
    arguments: args,
    distinct: false,
    nulls: null,
    filter: null,
    over: null,
    settings: [],
    alias: null,
    at,
  };
}

export function literal(value: LiteralValue, at: Range): LiteralExpression {
  return { kind: "literal", value, alias: null, at };
}

export function text(value: string, at: Range): LiteralExpression {
  return literal({ type: "string", value }, at);
}

export function integer(value: number, at: Range): LiteralExpression {
  return literal({ type: "number", text: String(value) }, at);
}

export function cast(operand: Expression, type: DataType, at: Range): CastExpression {
  return { kind: "cast", operand, type, alias: null, at };
}

/** The same expression under another name; null for what takes none: `*`, `COLUMNS(…)`. */
export function withAlias(expression: Expression, alias: Name): Expression | null {
  if (expression.kind === "asterisk" || expression.kind === "columns") return null;
  return { ...expression, alias };
}

export function withRange(expression: Expression, at: Range): Expression {
  return { ...expression, at };
}

export function spanning(first: Range, last: Range): Range {
  return { start: first.start, end: last.end };
}
