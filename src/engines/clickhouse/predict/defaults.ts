import type { ClickHouseExpression, ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { bareType } from "../changes/types.ts";
import { rangeOf } from "./loss.ts";

/**
 * Whether a constant default fits its column. `fails`: the server refuses it (6); a sentence: it is accepted and another value is
 * stored (`UInt8 DEFAULT 300` stores 44); null: it fits, or it is no constant.
 */
export function constantFits(expression: ClickHouseExpression, type: ClickHouseType): string | null {
  const { constant } = expression;
  const bare = bareType(type);
  if (constant === null) return null;
  const range = rangeOf(bare.name);
  if (constant.kind === "number" && range !== null && /^-?\d+$/.test(constant.text)) {
    const value = BigInt(constant.text);
    if (value >= range.min && value <= range.max) return null;
    return `the default ${constant.text} does not fit ${type.text} and wraps around`;
  }
  if (constant.kind === "string") {
    const text = constant.text;
    if (range !== null || /^(?:Float|Decimal)/.test(bare.name))
      return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? null : "fails";
    if (bare.name === "UUID") return /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text) ? null : "fails";
    if (bare.name === "Date" || bare.name === "Date32") return /^\d{4}-\d{1,2}-\d{1,2}/.test(text) ? null : "fails";
    if (bare.name.startsWith("Enum")) return bare.enumValues.some((e) => e.label === text) ? null : "fails";
  }
  return null;
}
