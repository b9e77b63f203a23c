import type { Expression, Partition } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readParameter } from "../expression/operands.ts";
import { Kind } from "../lexer.ts";
import { readString } from "../names.ts";

/** What follows PARTITION: a value, `ID '…'`, `ALL`. */
export function readPartition(c: Cursor): Partition | null {
  const start = c.start;
  if (c.keyword("ID")) {
    const id = readText(c);
    return id === null ? null : { kind: "id", id, at: c.rangeFrom(start) };
  }
  if (c.keyword("ALL")) return { kind: "all", at: c.rangeFrom(start) };
  const value = c.attempt(() => readParameter(c)) ?? c.grammar.expression(c);
  if (value === null || !isConstant(value)) {
    c.expect("the value of a partition");
    return null;
  }
  return { kind: "value", value, at: c.rangeFrom(start) };
}

/** What follows PART: its name. */
export function readPart(c: Cursor): Partition | null {
  const start = c.start;
  const name = readText(c);
  return name === null ? null : { kind: "part", name, at: c.rangeFrom(start) };
}

/** `IN PARTITION …`: null without it, undefined where it is broken. */
export function readInPartition(c: Cursor): Partition | null | undefined {
  return c.keyword("IN", "PARTITION") ? (readPartition(c) ?? undefined) : null;
}

/** A string or a parameter. */
function readText(c: Cursor): Expression | null {
  if (c.kind === Kind.OpenCurly) return readParameter(c);
  const string = readString(c);
  return string === null ? null : { kind: "literal", value: { type: "string", value: string.value }, alias: null, at: string.at };
}

/** The engine's grammar takes literals, tuples of anything, and arrays of literals; no calls, no names. */
function isConstant(expression: Expression): boolean {
  if (expression.kind === "literal" || expression.kind === "parameter") return true;
  if (expression.kind !== "function") return false;
  return expression.name === "tuple" || (expression.operator === "[]" && expression.arguments.every(isConstant));
}
