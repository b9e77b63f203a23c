import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseType, EnumValue } from "../../../model/clickhouse/schema.ts";
import { canonicalExpression, functionText, quoteString } from "./render.ts";
import type { DataType, TypeArgument } from "../parse/ast.ts";
import { isAggregateFunction } from "../bind/functions.ts";
import { typeFamily } from "./type-names.ts";

type Inner = ClickHouseType["inner"];

/** What could not be told. */
export const UNKNOWN_TYPE: ClickHouseType = simpleType("");

/** A type without arguments, or one built from its parts. */
export function simpleType(name: string, parts: Partial<Omit<ClickHouseType, "name">> = {}): ClickHouseType {
  return { text: name, name, inner: [], numbers: [], timeZone: null, enumValues: [], parameters: null, ...parts };
}

export function wrapType(name: "Nullable" | "Array" | "LowCardinality", type: ClickHouseType): ClickHouseType {
  return simpleType(name, { text: `${name}(${type.text})`, inner: [{ name: null, type }] });
}

export function isNullable(type: ClickHouseType): boolean {
  return type.name === "Nullable" || (type.name === "LowCardinality" && type.inner[0]?.type.name === "Nullable");
}

/** Without Nullable and LowCardinality around it. */
export function bareType(type: ClickHouseType): ClickHouseType {
  const inside = type.inner[0]?.type;
  return (type.name === "Nullable" || type.name === "LowCardinality") && inside !== undefined ? bareType(inside) : type;
}

export interface TypeResult {
  readonly type: ClickHouseType;
  readonly refused: ClickHouseError | null;
}

const refuse = (code: number, message: string, type: ClickHouseType = UNKNOWN_TYPE): TypeResult => ({ type, refused: { code, message } });
const accept = (type: ClickHouseType): TypeResult => ({ type, refused: null });

/** The widest scale of DateTime64 and Time64: nanoseconds. */
const MOST_SCALE = 9;

/** The type as the server canonicalises it, or with what it answers to it. Measured on 26.7. */
export function canonicalType(written: DataType): TypeResult {
  const family = typeFamily(written.name);
  if (family === "Nothing") return refuse(370, "Data type Nothing cannot be used in tables", simpleType("Nothing"));
  if (family === null || family === "Object") return refuse(50, `Unknown data type family: ${written.name}`);
  const given = written.arguments ?? [];
  switch (family) {
    case "Enum":
    case "Enum8":
    case "Enum16":
      return enumType(family, given);
    case "Decimal":
    case "Decimal32":
    case "Decimal64":
    case "Decimal128":
    case "Decimal256":
      return decimalType(family, given);
    case "DateTime":
    case "DateTime32":
      return dateTimeType(given);
    case "DateTime64":
    case "Time64":
      return fractionType(family, given);
    case "FixedString": {
      const length = numberOf(given[0]);
      if (length === null || length < 1)
        return refuse(223, "FixedString data type family must have a number (positive integer) as its argument");
      return accept(simpleType("FixedString", { text: `FixedString(${length})`, numbers: [length] }));
    }
    case "Nullable":
    case "LowCardinality":
    case "Array":
      return wrapped(family, given);
    case "Map":
    case "Tuple":
    case "Nested":
    case "Variant":
      return compound(family, given);
    case "AggregateFunction":
    case "SimpleAggregateFunction":
      return aggregate(family, given);
    case "JSON":
    case "Dynamic":
    case "QBit":
      return parametrised(family, given);
    default:
      return accept(simpleType(family));
  }
}

function numberOf(argument: TypeArgument | undefined): number | null {
  if (argument?.kind !== "literal" || argument.value.value.type !== "number") return null;
  const number = Number(argument.value.value.text);
  return Number.isInteger(number) ? number : null;
}

function stringOf(argument: TypeArgument | undefined): string | null {
  return argument?.kind === "literal" && argument.value.value.type === "string" ? argument.value.value.value : null;
}

function enumType(family: string, given: readonly TypeArgument[]): TypeResult {
  const values: EnumValue[] = [];
  let next: number | null = null;
  for (const argument of given) {
    const label = argument.kind === "enum-value" ? argument.name.value : stringOf(argument);
    if (label === null) return refuse(223, "Elements of Enum data type must be of form: 'name' = number or 'name'");
    const stated: number | null = argument.kind === "enum-value" && argument.value !== null ? Number(argument.value) : null;
    if (stated === null && next === null && values.length > 0) return refuse(223, "All elements of Enum data type must be of one form");
    const value: number = stated ?? next ?? 1;
    // Measured: only the first may have a number where the others have none.
    next = value + 1;
    values.push({ label, value });
  }
  if (values.length === 0) return refuse(223, "Enum data type cannot be empty");
  const wide = values.some((v) => v.value < -128 || v.value > 127);
  const name = family === "Enum" ? (wide ? "Enum16" : "Enum8") : family;
  if (name === "Enum8" && wide) return refuse(69, "Value of an element exceeds range of Enum8");
  if (values.some((v) => v.value < -32768 || v.value > 32767)) return refuse(69, "Value of an element exceeds range of Enum16");
  if (new Set(values.map((v) => v.label)).size < values.length) return refuse(62, "Duplicate names in enum");
  if (new Set(values.map((v) => v.value)).size < values.length) return refuse(62, "Duplicate values in enum");
  return accept(enumOf(name, values));
}

export function enumOf(name: string, values: readonly EnumValue[]): ClickHouseType {
  const enumValues = values.toSorted((a, b) => a.value - b.value);
  return simpleType(name, { text: `${name}(${enumValues.map((v) => `${quoteString(v.label)} = ${v.value}`).join(", ")})`, enumValues });
}

const DECIMAL_PRECISION: Readonly<Record<string, number>> = { Decimal32: 9, Decimal64: 18, Decimal128: 38, Decimal256: 76 };

function decimalType(family: string, given: readonly TypeArgument[]): TypeResult {
  const fixed = DECIMAL_PRECISION[family];
  const first = given[0] === undefined ? null : numberOf(given[0]);
  const precision = fixed ?? first ?? 10;
  const scale = fixed !== undefined ? (first ?? 0) : given[1] === undefined ? 0 : (numberOf(given[1]) ?? 0);
  if (precision < 1 || precision > 76) return refuse(69, `Wrong precision: it must be between 1 and 76, got ${precision}`);
  if (scale > precision || scale < 0) return refuse(69, "Negative scales and scales larger than precision are not supported");
  return accept(decimalOf(precision, scale));
}

export function decimalOf(precision: number, scale: number): ClickHouseType {
  return simpleType("Decimal", { text: `Decimal(${precision}, ${scale})`, numbers: [precision, scale] });
}

function dateTimeType(given: readonly TypeArgument[]): TypeResult {
  const scale = numberOf(given[0]);
  // DateTime(3) is DateTime64(3).
  if (scale !== null && scale > 0) return fractionType("DateTime64", given);
  const timeZone = stringOf(given[0]);
  if (timeZone === null) return accept(simpleType("DateTime"));
  if (!knownTimeZone(timeZone)) return refuse(36, `Cannot load time zone ${timeZone}`);
  return accept(simpleType("DateTime", { text: `DateTime(${quoteString(timeZone)})`, timeZone }));
}

function fractionType(family: string, given: readonly TypeArgument[]): TypeResult {
  const scale = given[0] === undefined ? 3 : (numberOf(given[0]) ?? 3);
  if (scale > MOST_SCALE || scale < 0) return refuse(69, `Scale ${scale} is too large for ${family}. Maximum is up to nanoseconds (9)`);
  const timeZone = stringOf(given[1]);
  if (timeZone !== null && !knownTimeZone(timeZone)) return refuse(36, `Cannot load time zone ${timeZone}`);
  const text = timeZone === null ? `${family}(${scale})` : `${family}(${scale}, ${quoteString(timeZone)})`;
  return accept(simpleType(family, { text, numbers: [scale], timeZone }));
}

// The first question to Intl loads its data, about 50 ms: the zone that nearly everybody names is known without.
const zones = new Map<string, boolean>([["UTC", true]]);
function knownTimeZone(name: string): boolean {
  let known = zones.get(name);
  if (known === undefined) {
    try {
      known = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
    } catch {
      known = false;
    }
    zones.set(name, known);
  }
  return known;
}

function elementsOf(given: readonly TypeArgument[]): { inner: Inner; refused: ClickHouseError | null } {
  const inner: { name: string | null; type: ClickHouseType }[] = [];
  for (const argument of given) {
    const type = argument.kind === "type" || argument.kind === "named" ? canonicalType(argument.type) : null;
    if (type === null) return { inner, refused: { code: 50, message: "A type was expected as argument of a type" } };
    if (type.refused !== null) return { inner, refused: type.refused };
    inner.push({ name: argument.kind === "named" ? argument.name.text : null, type: type.type });
  }
  return { inner, refused: null };
}

/** Measured on 26.7; Tuple only with enable_nullable_tuple_type, which is error 44 at CREATE and not here. */
const NEVER_NULLABLE = new Set(["Nullable", "LowCardinality", "Array", "Map", "Variant", "Dynamic", "AggregateFunction", "Nested"]);
const LOW_CARDINALITY = /^(?:String|FixedString|U?Int\d+|Float\d+|BFloat16|Date|Date32|DateTime|DateTime64|UUID|IPv4|IPv6|Bool)$/;
const FIXED_WIDTH = /^(?:U?Int\d+|Float\d+|BFloat16|Date|Date32|DateTime|UUID|IPv4|IPv6|Bool)$/;

function wrapped(family: "Nullable" | "LowCardinality" | "Array", given: readonly TypeArgument[]): TypeResult {
  const { inner, refused } = elementsOf(given);
  if (refused !== null) return { type: UNKNOWN_TYPE, refused };
  const type = inner[0]?.type;
  if (type === undefined || inner.length > 1) return refuse(42, `${family} data type family must have exactly one argument`);
  const result = wrapType(family, type);
  if (family === "Nullable" && NEVER_NULLABLE.has(type.name))
    return refuse(43, `Nested type ${type.text} cannot be inside Nullable type`, result);
  if (family === "Nullable" && type.name === "Tuple") return refuse(44, `Cannot create column with type '${result.text}'`, result);
  if (family === "LowCardinality") {
    const bare = type.name === "Nullable" ? bareType(type) : type;
    if (!LOW_CARDINALITY.test(bare.name)) {
      return refuse(43, `DataTypeLowCardinality is supported only for numbers, strings, Date or DateTime, but got ${type.text}`, result);
    }
  }
  return accept(result);
}

/** `LowCardinality(UInt8)` anywhere inside: 455 unless allow_suspicious_low_cardinality_types. */
export function suspiciousLowCardinality(type: ClickHouseType): ClickHouseType | null {
  if (type.name === "LowCardinality" && FIXED_WIDTH.test(bareType(type).name)) return type;
  for (const { type: inner } of type.inner) {
    const found = suspiciousLowCardinality(inner);
    if (found !== null) return found;
  }
  return null;
}

const quoteName = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("`", "\\`")}\``);

function compound(family: "Map" | "Tuple" | "Nested" | "Variant", given: readonly TypeArgument[]): TypeResult {
  const { inner, refused } = elementsOf(given);
  if (refused !== null) return { type: UNKNOWN_TYPE, refused };
  const key = inner[0]?.type;
  if (family === "Map") {
    if (inner.length !== 2 || key === undefined) return refuse(42, "Map data type family must have two arguments: key and value types");
    if (isNullable(key)) return refuse(36, `Map cannot have a key of type ${key.text}`);
  }
  const names = inner.flatMap((i) => (i.name === null ? [] : [i.name]));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined && family === "Tuple") return refuse(15, `Names of tuple elements must be unique. Duplicate name: ${twice}`);
  if (family === "Variant" && inner.some((i) => isNullable(i.type))) {
    return refuse(36, "Nullable/LowCardinality(Nullable) types are not allowed inside Variant type");
  }
  // A Variant sorts its types by name and knows each once.
  const ordered =
    family === "Variant"
      ? [...new Map(inner.map((i) => [i.type.text, i])).values()].sort((a, b) => (a.type.text < b.type.text ? -1 : 1))
      : inner;
  const text = `${family}(${ordered.map((i) => (i.name === null ? i.type.text : `${quoteName(i.name)} ${i.type.text}`)).join(", ")})`;
  return accept(simpleType(family, { text, inner: ordered }));
}

/** What SimpleAggregateFunction takes, by the server's own list. */
const SIMPLE = new Set(
  `any any_respect_nulls anyLast anyLast_respect_nulls any_value first_value last_value min max sum sumWithOverflow groupBitAnd groupBitOr groupBitXor sumMap
minMap maxMap groupArrayArray groupArrayLastArray groupUniqArrayArray groupUniqArrayArrayMap sumMappedArrays minMappedArrays maxMappedArrays
groupArrayDistinct groupUniqArray`.split(/\s+/),
);

/** A sum is as wide as its kind goes: what is narrower cannot hold it. Measured. */
function sumsToItself(type: ClickHouseType): boolean {
  const bare = bareType(type);
  if (bare.name === "Decimal") return (bare.numbers[0] ?? 0) === 38 || (bare.numbers[0] ?? 0) === 76;
  return !/^(?:U?Int(?:8|16|32)|B?Float(?:16|32)|Bool)$/.test(bare.name);
}

function aggregate(family: string, given: readonly TypeArgument[]): TypeResult {
  const head = given[0];
  const name =
    head?.kind === "type"
      ? head.type.name
      : head?.kind === "function"
        ? functionText(head.name, head.parameters)
        : head?.kind === "literal"
          ? (numberOf(head)?.toString() ?? "")
          : "";
  const { inner, refused } = elementsOf(given.slice(1));
  if (refused !== null) return { type: UNKNOWN_TYPE, refused };
  const text = `${family}(${[name, ...inner.map((i) => i.type.text)].join(", ")})`;
  const result = simpleType(family, { text, inner, parameters: name });
  const called = name.split("(")[0] ?? name;
  if (refused !== null) return { type: result, refused };
  if (called !== "" && !/^\d+$/.test(called) && !isAggregateFunction(called))
    return refuse(63, `Unknown aggregate function ${called}`, result);
  if (family === "SimpleAggregateFunction" && !SIMPLE.has(called)) return refuse(36, `Unsupported aggregate function ${called}`, result);
  const argument = inner[0]?.type;
  if (family === "SimpleAggregateFunction" && called === "sum" && argument !== undefined && !sumsToItself(argument))
    return refuse(36, `Incompatible data types between aggregate function 'sum' and column storage type ${argument.text}`, result);
  return accept(result);
}

function parametrised(family: string, given: readonly TypeArgument[]): TypeResult {
  const inner: { name: string | null; type: ClickHouseType }[] = [];
  const written: string[] = [];
  for (const argument of given) {
    switch (argument.kind) {
      case "named":
      case "type": {
        const type = canonicalType(argument.type);
        if (type.refused !== null) return type;
        if (argument.kind === "named") inner.push({ name: argument.name.text, type: type.type });
        written.push(argument.kind === "named" ? `${quoteName(argument.name.text)} ${type.type.text}` : type.type.text);
        break;
      }
      case "setting": {
        const value = argument.setting.value;
        written.push(`${argument.setting.name}=${value?.type === "number" ? value.text : value?.type === "string" ? value.value : ""}`);
        break;
      }
      case "skip":
        written.push(`SKIP ${argument.path}`);
        break;
      case "skip-regexp":
        written.push(`SKIP REGEXP ${quoteString(argument.pattern)}`);
        break;
      case "literal":
        written.push(canonicalExpression(argument.value));
        break;
      case "enum-value":
      case "function":
        break;
      default:
        return argument satisfies never;
    }
  }
  const text = written.length === 0 ? family : `${family}(${written.join(", ")})`;
  return accept(simpleType(family, { text, inner, parameters: written.length === 0 ? null : written.join(", ") }));
}
