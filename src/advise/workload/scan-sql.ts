/** A statement of a file, with the comments before it. */
export interface ScannedStatement {
  /** Without the comments before it and the semicolon behind it. */
  readonly sql: string;
  readonly line: number;
  readonly comments: readonly { readonly text: string; readonly line: number }[];
  /** Offsets into `sql` of question marks that are no part of a literal, a name or a comment. */
  readonly placeholders: readonly number[];
}

/** Splits a file at semicolons that are not within a string, a quoted name, a comment or a heredoc. Comments at the very end: no SQL. */
export function scanSql(text: string): ScannedStatement[] {
  const statements: ScannedStatement[] = [];
  let comments: { text: string; line: number }[] = [];
  let start = -1;
  let end = -1;
  let startLine = 1;
  let line = 1;
  let placeholders: number[] = [];
  const finish = (): void => {
    if (start !== -1 || comments.length > 0) {
      const sql = start === -1 ? "" : text.slice(start, end);
      statements.push({ sql, line: start === -1 ? (comments[0]?.line ?? line) : startLine, comments, placeholders });
    }
    comments = [];
    placeholders = [];
    start = -1;
  };
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    const from = at;
    const comment = commentEnd(text, at);
    if (comment !== null) {
      if (start === -1) comments.push({ text: text.slice(at, comment).trim(), line });
      at = comment;
    } else if (character === ";") {
      finish();
      at++;
    } else if (/\s/.test(character)) {
      at++;
    } else {
      if (start === -1) {
        start = at;
        startLine = line;
      }
      if (character === "?" && text[at + 1] !== ":") placeholders.push(at - start);
      at = tokenEnd(text, at);
      end = at;
    }
    for (let i = text.indexOf("\n", from); i !== -1 && i < at; i = text.indexOf("\n", i + 1)) line++;
  }
  finish();
  return statements;
}

function commentEnd(text: string, at: number): number | null {
  const two = text.slice(at, at + 2);
  if (two === "/*") {
    const end = text.indexOf("*/", at + 2);
    return end === -1 ? text.length : end + 2;
  }
  if (two === "--" || two === "# " || two === "#!") {
    const end = text.indexOf("\n", at);
    return end === -1 ? text.length : end;
  }
  return null;
}

/** End of a string, quoted name or heredoc; of anything else the next character. */
function tokenEnd(text: string, at: number): number {
  const quote = text[at] ?? "";
  if (quote === "'" || quote === '"' || quote === "`") {
    for (let i = at + 1; i < text.length; i++) {
      if (text[i] === "\\") i++;
      else if (text[i] === quote) {
        if (text[i + 1] !== quote) return i + 1;
        i++;
      }
    }
    return text.length;
  }
  if (quote === "$") {
    const tag = /^\$\w*\$/.exec(text.slice(at, at + 64))?.[0];
    if (tag !== undefined) {
      const end = text.indexOf(tag, at + tag.length);
      return end === -1 ? text.length : end + tag.length;
    }
  }
  if (/\w/.test(quote)) {
    let end = at + 1;
    while (end < text.length && /\w/.test(text[end] ?? "")) end++;
    return end;
  }
  return at + 1;
}
