import { isDigit, isHexDigit, isWordCharacter, isWordOrDollar } from "./characters.ts";

/** Where the comment that begins here ends, -1 when it does not end, null when none begins. */
export function commentEnd(source: string, at: number, code: number): number | null {
  const next = source.charCodeAt(at + 1);
  if ((code === 45 && next === 45) || (code === 47 && next === 47) || (code === 35 && (next === 32 || next === 33))) {
    const end = source.indexOf("\n", at);
    return end === -1 ? source.length : end;
  }
  if (code !== 47 || next !== 42) return null;
  let depth = 1;
  const marks = /\/\*|\*\//g;
  marks.lastIndex = at + 2;
  for (let mark = marks.exec(source); mark !== null; mark = marks.exec(source)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return -1;
}

/** After a dot only an integer: `x.1.1` is two steps into a tuple. */
export function numberEnd(source: string, from: number, afterDot: boolean): number {
  if (afterDot) return digitsEnd(source, from, false, false);
  let at = from;
  let hex = false;
  if (source.charCodeAt(at) !== 46) {
    const prefix = source.slice(at, at + 3);
    if (/^0[xX][0-9a-fA-F]/.test(prefix)) {
      hex = true;
      at = digitsEnd(source, at + 2, true, true);
    } else if (/^0[bB][01]/.test(prefix)) at = digitsEnd(source, at + 2, false, true);
    else at = digitsEnd(source, at, false, true);
  }
  if (source.charCodeAt(at) === 46) at = digitsEnd(source, at + 1, hex, true);
  const exponent = source.charCodeAt(at) | 32;
  if (at + 1 < source.length && exponent === (hex ? 112 : 101)) {
    at++;
    const sign = source.charCodeAt(at);
    if (at + 1 < source.length && (sign === 45 || sign === 43)) at++;
    at = digitsEnd(source, at, false, true);
  }
  return at;
}

/** Digits may be parted by single underscores. */
function digitsEnd(source: string, from: number, hex: boolean, startOfBlock: boolean): number {
  const digit = hex ? isHexDigit : isDigit;
  let at = from;
  let first = startOfBlock;
  for (;;) {
    const code = source.charCodeAt(at);
    if (!digit(code) && !(code === 95 && !first && digit(source.charCodeAt(at + 1)))) return at;
    first = false;
    at++;
  }
}

export function endOfWord(source: string, from: number): number {
  let at = from;
  while (at < source.length && isWordOrDollar(source.charCodeAt(at))) at++;
  return at;
}

export function quoteEnd(source: string, from: number, quote: number): number {
  for (let at = from + 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 92) at++;
    else if (code === quote) {
      if (source.charCodeAt(at + 1) !== quote) return at + 1;
      at++;
    }
  }
  return -1;
}

export function heredocEnd(source: string, from: number): number {
  const tagEnd = source.indexOf("$", from + 1);
  if (tagEnd === -1) return -1;
  for (let at = from + 1; at < tagEnd; at++) if (!isWordCharacter(source.charCodeAt(at))) return -1;
  const tag = source.slice(from, tagEnd + 1);
  const end = source.indexOf(tag, tagEnd + 1);
  return end === -1 ? -1 : end + tag.length;
}

/** `x'41'` and `b'01'`. */
export function isEncodedString(source: string, at: number, code: number): boolean {
  const letter = code | 32;
  return source.charCodeAt(at + 1) === 39 && (letter === 120 || letter === 98);
}

export function encodedStringEnd(source: string, from: number, code: number): number {
  const hex = (code | 32) === 120;
  let at = from + 2;
  for (; at < source.length; at++) {
    const next = source.charCodeAt(at);
    if (hex ? !isHexDigit(next) : next !== 48 && next !== 49) break;
  }
  return source.charCodeAt(at) === 39 ? at + 1 : -1;
}
