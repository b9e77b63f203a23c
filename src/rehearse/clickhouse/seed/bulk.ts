import { bare, enumValues, isNullable, readType, type ServerType } from "./type.ts";

/** How a column's values are spread. */
export interface Spread {
  /** Different values at most. */
  readonly distinct: number;
  /** Share of NULL, 0 to 1; only where the type has it. */
  readonly nulls: number;
  /** Position of the column, so that columns differ. */
  readonly salt: number;
  /** Bytes of a text. */
  readonly width: number;
}

/** Days that times are spread over: two months, so that a table partitioned by month has two or three partitions. */
const DAYS = 45;

/**
 * An SQL expression over `number` that gives ordinary values of a type: nothing at a boundary, so that what goes wrong with it goes wrong
 * with everybody's data.
 *
 * @param becomes the type that a statement under judgement will give the column: values are chosen so that they fit into it. Whether
 *   those that do not fit are lost is what boundary values are for
 */
export function bulkExpression(text: string, spread: Spread, becomes: string | null): string {
  const type = readType(text);
  const inner = bare(type);
  const target = becomes === null ? null : bare(readType(becomes));
  const scalar = target !== null && target.text !== inner.text && isScalar(target) && isScalar(inner);
  const value = scalar ? thatFits(inner, target, spread) : ofBare(inner, spread);
  const nullable = isNullable(type) && (becomes === null || isNullable(readType(becomes)));
  return nullable && spread.nulls > 0 ? `if(${hash(spread, 7)} % 1000 < ${Math.round(spread.nulls * 1000)}, NULL, ${value})` : value;
}

/** Values of a type that its next type holds as well; where there is no way to tell, ordinary ones. */
function thatFits(type: ServerType, target: ServerType, spread: Spread): string {
  if (type.name.startsWith("Enum")) {
    if (!target.name.startsWith("Enum")) return ofBare(type, spread);
    const kept = enumValues(type).filter((one) => enumValues(target).some(({ label }) => label === one.label));
    return ofBare(kept.length === 0 ? type : { ...type, args: kept.map(({ label, value }) => `${label} = ${value}`) }, spread);
  }
  if (target.name === "Bool" && /^(?:U?Int|B?Float|Decimal)/.test(type.name)) return `CAST(${hash(spread)} % 2 AS ${type.text})`;
  const converted = `accurateCastOrNull(toString(${ofBare(target, spread)}), '${type.text.replaceAll("'", "\\'")}')`;
  return `ifNull(${converted}, ${ofBare(type, spread)})`;
}

function isScalar(type: ServerType): boolean {
  return /^(?:U?Int\d+|Float\d+|Decimal|String|FixedString|Bool|Date|Date32|DateTime|DateTime64|Enum8|Enum16|UUID|IPv4|IPv6)$/.test(
    type.name,
  );
}

function hash({ salt, distinct }: Spread, more = 0): string {
  return `cityHash64(number % ${Math.max(1, Math.round(distinct))}, ${salt + more})`;
}

function ofBare(type: ServerType, spread: Spread): string {
  const h = hash(spread);
  const integer = /^(U?)Int(\d+)$/.exec(type.name);
  if (integer !== null) {
    const limit = Math.min(2 ** (Number(integer[2]) - 1) - 1, Math.max(2, spread.distinct));
    return `CAST(${h} % ${limit} AS ${type.text})`;
  }
  const [inner, second] = type.inner;
  const nested = (of: ServerType | undefined, more: number): string =>
    of === undefined
      ? "0"
      : bulkExpression(of.text, { ...spread, salt: spread.salt + more, distinct: Math.min(spread.distinct, 1000) }, null);
  switch (type.name) {
    case "Bool":
      return `CAST(${h} % 2 AS Bool)`;
    case "Float32":
    case "Float64":
    case "BFloat16":
      // Halves: exact in every float.
      return `CAST((${h} % 20000) / 2 AS ${type.text})`;
    case "Decimal": {
      const whole = Math.max(1, Math.min(6, Number(type.args[0] ?? 9) - Number(type.args[1] ?? 0)));
      return `CAST(${h} % ${10 ** whole} AS ${type.text})`;
    }
    case "String":
      return spread.width > 20
        ? `concat(toString(${h} % ${Math.max(1, Math.round(spread.distinct))}), repeat('x', ${spread.width - 8}))`
        : `toString(${h} % ${Math.max(1, Math.round(spread.distinct))})`;
    case "FixedString": {
      const length = Number(type.args[0] ?? 1);
      return `toFixedString(left(leftPad(toString(${h} % ${10 ** Math.min(9, length)}), ${length}, '0'), ${length}), ${length})`;
    }
    case "Date":
    case "Date32":
      return `CAST(toDate('2026-01-15') + ${h} % ${DAYS} AS ${type.text})`;
    case "DateTime":
    case "DateTime64":
      return `CAST(toDateTime('2026-01-15 00:00:00') + ${h} % ${DAYS * 86_400} AS ${type.text})`;
    case "Time":
    case "Time64":
      return `CAST(toString(${h} % 24) || ':00:00' AS ${type.text})`;
    case "UUID":
      return `CAST(UUIDNumToString(reinterpret(sipHash128(${h}), 'FixedString(16)')) AS UUID)`;
    case "IPv4":
      return `toIPv4(toUInt32(${h} % 4000000000))`;
    case "IPv6":
      return `toIPv6(IPv4NumToString(toUInt32(${h} % 4000000000)))`;
    case "Enum8":
    case "Enum16": {
      const labels = enumValues(type).map(({ label }) => label);
      return `CAST([${labels.join(", ")}][${h} % ${labels.length} + 1] AS ${type.text})`;
    }
    case "Array":
      return `[${nested(inner, 11)}, ${nested(inner, 12)}]`;
    case "Map":
      return `map(${nested(inner, 21)}, ${nested(second, 22)})`;
    case "Tuple":
      return `CAST(tuple(${type.inner.map((element, at) => nested(element, 31 + at)).join(", ")}) AS ${type.text})`;
    case "Variant":
      return `CAST(${nested(inner, 41)} AS ${type.text})`;
    case "Dynamic":
      return `CAST(toString(${h} % 100) AS Dynamic)`;
    case "JSON":
      return `CAST(concat('{"a": ', toString(${h} % 100), '}') AS ${type.text})`;
    case "Point":
      return `(toFloat64(${h} % 180), toFloat64(${h} % 90))`;
    case "SimpleAggregateFunction":
      return nested(inner, 51);
    case "AggregateFunction": {
      const [name = "count", ...of] = type.args;
      const [called = name] = /^\w+/.exec(name) ?? [];
      const state = name.replace(called, `${called}State`);
      return of.length === 0
        ? `arrayReduce('${state}', [1])`
        : `arrayReduce('${state.replaceAll("'", "\\'")}', ${type.inner.map((element, at) => `[${nested(element, 61 + at)}]`).join(", ")})`;
    }
    default:
      return `defaultValueOfTypeName('${type.text.replaceAll("'", "\\'")}')`;
  }
}
