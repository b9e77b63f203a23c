import { tokensOf, type Token } from "../parse/lexer.ts";
import type { Value } from "./value-sets.ts";

/** Walks the tokens of an expression's text. */
export class Tokens {
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  at = 0;

  constructor(sql: string) {
    this.#sql = sql;
    this.#tokens = tokensOf(sql).filter((t) => t.kind !== "comment");
  }

  get next(): Token | undefined {
    return this.#tokens[this.at];
  }
  get ended(): boolean {
    return this.at >= this.#tokens.length;
  }
  text(token: Token): string {
    return this.#sql.slice(token.start, token.end);
  }
  is(text: string): boolean {
    const token = this.next;
    return token !== undefined && (token.kind === "word" || token.kind === "punct") && token.text === text;
  }
  /** Takes all of these, or none. */
  take(...texts: readonly string[]): boolean {
    const from = this.at;
    for (const text of texts) {
      if (!this.is(text)) {
        this.at = from;
        return false;
      }
      this.at++;
    }
    return true;
  }
}

const TYPE_WORDS = new Set(["with", "without", "time", "zone", "varying", "precision"]);

/** `::character varying(20)[]` after a constant or a column; it does not change what is compared. */
export function skipCasts(tokens: Tokens): void {
  while (tokens.take(":", ":")) {
    tokens.at++;
    while (tokens.take(".")) tokens.at++;
    while (tokens.next?.kind === "word" && TYPE_WORDS.has(tokens.next.text)) tokens.at++;
    if (tokens.take("(")) while (!tokens.ended && !tokens.take(")")) tokens.at++;
    while (tokens.take("[", "]"));
  }
}

/** A literal, with what is cast around it; null where there is none, and nothing is taken then. */
export function constant(tokens: Tokens): Value | null {
  const from = tokens.at;
  if (tokens.take("(")) {
    const inner = constant(tokens);
    if (inner !== null && tokens.take(")")) {
      skipCasts(tokens);
      return inner;
    }
    tokens.at = from;
    return null;
  }
  const negative = tokens.take("-");
  const token = tokens.next;
  if (token?.kind === "number") {
    tokens.at++;
    skipCasts(tokens);
    return { kind: "number", at: (negative ? -1 : 1) * Number(tokens.text(token).replaceAll("_", "")) };
  }
  if (token?.kind === "word" && (token.text === "true" || token.text === "false")) {
    tokens.at++;
    return { kind: "string", at: token.text };
  }
  if (token?.kind === "word" && /^(?:date|timestamp|timestamptz)$/.test(token.text)) {
    tokens.at++;
    if (tokens.take("with", "time", "zone") || tokens.take("without", "time", "zone")) return constant(tokens);
    if (tokens.next?.kind === "string") return constant(tokens);
  } else if (token?.kind === "string" && tokens.text(token).startsWith("'")) {
    tokens.at++;
    skipCasts(tokens);
    return ofText(tokens.text(token).slice(1, -1).replaceAll("''", "'"));
  }
  tokens.at = from;
  return null;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;

function ofText(text: string): Value {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return { kind: "number", at: Number(text) };
  const match = DATE.exec(text);
  if (match === null) return { kind: "string", at: text };
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", zone] = match;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)) + Number(second) * 1000;
  if (zone === undefined) return { kind: "local", at };
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  const minutes = offset === null ? 0 : (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0));
  return { kind: "instant", at: at - minutes * 60_000 };
}
