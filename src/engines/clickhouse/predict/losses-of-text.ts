import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { quoteString } from "../changes/render.ts";
import { loss, rangeOf, type Loss } from "./loss.ts";

/**
 * String, FixedString and what holds text among others. `accurateCastOrNull` says NULL for what does not parse and for what parses
 * and does not fit; the server's own conversion fails on the first and wraps on the second (measured on 26.7).
 * @param intoNullable the new type is Nullable: what does not parse becomes NULL instead of failing
 */
export function fromText(a: ClickHouseType, b: ClickHouseType, value: string, intoNullable: boolean): readonly Loss[] {
  // Measured: from a FixedString, and to labels, truths and a FixedString, what does not convert fails all the same.
  const nullable = intoNullable && a.name !== "FixedString" && !/^(?:Bool|Enum8|Enum16|FixedString)$/.test(b.name);
  const v = a.name === "String" ? value : a.name === "FixedString" ? `toStringCutToZero(${value})` : `toString(${value})`;
  const target = quoteString(b.text);
  const bad = `accurateCastOrNull(${v}, ${target}) IS NULL`;
  const unparsable = (when: string | null, what: string): Loss =>
    nullable
      ? loss("drops-values", when, `${what} becomes NULL`)
      : loss("unreadable", when, `${what} fails to convert, and every read of the column with it`);
  // Measured: bytes that are all zero are read as 0, where empty text is refused.
  const zeros = a.name === "FixedString" && !nullable ? [loss("drops-values", `${v} = ''`, "empty text becomes 0")] : [];
  const filled = zeros.length > 0 ? ` AND ${v} != ''` : "";
  const range = rangeOf(b.name);
  if (range !== null) {
    const digits = `match(${v}, '^${range.min < 0n ? "[+-]?" : "[+]?"}[0-9]+$')`;
    return [
      ...zeros,
      unparsable(`NOT ${digits}${nullable ? ` AND ${bad}` : ""}${filled}`, "text that is no number"),
      loss(
        nullable ? "drops-values" : "wraps",
        `${digits} AND ${bad}`,
        nullable ? `numbers outside of ${b.name} become NULL` : `numbers outside of ${b.name} wrap around`,
      ),
    ];
  }
  const labels = b.enumValues.map((e) => quoteString(e.label));
  const numbers = b.enumValues.map((e) => quoteString(String(e.value))).filter((number) => !labels.includes(number));
  switch (b.name) {
    case "FixedString": {
      const length = b.numbers[0] ?? 0;
      return [unparsable(`length(${a.name === "FixedString" ? value : v}) > ${length}`, `text longer than ${length} bytes`)];
    }
    case "Enum8":
    case "Enum16":
      return [
        unparsable(`${v} NOT IN (${[...labels, ...numbers].join(", ")})`, "text that is no label"),
        // Measured: the number of a label stands for it.
        ...(numbers.length === 0
          ? []
          : [loss("wraps", `${v} IN (${numbers.join(", ")})`, "digits are taken for the label with that number")]),
      ];
    case "Decimal":
      return [
        ...zeros,
        unparsable(`${bad}${filled}`, "text that is no number of this size"),
        loss(
          "drops-values",
          `NOT (${bad}) AND ifNull(toDecimal256OrNull(${v}, 30) != accurateCastOrNull(${v}, ${target}), 1)`,
          "digits behind the scale are cut off",
        ),
        // Measured: 127.0.0.1 is read as 127.001.
        loss("wraps", `NOT (${bad}) AND match(${v}, '\\\\..*\\\\.')`, "text with several points is read as some number"),
      ];
    case "Float32":
    case "Float64":
    case "BFloat16":
      return [
        unparsable(bad, "text that is no number"),
        loss(
          "drops-values",
          `NOT (${bad}) AND ifNull(${isRounded(v, b.name)}, 0)`,
          b.name === "Float64"
            ? "numbers beyond 1e308 become infinite"
            : "numbers that the type cannot hold are rounded, or become infinite",
        ),
      ];
    case "Date":
    case "Date32":
      return [
        unparsable(bad, "text that is no date"),
        loss("drops-values", `NOT (${bad}) AND length(${v}) > 10`, "the time of day is dropped"),
      ];
    case "DateTime":
      return [
        unparsable(bad, "text that is no time"),
        loss("semantics", `NOT (${bad}) AND length(${v}) < 10`, "short text is taken for a guessed day"),
        loss("drops-values", `NOT (${bad}) AND length(${v}) > 19`, "fractions of a second are cut off"),
      ];
    case "DateTime64":
      return [
        unparsable(bad, "text that is no time"),
        loss("semantics", `NOT (${bad}) AND length(${v}) < 10`, "short text is taken for a guessed day"),
        loss("drops-values", `NOT (${bad}) AND length(${v}) > ${20 + (b.numbers[0] ?? 3)}`, "digits of the second are cut off"),
      ];
    case "Bool":
    case "UUID":
    case "IPv4":
    case "IPv6":
      return [unparsable(bad, `text that is no ${b.name}`)];
    case "Time":
    case "Time64":
      return [
        unparsable(bad, `text that is no ${b.name}`),
        loss("wraps", `NOT (${bad}) AND NOT match(${v}, ':')`, "digits without a colon are taken for seconds"),
      ];
    case "JSON":
      return [unparsable(bad, "text that is no JSON object")];
    case "String":
      return [];
    case "Array": {
      const element = b.inner[0]?.type.text ?? "";
      if (/^(?:Nullable\()?(?:U?Int(?:8|16|32|64)|Float(?:32|64)|String)\)?$/.test(element)) {
        const json = element.includes("String") ? `replaceAll(${v}, '\\'', '"')` : v;
        const nullableElement = element.startsWith("Nullable") ? element : `Nullable(${element})`;
        const lost = element.startsWith("Nullable")
          ? ""
          : ` OR arrayExists(x -> isNull(x), JSONExtract(${json}, 'Array(${nullableElement})'))`;
        return [unparsable(`NOT isValidJSON(${json}) OR JSONType(${json}) != 'Array'${lost}`, "text that is no such array")];
      }
      return [unparsable(null, "text that is no Array")];
    }
    case "Tuple":
    case "Map":
    case "Point":
      // There is no conversion to these that answers NULL instead of failing.
      return [unparsable(null, `text that is no ${b.name}`)];
    case "Variant":
      return [
        loss("semantics", `ifNull(toString(CAST(${v}, ${target})), '') != ${v}`, "text that looks like another of its types becomes that"),
      ];
    default:
      return [];
  }
}

/** Neither spelt as before nor the same number. `0.1` is the nearest that a Float32 has, and is written so. */
function isRounded(v: string, type: string): string {
  const number = `accurateCastOrNull(${v}, '${type}')`;
  const infinite = `isInfinite(${number}) AND NOT match(lower(${v}), 'inf')`;
  return type === "Float64" ? infinite : `${infinite} OR toString(${number}) != ${v} AND toFloat64OrNull(${v}) != toFloat64(${number})`;
}
