import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { bareType, isNullable } from "../changes/types.ts";
import { quoteString } from "../changes/render.ts";
import { loss, rangeOf, type Loss } from "./loss.ts";
import { fromJson } from "./losses-of-json.ts";
import { fromDateTime } from "./losses-of-times.ts";
import { fromNumber } from "./losses-of-numbers.ts";
import { fromText } from "./losses-of-text.ts";

/**
 * What is lost when a column is converted; empty where every value arrives. Both types are accepted for one another (`refusal`).
 * Element-wise inside of Array, Tuple and Map.
 * @param v SQL that gives the value of the old type
 * @param inside of an Array, Map or Tuple, where no default takes the place of NULL. Measured
 */
export function lossesOf(from: ClickHouseType, to: ClickHouseType, v: string, inside: boolean = false): readonly Loss[] {
  if (from.text === to.text) return [];
  const nulls =
    isNullable(from) && !isNullable(to) && !holdsNull(to)
      ? [
          inside
            ? loss("unreadable", `isNull(${v})`, "NULL fails to convert, and every read of the column with it")
            : loss("drops-values", `isNull(${v})`, "NULL becomes the default value"),
        ]
      : [];
  const a = bareType(from);
  const b = bareType(to);
  if (a.text === b.text) return nulls;
  const inner = valueLosses(a, b, isNullable(from) ? `assumeNotNull(${v})` : v, isNullable(to));
  const guarded = isNullable(from) ? inner.map((l) => (l.when === null ? l : { ...l, when: `isNotNull(${v}) AND (${l.when})` })) : inner;
  return [...nulls, ...guarded];
}

const holdsNull = (type: ClickHouseType): boolean => type.name === "Variant" || type.name === "Dynamic";

function valueLosses(a: ClickHouseType, b: ClickHouseType, v: string, nullable: boolean): readonly Loss[] {
  if (a.name === "SimpleAggregateFunction") return again(a.inner[0]?.type, b, v, nullable);
  if (b.name === "SimpleAggregateFunction") return b.inner[0] === undefined ? [] : again(a, b.inner[0].type, v, nullable);
  if (a.name === "Array" && b.name === "Array") {
    return elements(lossesOf(innerOf(a, 0), innerOf(b, 0), "x", true), (when) => `arrayExists(x -> ${when}, ${v})`);
  }
  if (a.name === "Map" && b.name === "Map") {
    return [
      ...elements(lossesOf(innerOf(a, 0), innerOf(b, 0), "k", true), (when) => `arrayExists(k -> ${when}, mapKeys(${v}))`),
      ...elements(lossesOf(innerOf(a, 1), innerOf(b, 1), "x", true), (when) => `arrayExists(x -> ${when}, mapValues(${v}))`),
    ];
  }
  if (a.name === "Map" && b.name === "Array")
    return [loss("semantics", `notEmpty(${v})`, "a map becomes a list of its entries: who asks for a key gets none")];
  // Measured: a dot in a key parts it.
  if (a.name === "Map" && b.name === "JSON")
    return [loss("semantics", `arrayExists(k -> position(toString(k), '.') > 0, mapKeys(${v}))`, "keys with dots become nested objects")];
  if (a.name === "Tuple" && b.name === "Tuple") return tupleLosses(a, b, v);
  if (a.name === "Tuple" && b.name === "JSON" && a.inner.some((i) => i.name === null)) {
    return [loss("unreadable", "1", "a tuple without names is no JSON object")];
  }
  if (a.name === "Variant" && b.name === "Dynamic")
    return [loss("unreadable", "1", "the parts that are there have no streams of a Dynamic: the column cannot be read any more")];
  // Measured: a Variant with more types holds what it held.
  if (a.name === "Variant" && b.name === "Variant") return [];
  if (b.name === "String" || b.name === "Dynamic" || (b.name === "Variant" && b.inner.some((i) => i.type.text === a.text))) {
    return b.name === "Variant" && a.name === "String"
      ? [
          loss(
            "semantics",
            `toString(CAST(${v}, ${quoteString(b.text)})) != ${v}`,
            "text that looks like another of its types becomes that",
          ),
        ]
      : [];
  }
  switch (a.name) {
    case "String":
    case "FixedString":
    case "Dynamic":
    case "Variant":
      return fromText(a, b, v, nullable);
    case "Date":
    case "Date32":
    case "DateTime":
    case "DateTime64":
    case "Time":
    case "Time64":
      return fromDateTime(a, b, v);
    case "Enum8":
    case "Enum16":
      return fromEnum(a, b, v, nullable);
    case "JSON":
      return b.name === "JSON" ? fromJson(a, b, v) : [];
    case "UUID":
      // Measured: no bit is lost, and every reader gets a number where it got a UUID.
      if (b.name === "Bool") return [loss("semantics", "1", "every UUID is read as true or false from here on")];
      return b.name === "UInt128" ? [loss("semantics", "1", "every UUID is read as a number from here on")] : [];
    case "IPv6":
      if (b.name !== "IPv4") return [];
      return nullable
        ? [loss("drops-values", `accurateCastOrNull(${v}, 'IPv4') IS NULL`, "IPv6 addresses that are no mapped IPv4 become NULL")]
        : [loss("unreadable", `accurateCastOrNull(${v}, 'IPv4') IS NULL`, "IPv6 addresses that are no mapped IPv4 cannot be converted")];
    case "IPv4":
      return /^U?Int(?:8|16)$|^Int32$/.test(b.name)
        ? [loss("wraps", `toUInt32(${v}) != toUInt64(CAST(${v}, '${b.name}'))`, "addresses beyond the type's range wrap around")]
        : [];
    case "Bool":
      return b.name === "FixedString" && (b.numbers[0] ?? 0) < 5
        ? [loss("unreadable", (b.numbers[0] ?? 0) < 4 ? "1" : `NOT ${v}`, "true and false are longer than the FixedString")]
        : fromNumber(a, b, v);
    default:
      return fromNumber(a, b, v);
  }
}

const again = (a: ClickHouseType | undefined, b: ClickHouseType, v: string, nullable: boolean): readonly Loss[] =>
  a === undefined || a.text === b.text ? [] : valueLosses(bareType(a), bareType(b), v, nullable);

function innerOf(type: ClickHouseType, index: number): ClickHouseType {
  return type.inner[index]?.type ?? type;
}

function elements(losses: readonly Loss[], wrap: (when: string) => string): Loss[] {
  return losses.map((l) => (l.when === null ? l : { ...l, when: wrap(l.when) }));
}

/** Tuples with names on both sides are matched by name: an element that is not there any more is dropped, a new one has its default. */
function tupleLosses(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  const byName = a.inner.every((i) => i.name !== null) && b.inner.every((i) => i.name !== null);
  // Values stay with their names; whoever goes by the position (`t.1`, INSERT of `(a, b)`) gets another.
  const kept = b.inner.flatMap((i) => (a.inner.some((e) => e.name === i.name) ? [i.name] : []));
  const stood = a.inner.flatMap((i) => (b.inner.some((e) => e.name === i.name) ? [i.name] : []));
  const moved = byName && kept.join("\n") !== stood.join("\n");
  const places = moved
    ? [loss("semantics", "1", "elements change their places: who reads or writes them by position takes one for another")]
    : [];
  return places.concat(
    a.inner.flatMap((element, index): readonly Loss[] => {
      const target = byName ? b.inner.find((i) => i.name === element.name) : b.inner[index];
      const part = element.name === null ? `tupleElement(${v}, ${index + 1})` : `tupleElement(${v}, ${quoteString(element.name)})`;
      if (target !== undefined) return lossesOf(element.type, target.type, part, true);
      const filled = `${part} != defaultValueOfTypeName(${quoteString(element.type.text)})`;
      return [
        loss(
          "drops-values",
          /^(?:Array|Map|Tuple|JSON|Dynamic|Variant|Nullable)/.test(element.type.text) ? "1" : filled,
          `the element ${element.name ?? index + 1} is dropped`,
        ),
      ];
    }),
  );
}

/** Measured: a value without a label cannot be read, and in a Nullable it reads as NULL. */
function goneLabels(list: string, v: string, nullable: boolean): Loss {
  const when = `${v} IN (${list})`;
  return nullable
    ? loss("drops-values", when, `${list} becomes NULL`)
    : loss("unreadable", when, `rows with ${list} cannot be read any more`);
}

function fromEnum(a: ClickHouseType, b: ClickHouseType, v: string, nullable: boolean): readonly Loss[] {
  if (b.name === "Enum8" || b.name === "Enum16") {
    const missing = a.enumValues.filter((e) => !b.enumValues.some((f) => f.label === e.label && f.value === e.value));
    // A value whose number stays under another label is renamed: the same rows read as another word.
    const gone = missing.filter((e) => !b.enumValues.some((f) => f.value === e.value));
    const renamed = missing.filter((e) => !gone.includes(e));
    const list = (values: typeof missing): string => values.map((e) => quoteString(e.label)).join(", ");
    return [
      ...(gone.length > 0 ? [goneLabels(list(gone), v, nullable)] : []),
      ...(renamed.length > 0 ? [loss("semantics", `${v} IN (${list(renamed)})`, `rows with ${list(renamed)} read as another label`)] : []),
    ];
  }
  if (b.name === "FixedString") {
    const length = b.numbers[0] ?? 0;
    const long = a.enumValues.filter((e) => Buffer.byteLength(e.label) > length);
    return long.length > 0
      ? [loss("unreadable", `length(toString(${v})) > ${length}`, "labels longer than the FixedString cannot be converted")]
      : [];
  }
  if (a.name === "Enum8" && b.name === "Int8") return [];
  if (a.name === "Enum16" && b.name === "Int16") return [];
  const underlying = a.name === "Enum8" ? "Int8" : "Int16";
  const values = a.enumValues.map((e) => e.value);
  const range = rangeOf(b.name);
  const outside = range === null ? [] : values.filter((x) => BigInt(x) < range.min || BigInt(x) > range.max);
  return outside.length === 0
    ? []
    : [loss("wraps", `CAST(${v}, '${underlying}') IN (${outside.join(", ")})`, "numbers of labels wrap around")];
}
