import { nextToken, type Token } from "../engines/postgres/parse/lexer.ts";
import type { Statement } from "../model/migration.ts";
import type { SchemaState } from "../model/schema.ts";
import { indentAt, offsetOf, type TextFile } from "./text-file.ts";

/** One statement as it stands in its file. All offsets are into the file's text; comments are no tokens. */
export interface SqlStatement {
  readonly file: TextFile;
  readonly start: number;
  /** Behind its last token: a comment may follow, and then the semicolon. */
  readonly end: number;
  readonly tokens: readonly Token[];
  /** Blanks before it on its line. */
  readonly indent: string;
  /** Its keywords are written in small letters. */
  readonly small: boolean;
}

/** Null: what stands at the statement's place is not the statement (a file that changed meanwhile, SQL inside of another language). */
export function locate(file: TextFile, statement: Statement): SqlStatement | null {
  const start = offsetOf(file, statement.span.line, statement.span.column);
  const end = start + statement.sql.length;
  if (file.text.slice(start, end) !== statement.sql) return null;
  const tokens: Token[] = [];
  for (let token = nextToken(file.text, start); token !== null && token.start < end; token = nextToken(file.text, token.end)) {
    if (token.kind !== "comment") tokens.push(token);
  }
  const [first] = tokens;
  const last = tokens.at(-1);
  if (first === undefined || last === undefined || last.end > end) return null;
  const small = /^[a-z]/.test(file.text.slice(first.start, first.end));
  return { file, start, end: last.end, tokens, indent: indentAt(file.text, start), small };
}

/** A keyword or phrase in the statement's own case. */
export function spelled(statement: SqlStatement, words: string): string {
  return statement.small ? words.toLowerCase() : words;
}

export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === "word" && words.includes(token.text);
}

export function isPunct(token: Token | undefined, text: string): boolean {
  return token?.kind === "punct" && token.text === text;
}

/** What the reader wrote from the first to the last of the tokens, without the comments in between. */
export function plainly(statement: SqlStatement, tokens: readonly Token[]): string {
  let text = "";
  let previous: Token | undefined;
  for (const token of tokens) {
    const apart = previous !== undefined && statement.file.text.slice(previous.end, token.start) !== "";
    text += `${apart ? " " : ""}${statement.file.text.slice(token.start, token.end)}`;
    previous = token;
  }
  return text;
}

/** Index behind a name that may be qualified: `app."Order"`. The same index: there is no name. */
export function behindName(tokens: readonly Token[], from: number): number {
  const isName = (token: Token | undefined): boolean => token?.kind === "word" || token?.kind === "quoted";
  if (!isName(tokens[from])) return from;
  let at = from + 1;
  while (isPunct(tokens[at], ".") && isName(tokens[at + 1])) at += 2;
  return at;
}

/** Index behind the parenthesis that closes the one at `open`. */
export function behindParenthesis(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (isPunct(tokens[at], "(")) depth++;
    else if (isPunct(tokens[at], ")") && --depth === 0) return at + 1;
  }
  return tokens.length;
}

/** `a, b, c` at the outermost level: not within parentheses or brackets. */
export function atCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "punct" && "([".includes(token.text)) depth++;
    else if (token.kind === "punct" && ")]".includes(token.text)) depth--;
    if (depth === 0 && isPunct(token, ",")) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** An ALTER TABLE taken apart. */
export interface AlterTable {
  /** `ALTER TABLE IF EXISTS app.person`, for another statement about the same table; without ONLY. */
  readonly head: string;
  /** The table as written: `app.person`. */
  readonly table: string;
  /** ALTER TABLE ONLY. */
  readonly only: boolean;
  readonly actions: readonly (readonly Token[])[];
}

export function alterTable(statement: SqlStatement): AlterTable | null {
  const { tokens } = statement;
  if (!isWord(tokens[0], "alter") || !isWord(tokens[1], "table")) return null;
  let at = 2;
  const ifExists = isWord(tokens[at], "if") && isWord(tokens[at + 1], "exists");
  if (ifExists) at += 2;
  const only = isWord(tokens[at], "only");
  if (only) at++;
  const name = at;
  at = behindName(tokens, at);
  if (at === name) return null;
  const table = plainly(statement, tokens.slice(name, at));
  if (isPunct(tokens[at], "*")) at++;
  const actions = atCommas(tokens.slice(at));
  if (actions.some((action) => action.length === 0)) return null;
  return { head: `${spelled(statement, ifExists ? "ALTER TABLE IF EXISTS" : "ALTER TABLE")} ${table}`, table, only, actions };
}

/** Offset behind the semicolon that ends the statement, or null where the file ends without one. */
export function behindSemicolon(text: string, from: number): number | null {
  for (let token = nextToken(text, from); token !== null; token = nextToken(text, token.end)) {
    if (token.kind === "comment") continue;
    return isPunct(token, ";") ? token.end : null;
  }
  return null;
}

/** Partitions, or tables that inherit from it. */
export function hasChildren(state: SchemaState, table: string): boolean {
  return [...state.relations.values()].some((relation) => relation.partitionOf === table || relation.inherits.includes(table));
}

/** Lines that a tool reads: what stands behind them belongs to them. */
const MARKER = /^-->|^--\s*(?:\+goose|\+migrate|migrate:|atlas:|no-transaction|(?:Up|Down)\s+Migration)/i;

/**
 * Where a statement that is to run before this one goes: above the comments that belong to it, below a tool's markers.
 * @param from behind the statement before it, or 0
 */
export function above(statement: SqlStatement, from: number): number {
  const { text } = statement.file;
  let comments: Token[] = [];
  for (let token = nextToken(text, from); token !== null && token.start < statement.start; token = nextToken(text, token.end)) {
    const raw = text.slice(token.start, token.end);
    const ownLine = token.start === 0 || /(?:^|\n)[ \t\ufeff]*$/.test(text.slice(text.lastIndexOf("\n", token.start - 1) + 1, token.start));
    if (token.kind !== "comment" || MARKER.test(raw) || !ownLine) comments = [];
    else comments.push(token);
  }
  let at = statement.start;
  let kept = comments.length;
  for (let n = comments.length - 1; n >= 0; n--) {
    const comment = comments[n];
    if (comment === undefined) break;
    const apart = /\n[ \t\r]*\n/.test(text.slice(comment.end, at));
    const binds = comments.slice(0, n + 1).some((each) => text.slice(each.start, each.end).includes("tread-ignore"));
    if (apart && !binds) break;
    at = comment.start;
    kept = n;
  }
  return comments[kept]?.start ?? statement.start;
}
