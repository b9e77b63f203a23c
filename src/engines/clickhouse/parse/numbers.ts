import type { Cursor } from "./cursor.ts";
import { Kind } from "./lexer.ts";

const words = new Set(["INF", "INFINITY", "NAN"]);

/** `inf`, `nan`: numbers that look like names. */
export function isNumberWord(word: string): boolean {
  return words.has(word);
}

/** A number with its sign, `inf` and `nan` among them: its text without underscores, null where none stands here. */
export function readNumber(c: Cursor): string | null {
  const signed = c.kind === Kind.Minus || c.kind === Kind.Plus;
  const at = signed ? 1 : 0;
  const kind = c.kindAt(at);
  if (kind !== Kind.Number && !(kind === Kind.Word && words.has(c.wordAt(at)))) {
    c.expect("a number");
    return null;
  }
  // Beyond a 64-bit float the engine reads no number, nor beyond 319 characters.
  const written = c.source.slice(c.tokens.starts[c.index + at], c.tokens.ends[c.index + at]);
  if (kind === Kind.Number && (written.length > 319 || Number(plain(written)) === Infinity)) {
    c.expect("a number within the range of Float64");
    return null;
  }
  const negative = c.kind === Kind.Minus;
  if (signed) c.index++;
  const text = kind === Kind.Number ? plain(c.text) : c.word.toLowerCase();
  c.index++;
  return negative ? `-${text}` : text;
}

export function readUnsignedInteger(c: Cursor): string | null {
  if (c.kind !== Kind.Number || !/^\d+$/.test(c.text) || BigInt(c.text) > 18_446_744_073_709_551_615n) {
    c.expect("a whole number");
    return null;
  }
  const text = c.text;
  c.index++;
  return text;
}

function plain(text: string): string {
  return text.includes("_") ? text.replaceAll("_", "") : text;
}
