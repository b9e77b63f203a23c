import type { Comment, Range } from "./ast.ts";
import { isDigit, isSpace, isWordCharacter, isWordOrDollar } from "./characters.ts";
import { commentEnd, encodedStringEnd, endOfWord, heredocEnd, isEncodedString, numberEnd, quoteEnd } from "./scan.ts";

/** The kinds of tokens. Numbers, so that a file of a million tokens is an array of small integers. */
const kindNumbers = {
  End: 0,
  Word: 1,
  QuotedName: 2,
  Number: 3,
  String: 4,
  Heredoc: 5,
  OpenRound: 6,
  CloseRound: 7,
  OpenSquare: 8,
  CloseSquare: 9,
  OpenCurly: 10,
  CloseCurly: 11,
  Comma: 12,
  Semicolon: 13,
  Dot: 14,
  Asterisk: 15,
  Plus: 16,
  Minus: 17,
  Slash: 18,
  Percent: 19,
  Arrow: 20,
  Question: 21,
  Colon: 22,
  DoubleColon: 23,
  Equals: 24,
  NotEquals: 25,
  Less: 26,
  Greater: 27,
  LessOrEquals: 28,
  GreaterOrEquals: 29,
  Spaceship: 30,
  Concatenation: 31,
  Pipe: 32,
  At: 33,
  DoubleAt: 34,
  Dollar: 35,
  Caret: 36,
  Error: 37,
} as const;

/** As plain numbers, so that a comparison says nothing to the compiler about the token that comes next. */
export const Kind: Readonly<Record<keyof typeof kindNumbers, number>> = kindNumbers;

/** Parallel arrays: token `i` is `kinds[i]` at `starts[i]` to `ends[i]`; `words[i]` is a bare word in capitals, "" for other tokens. */
export interface Tokens {
  readonly kinds: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly words: readonly string[];
  readonly comments: readonly Comment[];
  /** Offset behind the last token: behind the semicolon, or the end of the script. */
  readonly end: number;
  /** What is wrong with the first token that is none, null when all are sound. */
  readonly error: { readonly at: Range; readonly message: string } | null;
}

const single: ReadonlyMap<string, number> = new Map([
  ["(", Kind.OpenRound],
  [")", Kind.CloseRound],
  ["[", Kind.OpenSquare],
  ["]", Kind.CloseSquare],
  ["{", Kind.OpenCurly],
  ["}", Kind.CloseCurly],
  [",", Kind.Comma],
  [";", Kind.Semicolon],
  ["+", Kind.Plus],
  ["*", Kind.Asterisk],
  ["%", Kind.Percent],
  ["?", Kind.Question],
  ["^", Kind.Caret],
  ["\u2212", Kind.Minus],
]);

/** Two characters and more, longest first. */
const compound: readonly (readonly [string, number])[] = [
  ["<=>", Kind.Spaceship],
  ["->", Kind.Arrow],
  ["==", Kind.Equals],
  ["!=", Kind.NotEquals],
  ["<=", Kind.LessOrEquals],
  ["<>", Kind.NotEquals],
  [">=", Kind.GreaterOrEquals],
  ["::", Kind.DoubleColon],
  ["||", Kind.Concatenation],
  ["@@", Kind.DoubleAt],
  ["-", Kind.Minus],
  ["/", Kind.Slash],
  ["=", Kind.Equals],
  ["<", Kind.Less],
  [">", Kind.Greater],
  [":", Kind.Colon],
  ["|", Kind.Pipe],
  ["@", Kind.At],
];

const capitals = new Map<string, string>();

/** The word in capitals; remembered, since a script repeats its words. */
function inCapitals(word: string): string {
  const known = capitals.get(word);
  if (known !== undefined) return known;
  const upper = word.toUpperCase();
  if (capitals.size < 10_000) capitals.set(word, upper);
  return upper;
}

/**
 * Splits off the tokens of one statement: up to and including the first semicolon after `from`, or to the end.
 * As the engine's lexer does: nested block comments; `--`, `//`, `# ` and `#!` to the end of the line; names in backticks or double quotes,
 * strings in single quotes with backslashes or doubled quotes; heredocs `$tag$ … $tag$`; typographic quotes and minus.
 */
export function lexStatement(source: string, from: number): Tokens {
  const kinds: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const words: string[] = [];
  const comments: Comment[] = [];
  let error: Tokens["error"] = null;
  let previous: number = Kind.End;
  let at = from;

  const push = (kind: number, end: number): void => {
    kinds.push(kind);
    starts.push(at);
    ends.push(end);
    words.push(kind === Kind.Word ? inCapitals(source.slice(at, end)) : "");
    previous = kind;
    at = end;
  };
  /** Behind `INSERT INTO … FORMAT name` stands data, which is not to be read as SQL. */
  const beforeData = (): boolean => {
    const last = words.length - 1;
    if (words[0] !== "INSERT" || words[last - 1] !== "FORMAT" || previous !== Kind.Word) return false;
    const before = words[last - 2];
    if (before === "INTO" || before === "TABLE" || kinds[last - 2] === Kind.Dot) return false;
    return !words.includes("SELECT") && !words.includes("INFILE");
  };
  const fail = (message: string, end: number): void => {
    error ??= { at: { start: at, end }, message };
    push(Kind.Error, end);
  };

  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (isSpace(code)) {
      at++;
      continue;
    }
    const comment = commentEnd(source, at, code);
    if (comment !== null) {
      if (comment === -1) {
        fail("This comment does not end: */ is missing.", source.length);
        break;
      }
      comments.push({ text: source.slice(at, comment), at: { start: at, end: comment } });
      at = comment;
      continue;
    }
    if (isDigit(code) || (code === 46 && startsNumber(source, at, previous))) {
      const end = numberEnd(source, at, previous === Kind.Dot && code !== 46);
      const wordEnd = endOfWord(source, end);
      if (wordEnd === end) push(Kind.Number, end);
      // `1st_column` is a name: names may begin with digits.
      else if (/^\w+$/.test(source.slice(at, wordEnd))) push(Kind.Word, wordEnd);
      else fail("This is neither a number nor a name.", wordEnd);
      continue;
    }
    if (code === 46) {
      push(Kind.Dot, at + 1);
      continue;
    }
    if (code === 39 || code === 34 || code === 96) {
      const end = quoteEnd(source, at, code);
      if (end === -1) fail(`This quote is not closed: ${source[at] ?? ""} is missing.`, source.length);
      else push(code === 39 ? Kind.String : Kind.QuotedName, end);
      continue;
    }
    if (code === 0x2018 || code === 0x201c) {
      const end = source.indexOf(code === 0x2018 ? "\u2019" : "\u201d", at + 1);
      if (end === -1) fail("This quote is not closed.", source.length);
      else push(code === 0x2018 ? Kind.String : Kind.QuotedName, end + 1);
      continue;
    }
    if (code === 36) {
      const end = heredocEnd(source, at);
      if (end !== -1) push(Kind.Heredoc, end);
      else if (at + 1 < source.length && isWordOrDollar(source.charCodeAt(at + 1))) push(Kind.Word, endOfWord(source, at));
      else push(Kind.Dollar, at + 1);
      continue;
    }
    if (isWordCharacter(code)) {
      const end = isEncodedString(source, at, code) ? encodedStringEnd(source, at, code) : endOfWord(source, at);
      if (end === -1) fail("This string is not closed, or holds what is no digit.", source.length);
      else push(source.charCodeAt(end - 1) === 39 ? Kind.String : Kind.Word, end);
      if (beforeData()) break;
      continue;
    }
    const character = source[at] ?? "";
    const kind = single.get(character);
    if (kind !== undefined) {
      push(kind, at + 1);
      if (kind === Kind.Semicolon) break;
      continue;
    }
    const operator = compound.find(([text]) => source.startsWith(text, at));
    if (operator !== undefined) push(operator[1], at + operator[0].length);
    else fail(`ClickHouse knows no token that begins with ${character}.`, at + 1);
  }
  const end = at;
  // Three ends: a parser may look two tokens ahead without asking how many there are.
  const last = previous === Kind.Semicolon ? (starts[starts.length - 1] ?? at) : at;
  if (previous === Kind.Semicolon) {
    kinds.pop();
    starts.pop();
    ends.pop();
    words.pop();
  }
  for (let i = 0; i < 3; i++) {
    kinds.push(Kind.End);
    starts.push(last);
    ends.push(last);
    words.push("");
  }
  return { kinds, starts, ends, words, comments, end, error };
}

/** A dot begins a number before a digit, unless something stands before it that has elements: `t.1`, `(1, 2).1`. */
function startsNumber(source: string, at: number, previous: number): boolean {
  return (
    isDigit(source.charCodeAt(at + 1)) &&
    previous !== Kind.CloseRound &&
    previous !== Kind.CloseSquare &&
    previous !== Kind.Word &&
    previous !== Kind.QuotedName &&
    previous !== Kind.Number
  );
}
