/** Escapes that stand for one other character. A backslash before anything else stays: `'a\.b'` keeps it, as patterns expect. */
const escapes: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["0", "\0"],
  ["a", "\u0007"],
  ["v", "\v"],
  ["e", "\u001b"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["`", "`"],
  ["/", "/"],
  ["=", "="],
]);

/** The value of a token in quotes: `'…'`, `"…"`, `` `…` ``, `‘…’`, `x'41'`, `b'01'`. */
export function unquote(text: string): string {
  const first = text.charCodeAt(0);
  if (first === 0x2018 || first === 0x201c) return text.slice(1, -1);
  if (first !== 39 && first !== 34 && first !== 96) return decodeDigits(text);
  const inner = text.slice(1, -1);
  const quote = text[0] ?? "'";
  if (!inner.includes("\\") && !inner.includes(quote)) return inner;
  let value = "";
  for (let at = 0; at < inner.length; at++) {
    const character = inner[at] ?? "";
    if (character === quote) {
      value += quote;
      at++;
    } else if (character === "\\") {
      const next = inner[++at] ?? "";
      const digits = next === "x" ? /^[0-9a-fA-F]{2}/.exec(inner.slice(at + 1, at + 3)) : null;
      if (digits !== null) {
        value += String.fromCharCode(Number.parseInt(digits[0], 16));
        at += 2;
      } else if (next !== "N") value += escapes.get(next) ?? `\\${next}`;
    } else value += character;
  }
  return value;
}

/** The bytes of `x'41'` and `b'01000001'`, read as Latin-1: what stands in them is rarely text. */
function decodeDigits(text: string): string {
  const hex = text.startsWith("x") || text.startsWith("X");
  const digits = text.slice(2, -1);
  const width = hex ? 2 : 8;
  let value = "";
  for (let at = (digits.length % width) - width; at < digits.length; at += width) {
    const byte = digits.slice(Math.max(at, 0), at + width);
    if (byte !== "") value += String.fromCharCode(Number.parseInt(byte, hex ? 16 : 2));
  }
  return value;
}

/** The value of `$tag$…$tag$`. */
export function heredocValue(text: string): string {
  const tag = text.indexOf("$", 1) + 1;
  return text.slice(tag, text.length - tag);
}
