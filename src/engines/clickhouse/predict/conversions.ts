import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { bareType, isNullable } from "../changes/types.ts";
import { CONVERSION_FAMILIES, CONVERSIONS } from "./conversion-table.ts";

const NAMES: Readonly<Record<number, string>> = {
  36: "BAD_ARGUMENTS",
  43: "ILLEGAL_TYPE_OF_ARGUMENT",
  44: "ILLEGAL_COLUMN",
  48: "NOT_IMPLEMENTED",
  53: "TYPE_MISMATCH",
  70: "CANNOT_CONVERT_TYPE",
  131: "TOO_LARGE_STRING_SIZE",
};

const refusal = (code: number, from: ClickHouseType, to: ClickHouseType): ClickHouseError => ({
  code,
  message: `Cannot convert ${from.text} to ${to.text} (${NAMES[code] ?? "error"})`,
});

/** What MODIFY COLUMN answers to a change of type, whatever the data are; null where it is accepted. */
export function refusedConversion(from: ClickHouseType, to: ClickHouseType): ClickHouseError | null {
  if (from.text === to.text) return null;
  const a = bareType(from);
  const b = bareType(to);
  if (a.text === b.text) return null;
  if (a.name === "SimpleAggregateFunction") return a.inner[0] === undefined ? null : refusedConversion(a.inner[0].type, b);
  if (b.name === "SimpleAggregateFunction") return b.inner[0] === undefined ? null : refusedConversion(a, b.inner[0].type);
  if (a.name === "Array" && b.name === "Array") return inside(a, b, 0);
  if (a.name === "Map" && b.name === "Map") return inside(a, b, 0) ?? inside(a, b, 1);
  if (a.name === "Tuple" && b.name === "Tuple") return tuples(a, b);
  if (a.name === "AggregateFunction" && b.name === "AggregateFunction") return refusal(70, from, to);
  if (a.name === "FixedString" && b.name === "FixedString")
    return (b.numbers[0] ?? 0) < (a.numbers[0] ?? 0) ? refusal(131, from, to) : null;
  // Measured: where a default takes the place of NULL, labels go by their words.
  if (a.name.startsWith("Enum") && b.name.startsWith("Enum")) return isNullable(from) && !isNullable(to) ? null : renumbered(a, b);
  // Measured: an entry is a tuple, or the text of one.
  if (a.name === "Map" && b.name === "Array")
    return /^(?:U?Int|B?Float|Decimal|Bool$|Date|Time|UUID|IPv|Enum)/.test(bareType(b.inner[0]?.type ?? b).name)
      ? refusal(43, from, to)
      : null;
  if (b.name === "Variant") return variant(a, b);
  // Measured: each type that the Variant may hold is cast, and the first that cannot be is what the server names.
  if (a.name === "Variant" && b.name !== "Dynamic" && b.name !== "String")
    return a.inner.map((member) => refusedConversion(member.type, b)).find((refused) => refused !== null) ?? null;
  // Text that does not parse becomes NULL: text of any kind may become Nullable.
  const column = CONVERSION_FAMILIES.indexOf(b.name);
  const code = CONVERSIONS[a.name]?.[column] ?? 0;
  if (code === 0) return null;
  // Measured: what has no conversion answers 43 where the new type is Nullable.
  return refusal(code === 53 && isNullable(to) ? 43 : code, from, to);
}

function inside(a: ClickHouseType, b: ClickHouseType, index: number): ClickHouseError | null {
  const from = a.inner[index]?.type;
  const to = b.inner[index]?.type;
  return from === undefined || to === undefined ? null : refusedConversion(from, to);
}

function tuples(a: ClickHouseType, b: ClickHouseType): ClickHouseError | null {
  const byName = a.inner.every((i) => i.name !== null) && b.inner.every((i) => i.name !== null);
  if (!byName && a.inner.length !== b.inner.length) return refusal(53, a, b);
  for (const [index, element] of a.inner.entries()) {
    const target = byName ? b.inner.find((i) => i.name === element.name) : b.inner[index];
    const refused = target === undefined ? null : refusedConversion(element.type, target.type);
    if (refused !== null) return refused;
  }
  return null;
}

/** A label that both have must keep its number, and a number its label where the storage stays as it is. */
function renumbered(a: ClickHouseType, b: ClickHouseType): ClickHouseError | null {
  const moved = a.enumValues.find((e) => b.enumValues.some((f) => f.label === e.label && f.value !== e.value));
  return moved === undefined ? null : refusal(70, a, b);
}

function variant(a: ClickHouseType, b: ClickHouseType): ClickHouseError | null {
  if (a.name === "String" || a.name === "FixedString" || a.name === "Dynamic" || a.name.startsWith("Enum")) return null;
  if (a.name === "Variant") return a.inner.every((i) => b.inner.some((j) => j.type.text === i.type.text)) ? null : refusal(70, a, b);
  return b.inner.some((i) => i.type.text === a.text) ? null : refusal(70, a, b);
}

const SAME_STORAGE = new Set([
  "UInt8 Bool",
  "Bool UInt8",
  "UInt16 Date",
  "Date UInt16",
  "UInt32 DateTime",
  "DateTime UInt32",
  "DateTime DateTime",
  "Enum8 Int8",
  "Enum16 Int16",
]);

/** The bytes stay as they are: only the description changes. Measured pair by pair on 26.7, and inside of Nullable, Array, Map and Tuple. */
export function keepsStorage(from: ClickHouseType, to: ClickHouseType): boolean {
  if (from.text === to.text) return true;
  if (from.name === to.name && /^(?:Nullable|Array|Map|Tuple)$/.test(from.name)) {
    const enumsToo = from.name === "Nullable" || from.name === "Array";
    return (
      from.inner.length === to.inner.length &&
      from.inner.every((element, index) => {
        const other = to.inner[index];
        if (other === undefined || other.name !== element.name) return false;
        // Measured: a longer Enum inside of a Map or Tuple is written anew.
        return element.type.text === other.type.text || (keepsStorage(element.type, other.type) && (enumsToo || !holdsEnum(element.type)));
      })
    );
  }
  if (SAME_STORAGE.has(`${from.name} ${to.name}`)) return true;
  if (from.name === to.name && from.name.startsWith("Enum")) {
    return from.enumValues.every((e) => to.enumValues.some((f) => f.value === e.value));
  }
  if (from.name === "DateTime64" && to.name === "DateTime64") return from.numbers[0] === to.numbers[0];
  // Measured: as many bytes and as many digits after the point, whatever the precision says.
  if (from.name === "Decimal" && to.name === "Decimal") return decimalBytes(from) === decimalBytes(to) && scaleOf(from) === scaleOf(to);
  if (from.name === "SimpleAggregateFunction" && to.name === "SimpleAggregateFunction")
    return from.inner[0]?.type.text === to.inner[0]?.type.text;
  if (from.name === "SimpleAggregateFunction") return from.inner[0]?.type.text === to.text;
  if (to.name === "SimpleAggregateFunction") return to.inner[0]?.type.text === from.text;
  return false;
}

const holdsEnum = (type: ClickHouseType): boolean => type.name.startsWith("Enum") || type.inner.some((i) => holdsEnum(i.type));

const scaleOf = (type: ClickHouseType): number => type.numbers[1] ?? 0;

function decimalBytes({ numbers: [precision = 10] }: ClickHouseType): number {
  return precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
}
