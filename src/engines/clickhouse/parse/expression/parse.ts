import type { Expression, FunctionExpression } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import type { ExpressionMode } from "../grammar.ts";
import { Kind } from "../lexer.ts";
import { readName, readNameParts, readPath } from "../names.ts";
import { readAlias } from "./aliases.ts";
import { layerForCall } from "./calls.ts";
import { readAsterisk, readColumns, readQualifiedAsterisk } from "./columns.ts";
import { type Layer, maxDepth, type Next } from "./layer.ts";
import { ArrayLayer, OuterLayer, ParenthesesLayer, tableSettings } from "./layers.ts";
import { call, text } from "./nodes.ts";
import { readDated, readGlobalVariable, readLiteral, readParameter } from "./operands.ts";
import { isNumberWord } from "../numbers.ts";
import { mayBeginQuery, readOperatorOrAlias, readQuantified } from "./operator-step.ts";
import { readUnary } from "./operators.ts";
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
      if (next === "operand") next = this.readOperand();
      else {
        const step = readOperatorOrAlias(c, layer);
        next = step === null || typeof step === "string" ? step : this.open(step);
      }
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
      const found = readQuantified(c, layer, c.word);
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
}
