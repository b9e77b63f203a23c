import type { Expression, FunctionExpression, Query } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import type { ExpressionMode } from "../grammar.ts";
import { Kind } from "../lexer.ts";
import { readName, readNameParts, readPath, readString } from "../names.ts";
import { readAlias } from "./aliases.ts";
import { layerForCall } from "./calls.ts";
import { readAsterisk, readColumns, readQualifiedAsterisk } from "./columns.ts";
import { type Layer, maxDepth, type Next } from "./layer.ts";
import { ArrayLayer, ElementLayer, OuterLayer, ParenthesesLayer, tableSettings } from "./layers.ts";
import { call, cast, operation, text } from "./nodes.ts";
import { readDated, readGlobalVariable, readLiteral, readParameter } from "./operands.ts";
import { isNumberWord } from "../numbers.ts";
import { finishBetween, type Operator, readOperator, readUnary } from "./operators.ts";
import { quantified } from "./quantified.ts";
import { CaseLayer } from "./special-layers.ts";
import { IntervalLayer } from "./time-layers.ts";

/** An expression, and behind it an alias where `mode` allows one. */
export function readExpression(c: Cursor, mode: ExpressionMode = {}): Expression | null {
  const simple = readLoneName(c, mode);
  if (simple !== null) return simple;
  if (++c.expressionDepth > maxExpressionDepth) throw c.tooDeep();
  const expression = readWhole(c, mode);
  c.expressionDepth--;
  return expression;
}

/** Expressions within clauses within expressions, each a turn of the stack: OVER, FILTER, REPLACE. */
const maxExpressionDepth = 300;

/** A name with nothing around it, the commonest expression, without the machinery below. */
function readLoneName(c: Cursor, mode: ExpressionMode): Expression | null {
  if (c.kind !== Kind.Word || special.has(c.word)) return null;
  const next = c.kindAt(1);
  if (next !== Kind.CloseRound && next !== Kind.End && (next !== Kind.Comma || mode.trailingComma === true)) return null;
  const name = readName(c);
  return name === null ? null : { kind: "identifier", parts: [name], alias: null, at: name.at };
}

/** Words that are more than a name in an expression. */
const special: ReadonlySet<string> = new Set([
  "NULL",
  "TRUE",
  "FALSE",
  "INF",
  "INFINITY",
  "NAN",
  "DATE",
  "TIMESTAMP",
  "COLUMNS",
  "NOT",
  "INTERVAL",
  "CASE",
  "SETTINGS",
]);

function readWhole(c: Cursor, mode: ExpressionMode): Expression | null {
  const expression = new ExpressionReader(c, false).read(new OuterLayer(c.start, mode.trailingComma ?? false));
  if (expression === null || mode.alias !== true) return expression;
  const isFrom = expression.kind === "identifier" && expression.parts.length === 1 && expression.parts[0]?.text.toUpperCase() === "FROM";
  const before = c.index;
  const alias = readAlias(c, (mode.bareAlias ?? false) && !isFrom);
  if (alias === null) {
    c.index = before;
    return expression;
  }
  if (expression.kind === "asterisk" || expression.kind === "columns") {
    c.index = before;
    c.expect("no alias, which * cannot have");
    return null;
  }
  return { ...expression, alias };
}

/** A call and nothing around it. */
export function readCall(c: Cursor, options: { readonly tableFunction: boolean; readonly parameters: boolean }): FunctionExpression | null {
  const start = c.start;
  const parts = readNameParts(c, true);
  if (parts === null || parts.some((part) => part.parameter)) return null;
  const at = c.rangeFrom(start);
  if (!c.take(Kind.OpenRound, "(")) return null;
  const layer = layerForCall(parts, at, { ...options, outermost: true });
  const read = new ExpressionReader(c, options.tableFunction).read(layer);
  return read?.kind === "function" ? { ...read, at: c.rangeFrom(start) } : read === null ? null : call("", [read], c.rangeFrom(start));
}

/**
 * Operands and operators in turn, one layer per open bracket: a translation of the engine's own machine, quirks included,
 * because what it accepts is what has to be accepted. Brackets need no stack of calls, so that depth is a matter of counting.
 */
class ExpressionReader {
  private readonly c: Cursor;
  private readonly tableFunction: boolean;
  private layers: Layer[] = [];

  constructor(c: Cursor, tableFunction: boolean) {
    this.c = c;
    this.tableFunction = tableFunction;
  }

  read(outer: Layer): Expression | null {
    const c = this.c;
    this.layers = [outer];
    let next: Next | null = "operand";
    for (;;) {
      this.advance(next);
      if (this.layers.length === 1) {
        if (outer instanceof OuterLayer) {
          if (outer.merge(c)) {
            const result = outer.result();
            if (result !== null) return result;
          }
        } else if (outer.finished) {
          const result = outer.result(c.rangeFrom(outer.start));
          if (result !== null) return result;
        }
      }
      // `interval` and `case` are names as well: where reading them as keywords failed, once more with a name.
      this.layers.pop();
      while (this.layers.length > 0 && this.top().checkpoint === null) this.layers.pop();
      const checkpoint = this.layers.length > 0 ? this.top().checkpoint : null;
      if (checkpoint === null) return null;
      this.top().checkpoint = null;
      this.top().asName = checkpoint.word;
      c.index = checkpoint.index;
      next = "operand";
    }
  }

  private top(): Layer {
    const layer = this.layers[this.layers.length - 1];
    if (layer === undefined) throw new Error("An expression has no layer left.");
    return layer;
  }

  private advance(first: Next): void {
    const c = this.c;
    let next: Next | null = first;
    while (c.kind !== Kind.End) {
      const layer = this.top();
      next = layer.step(c, next);
      if (next === null) return;
      if (layer.finished) {
        if (this.layers.length === 1) return;
        const node = layer.result(c.rangeFrom(layer.start));
        if (node === null) return;
        this.layers.pop();
        const depth = layer.deepest + 1;
        if (depth > maxDepth) throw c.tooDeep();
        this.top().push(node, depth);
        next = "operator";
        continue;
      }
      next = next === "operand" ? this.readOperand() : this.readOperatorOrAlias();
      if (next === null) return;
    }
  }

  private open(layer: Layer): Next {
    this.layers.push(layer);
    if (this.layers.length > maxDepth) throw this.c.tooDeep();
    return "operand";
  }

  private accept(node: Expression, depth = 1): Next {
    this.top().push(node, depth);
    return "operator";
  }

  private readOperand(): Next | null {
    const c = this.c;
    const layer = this.top();
    if (this.tableFunction && layer.isEmpty && c.word === "SETTINGS") {
      const before = c.index;
      const start = c.start;
      c.index++;
      const settings = c.grammar.settings(c);
      if (settings !== null) {
        const place = text("", c.rangeFrom(start));
        tableSettings.set(place, settings);
        layer.push(place, 1);
        return "operand";
      }
      c.index = before;
    }
    const beforeNumber = c.kind === Kind.Minus && (c.kindAt(1) === Kind.Number || (c.kindAt(1) === Kind.Word && isNumberWord(c.wordAt(1))));
    if (beforeNumber && layer.lastOperator?.type !== "tuple-element") {
      const number = readLiteral(c);
      if (number !== null) return this.accept(number);
    }
    if (layer.lastOperator?.type === "comparison" && (c.word === "ANY" || c.word === "SOME" || c.word === "ALL")) {
      const found = this.readQuantified(layer, c.word);
      if (found !== undefined) return found;
    }
    while (c.kind === Kind.Plus) c.index++;
    const start = c.start;
    const unary = readUnary(c);
    if (unary !== null) {
      layer.operators.push(unary);
      layer.unaryStarts.push(start);
      return "operand";
    }
    const asName = layer.asName;
    layer.asName = null;
    if (asName !== "INTERVAL" && c.word === "INTERVAL") {
      layer.checkpoint = { index: c.index, word: "INTERVAL" };
      c.index++;
      return this.open(new IntervalLayer(start));
    }
    if (asName !== "CASE" && c.word === "CASE") {
      layer.checkpoint = { index: c.index, word: "CASE" };
      c.index++;
      return this.open(new CaseLayer(start));
    }
    return this.readSimple(start);
  }

  private readSimple(start: number): Next | null {
    const c = this.c;
    switch (c.kind) {
      case Kind.Word:
      case Kind.QuotedName:
      case Kind.OpenCurly: {
        const isSpecial = c.kind === Kind.Word && special.has(c.word);
        const qualified = c.kindAt(1) === Kind.Dot || c.kind === Kind.OpenCurly;
        const simple =
          (isSpecial ? (c.attempt(() => readDated(c)) ?? c.attempt(() => readLiteral(c))) : null) ??
          (qualified ? c.attempt(() => readQualifiedAsterisk(c)) : null) ??
          (qualified || isSpecial ? c.attempt(() => readColumns(c)) : null);
        if (simple !== null) return this.accept(simple);
        return this.readNamed(start);
      }
      case Kind.Number:
      case Kind.String:
      case Kind.Heredoc: {
        const value = readLiteral(c);
        return value === null ? null : this.accept(value);
      }
      case Kind.Asterisk: {
        const asterisk = readAsterisk(c);
        return asterisk === null ? null : this.accept(asterisk);
      }
      case Kind.OpenRound:
        return this.readParentheses(start);
      case Kind.OpenSquare:
        c.index++;
        return this.open(new ArrayLayer(start));
      default: {
        const variable = readGlobalVariable(c);
        if (variable === null) c.expect("an expression");
        return variable === null ? null : this.accept(variable);
      }
    }
  }

  private readNamed(start: number): Next | null {
    const c = this.c;
    const before = c.index;
    const parts = readPath(c);
    if (parts !== null && c.kind === Kind.OpenRound && parts.every((part) => !part.parameter)) {
      const at = c.rangeFrom(start);
      c.index++;
      const outermost = this.layers.length === 1 && this.layers[0] instanceof OuterLayer;
      return this.open(layerForCall(parts, at, { tableFunction: this.tableFunction, outermost, parameters: true }));
    }
    if (parts !== null) return this.accept({ kind: "identifier", parts, alias: null, at: c.rangeFrom(start) });
    c.index = before;
    const parameter = readParameter(c);
    return parameter === null ? null : this.accept(parameter);
  }

  private readParentheses(start: number): Next | null {
    const c = this.c;
    if (mayBeginQuery(c)) {
      const before = c.index;
      const query = c.grammar.subquery(c);
      if (query !== null) return this.accept({ kind: "subquery", query, alias: null, at: c.rangeFrom(start) });
      c.index = before;
      // What begins with SELECT and breaks off is a query with a mistake in it, not something else.
      if (c.wordAt(1) === "SELECT" || c.wordAt(1) === "EXPLAIN") return null;
    }
    c.index++;
    return this.open(new ParenthesesLayer(start));
  }

  private readQuantified(layer: Layer, word: "ANY" | "SOME" | "ALL"): Next | null | undefined {
    const c = this.c;
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
    return result === null ? null : this.accept(result, depth + 4);
  }

  private readOperatorOrAlias(): Next | null {
    const c = this.c;
    const layer = this.top();
    // `CLEAR INDEX i IN PARTITION p`: no operator IN.
    if (c.word === "IN" && c.wordAt(1) === "PARTITION") return null;
    if (c.word === "ESCAPE") {
      const escaped = this.readEscape(layer);
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
    return this.afterOperator(layer, op, start);
  }

  private afterOperator(layer: Layer, op: Operator, start: number): Next | null {
    const c = this.c;
    if (op.type === "tuple-element") {
      const done = this.readElementByName(layer);
      if (done !== undefined) return done;
    }
    if (op.type === "is-null" || op.type === "truth" || op.type === "cast") {
      const depth = (layer.depths[layer.depths.length - 1] ?? 1) + 1;
      if (depth > maxDepth) throw c.tooDeep();
      const operand = layer.pop();
      if (operand === null) return null;
      if (op.type === "cast") {
        const type = c.grammar.dataType(c);
        return type === null ? null : this.accept(cast(operand, type, c.rangeFrom(operand.at.start)), depth);
      }
      const at = c.rangeFrom(operand.at.start);
      const nameAt = c.rangeFrom(start);
      const truth = / (TRUE|FALSE)$/.exec(op.text)?.[1];
      const args: Expression[] =
        truth === undefined
          ? [operand]
          : [operand, { kind: "literal", value: { type: "boolean", value: truth === "TRUE" }, alias: null, at: nameAt }];
      return this.accept(operation(op.name, op.text, args, at, nameAt), depth);
    }
    layer.operators.push(op);
    if (op.type === "array-element") return this.open(new ElementLayer(start));
    if (op.type === "start-between" || op.type === "start-not-between") layer.betweens++;
    return "operand";
  }

  /** `(expression).name`, `(expression).*`; undefined where a number follows the dot, which is read as an operand. */
  private readElementByName(layer: Layer): Next | null | undefined {
    const c = this.c;
    const matcher = readAsterisk(c) ?? (c.word === "COLUMNS" && c.kindAt(1) === Kind.OpenRound ? readColumns(c) : null);
    if (matcher !== null) {
      const expression = layer.pop();
      if (expression === null) return null;
      return this.accept({ ...matcher, expression, at: c.rangeFrom(expression.at.start) }, 2);
    }
    const name = c.kind === Kind.Word || c.kind === Kind.QuotedName ? readName(c) : null;
    if (name === null) return undefined;
    const depth = (layer.depths[layer.depths.length - 1] ?? 1) + 1;
    const operand = layer.pop();
    if (operand === null) return null;
    return this.accept(operation("tupleElement", ".", [operand, text(name.text, name.at)], c.rangeFrom(operand.at.start)), depth);
  }

  /** `x LIKE pattern ESCAPE '#'`; undefined where no LIKE came before. */
  private readEscape(layer: Layer): Next | null | undefined {
    const c = this.c;
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
    return this.accept(operation(like.name, like.text, args, c.rangeFrom(subject.at.start)), depth + 1);
  }
}

/** Whether the brackets that open here may hold a query: behind all of them stands a word that begins one. */
function mayBeginQuery(c: Cursor): boolean {
  let ahead = 1;
  while (c.kindAt(ahead) === Kind.OpenRound) ahead++;
  const word = c.wordAt(ahead);
  return word === "SELECT" || word === "WITH" || word === "FROM" || word === "EXPLAIN" || word === "VALUES";
}
