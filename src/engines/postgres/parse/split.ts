import { nextToken, type Token } from "./lexer.ts";

/** A piece of a script: one statement or one psql meta-command, with the comments that belong to it. Offsets are UTF-16 units. */
export interface Piece {
  readonly kind: "statement" | "meta";
  readonly start: number;
  /** Without the semicolon. */
  readonly end: number;
  /** Comments before it, inside it, and behind it on its last line. */
  readonly comments: readonly { readonly start: number; readonly end: number }[];
  /** `COPY … FROM stdin` whose data followed in the script and was skipped. */
  readonly copyData: boolean;
}

type Comment = Piece["comments"][number];

/** psql commands that send what stands before them, as a semicolon would. Others leave the statement open. */
const SENDS = /^\\g(?:x|set|exec|desc)?\b|^\\(?:watch|crosstabview|bind)\b/;

/**
 * Splits a script as psql does (`psqlscan.l`): semicolons outside of quotes, comments and `BEGIN ATOMIC` bodies; backslash commands
 * to the end of their line; the data after `COPY … FROM stdin;` up to `\.`. Unlike psql an open parenthesis does not hide a
 * semicolon (except in CREATE RULE, where it must), so that one forgotten parenthesis spoils one statement and not the file.
 * Linear in the length of the text.
 */
export function split(text: string): Piece[] {
  const pieces: Piece[] = [];
  let comments: Comment[] = [];
  let open: Open | null = null;
  let at = 0;

  const finish = (end: number, copyData: boolean): void => {
    if (open === null) return;
    pieces.push({ kind: "statement", start: open.start, end, comments, copyData });
    open = null;
    comments = [];
  };

  for (let token = nextToken(text, at); token !== null; token = nextToken(text, at)) {
    at = token.end;
    if (token.kind === "comment") {
      const comment = { start: token.start, end: token.end };
      const last = pieces.at(-1);
      if (open === null && last !== undefined && comments.length === 0 && sameLine(text, last.end, token.start)) {
        pieces[pieces.length - 1] = { ...last, comments: [...last.comments, comment] };
      } else comments.push(comment);
      continue;
    }
    if (token.kind === "backslash") {
      const lineEnd = endOfLine(text, token.start);
      const command = text.slice(token.start, lineEnd);
      if (open !== null && !SENDS.test(command)) continue;
      finish(trimEnd(text, token.start), false);
      pieces.push({ kind: "meta", start: token.start, end: trimEnd(text, lineEnd), comments, copyData: false });
      comments = [];
      at = lineEnd;
      continue;
    }
    if (token.kind === "punct" && token.text === ";" && (open === null || !open.holdsSemicolon())) {
      const copies: boolean = open !== null && open.copiesFromStdin;
      const dataEnd = copies ? endOfCopyData(text, token.end) : null;
      finish(trimEnd(text, token.start), dataEnd !== null);
      if (dataEnd !== null) at = dataEnd;
      continue;
    }
    open ??= new Open(token.start);
    open.see(token);
  }
  finish(trimEnd(text, text.length), false);
  const last = pieces.at(-1);
  if (comments.length > 0 && last !== undefined) pieces[pieces.length - 1] = { ...last, comments: [...last.comments, ...comments] };
  return pieces;
}

/** What must be remembered of the statement being read to know where it ends. */
class Open {
  readonly start: number;
  copiesFromStdin = false;
  readonly #words: string[] = [];
  #parens = 0;
  #begins = 0;
  #previous = "";

  constructor(start: number) {
    this.start = start;
  }

  see(token: Token): void {
    if (token.kind === "word") {
      if (this.#words.length < 6) this.#words.push(token.text);
      if (this.#definesRoutine()) {
        // A body in standard SQL: BEGIN ATOMIC … END, where CASE … END nests.
        if (token.text === "begin") this.#begins++;
        else if (token.text === "case" && this.#begins > 0) this.#begins++;
        else if (token.text === "end" && this.#begins > 0) this.#begins--;
      }
      if (token.text === "stdin" && this.#words[0] === "copy" && this.#previous === "from") this.copiesFromStdin = true;
      this.#previous = token.text;
    } else {
      this.#previous = "";
      if (token.text === "(") this.#parens++;
      else if (token.text === ")") this.#parens--;
    }
  }

  holdsSemicolon(): boolean {
    return this.#begins > 0 || (this.#parens > 0 && this.#defines("rule"));
  }

  #definesRoutine(): boolean {
    return this.#defines("function") || this.#defines("procedure");
  }

  #defines(what: string): boolean {
    const words = this.#words;
    return words[0] === "create" && (words[1] === what || (words[1] === "or" && words[2] === "replace" && words[3] === what));
  }
}

function sameLine(text: string, from: number, to: number): boolean {
  const newline = text.indexOf("\n", from);
  return newline === -1 || newline >= to;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf("\n", from);
  return newline === -1 ? text.length : newline;
}

function trimEnd(text: string, end: number): number {
  let at = end;
  while (at > 0 && /[\s\ufeff]/.test(text.charAt(at - 1))) at--;
  return at;
}

/** The rows behind a `COPY … FROM stdin;` that ends at `statementEnd`, up to the line `\.`. `copyData` of its piece has said that there is one. */
export function copyDataBehind(text: string, statementEnd: number): string {
  const start = text.indexOf("\n", text.indexOf(";", statementEnd)) + 1;
  const mark = /^\\.[ \t]*\r?$/gm;
  mark.lastIndex = start;
  const end = mark.exec(text)?.index ?? text.length;
  return text.slice(start, end);
}

/** Behind the line `\.`, or null when there is none: then no data stands in the script. */
function endOfCopyData(text: string, from: number): number | null {
  const mark = /^\\\.[ \t]*\r?$/gm;
  mark.lastIndex = from;
  return mark.test(text) ? mark.lastIndex : null;
}
