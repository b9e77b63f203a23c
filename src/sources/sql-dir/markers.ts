import type { Part } from "./layout.ts";

/** A line of a tool's own (`-- +goose Up`), and the text up to the next one. */
export interface Section {
  /** What the marker says, without the dashes: `+goose Up`. */
  readonly marker: string;
  /** Offset of the marker's line. */
  readonly at: number;
  /** The text after the marker's line up to the next marker or the end. */
  readonly body: Part;
}

/** Cuts a text at the lines that match. `pattern` needs the flags g and m; its first group is the marker. */
export function sectionsOf(text: string, pattern: RegExp): Section[] {
  const marks = [...text.matchAll(pattern)];
  return marks.map((mark, i) => {
    const lineEnd = text.indexOf("\n", mark.index);
    const start = lineEnd === -1 ? text.length : lineEnd + 1;
    return {
      marker: (mark[1] ?? mark[0]).trim(),
      at: mark.index,
      body: { start: Math.min(start, marks[i + 1]?.index ?? start), end: marks[i + 1]?.index ?? text.length },
    };
  });
}

/** Whether there is anything but blank lines, comments and semicolons. */
export function holdsSql(text: string): boolean {
  return /[^\s;]/.test(withoutComments(text));
}

/**
 * The text with comments, strings and dollar-quoted bodies blanked out (same length, line ends kept), so that a pattern meets only
 * code. Good enough to look for a keyword; statements themselves are read by the real grammar.
 */
export function codeOnly(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)/g, (piece) =>
    piece.replace(/[^\n]/g, " "),
  );
}

function withoutComments(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, " ");
}
