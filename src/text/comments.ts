/** The languages whose comments are told apart from code. */
export type CommentSyntax = "python" | "slashes" | "sql";

/** One line of a file, its comment apart from its code. */
export interface SourceLine {
  /** The code of the line with its strings, comments taken out. */
  readonly code: string;
  /** What the comment says, without its markers; null where the line has none. */
  readonly comment: string | null;
  /** The line begins inside of a string or a block comment that an earlier line opened. */
  readonly continues: boolean;
}

const LINE_COMMENT: Readonly<Record<CommentSyntax, string>> = { python: "#", slashes: "//", sql: "--" };

/**
 * Splits a text into lines with their comments, strings respected: enough to find a comment beside a declaration, in files that need
 * not parse. `slashes` is TypeScript and Prisma (`//`, `///` and block comments).
 */
export function linesWithComments(text: string, syntax: CommentSyntax): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  const marker = LINE_COMMENT[syntax];
  /** What closes the string or block comment that is open, and whether it is a comment. */
  let open: { readonly close: string; readonly comment: boolean } | null = null;
  for (const line of text.split(/\r?\n/)) {
    const continues = open !== null;
    let code = "";
    let comment: string | null = null;
    const say = (part: string): void => void (comment = comment === null ? part.trim() : `${comment} ${part.trim()}`);
    let at = 0;
    while (at < line.length) {
      if (open !== null) {
        const { close, comment: inComment }: { readonly close: string; readonly comment: boolean } = open;
        const end = endOf(line, at, close, syntax);
        const part = line.slice(at, end === -1 ? line.length : end);
        if (inComment) say(part.replace(/^[\s*]+/, ""));
        else code += line.slice(at, end === -1 ? line.length : end + close.length);
        at = end === -1 ? line.length : end + close.length;
        if (end !== -1) open = null;
        continue;
      }
      if (line.startsWith(marker, at)) {
        say(line.slice(at).replace(/^[#/\-!]+/, ""));
        break;
      }
      if (syntax !== "python" && line.startsWith("/*", at)) {
        open = { close: "*/", comment: true };
        at += 2;
        continue;
      }
      const quote = quoteAt(line, at, syntax);
      if (quote !== null) {
        code += quote;
        at += quote.length;
        open = { close: quote, comment: false };
        continue;
      }
      code += line.charAt(at++);
    }
    // A string that no quote may carry over the line end is over (an apostrophe in JSX, a broken line).
    if (open !== null && !open.comment && !spansLines(open.close, syntax)) open = null;
    lines.push({ code, comment, continues });
  }
  return lines;
}

function quoteAt(line: string, at: number, syntax: CommentSyntax): string | null {
  const character = line.charAt(at);
  if (syntax === "python") {
    if (character !== '"' && character !== "'") return null;
    const triple = character.repeat(3);
    return line.startsWith(triple, at) ? triple : character;
  }
  if (syntax === "sql") {
    if (character === "'" || character === '"') return character;
    return character === "$" ? (/^\$(?:[A-Za-z_]\w*)?\$/.exec(line.slice(at))?.[0] ?? null) : null;
  }
  return character === '"' || character === "'" || character === "`" ? character : null;
}

function spansLines(close: string, syntax: CommentSyntax): boolean {
  return syntax === "sql" || close.length === 3 || close === "`";
}

function endOf(line: string, from: number, close: string, syntax: CommentSyntax): number {
  const escapes = syntax !== "sql" && close !== "*/";
  for (let at = from; at < line.length; at++) {
    if (escapes && line.charAt(at) === "\\") at++;
    else if (line.startsWith(close, at)) return at;
  }
  return -1;
}
