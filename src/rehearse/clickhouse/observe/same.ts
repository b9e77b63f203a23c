import { bare, isNullable, readType, type ServerType } from "../seed/type.ts";

const INTEGER = /^U?Int\d+$/;
const FLOAT = /^(?:Float\d+|BFloat16)$/;

/** How a value of the type before is compared with what the statement made of it. SQL over the two expressions. */
export interface Comparison {
  /** True where the value is no longer the one that it was, and the change of type does not say so. */
  readonly changed: string;
  /** True where what is left is another value and not merely less of the same. Among `changed`. */
  readonly other: string;
  /** Same instant, other digits on the reader's screen. */
  readonly meaning: string | null;
}

/**
 * @param before SQL of the value before
 * @param after SQL of the value after
 */
export function comparison(typeBefore: string, typeAfter: string, before: string, after: string): Comparison {
  const from = readType(typeBefore);
  const to = readType(typeAfter);
  const [a, b] = [bare(from), bare(to)];
  // A value that is gone reads as NULL before and as something after, or the other way round.
  const nulls = isNullable(from) || isNullable(to) ? `isNull(${before}) != isNull(${after})` : "0";
  const [x, y] = [strip(before, from), strip(after, to)];
  const both = isNullable(from) || isNullable(to) ? `isNotNull(${before}) AND isNotNull(${after}) AND ` : "";
  const { changed, other } = bareComparison(a, b, x, y);
  const meaning =
    a.name.startsWith("DateTime") && a.name === b.name && a.text !== b.text ? `${both}toString(${x}) != toString(${y})` : null;
  return { changed: `(${nulls}) OR (${both}(${changed}))`, other: `${both}(${changed}) AND (${other})`, meaning };
}

function strip(sql: string, type: ServerType): string {
  return isNullable(type) && type.name !== "Variant" && type.name !== "Dynamic" ? `assumeNotNull(${sql})` : sql;
}

function bareComparison(a: ServerType, b: ServerType, x: string, y: string): { readonly changed: string; readonly other: string } {
  if (a.text === b.text)
    return { changed: isHashable(a) ? `cityHash64(${x}) != cityHash64(${y})` : `toString(${x}) != toString(${y})`, other: "1" };
  const isEnum = (type: ServerType): boolean => type.name.startsWith("Enum");
  if (isEnum(a) && isEnum(b)) {
    // A label that keeps its number was renamed, a number that keeps its label was renumbered: both are what the statement says.
    const renamed = `toInt16(${x}) = toInt16(${y})`;
    return { changed: `NOT (toString(${x}) = toString(${y}) OR ${renamed})`, other: "1" };
  }
  if (isEnum(a) && INTEGER.test(b.name)) return { changed: `toInt64(toInt16(${x})) != toInt64(${y})`, other: "1" };
  if (a.name === "String" || a.name === "FixedString") return fromText(b, x, y);
  if (INTEGER.test(a.name) && INTEGER.test(b.name)) return { changed: `toString(${x}) != toString(${y})`, other: "1" };
  if (isNumber(a) && isNumber(b)) {
    const back = `accurateCastOrNull(${y}, '${escape(a.text)}')`;
    const changed = FLOAT.test(a.name) ? `NOT (isNaN(${x}) AND ${nan(b, y)}) AND ifNull(${back} != ${x}, 1)` : `ifNull(${back} != ${x}, 1)`;
    // A float never wraps: beyond its range it is infinite.
    const wraps = `abs(toFloat64(${y}) - toFloat64(${x})) >= 1 OR isNaN(toFloat64(${x})) OR isInfinite(toFloat64(${x}))`;
    return { changed, other: FLOAT.test(b.name) ? "0" : wraps };
  }
  if (isTime(a) && isTime(b)) {
    const day = (value: string): string => `toInt64(toRelativeDayNum(toDateTime64(${value}, 0, 'UTC')))`;
    const at = (type: ServerType, value: string): string =>
      type.name.startsWith("Date") && !type.name.startsWith("DateTime") ? `toDateTime64(${value}, 6, 'UTC')` : `toDateTime64(${value}, 6)`;
    const loose = a.name.startsWith("DateTime") && !b.name.startsWith("DateTime");
    const changed = loose
      ? `toString(${x}) != concat(toString(${y}), ' 00:00:00') AND toString(${x}) NOT LIKE concat(toString(${y}), ' 00:00:00.0%')`
      : `ifNull(${at(a, x)} != ${at(b, y)}, 1)`;
    return {
      changed:
        loose || b.name.startsWith("DateTime") === a.name.startsWith("DateTime")
          ? changed
          : `substring(toString(${y}), 1, 10) != toString(${x})`,
      other: `abs(${day(x)} - ${day(y)}) > 1`,
    };
  }
  if (b.name === "String") return { changed: `toString(${x}) != ${y}`, other: "0" };
  if (b.name === "FixedString") return { changed: `toString(${x}) != trimRight(toString(${y}), '\\0')`, other: "0" };
  if (b.name === "JSON" || b.name === "Dynamic" || b.name === "Variant") return { changed: "0", other: "0" };
  return { changed: `toString(CAST(${y} AS ${a.text})) != toString(${x})`, other: "1" };
}

/** Text is read as a value of the new type: what is compared is the value, not its spelling (`007` is 7). */
function fromText(b: ServerType, x: string, y: string): { readonly changed: string; readonly other: string } {
  const text = `trimRight(toString(${x}), '\\0')`;
  const spelt = `toString(${y}) = ${text}`;
  if (isNumber(b)) return { changed: `NOT (${spelt} OR ifNull(toFloat64OrNull(${text}) = toFloat64(${y}), 0))`, other: "1" };
  if (b.name.startsWith("Date")) {
    return {
      changed: `NOT (${spelt} OR startsWith(${text}, toString(${y})) OR startsWith(toString(${y}), ${text}) OR match(${text}, '^\\\\d+$'))`,
      other: "1",
    };
  }
  if (b.name === "FixedString") return { changed: `trimRight(toString(${y}), '\\0') != ${text}`, other: "0" };
  if (b.name === "String") return { changed: `trimRight(toString(${y}), '\\0') != ${text}`, other: "1" };
  if (b.name === "Bool" || b.name === "UUID" || b.name.startsWith("IPv")) return { changed: "0", other: "0" };
  return { changed: b.name.startsWith("Enum") ? `NOT (${spelt})` : "0", other: "1" };
}

function isNumber(type: ServerType): boolean {
  return INTEGER.test(type.name) || FLOAT.test(type.name) || type.name === "Decimal" || type.name === "Bool";
}

function isTime(type: ServerType): boolean {
  return /^(?:Date|Date32|DateTime|DateTime64)$/.test(type.name);
}

function nan(type: ServerType, value: string): string {
  return FLOAT.test(type.name) ? `isNaN(${value})` : "0";
}

/** Types over which hash functions are defined. */
function isHashable(type: ServerType): boolean {
  return !/^(?:JSON|Dynamic|Variant|AggregateFunction|Object)$/.test(type.name) && type.inner.every(isHashable);
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}
