import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";

export type OperatorType =
  | "plain"
  | "comparison"
  | "mergeable"
  | "array-element"
  | "tuple-element"
  | "is-null"
  | "truth"
  | "start-between"
  | "start-not-between"
  | "finish-between"
  | "start-if"
  | "finish-if"
  | "cast"
  | "lambda"
  | "not";

export interface Operator {
  readonly type: OperatorType;
  /** Higher binds tighter, as in the engine's table of operators. */
  readonly priority: number;
  readonly arity: number;
  /** The function behind it; "" where the operator is only a part of one. */
  readonly name: string;
  /** As it is usually written. */
  readonly text: string;
}

function operator(text: string, name: string, priority: number, arity: number, type: OperatorType = "plain"): Operator {
  return { type, priority, arity, name, text };
}

export const finishBetween: Operator = operator("AND", "", 8, 0, "finish-between");

const symbols: ReadonlyMap<number, Operator> = new Map([
  [Kind.Arrow, operator("->", "lambda", 1, 2, "lambda")],
  [Kind.Question, operator("?", "", 2, 0, "start-if")],
  [Kind.Colon, operator(":", "if", 3, 3, "finish-if")],
  [Kind.Equals, operator("=", "equals", 9, 2, "comparison")],
  [Kind.NotEquals, operator("!=", "notEquals", 9, 2, "comparison")],
  [Kind.Spaceship, operator("<=>", "isNotDistinctFrom", 9, 2, "comparison")],
  [Kind.LessOrEquals, operator("<=", "lessOrEquals", 9, 2, "comparison")],
  [Kind.GreaterOrEquals, operator(">=", "greaterOrEquals", 9, 2, "comparison")],
  [Kind.Less, operator("<", "less", 9, 2, "comparison")],
  [Kind.Greater, operator(">", "greater", 9, 2, "comparison")],
  [Kind.Concatenation, operator("||", "concat", 10, 2, "mergeable")],
  [Kind.Plus, operator("+", "plus", 11, 2)],
  [Kind.Minus, operator("-", "minus", 11, 2)],
  [Kind.Asterisk, operator("*", "multiply", 12, 2)],
  [Kind.Slash, operator("/", "divide", 12, 2)],
  [Kind.Percent, operator("%", "modulo", 12, 2)],
  [Kind.Dot, operator(".", "tupleElement", 14, 2, "tuple-element")],
  [Kind.OpenSquare, operator("[]", "arrayElement", 14, 2, "array-element")],
  [Kind.DoubleColon, operator("::", "CAST", 14, 2, "cast")],
]);

/** By the first word; phrases that begin alike stand with the longer one first. */
const phrases: ReadonlyMap<string, readonly (readonly [readonly string[], Operator])[]> = new Map([
  ["OR", [[["OR"], operator("OR", "or", 3, 2, "mergeable")]]],
  ["AND", [[["AND"], operator("AND", "and", 4, 2, "mergeable")]]],
  [
    "IS",
    [
      [["IS", "NOT", "DISTINCT", "FROM"], operator("IS NOT DISTINCT FROM", "isNotDistinctFrom", 6, 2)],
      [["IS", "DISTINCT", "FROM"], operator("IS DISTINCT FROM", "isDistinctFrom", 6, 2)],
      [["IS", "NOT", "UNKNOWN"], operator("IS NOT UNKNOWN", "isNotNull", 6, 1, "truth")],
      [["IS", "UNKNOWN"], operator("IS UNKNOWN", "isNull", 6, 1, "truth")],
      [["IS", "NOT", "FALSE"], operator("IS NOT FALSE", "isDistinctFrom", 6, 1, "truth")],
      [["IS", "FALSE"], operator("IS FALSE", "isNotDistinctFrom", 6, 1, "truth")],
      [["IS", "NOT", "TRUE"], operator("IS NOT TRUE", "isDistinctFrom", 6, 1, "truth")],
      [["IS", "TRUE"], operator("IS TRUE", "isNotDistinctFrom", 6, 1, "truth")],
      [["IS", "NULL"], operator("IS NULL", "isNull", 6, 1, "is-null")],
      [["IS", "NOT", "NULL"], operator("IS NOT NULL", "isNotNull", 6, 1, "is-null")],
    ],
  ],
  ["BETWEEN", [[["BETWEEN"], operator("BETWEEN", "", 7, 0, "start-between")]]],
  ["LIKE", [[["LIKE"], operator("LIKE", "like", 9, 2)]]],
  ["ILIKE", [[["ILIKE"], operator("ILIKE", "ilike", 9, 2)]]],
  [
    "NOT",
    [
      [["NOT", "BETWEEN"], operator("NOT BETWEEN", "", 7, 0, "start-not-between")],
      [["NOT", "LIKE"], operator("NOT LIKE", "notLike", 9, 2)],
      [["NOT", "ILIKE"], operator("NOT ILIKE", "notILike", 9, 2)],
      [["NOT", "IN"], operator("NOT IN", "notIn", 9, 2)],
    ],
  ],
  ["REGEXP", [[["REGEXP"], operator("REGEXP", "match", 9, 2)]]],
  ["IN", [[["IN"], operator("IN", "in", 9, 2)]]],
  [
    "GLOBAL",
    [
      [["GLOBAL", "IN"], operator("GLOBAL IN", "globalIn", 9, 2)],
      [["GLOBAL", "NOT", "IN"], operator("GLOBAL NOT IN", "globalNotIn", 9, 2)],
    ],
  ],
  ["MOD", [[["MOD"], operator("MOD", "modulo", 12, 2)]]],
  ["DIV", [[["DIV"], operator("DIV", "intDiv", 12, 2)]]],
]);

const not: Operator = operator("NOT", "not", 5, 1, "not");
const negate: Operator = operator("-", "negate", 13, 1);

/** Takes the operator that stands here, null when there is none. */
export function readOperator(c: Cursor): Operator | null {
  if (c.kind !== Kind.Word) {
    const symbol = symbols.get(c.kind);
    if (symbol === undefined) c.expect("an operator");
    else c.index++;
    return symbol ?? null;
  }
  const candidates = phrases.get(c.word);
  if (candidates === undefined) {
    c.expect("an operator");
    return null;
  }
  for (const [[first = "", second, third, fourth], found] of candidates) if (c.keyword(first, second, third, fourth)) return found;
  return null;
}

export function readUnary(c: Cursor): Operator | null {
  if (c.kind === Kind.Minus) {
    c.index++;
    return negate;
  }
  return c.keyword("NOT") ? not : null;
}
