import type { Expression, Range } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readName } from "../names.ts";
import { castOrCall } from "./cast-text.ts";
import { Layer, type Next } from "./layer.ts";
import { call, cast, literal, operation } from "./nodes.ts";

/** `CAST(x AS T)`, `CAST(x, 'T')`, with aliases in both. */
export class CastLayer extends Layer {
  private state: "value" | "type" = "value";
  private done: Expression | null = null;
  constructor(start: number) {
    super(start, true, true);
  }

  override step(c: Cursor, next: Next): Next | null {
    if (this.state === "value") {
      if (c.keyword("AS")) return this.readType(c);
      if (c.kind === Kind.Comma) {
        c.index++;
        if (!this.merge(c)) return null;
        this.state = "type";
        return "operand";
      }
    } else if (c.take(Kind.CloseRound, ")")) {
      const [operand, type] = this.merge(c) ? this.elements : [];
      if (operand === undefined || type === undefined || this.elements.length !== 2) return null;
      this.done = castOrCall(c, operand, type, c.rangeFrom(this.start));
      this.finished = true;
    }
    return next;
  }

  private readType(c: Cursor): Next | null {
    const before = c.index;
    // CAST(x AS alias AS T)
    const alias = readName(c);
    if (alias !== null && c.keyword("AS")) {
      const type = c.grammar.dataType(c);
      if (type !== null && c.take(Kind.CloseRound, ")")) return this.setAlias(c, alias) ? this.finish(c, type) : null;
    }
    c.index = before;
    // CAST(x AS alias, 'T')
    const name = readName(c);
    if (name !== null && c.kind === Kind.Comma) {
      c.index++;
      if (!this.setAlias(c, name) || !this.merge(c)) return null;
      this.state = "type";
      return "operand";
    }
    c.index = before;
    const type = c.grammar.dataType(c);
    return type !== null && c.take(Kind.CloseRound, ")") ? this.finish(c, type) : null;
  }

  private finish(c: Cursor, type: Parameters<typeof cast>[1]): Next | null {
    const [operand] = this.merge(c) ? this.elements : [];
    if (operand === undefined) return null;
    this.done = cast(operand, type, c.rangeFrom(this.start));
    this.finished = true;
    return "operator";
  }

  override result(): Expression | null {
    return this.done;
  }
}

/** Arguments whose separators may be words: `SUBSTRING(x FROM 1 FOR 2)`, `POSITION(a IN b)`, `OVERLAY(x PLACING y FROM 1)`. */
export class WordSeparatedLayer extends Layer {
  private position = 0;
  private mode: "comma" | "words" | null = null;
  private readonly form: WordSeparatedForm;
  constructor(start: number, form: WordSeparatedForm) {
    super(start, true, true);
    this.form = form;
  }

  override step(c: Cursor, next: Next): Next | null {
    const word = this.form.words[this.position];
    const comma = (this.mode !== "words" || this.form.mixed) && this.position < this.form.most - 1 && c.kind === Kind.Comma;
    const separates = comma || (word !== undefined && (this.mode !== "comma" || this.form.mixed) && c.keyword(word));
    if (separates) {
      if (comma) c.index++;
      if (!this.merge(c)) return null;
      this.mode ??= comma ? "comma" : "words";
      this.position++;
      // Right behind one separator the next is no operand, though it could be a name: `SUBSTRING(x FROM for)`.
      const following = this.form.words[this.position];
      return following !== undefined && (this.mode === "words" || this.form.mixed) && c.word === following ? null : "operand";
    }
    const enough = this.position + 1 >= (this.mode === "words" ? this.form.leastByWords : this.form.least) || this.hasPendingLambda();
    if (enough && c.take(Kind.CloseRound, ")")) {
      if (!this.merge(c)) return null;
      this.finished = true;
      return "operator";
    }
    return next;
  }

  override result(at: Range): Expression {
    const swap = this.form.swap && this.mode === "words";
    return call(this.form.name, swap ? this.elements.toReversed() : this.elements, at);
  }
}

export interface WordSeparatedForm {
  readonly name: string;
  readonly words: readonly string[];
  /** Fewest arguments with commas, and with words. */
  readonly least: number;
  readonly leastByWords: number;
  readonly most: number;
  /** Commas and words may be mixed. */
  readonly mixed: boolean;
  readonly swap: boolean;
}

/** `TRIM([BOTH|LEADING|TRAILING] x FROM y)`, LTRIM, RTRIM. */
export class TrimLayer extends Layer {
  private state: "begin" | "what" | "rest" = "begin";
  private side: "trimBoth" | "trimLeft" | "trimRight" | null;
  private what: Expression | null = null;
  private nothing = false;
  constructor(start: number, side: "trimLeft" | "trimRight" | null) {
    super(start, true, true);
    this.side = side;
  }

  override step(c: Cursor, next: Next): Next | null {
    if (this.state === "begin") {
      this.state = "rest";
      if (this.side === null) {
        const side = c.keyword("BOTH") ? "trimBoth" : c.keyword("LEADING") ? "trimLeft" : c.keyword("TRAILING") ? "trimRight" : null;
        this.side = side ?? "trimBoth";
        if (side !== null) this.state = "what";
      }
    }
    if (this.state === "what" && c.keyword("FROM")) {
      const [what] = this.merge(c) ? this.elements : [];
      if (what === undefined) return null;
      // Trimming nothing off is nothing: the engine keeps the other argument alone.
      if (what.kind === "literal" && what.value.type === "string" && what.value.value === "") this.nothing = true;
      else {
        this.what = what;
        this.elements = [];
      }
      this.state = "rest";
      return "operand";
    }
    if (this.state !== "rest") return next;
    if (c.kind === Kind.Comma) {
      c.index++;
      return this.merge(c) ? "operand" : null;
    }
    if (c.take(Kind.CloseRound, ")")) {
      if (!this.merge(c)) return null;
      if (this.what !== null) this.elements.push(this.what);
      this.finished = true;
    }
    return next;
  }

  override result(at: Range): Expression | null {
    if (this.nothing) return this.elements[1] ?? null;
    return call(this.side ?? "trimBoth", this.elements, at);
  }
}

/** `CASE [x] WHEN a THEN b [ELSE c] END`: `caseWithExpression` or `multiIf`. */
export class CaseLayer extends Layer {
  private state: "begin" | "branches" | "then" | "else" = "begin";
  private hasSubject = false;
  constructor(start: number) {
    super(start, true, true);
  }

  override step(c: Cursor, next: Next): Next | null {
    if (this.state === "begin") {
      this.hasSubject = !c.sees("WHEN");
      this.state = "branches";
    }
    if (this.state === "branches") {
      if (c.keyword("WHEN")) {
        if ((this.hasSubject || this.elements.length > 0) && !this.merge(c)) return null;
        this.state = "then";
        return c.word === "THEN" ? null : "operand";
      }
      if (c.keyword("ELSE")) {
        if (!this.merge(c)) return null;
        this.state = "else";
        return c.word === "END" ? null : "operand";
      }
      if (c.keyword("END")) {
        if (!this.merge(c)) return null;
        this.elements.push(literal({ type: "null" }, { start: c.lastEnd, end: c.lastEnd }));
        this.finished = true;
      }
    } else if (this.state === "then") {
      if (c.keyword("THEN")) {
        if (!this.merge(c)) return null;
        this.state = "branches";
        return "operand";
      }
    } else if (c.keyword("END")) {
      if (!this.merge(c)) return null;
      this.finished = true;
    }
    return next;
  }

  override result(at: Range): Expression {
    return operation(this.hasSubject ? "caseWithExpression" : "multiIf", "CASE", this.elements, at);
  }
}
