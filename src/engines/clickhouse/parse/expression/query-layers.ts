import type { Expression, Range } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { Layer, type Next } from "./layer.ts";
import { call, operation } from "./nodes.ts";

/** `EXISTS(SELECT …)`. */
export class ExistsLayer extends Layer {
  private done: Expression | null = null;
  constructor(start: number) {
    super(start, true, true);
  }

  override step(c: Cursor, next: Next): Next | null {
    const start = c.start;
    const query = c.grammar.query(c);
    if (query === null) return null;
    const at = c.rangeFrom(start);
    if (!c.take(Kind.CloseRound, ")")) return null;
    this.done = operation("exists", "EXISTS", [{ kind: "subquery", query, alias: null, at }], c.rangeFrom(this.start));
    this.finished = true;
    return next;
  }

  override result(): Expression | null {
    return this.done;
  }
}

/** The table functions `view(SELECT …)` and `viewIfPermitted(SELECT … ELSE f())`. */
export class ViewLayer extends Layer {
  private read = false;
  private readonly ifPermitted: boolean;
  constructor(start: number, ifPermitted: boolean) {
    super(start, true, false);
    this.ifPermitted = ifPermitted;
  }

  override step(c: Cursor, next: Next): Next | null {
    if (!this.read) {
      this.read = true;
      const start = c.start;
      const inParentheses = c.kind === Kind.OpenRound;
      const query = c.grammar.query(c);
      // `view((SELECT 1))` is no view but a function of a subquery, which does not exist.
      if (query === null || (inParentheses && query.kind !== "set-operation")) return null;
      this.elements.push({ kind: "subquery", query, alias: null, at: c.rangeFrom(start) });
      if (!this.ifPermitted) {
        if (!c.take(Kind.CloseRound, ")")) return null;
        this.finished = true;
        return next;
      }
      return c.keyword("ELSE") ? next : null;
    }
    if (c.take(Kind.CloseRound, ")")) {
      if (!this.merge(c)) return null;
      this.finished = true;
    }
    return next;
  }

  override result(at: Range): Expression {
    return call(this.ifPermitted ? "viewIfPermitted" : "view", this.elements, at);
  }
}
