import { bare, isNullable, readType, type ServerType, tupleElements } from "../seed/type.ts";

const INTEGER = /^U?Int\d+$/;
const FLOAT = /^(?:Float\d+|BFloat16)$/;

/** How a value of the type before is compared with what the statement made of it. SQL over the two expressions. */
export interface Comparison {
  /** True where the value is no longer the one that it was, and the change of type does not say so. */
  readonly changed: string;
  /** True where what is left is another value and not merely less of the same. Among `changed`. */
  readonly other: string;
  /** Same value, read as something else: other digits on the reader's screen, a number where there was an address. */
  readonly meaning: string | null;
}

/**
 * @param before SQL of the value before
 * @param after SQL of the value after
 */
export function comparison(typeBefore: string, typeAfter: string, before: string, after: string): Comparison {
  return compareTypes(readType(typeBefore), readType(typeAfter), before, after, 0);
}

function compareTypes(from: ServerType, to: ServerType, before: string, after: string, depth: number): Comparison {
  const [a, b] = [core(from), core(to)];
  // A value that is gone reads as NULL before and as something after, or the other way round.
  const nulls = isNullable(from) || isNullable(to) ? `isNull(${before}) != isNull(${after})` : "0";
  const [x, y] = [strip(before, from), strip(after, to)];
  const both = isNullable(from) || isNullable(to) ? `isNotNull(${before}) AND isNotNull(${after}) AND ` : "";
  const { changed, other, meaning } = compareBare(a, b, x, y, depth);
  return {
    changed: `(${nulls}) OR (${both}(${changed}))`,
    other: `${both}(${changed}) AND (${other})`,
    meaning: meaning === null ? null : `${both}(${meaning})`,
  };
}

/** Without what only says how it is stored or folded. */
function core(type: ServerType): ServerType {
  const inner = bare(type);
  return inner.name === "SimpleAggregateFunction" && inner.inner[0] !== undefined ? core(inner.inner[0]) : inner;
}

function strip(sql: string, type: ServerType): string {
  return isNullable(type) && type.name !== "Variant" && type.name !== "Dynamic" ? `assumeNotNull(${sql})` : sql;
}

function compareBare(a: ServerType, b: ServerType, x: string, y: string, depth: number): Comparison {
  if (a.text === b.text)
    return {
      changed: isHashable(a) ? `cityHash64(${x}) != cityHash64(${y})` : `toString(${x}) != toString(${y})`,
      other: "1",
      meaning: null,
    };
  const [innerA, innerB] = [a.inner[0], b.inner[0]];
  if (a.name === "Array" && b.name === "Array" && innerA !== undefined && innerB !== undefined)
    return compareElements(innerA, innerB, x, y, depth);
  if (a.name === "Map" && b.name === "Map") {
    const [keyA, valueA] = a.inner;
    const [keyB, valueB] = b.inner;
    if (keyA !== undefined && keyB !== undefined && valueA !== undefined && valueB !== undefined)
      return anyOf([
        compareElements(keyA, keyB, `mapKeys(${x})`, `mapKeys(${y})`, depth),
        compareElements(valueA, valueB, `mapValues(${x})`, `mapValues(${y})`, depth),
      ]);
  }
  if (a.name === "Tuple" && b.name === "Tuple") return compareTuples(a, b, x, y, depth);
  const { changed, other, meaning } = compareScalars(a, b, x, y);
  return { changed, other, meaning: meaning ?? meaningOf(a, b, x, y) };
}

function compareElements(a: ServerType, b: ServerType, x: string, y: string, depth: number): Comparison {
  const [p, q] = [`p${depth}`, `q${depth}`];
  const inside = compareTypes(a, b, p, q, depth + 1);
  const exists = (condition: string): string => `arrayExists((${p}, ${q}) -> ifNull(toUInt8(${condition}), 1), ${x}, ${y})`;
  return {
    changed: exists(inside.changed),
    other: exists(inside.other),
    meaning: inside.meaning === null ? null : exists(inside.meaning),
  };
}

/** Elements with names on both sides are matched by them: one that is new has no value to lose. */
function compareTuples(a: ServerType, b: ServerType, x: string, y: string, depth: number): Comparison {
  const [before, after] = [tupleElements(a), tupleElements(b)];
  const byName = [...before, ...after].every(({ name }) => name !== null);
  const each = before.map(({ name, type }, at): Comparison => {
    const there = byName ? after.findIndex((element) => element.name === name) : at;
    const now = after[there];
    const value = `tupleElement(${x}, ${at + 1})`;
    if (now !== undefined) return compareTypes(type, now.type, value, `tupleElement(${y}, ${there + 1})`, depth);
    const filled = `toString(${value}) != toString(defaultValueOfTypeName('${escape(type.text)}'))`;
    return { changed: isNullable(type) ? `isNotNull(${value})` : filled, other: "0", meaning: null };
  });
  const stays = (list: typeof before, others: typeof before): string =>
    list
      .map(({ name }) => name)
      .filter((name) => others.some((other) => other.name === name))
      .join("\n");
  const moved = byName && stays(before, after) !== stays(after, before);
  return anyOf([...each, ...(moved ? [{ changed: "0", other: "0", meaning: "1" }] : [])]);
}

function anyOf(all: readonly Comparison[]): Comparison {
  const or = (conditions: readonly string[]): string => (conditions.length === 0 ? "0" : conditions.map((one) => `(${one})`).join(" OR "));
  const meanings = all.flatMap(({ meaning }) => (meaning === null ? [] : [meaning]));
  return {
    changed: or(all.map(({ changed }) => changed)),
    other: or(all.map(({ other }) => other)),
    meaning: meanings.length === 0 ? null : or(meanings),
  };
}

/** What a value is to its reader, for those types whose bytes say different things. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ["number", /^(?:U?Int\d+|B?Float\d+|Decimal|Bool)$/],
  ["day", /^Date/],
  ["time", /^Time/],
  ["label", /^Enum/],
  ["address", /^IPv[46]$/],
  ["identifier", /^UUID$/],
];

function meaningOf(a: ServerType, b: ServerType, x: string, y: string): string | null {
  const kindOf = (type: ServerType): string | null => KINDS.find(([, names]) => names.test(type.name))?.[0] ?? null;
  const [from, to] = [kindOf(a), kindOf(b)];
  // Another label for the same number is another word to whoever reads it.
  if (from !== null && to !== null && (from !== to || from === "label")) return `toString(${x}) != toString(${y})`;
  // The instant is the same, the clock on the wall is another.
  if (a.name.startsWith("DateTime") && b.name.startsWith("DateTime")) return `${wall(x)} != ${wall(y)}`;
  return null;
}

const wall = (value: string): string => `substring(toString(${value}), 1, 19)`;

type Scalars = Pick<Comparison, "changed" | "other"> & Partial<Comparison>;

function compareScalars(a: ServerType, b: ServerType, x: string, y: string): Scalars {
  const isEnum = (type: ServerType): boolean => type.name.startsWith("Enum");
  if (isEnum(a) && isEnum(b)) {
    // A label that keeps its number was renamed, a number that keeps its label was renumbered: both are what the statement says.
    const renamed = `toInt16(${x}) = toInt16(${y})`;
    return { changed: `NOT (toString(${x}) = toString(${y}) OR ${renamed})`, other: "1" };
  }
  if (isEnum(a) && b.name === "Bool") return { changed: "0", other: "0" };
  if (isEnum(a) && INTEGER.test(b.name)) return { changed: `toInt64(toInt16(${x})) != toInt64(${y})`, other: "1" };
  if (a.name === "String" || a.name === "FixedString") return fromText(b, x, y);
  // Every number but 0 and 1 is true, and its bytes may well stay as they are: what is read is compared, not what they hold.
  if (isNumber(a) && b.name === "Bool") return { changed: `toFloat64(${x}) NOT IN (0, 1)`, other: "0" };
  if (INTEGER.test(a.name) && b.name === "IPv4") return { changed: `toString(${x}) != toString(toUInt32(${y}))`, other: "1" };
  if (INTEGER.test(a.name) && INTEGER.test(b.name)) return { changed: `toString(${x}) != toString(${y})`, other: "1" };
  if (isNumber(a) && isNumber(b)) {
    // There is no way back from a BFloat16 to a Decimal.
    if (a.name === "Decimal" && b.name === "BFloat16") return { changed: `toFloat64(${x}) != toFloat64(${y})`, other: "0" };
    const back = `accurateCastOrNull(${y}, '${escape(a.text)}')`;
    // A Decimal may ask for more digits than a float has: what is made up comes back as the same float.
    if (FLOAT.test(a.name) && b.name === "Decimal") {
      const digits = `ifNull(toDecimal256OrNull(toString(${x}), ${Number(b.args[1] ?? 0)}) != ${y}, 0)`;
      return { changed: `ifNull(${back} != ${x}, 1) OR ${digits}`, other: `abs(toFloat64(${y}) - toFloat64(${x})) >= 1` };
    }
    const changed = FLOAT.test(a.name) ? `NOT (isNaN(${x}) AND ${nan(b, y)}) AND ifNull(${back} != ${x}, 1)` : `ifNull(${back} != ${x}, 1)`;
    // A float never wraps: beyond its range it is infinite.
    const wraps = `abs(toFloat64(${y}) - toFloat64(${x})) >= 1 OR isNaN(toFloat64(${x})) OR isInfinite(toFloat64(${x}))`;
    return { changed, other: FLOAT.test(b.name) ? "0" : wraps };
  }
  if (isTime(a) && isTime(b)) {
    const day = (value: string): string => `toInt64(toRelativeDayNum(toDateTime64(${value}, 0, 'UTC')))`;
    const at = (type: ServerType, value: string): string => {
      if (!type.name.startsWith("DateTime")) return `toDateTime64(${value}, 6, 'UTC')`;
      return type.name === "DateTime" ? `toDecimal128(toUInt32(${value}), 9)` : `CAST(${value}, 'Decimal(38, 9)')`;
    };
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
  if (a.name.startsWith("Date") && b.name.startsWith("Time"))
    return { changed: `substring(toString(${x}), 1, 10) != '1970-01-01'`, other: "0" };
  if (a.name.startsWith("Time") && b.name.startsWith("Time"))
    return { changed: `NOT (startsWith(toString(${y}), toString(${x})) OR toString(${x}) LIKE concat(toString(${y}), '.0%'))`, other: "0" };
  if (a.name.startsWith("Time") && b.name.startsWith("Date")) {
    if (b.name === "DateTime64") return { changed: "0", other: "0" };
    return b.name === "DateTime"
      ? { changed: `startsWith(toString(${x}), '-')`, other: "1" }
      : { changed: `NOT match(toString(${x}), '^-?00:00:00(?:[.]0+)?$')`, other: "0" };
  }
  if (/^(?:Date|Time)/.test(a.name) && INTEGER.test(b.name)) {
    // Not every integer can be cast back.
    const units = a.name.endsWith("64") ? `CAST(${x}, 'Decimal(38, 9)')` : `toInt64(${x})`;
    return {
      changed: `toDecimal256OrZero(toString(${units}), 9) != toDecimal256OrZero(toString(${y}), 9)`,
      other: `abs(toFloat64(${units}) - toFloat64(${y})) >= 1`,
    };
  }
  if (b.name === "String") return { changed: `toString(${x}) != ${y}`, other: "0" };
  if (b.name === "FixedString") return { changed: `toString(${x}) != trimRight(toString(${y}), '\\0')`, other: "0" };
  // A dot in a key of a Map parts it, and entries of a list have no key to be asked for.
  if (a.name === "Map" && b.name === "JSON")
    return { changed: "0", other: "0", meaning: `arrayExists(k -> position(toString(k), '.') > 0, mapKeys(${x}))` };
  if (a.name === "Map" && b.name === "Array") return { changed: "0", other: "0", meaning: `notEmpty(${x})` };
  if (b.name === "JSON" || b.name === "Dynamic" || b.name === "Variant") return { changed: "0", other: "0" };
  return { changed: `toString(CAST(${y} AS ${a.text})) != toString(${x})`, other: "1" };
}

/** Text is read as a value of the new type: what is compared is the value, not its spelling (`007` is 7). */
function fromText(b: ServerType, x: string, y: string): Scalars {
  const text = `trimRight(toString(${x}), '\\0')`;
  const spelt = `toString(${y}) = ${text}`;
  if (b.name === "Bool" || b.name === "UUID" || b.name.startsWith("IPv")) return { changed: "0", other: "0" };
  if (isNumber(b)) {
    const infinite = FLOAT.test(b.name) ? `isInfinite(${y}) AND lower(${text}) NOT LIKE '%inf%'` : "0";
    return { changed: `(${infinite}) OR NOT (${spelt} OR ifNull(toFloat64OrNull(${text}) = toFloat64(${y}), 0))`, other: "1" };
  }
  if (b.name.startsWith("Time")) return { changed: `NOT startsWith(toString(${y}), ${text})`, other: "1" };
  if (b.name.startsWith("Date")) {
    const written = `replaceOne(${text}, 'T', ' ')`;
    const read = `toString(${y})`;
    // Midnight and zeros may stand there or not: `2026-01-01` is the whole of `2026-01-01 00:00:00.000`.
    const begins = (long: string, short: string): string =>
      `startsWith(${long}, ${short}) AND match(substring(${long}, length(${short}) + 1), '^(?: 00:00:00)?(?::00)?(?:[.]0+)?$')`;
    const same = `${written} != '' AND (${begins(written, read)} OR ${begins(read, written)})`;
    const digits = `match(${text}, '^[0-9]+$')`;
    if (!b.name.startsWith("DateTime")) return { changed: `NOT (${same} OR ${digits})`, other: `NOT startsWith(${written}, ${read})` };
    return {
      changed: `length(${text}) >= 10 AND NOT (${same} OR ${digits})`,
      other: `NOT startsWith(${written}, substring(${read}, 1, 19))`,
      // A year or a clock alone is taken for a day that nobody wrote.
      meaning: `length(${text}) < 10`,
    };
  }
  if (b.name === "FixedString") return { changed: `trimRight(toString(${y}), '\\0') != ${text}`, other: "0" };
  if (b.name === "String") return { changed: `trimRight(toString(${y}), '\\0') != ${text}`, other: "1" };
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
