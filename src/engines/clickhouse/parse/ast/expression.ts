import type { LiteralValue, Name, Range, Setting, StringLiteral } from "./common.ts";
import type { Query, WindowDefinition } from "./select.ts";
import type { DataType } from "./type.ts";

interface Node {
  readonly at: Range;
  /** `expression AS alias`; ClickHouse allows one on any expression, nested ones included. */
  readonly alias: Name | null;
}

/**
 * As in the engine, an operator is a call of the function behind it: `a = 1` is `equals(a, 1)`, `a AND b AND c` is `and(a, b, c)`,
 * `x[1]` is `arrayElement(x, 1)`, `t.1` is `tupleElement(t, 1)`, `CASE` is `multiIf` or `caseWithExpression`, `[…]` is `array`,
 * `(a, b)` is `tuple`. So a rule asks about one name only.
 */
export type Expression =
  | LiteralExpression
  | IdentifierExpression
  | FunctionExpression
  | LambdaExpression
  | CastExpression
  | SubqueryExpression
  | AsteriskExpression
  | ColumnsExpression
  | ParameterExpression;

export interface LiteralExpression extends Node {
  readonly kind: "literal";
  readonly value: LiteralValue;
}

/** `a`, `t.a`, `db.t.a`, or a path into a Nested, Tuple or JSON column: which of these it is depends on the schema. */
export interface IdentifierExpression extends Node {
  readonly kind: "identifier";
  readonly parts: readonly Name[];
}

export interface FunctionExpression extends Node {
  readonly kind: "function";
  readonly name: string;
  /** Where the name or the operator stands. */
  readonly nameAt: Range;
  /** The operator as written (`=`, `NOT IN`, `[]`, …), null where the function was called by its name. */
  readonly operator: string | null;
  /** `quantiles(0.5, 0.9)(x)`: the first parentheses. */
  readonly parameters: readonly Expression[] | null;
  readonly arguments: readonly Expression[];
  readonly distinct: boolean;
  readonly nulls: "respect" | "ignore" | null;
  readonly filter: Expression | null;
  readonly over: WindowDefinition | Name | null;
  /** `SETTINGS` in the arguments of a table function. */
  readonly settings: readonly Setting[];
}

export interface LambdaExpression extends Node {
  readonly kind: "lambda";
  readonly parameters: readonly Name[];
  readonly body: Expression;
}

/** `CAST(x AS T)`, `x::T`; `CAST(x, 'T')` with a constant type is one as well. */
export interface CastExpression extends Node {
  readonly kind: "cast";
  readonly operand: Expression;
  readonly type: DataType;
}

export interface SubqueryExpression extends Node {
  readonly kind: "subquery";
  readonly query: Query;
}

/** `*`, `t.*` or, of a tuple, `(expression).*`, with what changes it. */
export interface AsteriskExpression extends Node {
  readonly kind: "asterisk";
  readonly qualifier: readonly Name[];
  readonly expression: Expression | null;
  readonly transformers: readonly ColumnTransformer[];
}

/** `COLUMNS('pattern')` or `COLUMNS(a, b)`. */
export interface ColumnsExpression extends Node {
  readonly kind: "columns";
  readonly qualifier: readonly Name[];
  readonly expression: Expression | null;
  readonly pattern: StringLiteral | null;
  readonly columns: readonly Expression[];
  readonly transformers: readonly ColumnTransformer[];
}

/** `{name:Type}`. */
export interface ParameterExpression extends Node {
  readonly kind: "parameter";
  readonly name: string;
  readonly type: DataType;
}

export type ColumnTransformer =
  | { readonly kind: "except"; readonly strict: boolean; readonly columns: readonly Name[]; readonly pattern: StringLiteral | null }
  | { readonly kind: "replace"; readonly strict: boolean; readonly replacements: readonly { expression: Expression; name: Name }[] }
  /** `APPLY(sum)`: the function by its name, with the parameters it is given; or a lambda. */
  | {
      readonly kind: "apply";
      readonly function: Name | LambdaExpression;
      readonly parameters: readonly Expression[];
      readonly prefix: string | null;
    };

/** A function in table position: `numbers(10)`, `remote('host', db.t)`, `cluster(…)`. */
export interface TableFunction {
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly settings: readonly Setting[];
  readonly at: Range;
}
