import type { Expression, LiteralExpression } from "./expression.ts";
import type { Name, Range, Setting, StringLiteral } from "./common.ts";

/** `Array(Nullable(String))`, `DateTime64(3, 'UTC')`, `Tuple(a UInt8, b String)`, … */
export interface DataType {
  /** As written, apart from blanks within names of two words: `DOUBLE PRECISION`. The engine knows aliases (`INT`); this does not resolve them. */
  readonly name: string;
  /** null without any: `Tuple()` is `Tuple`. */
  readonly arguments: readonly TypeArgument[] | null;
  readonly at: Range;
}

export type TypeArgument =
  | { readonly kind: "type"; readonly type: DataType }
  /** `Tuple(a UInt8)`, `Nested(a UInt8)`, and a path with a type in `JSON(a.b UInt8)`. */
  | { readonly kind: "named"; readonly name: Name; readonly type: DataType }
  /** `FixedString(16)`, `Decimal(10, 2)`, `DateTime('UTC')`. */
  | { readonly kind: "literal"; readonly value: LiteralExpression }
  /** `Enum8('a' = 1)`; value is null for an automatic one: one more than the one before, from 1. */
  | { readonly kind: "enum-value"; readonly name: StringLiteral; readonly value: string | null }
  /** The function of `AggregateFunction(quantiles(0.5), UInt64)` and `SimpleAggregateFunction(sum, UInt64)`; parameters are null without parentheses. */
  | { readonly kind: "function"; readonly name: string; readonly parameters: readonly Expression[] | null; readonly at: Range }
  /** `JSON(max_dynamic_paths = 10)`, `Dynamic(max_types = 4)`. */
  | { readonly kind: "setting"; readonly setting: Setting }
  /** `JSON(SKIP a.b)` */
  | { readonly kind: "skip"; readonly path: string }
  /** `JSON(SKIP REGEXP 'a.*')` */
  | { readonly kind: "skip-regexp"; readonly pattern: string };
