import { decode, type Decoded } from "../sources/files/decode.ts";

/** A source file that can be edited and written back byte for byte as it was outside of the edits. */
export interface TextFile {
  /** As findings name it. */
  readonly path: string;
  readonly absolute: string;
  readonly bytes: Uint8Array;
  /** Without a byte-order mark; line ends as in the file. */
  readonly text: string;
  readonly encoding: Decoded["encoding"];
  /** The file begins with a byte-order mark. */
  readonly mark: boolean;
  /** What the file ends its lines with; `\n` where it has none. */
  readonly newline: "\n" | "\r\n";
}

/** Null: the bytes would not come back as they are (invalid UTF-16), so the file is left alone. */
export function textFile(path: string, absolute: string, bytes: Uint8Array): TextFile | null {
  const { text: decoded, encoding } = decode(bytes);
  const text = decoded.startsWith("\ufeff") ? decoded.slice(1) : decoded;
  const first = text.indexOf("\n");
  const mark = encoding === "utf-8" ? bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf : encoding !== "latin1";
  const file: TextFile = { path, absolute, bytes, text, encoding, mark, newline: first > 0 && text[first - 1] === "\r" ? "\r\n" : "\n" };
  const back = encodeLike(file, text);
  return back !== null && Buffer.compare(back, bytes) === 0 ? file : null;
}

/** A text in the encoding of the file, with its byte-order mark. Null: the encoding has no such character. */
export function encodeLike(file: TextFile, text: string): Uint8Array | null {
  switch (file.encoding) {
    case "utf-8":
      return Buffer.from((file.mark ? "\ufeff" : "") + text, "utf8");
    case "latin1":
      // oxlint-disable-next-line no-control-regex
      return /^[\x00-\xff]*$/.test(text) ? Buffer.from(text, "latin1") : null;
    case "utf-16le":
      return Buffer.from(`\ufeff${text}`, "utf16le");
    case "utf-16be":
      return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
    default:
      return file.encoding satisfies never;
  }
}

const lineStarts = new WeakMap<TextFile, readonly number[]>();

/** UTF-16 offset of a place in the text; lines and columns count from 1. */
export function offsetOf(file: TextFile, line: number, column: number): number {
  let starts = lineStarts.get(file);
  if (starts === undefined) {
    const found = [0];
    for (let i = file.text.indexOf("\n"); i !== -1; i = file.text.indexOf("\n", i + 1)) found.push(i + 1);
    lineStarts.set(file, (starts = found));
  }
  return Math.min(file.text.length, (starts[line - 1] ?? file.text.length) + column - 1);
}

/** The blanks that the line of an offset begins with, if nothing but blanks stands before the offset; else none. */
export function indentAt(text: string, offset: number): string {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*$/.test(before) ? before : "";
}
