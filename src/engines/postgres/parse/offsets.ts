import type { Span } from "../../../text/span.ts";

/** UTF-16 offset of the character with this number, both from 0. Postgres' error positions count characters (code points). */
export function offsetOfCharacter(text: string, character: number): number {
  let at = 0;
  for (let n = 0; n < character && at < text.length; n++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** Table from UTF-8 byte offset to UTF-16 offset, or null when the text is ASCII and both are the same. */
function bytesToUnits(text: string): Uint32Array | null {
  // oxlint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return null;
  const table = new Uint32Array(Buffer.byteLength(text) + 1);
  let byte = 0;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    table.fill(at, byte, byte + bytes);
    byte += bytes;
    at += code > 0xffff ? 2 : 1;
  }
  table[byte] = text.length;
  return table;
}

/**
 * libpg-query gives the places of nodes as UTF-8 byte offsets. Rewritten here, once, in place, to UTF-16 units: nothing behind the
 * parser sees a byte offset.
 */
export function locateInUnits(tree: unknown, sql: string): void {
  const table = bytesToUnits(sql);
  if (table === null) return;
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const child of node) visit(child);
    } else if (typeof node === "object" && node !== null) {
      const fields = node as Record<string, unknown>;
      for (const [key, value] of Object.entries(fields)) {
        if (typeof value === "number") {
          if (key.endsWith("location") && value > 0) fields[key] = table[value] ?? value;
        } else if (typeof value === "object") visit(value);
      }
    }
  };
  visit(tree);
}

/** Spans of offsets into a step's text. The lines are counted once, so that a 5 MB file stays linear. */
export class SpanMap {
  readonly #at: Span;
  readonly #starts: number[] = [0];

  constructor(at: Span, text: string) {
    this.#at = at;
    for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) this.#starts.push(i + 1);
  }

  span(start: number, end: number): Span {
    const from = this.#place(start);
    const to = this.#place(end);
    return { file: this.#at.file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  #place(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const column = offset - (this.#starts[low] ?? 0);
    return { line: this.#at.line + low, column: low === 0 ? this.#at.column + column : column + 1 };
  }
}
