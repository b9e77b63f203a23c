/** A place in a file. Lines and columns count from 1; columns count UTF-16 units, as editors do. The end is exclusive. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/**
 * The place of `text.slice(start, end)` when `text` itself stands at `at`.
 * Lets a parser that only knows a statement's offset inside a string point into the file that holds the string.
 */
export function spanWithin(at: Span, text: string, start: number, end: number): Span {
  const from = advance(at.line, at.column, text, 0, start);
  const to = advance(from.line, from.column, text, start, end);
  return { file: at.file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** The span of a whole text that begins at line 1, column 1 of `file`. */
export function wholeSpan(file: string, text: string): Span {
  const end = advance(1, 1, text, 0, text.length);
  return { file, line: 1, column: 1, endLine: end.line, endColumn: end.column };
}

function advance(line: number, column: number, text: string, from: number, to: number): { line: number; column: number } {
  let next = line;
  let lineStart = -1;
  for (let i = text.indexOf("\n", from); i !== -1 && i < to; i = text.indexOf("\n", i + 1)) {
    next++;
    lineStart = i + 1;
  }
  return { line: next, column: lineStart === -1 ? column + (to - from) : to - lineStart + 1 };
}
