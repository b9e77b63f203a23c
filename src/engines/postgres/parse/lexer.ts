/**
 * The lexical rules of Postgres (manual section 4.1; `scan.l`) as far as splitting and slicing need them. The grammar itself is
 * libpg-query's; this exists because the grammar gives up on a whole text at its first syntax error, and because its offsets are
 * bytes while everything in tread counts UTF-16 units.
 */
type TokenKind = "word" | "quoted" | "string" | "number" | "param" | "punct" | "comment" | "backslash";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** Lower-cased word, unquoted identifier, or the character itself; empty for strings and comments. */
  readonly text: string;
  /** The text ended inside this string, quoted identifier or comment. */
  readonly unterminated?: boolean;
}

const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const WORD = /[A-Za-z_0-9$\u0080-\uffff]*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?)\.?/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*)?\$/y;
const SPACE = /[\s\ufeff]*/y;

/** The next token at or after `from`, comments included, or null at the end. */
export function nextToken(text: string, from: number): Token | null {
  SPACE.lastIndex = from;
  SPACE.test(text);
  const start = SPACE.lastIndex;
  if (start >= text.length) return null;
  const c = text.charAt(start);
  const next = text.charAt(start + 1);
  if (c === "-" && next === "-") {
    const newline = text.indexOf("\n", start);
    return { kind: "comment", start, end: newline === -1 ? text.length : newline, text: "" };
  }
  if (c === "/" && next === "*") return blockComment(text, start);
  if (c === "'") return quoted(text, start, start, "string", false);
  if (c === '"') return quoted(text, start, start, "quoted", false);
  if ((c === "e" || c === "E") && next === "'") return quoted(text, start, start + 1, "string", true);
  if (/[bBxXnN]/.test(c) && next === "'") return quoted(text, start, start + 1, "string", false);
  if ((c === "u" || c === "U") && next === "&") {
    const quote = text.charAt(start + 2);
    if (quote === "'") return quoted(text, start, start + 2, "string", false);
    if (quote === '"') return quoted(text, start, start + 2, "quoted", false);
  }
  if (c === "$") {
    DOLLAR_TAG.lastIndex = start;
    if (DOLLAR_TAG.test(text)) return dollarQuoted(text, start, DOLLAR_TAG.lastIndex);
    let end = start + 1;
    while (/\d/.test(text.charAt(end))) end++;
    return end > start + 1 ? { kind: "param", start, end, text: text.slice(start, end) } : punct(start, c);
  }
  if (WORD_START.test(c)) {
    WORD.lastIndex = start;
    WORD.test(text);
    return { kind: "word", start, end: WORD.lastIndex, text: text.slice(start, WORD.lastIndex).toLowerCase() };
  }
  if (/\d/.test(c) || (c === "." && /\d/.test(next))) {
    NUMBER.lastIndex = start;
    NUMBER.test(text);
    const end = Math.max(NUMBER.lastIndex, start + 1);
    return { kind: "number", start, end, text: text.slice(start, end) };
  }
  if (c === "\\") return { kind: "backslash", start, end: start + 1, text: c };
  return punct(start, c);
}

function punct(start: number, text: string): Token {
  return { kind: "punct", start, end: start + 1, text };
}

/** Block comments nest in Postgres, unlike in the SQL of others. */
function blockComment(text: string, start: number): Token {
  let depth = 1;
  let at = start + 2;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  for (let m = mark.exec(text); m !== null; m = mark.exec(text)) {
    depth += m[0] === "/*" ? 1 : -1;
    at = mark.lastIndex;
    if (depth === 0) return { kind: "comment", start, end: at, text: "" };
  }
  return { kind: "comment", start, end: text.length, text: "", unterminated: true };
}

function quoted(text: string, start: number, open: number, kind: "string" | "quoted", escapes: boolean): Token {
  const quote = text.charAt(open);
  let at = open + 1;
  for (;;) {
    const close = text.indexOf(quote, at);
    if (close === -1) return { kind, start, end: text.length, text: "", unterminated: true };
    if (escapes) {
      const escape = text.indexOf("\\", at);
      if (escape !== -1 && escape < close) {
        at = escape + 2;
        continue;
      }
    }
    if (text.charAt(close + 1) === quote) {
      at = close + 2;
      continue;
    }
    const value = kind === "quoted" ? text.slice(open + 1, close).replaceAll('""', '"') : "";
    return { kind, start, end: close + 1, text: value };
  }
}

function dollarQuoted(text: string, start: number, bodyStart: number): Token {
  const tag = text.slice(start, bodyStart);
  const close = text.indexOf(tag, bodyStart);
  return close === -1
    ? { kind: "string", start, end: text.length, text: "", unterminated: true }
    : { kind: "string", start, end: close + tag.length, text: "" };
}

/** The tokens of a statement without its comments. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let token = nextToken(text, 0); token !== null; token = nextToken(text, token.end)) {
    if (token.kind !== "comment") tokens.push(token);
  }
  return tokens;
}
