import type { Expression, Query } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readName, readString } from "../names.ts";
import { readAlias } from "./aliases.ts";
import { readAsterisk, readColumns } from "./columns.ts";
import { type Layer, maxDepth, type Next } from "./layer.ts";
import { ElementLayer } from "./layers.ts";
import { cast, operation, text } from "./nodes.ts";
import { finishBetween, type Operator, readOperator } from "./operators.ts";
import { quantified } from "./quantified.ts";

function accept(layer: Layer, node: Expression, depth: number): Next {
  layer.push(node, depth);
  return "operator";
}

/** `= ANY (SELECT …)`, `> ALL (array)`: behind a comparison. undefined where the word is a name after all. */
export function readQuantified(c: Cursor, layer: Layer, word: "ANY" | "SOME" | "ALL"): Next | null | undefined {
  const before = c.index;
  c.index++;
  const start = c.start;
  let operand: { readonly query: Query } | { readonly array: Expression } | null = null;
  const query = c.kind === Kind.OpenRound && mayBeginQuery(c) ? c.grammar.subquery(c) : null;
  if (query !== null) operand = { query };
  else if (word !== "ANY" && c.kind === Kind.OpenRound) {
    c.index = before + 2;
    const array = c.grammar.expression(c);
    if (array !== null && c.kind === Kind.CloseRound) {
      c.index++;
      operand = { array };
    }
  }
  if (operand === null) {
    c.index = before;
    return undefined;
  }
  const op = layer.operators.pop();
  const depth = layer.depths[layer.depths.length - 1] ?? 1;
  const left = layer.pop();
  if (op === undefined || left === null) return null;
  const result = quantified(op, left, word, operand, { start: left.at.start, end: c.lastEnd }, c.rangeFrom(start));
  return result === null ? null : accept(layer, result, depth + 4);
}

/** What stands behind an operand: an operator, or an alias. Gives the layer to go on in where a bracket opens. */
export function readOperatorOrAlias(c: Cursor, layer: Layer): Next | Layer | null {
  // `CLEAR INDEX i IN PARTITION p`: no operator IN.
  if (c.word === "IN" && c.wordAt(1) === "PARTITION") return null;
  if (c.word === "ESCAPE") {
    const escaped = readEscape(c, layer);
    if (escaped !== undefined) return escaped;
  }
  const before = c.index;
  const start = c.start;
  let op = readOperator(c);
  if (op === null) {
    if (!layer.allowAlias || layer.parsedAlias) return null;
    const alias = readAlias(c, layer.allowBareAlias);
    if (alias === null || !layer.setAlias(c, alias)) return null;
    layer.parsedAlias = true;
    return "operator";
  }
  if (op.type === "lambda") {
    if (!layer.startLambda(c)) {
      c.index = before;
      return null;
    }
    layer.operators.push(op);
    return "operand";
  }
  if (op.name === "and" && layer.betweens > 0) {
    layer.betweens--;
    op = finishBetween;
  }
  for (let last = layer.lastOperator; last !== undefined && last.priority >= op.priority; last = layer.lastOperator) {
    layer.operators.pop();
    // `a AND b AND c` is one call of three.
    if (last.type === "mergeable" && last.name === op.name) {
      op = { ...op, arity: op.arity + last.arity - 1 };
      break;
    }
    if (!layer.apply(c, last, true)) return null;
  }
  return afterOperator(c, layer, op, start);
}

function afterOperator(c: Cursor, layer: Layer, op: Operator, start: number): Next | Layer | null {
  if (op.type === "tuple-element") {
    const done = readElementByName(c, layer);
    if (done !== undefined) return done;
  }
  if (op.type === "is-null" || op.type === "truth" || op.type === "cast") {
    const depth = (layer.depths[layer.depths.length - 1] ?? 1) + 1;
    if (depth > maxDepth) throw c.tooDeep();
    const operand = layer.pop();
    if (operand === null) return null;
    if (op.type === "cast") {
      const type = c.grammar.dataType(c);
      return type === null ? null : accept(layer, cast(operand, type, c.rangeFrom(operand.at.start)), depth);
    }
    const at = c.rangeFrom(operand.at.start);
    const nameAt = c.rangeFrom(start);
    const truth = / (TRUE|FALSE)$/.exec(op.text)?.[1];
    const args: Expression[] =
      truth === undefined
        ? [operand]
        : [operand, { kind: "literal", value: { type: "boolean", value: truth === "TRUE" }, alias: null, at: nameAt }];
    return accept(layer, operation(op.name, op.text, args, at, nameAt), depth);
  }
  layer.operators.push(op);
  if (op.type === "array-element") return new ElementLayer(start);
  if (op.type === "start-between" || op.type === "start-not-between") layer.betweens++;
  return "operand";
}

/** `(expression).name`, `(expression).*`; undefined where a number follows the dot, which is read as an operand. */
function readElementByName(c: Cursor, layer: Layer): Next | null | undefined {
  const matcher = readAsterisk(c) ?? (c.word === "COLUMNS" && c.kindAt(1) === Kind.OpenRound ? readColumns(c) : null);
  if (matcher !== null) {
    const expression = layer.pop();
    if (expression === null) return null;
    return accept(layer, { ...matcher, expression, at: c.rangeFrom(expression.at.start) }, 2);
  }
  const name = c.kind === Kind.Word || c.kind === Kind.QuotedName ? readName(c) : null;
  if (name === null) return undefined;
  const depth = (layer.depths[layer.depths.length - 1] ?? 1) + 1;
  const operand = layer.pop();
  if (operand === null) return null;
  return accept(layer, operation("tupleElement", ".", [operand, text(name.text, name.at)], c.rangeFrom(operand.at.start)), depth);
}

/** `x LIKE pattern ESCAPE '#'`; undefined where no LIKE came before. */
function readEscape(c: Cursor, layer: Layer): Next | null | undefined {
  for (let last = layer.lastOperator; last !== undefined && last.priority > 9; last = layer.lastOperator) {
    layer.operators.pop();
    if (!layer.apply(c, last)) return null;
  }
  const like = layer.lastOperator;
  if (like === undefined || !/^(not)?I?like$/i.test(like.name)) return undefined;
  c.index++;
  const escape = readString(c);
  if (escape === null) return null;
  layer.operators.pop();
  const pattern = layer.pop();
  const depth = layer.depths[layer.depths.length - 1] ?? 1;
  const subject = layer.pop();
  if (subject === null || pattern === null) return null;
  const args = [subject, pattern, text(escape.value, escape.at)];
  return accept(layer, operation(like.name, like.text, args, c.rangeFrom(subject.at.start)), depth + 1);
}

/** Whether the brackets that open here may hold a query: behind all of them stands a word that begins one. */
export function mayBeginQuery(c: Cursor): boolean {
  let ahead = 1;
  while (c.kindAt(ahead) === Kind.OpenRound) ahead++;
  const word = c.wordAt(ahead);
  return word === "SELECT" || word === "WITH" || word === "FROM" || word === "EXPLAIN" || word === "VALUES";
}
