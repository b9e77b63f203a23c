import { quoteLiteral } from "../../../text/quote.ts";
import { floatText } from "../evaluate-operators.ts";

/** A Python value on its way into SQL: what psycopg 3 is given as a parameter. */
export type SqlValue =
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: number | bigint }
  | { readonly kind: "float"; readonly value: number }
  /** `decimal.Decimal`, as written. */
  | { readonly kind: "decimal"; readonly value: string }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  /** A literal with a cast: `'2020-01-01'::date`. */
  | { readonly kind: "typed"; readonly value: string; readonly type: string }
  | { readonly kind: "array"; readonly items: readonly SqlValue[] };

/** Writes a literal as psycopg 3's client-side binding does (`ClientCursor.mogrify`). */
export function literal(value: SqlValue): string {
  switch (value.kind) {
    case "null":
      return "NULL";
    case "bool":
      return value.value ? "true" : "false";
    case "int":
      return signed(String(value.value));
    case "float":
      return Number.isFinite(value.value)
        ? signed(floatText(value.value))
        : `'${Number.isNaN(value.value) ? "NaN" : value.value > 0 ? "Infinity" : "-Infinity"}'::float8`;
    case "decimal":
      return signed(value.value);
    case "text":
      return quoteLiteral(value.value);
    case "bytes":
      return `'\\x${Buffer.from(value.value).toString("hex")}'::bytea`;
    case "typed":
      return `${quoteLiteral(value.value)}::${value.type}`;
    case "array": {
      const type = arrayType(value);
      return `${quoteLiteral(arrayText(value))}${type === null ? "" : `::${type}[]`}`;
    }
    default:
      return value satisfies never;
  }
}

/** psycopg puts a blank before a minus sign, so that `- -1` does not become a comment. */
function signed(text: string): string {
  return text.startsWith("-") ? ` ${text}` : text;
}

function leaves(value: SqlValue): readonly SqlValue[] {
  return value.kind === "array" ? value.items.flatMap(leaves) : [value];
}

/** The element type that psycopg writes behind an array: the smallest integer that holds all of it, none for text. */
function arrayType(value: SqlValue): string | null {
  const items = leaves(value).filter((i) => i.kind !== "null");
  const first = items[0];
  if (first === undefined) return null;
  switch (first.kind) {
    case "int": {
      const size = Math.max(...items.map((i) => (i.kind === "int" ? Math.abs(Number(i.value)) : 0)));
      if (size < 2 ** 15) return "int2";
      if (size < 2 ** 31) return "int4";
      return size < 2 ** 63 ? "int8" : "numeric";
    }
    case "float":
      return "float8";
    case "decimal":
      return "numeric";
    case "bool":
      return "bool";
    case "bytes":
      return "bytea";
    case "typed":
      return first.type;
    default:
      return null;
  }
}

function arrayText(value: SqlValue): string {
  switch (value.kind) {
    case "array":
      return `{${value.items.map(arrayText).join(",")}}`;
    case "null":
      return "NULL";
    case "bool":
      return value.value ? "t" : "f";
    case "int":
      return String(value.value);
    case "float":
      return floatText(value.value);
    case "decimal":
      return value.value;
    case "bytes":
      return `"\\\\x${Buffer.from(value.value).toString("hex")}"`;
    case "text":
    case "typed":
      return /^$|[{}",\\\s]|^null$/i.test(value.value) ? `"${value.value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : value.value;
    default:
      return value satisfies never;
  }
}
