import type { Expression, FunctionExpression, LambdaExpression, Name, Range, WindowDefinition } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readName } from "../names.ts";
import { readAlias } from "./aliases.ts";
import { Layer, type Next } from "./layer.ts";
import { call, operation, withRange } from "./nodes.ts";
import { readOperator } from "./operators.ts";

/** A whole expression, without brackets around it. */
export class OuterLayer extends Layer {
  readonly trailingComma: boolean;
  constructor(start: number, trailingComma: boolean) {
    super(start, false, false);
    this.trailingComma = trailingComma;
  }

  override step(c: Cursor, next: Next): Next {
    if (c.kind !== Kind.Comma) return next;
    this.finished = true;
    if (this.trailingComma && endsList(c)) c.index++;
    return next;
  }

  override result(): Expression | null {
    return this.elements.length === 1 ? (this.elements[0] ?? null) : null;
  }
}

/** Whether the comma at hand is the last one of a list: `SELECT a, b, FROM t`. A column called `from` may follow it as well. */
function endsList(c: Cursor): boolean {
  const before = c.index;
  const ends = (): boolean => {
    c.index++;
    if (c.kind === Kind.End) return true;
    if (!c.keyword("FROM")) return false;
    if (c.kind === Kind.Comma || c.keyword("FROM") || readAlias(c, false) !== null) return false;
    return readOperator(c) === null;
  };
  const result = ends();
  c.index = before;
  return result;
}

/** Elements parted by commas, up to a closing bracket. */
export abstract class ListLayer extends Layer {
  abstract readonly close: number;

  override step(c: Cursor, next: Next): Next | null {
    if (c.kind === Kind.Comma) {
      c.index++;
      return this.merge(c) ? "operand" : null;
    }
    if (c.take(this.close, this.close === Kind.CloseSquare ? "]" : ")")) {
      if ((!this.isEmpty || this.elements.length > 0) && !this.merge(c)) return null;
      this.finished = true;
      return "operator";
    }
    return next;
  }
}

/** `(a)`, `(a, b)`, `()`. */
export class ParenthesesLayer extends Layer {
  private isTuple = false;
  constructor(start: number) {
    super(start, true, false);
  }

  override step(c: Cursor, before: Next): Next | null {
    let next = before;
    if (c.kind === Kind.Comma) {
      c.index++;
      next = "operand";
      this.isTuple = true;
      if (!this.merge(c)) return null;
    }
    if (c.take(Kind.CloseRound, ")")) {
      next = "operator";
      if (!this.isEmpty && !this.merge(c)) return null;
      // `(x) -> …` has a list of one parameter.
      if (c.kind === Kind.Arrow) this.isTuple = true;
      this.finished = true;
    }
    return next;
  }

  override result(at: Range): Expression | null {
    const [only] = this.elements;
    if (!this.isTuple && this.elements.length === 1 && only !== undefined) return withRange(only, at);
    return operation("tuple", "()", this.elements, at);
  }
}

export class ArrayLayer extends ListLayer {
  override readonly close: number = Kind.CloseSquare;
  constructor(start: number) {
    super(start, true, false);
  }
  override result(at: Range): Expression {
    return operation("array", "[]", this.elements, at);
  }
}

/** What stands between the brackets of `x[…]`. */
export class ElementLayer extends ListLayer {
  override readonly close: number = Kind.CloseSquare;
  constructor(start: number) {
    super(start, true, false);
  }
  override result(): Expression | null {
    return this.elements.length === 1 ? (this.elements[0] ?? null) : null;
  }
}

/** A call that turns into another function, or into itself, once its arguments are known. */
export class RewrittenCallLayer extends ListLayer {
  override readonly close: number = Kind.CloseRound;
  private readonly rewrite: (elements: readonly Expression[], at: Range) => Expression | null;
  constructor(start: number, bareAlias: boolean, rewrite: (elements: readonly Expression[], at: Range) => Expression | null) {
    super(start, true, bareAlias);
    this.rewrite = rewrite;
  }
  override result(at: Range): Expression | null {
    return this.rewrite(this.elements, at);
  }
}

/** `tuple(…)` cannot be the parameters of a lambda. */
export class TupleCallLayer extends ListLayer {
  override readonly close: number = Kind.CloseRound;
  constructor(start: number) {
    super(start, true, false);
  }
  override step(c: Cursor, next: Next): Next | null {
    const result = super.step(c, next);
    return this.finished && c.kind === Kind.Arrow ? null : result;
  }
  override result(at: Range): Expression {
    return call("tuple", this.elements, at, { start: at.start, end: at.start + 5 });
  }
}

/** Any call: `f(…)`, `f(…)(…)`, with DISTINCT, FILTER, RESPECT NULLS and OVER. */
export class CallLayer extends Layer {
  private state: "begin" | "arguments" = "begin";
  private readonly name: string;
  private readonly nameAt: Range;
  private readonly mayHaveParameters: boolean;
  private readonly isOperator: boolean;
  private parameters: Expression[] | null = null;
  private distinct = false;
  private done: Expression | null = null;

  constructor(name: string, nameAt: Range, mayHaveParameters: boolean, isOperator: boolean) {
    super(nameAt.start, true, false);
    this.name = name;
    this.nameAt = nameAt;
    this.mayHaveParameters = mayHaveParameters;
    this.isOperator = isOperator;
  }

  override step(c: Cursor, next: Next): Next | null {
    if (this.state === "begin") {
      this.state = "arguments";
      if (!this.readQuantifiers(c)) return null;
    }
    if (c.kind === Kind.Comma) {
      c.index++;
      return this.merge(c) ? "operand" : null;
    }
    if (c.kind !== Kind.CloseRound) {
      c.expect(")");
      return next;
    }
    c.index++;
    if ((!this.isEmpty || this.elements.length > 0) && !this.merge(c)) return null;
    if (this.mayHaveParameters && this.parameters === null && c.kind === Kind.OpenRound) {
      c.index++;
      this.parameters = this.elements;
      this.elements = [];
      if (this.distinct || !this.readQuantifiers(c)) return null;
      return "operand";
    }
    return this.finish(c) ? "operator" : null;
  }

  private readQuantifiers(c: Cursor): boolean {
    const before = c.index;
    let all = c.keyword("ALL");
    const distinct = c.keyword("DISTINCT");
    if (!all && c.keyword("ALL")) all = true;
    if (all && distinct) return false;
    // f(ALL) and f(DISTINCT, x) call f on a column of that name.
    if ((all || distinct) && (c.kind === Kind.Comma || c.kind === Kind.CloseRound)) c.index = before;
    else this.distinct = distinct;
    return true;
  }

  private finish(c: Cursor): boolean {
    let filter: Expression | null = null;
    let nulls: FunctionExpression["nulls"] = null;
    let over: WindowDefinition | Name | null = null;
    if (c.keyword("FILTER")) {
      if (!c.take(Kind.OpenRound, "(") || !c.keyword("WHERE")) return false;
      filter = c.grammar.expression(c, { alias: true });
      if (filter === null || !c.take(Kind.CloseRound, ")")) return false;
    }
    if (c.keyword("RESPECT", "NULLS")) nulls = "respect";
    else if (c.keyword("IGNORE", "NULLS")) nulls = "ignore";
    if (c.keyword("OVER")) {
      over = c.kind === Kind.OpenRound ? c.grammar.window(c) : readName(c);
      if (over === null) return false;
    }
    const at = c.rangeFrom(this.start);
    const settings = this.elements.flatMap((element) => tableSettings.get(element) ?? []);
    const args = settings.length === 0 ? this.elements : this.elements.filter((element) => !tableSettings.has(element));
    if (this.name === "lambda" && this.parameters === null && lambdaCall(args, at) !== null) this.done = lambdaCall(args, at);
    else {
      this.done = {
        ...call(this.name, args, at, this.nameAt),
        operator: this.isOperator ? "NOT" : null,
        parameters: this.parameters,
        distinct: this.distinct,
        nulls,
        filter,
        over,
        settings,
      };
    }
    this.finished = true;
    return true;
  }

  override result(): Expression | null {
    return this.done;
  }
}

/** `SETTINGS a = 1` stands among the arguments of a table function; until the call ends it is kept beside the argument that holds its place. */
export const tableSettings: WeakMap<Expression, FunctionExpression["settings"]> = new WeakMap();

/** The engine writes some lambdas as `lambda(tuple(x), x + 1)`. */
function lambdaCall(args: readonly Expression[], at: Range): LambdaExpression | null {
  const [parameters, body] = args;
  if (args.length !== 2 || parameters === undefined || body === undefined) return null;
  if (parameters.kind !== "function" || parameters.name !== "tuple") return null;
  const names: Name[] = [];
  for (const parameter of parameters.arguments) {
    if (parameter.kind !== "identifier") return null;
    const [first] = parameter.parts;
    if (first === undefined || parameter.parts.length > 1) return null;
    names.push(first);
  }
  return { kind: "lambda", parameters: names, body, alias: null, at };
}
