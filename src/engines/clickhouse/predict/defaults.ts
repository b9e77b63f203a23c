import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseExpression, ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { bareType, isNullable } from "../changes/types.ts";
import { rangeOf } from "./loss.ts";

/** A constant number that its column takes and stores as another (`UInt8 DEFAULT 300` stores 44), in a sentence; null: it fits, or is none. */
export function constantFits(expression: ClickHouseExpression, type: ClickHouseType): string | null {
  const { constant } = expression;
  const range = rangeOf(bareType(type).name);
  if (constant?.kind !== "number" || range === null || !/^-?\d+$/.test(constant.text)) return null;
  const value = BigInt(constant.text);
  if (value >= range.min && value <= range.max) return null;
  return `the default ${constant.text} does not fit ${type.text} and wraps around`;
}

/** What the server answers to a constant that cannot be cast to a type, as a default or as the value of an UPDATE. Measured on 26.7. */
export function constantProblem(expression: ClickHouseExpression, type: ClickHouseType): ClickHouseError | null {
  const { constant } = expression;
  if (constant === null) return null;
  const bare = bareType(type);
  const cannot = (code: number): ClickHouseError => ({ code, message: `Cannot parse or convert ${expression.sql} as ${type.text}` });
  switch (constant.kind) {
    case "null":
      return isNullable(type) || /^(?:Variant|Dynamic|Nothing|JSON|)$/.test(bare.name)
        ? null
        : { code: 70, message: "Cannot convert NULL to a non-nullable type" };
    case "string": {
      // Measured: in a Nullable, text that is no value becomes NULL without a word.
      if (isNullable(type)) return null;
      const code = unparsable(constant.text, bare);
      return code === null ? null : cannot(code);
    }
    case "number":
      if (bare.name.startsWith("Enum")) return bare.enumValues.some((e) => e.value === Number(constant.text)) ? null : cannot(691);
      return /^(?:Array|Map)$/.test(bare.name) ? cannot(53) : null;
    case "bool":
    case "other":
      return null;
    default:
      return constant satisfies never;
  }
}

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const BOOLEAN = /^(?:true|false|t|f|y|n|yes|no|on|off|enable|disable|enabled|disabled|1|0)$/i;

/** The code with which text is refused as a value of a type; null where it is read. What could be read in several ways is not judged. */
export function unparsable(text: string, bare: ClickHouseType): number | null {
  const { name } = bare;
  if (name === "Bool") return BOOLEAN.test(text) ? null : 467;
  if (/^Float|^BFloat16$/.test(name)) return NUMBER.test(text) || /^\s*[+-]?(?:nan|inf(?:inity)?)\s*$/i.test(text) ? null : 72;
  if (rangeOf(name) !== null || name === "Decimal") return NUMBER.test(text) ? null : 6;
  if (name === "UUID") return /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text) ? null : 376;
  if (name === "Date" || name === "Date32") return /^\d{4}\D?\d{1,2}\D?\d{1,2}/.test(text) || /^\d+$/.test(text) ? null : 38;
  if (name === "DateTime" || name === "DateTime64") return /^\s*-?\d/.test(text) ? null : 41;
  if (name === "IPv4")
    return (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split(".").every((n) => Number(n) < 256)) || text === "" ? null : 675;
  if (name.startsWith("Enum")) return bare.enumValues.some((e) => e.label === text) || /^-?\d+$/.test(text) ? null : 691;
  if (name === "Array") return /^\s*\[/.test(text) ? null : 130;
  if (name === "JSON") return /^\s*\{/.test(text) ? null : 117;
  if (name === "FixedString") return Buffer.byteLength(text) > (bare.numbers[0] ?? 0) ? 131 : null;
  return null;
}
