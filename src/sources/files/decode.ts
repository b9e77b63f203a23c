import { isUtf8 } from "node:buffer";
import type { Problem } from "../../model/migration.ts";

/** A file as text. */
export interface Decoded {
  /** Without a byte-order mark; line ends as they are in the file. */
  readonly text: string;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "latin1";
}

/** UTF-8 where it is valid, UTF-16 where a byte-order mark says so, else Latin-1, which is what is left of the old world. */
export function decode(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder("utf-16le").decode(bytes), encoding: "utf-16le" };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder("utf-16be").decode(bytes), encoding: "utf-16be" };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(buffer)) return { text: buffer.toString("latin1"), encoding: "latin1" };
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return { text: buffer.toString("utf8", marked ? 3 : 0), encoding: "utf-8" };
}

/** What to say of a file that is not UTF-8, or null. */
export function encodingProblem(decoded: Decoded, file: string): Problem | null {
  if (decoded.encoding !== "latin1") return null;
  return {
    code: "encoding",
    message: `${file} is not UTF-8; it was read as Latin-1`,
    help: `Names and texts with accents may differ from what the database gets. Convert it: iconv -f latin1 -t utf-8 ${file}`,
    span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
    fatal: false,
  };
}
