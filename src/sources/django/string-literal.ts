import type { PyNode } from "./python.ts";

/** A string or bytes literal without interpolation. */
export interface PlainLiteral {
  readonly value: string;
  readonly bytes: boolean;
  /** Offsets of the text between the quotes. */
  readonly start: number;
  readonly end: number;
  /** The text between the quotes is the value: no escapes, no line ends that Python would translate. */
  readonly verbatim: boolean;
}

const SIMPLE: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Reads a `string` node; null when it is an f-string with interpolations (see `evaluate.ts`). */
export function plainLiteral(node: PyNode): PlainLiteral | null {
  const open = node.children[0];
  const close = node.children.at(-1);
  if (open?.type !== "string_start" || close?.type !== "string_end") return null;
  if (node.children.some((c) => c.type === "interpolation")) return null;
  const prefix = open.text.toLowerCase();
  const raw = node.module.text.slice(open.end, close.start);
  const isRaw = prefix.includes("r");
  const formatted = prefix.includes("f");
  let value = raw.includes("\r") ? raw.replaceAll("\r\n", "\n") : raw;
  if (!isRaw && value.includes("\\")) value = unescape(value, prefix.includes("b"));
  if (formatted) value = value.replaceAll("{{", "{").replaceAll("}}", "}");
  return { value, bytes: prefix.includes("b"), start: open.end, end: close.start, verbatim: value === raw };
}

/** Python's escapes in a string that is not raw; an unknown escape keeps its backslash, as in Python. */
export function unescape(text: string, bytes = false): string {
  return text.replace(
    /\\(\r?\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)/gs,
    (whole: string, escape: string) => {
      const first = escape[0] ?? "";
      if (first === "\n" || first === "\r") return "";
      if (first >= "0" && first <= "7") return String.fromCharCode(Number.parseInt(escape, 8));
      if (first === "x" && escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      if (!bytes && (first === "u" || first === "U") && escape.length > 1)
        return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
      return SIMPLE[escape] ?? whole;
    },
  );
}
