import type { Expression, Name, Range } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { operation, spanning, withAlias } from "./nodes.ts";
import type { Operator } from "./operators.ts";

export type Next = "operand" | "operator";

/** What is being read within one pair of brackets (or CASE … END): operands and operators waiting for each other, and finished elements. */
export abstract class Layer {
  readonly operators: Operator[] = [];
  readonly operands: Expression[] = [];
  /** How deep each operand is nested, beside `operands`: chains such as `1 + 1 + 1 …` grow in depth without brackets. */
  readonly depths: number[] = [];
  elements: Expression[] = [];
  deepest = 0;
  /** Open `BETWEEN … AND`: their AND is not the logical one. */
  betweens = 0;
  parsedAlias = false;
  finished = false;
  /** Where to go on after `INTERVAL` or `CASE` turned out to be a name. */
  checkpoint: { readonly index: number; readonly word: "INTERVAL" | "CASE" } | null = null;
  /** The word that is to be read as a name this time. */
  asName: "INTERVAL" | "CASE" | null = null;
  readonly start: number;
  readonly allowAlias: boolean;
  readonly allowBareAlias: boolean;

  constructor(start: number, allowAlias: boolean, allowBareAlias: boolean) {
    this.start = start;
    this.allowAlias = allowAlias;
    this.allowBareAlias = allowBareAlias;
  }

  /** Looks for separators and the end. Returns what must come next, null where nothing fits. */
  abstract step(c: Cursor, next: Next): Next | null;

  /** The expression that the finished layer stands for. */
  abstract result(at: Range): Expression | null;

  get isEmpty(): boolean {
    return this.operators.length === 0 && this.operands.length === 0;
  }

  get lastOperator(): Operator | undefined {
    return this.operators[this.operators.length - 1];
  }

  push(operand: Expression, depth: number): void {
    this.operands.push(operand);
    this.depths.push(depth);
    if (depth > this.deepest) this.deepest = depth;
  }

  pop(): Expression | null {
    this.depths.pop();
    return this.operands.pop() ?? null;
  }

  /**
   * Applies one operator to the operands before it.
   * @param midway Before the element is complete. There the engine forgets the `?` of a `:`, so that `a ? b : c ? d : e` is refused.
   */
  apply(c: Cursor, op: Operator, midway = false): boolean {
    let name = op.name;
    let arity = op.arity;
    let negated = false;
    if (op.type === "start-if" || op.type === "start-between" || op.type === "start-not-between") return false;
    if (op.type === "finish-if" && !midway) {
      if (this.operators.pop()?.type !== "start-if") return false;
    }
    if (op.type === "finish-between") {
      const begin = this.operators.pop();
      if (begin?.type !== "start-between" && begin?.type !== "start-not-between") return false;
      negated = begin.type === "start-not-between";
      name = negated ? "or" : "and";
      arity = 3;
    }
    if (arity > this.operands.length) return false;
    const args = this.operands.splice(this.operands.length - arity, arity);
    const depth = 1 + Math.max(...this.depths.splice(this.depths.length - arity, arity));
    if (depth > maxDepth) throw c.tooDeep();
    const first = args[0];
    const last = args[args.length - 1];
    if (first === undefined || last === undefined) return false;
    const at = spanning(first.at, last.at);
    if (op.type === "finish-between") {
      const [subject, low, high] = args;
      if (subject === undefined || low === undefined || high === undefined) return false;
      const text = negated ? "NOT BETWEEN" : "BETWEEN";
      const left = operation(negated ? "less" : "greaterOrEquals", text, [subject, low], at);
      const right = operation(negated ? "greater" : "lessOrEquals", text, [subject, high], at);
      this.push(operation(name, text, [left, right], at), depth + 1);
    } else if (op.type === "lambda") {
      const lambda = lambdaOf(first, last, at);
      if (lambda === null) return false;
      this.push(lambda, depth);
    } else if (op.arity === 1) {
      const start = Math.min(first.at.start, this.unaryStarts.pop() ?? first.at.start);
      this.push(operation(name, op.text, args, { start, end: last.at.end }), depth);
    } else this.push(operation(name, op.text, args, at), depth);
    return true;
  }

  /** Where the unary operators that wait stand. */
  readonly unaryStarts: number[] = [];

  /** Folds what waits into one element. */
  merge(c: Cursor, toElements = true): boolean {
    this.parsedAlias = false;
    for (let op = this.operators.pop(); op !== undefined; op = this.operators.pop()) if (!this.apply(c, op)) return false;
    const depth = this.depths[this.depths.length - 1] ?? 0;
    const node = this.pop();
    if (node === null) return false;
    const complete = this.isEmpty;
    if (toElements) this.elements.push(node);
    else this.push(node, depth);
    return complete;
  }

  /** Turns what was read so far into the parameters of a lambda. */
  startLambda(c: Cursor): boolean {
    const at = { start: c.start, end: c.start };
    if (this.isEmpty) {
      this.push(operation("tuple", "()", [], at), 1);
      return true;
    }
    if (this.operands.length !== 1 || this.operators.length > 0 || !this.merge(c)) return false;
    const last = this.elements[this.elements.length - 1];
    if (last === undefined) return false;
    const isTuple = last.kind === "function" && last.name === "tuple";
    const parameters = isTuple ? last.arguments : this.elements;
    if (isTuple) this.elements.pop();
    else this.elements = [];
    if (parameters.some((parameter) => parameter.kind !== "identifier")) return false;
    const first = parameters[0];
    this.push(operation("tuple", "()", parameters, isTuple || first === undefined ? last.at : spanning(first.at, last.at)), 2);
    return true;
  }

  setAlias(c: Cursor, alias: Name): boolean {
    if (!this.merge(c, false)) return false;
    const depth = this.depths[this.depths.length - 1] ?? 1;
    const operand = this.pop();
    const named = operand === null ? null : withAlias(operand, alias);
    if (named === null) return false;
    this.push(named, depth);
    return true;
  }

  hasPendingLambda(): boolean {
    return this.operators.some((op) => op.type === "lambda");
  }
}

/** Nesting of one expression. The engine refuses from 498 calls within each other on, 26.7 measured. */
export const maxDepth = 520;

function lambdaOf(parameters: Expression, body: Expression, at: Range): Expression | null {
  if (parameters.kind !== "function") return null;
  const names: Name[] = [];
  for (const parameter of parameters.arguments) {
    if (parameter.kind !== "identifier") return null;
    const [first, ...rest] = parameter.parts;
    if (first === undefined) return null;
    names.push(rest.length === 0 ? first : { ...first, text: parameter.parts.map((part) => part.text).join("."), at: parameter.at });
  }
  return { kind: "lambda", parameters: names, body, alias: null, at };
}
