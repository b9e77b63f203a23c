import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { quoteString } from "../changes/render.ts";
import { integer, loss, outside, rangeOf, type Loss } from "./loss.ts";

/** Bits of integers that a float holds exactly. */
const EXACT_BITS: Readonly<Record<string, number>> = { BFloat16: 8, Float32: 24, Float64: 53 };
/** Seconds and days that fit; measured on 26.7: DateTime64 and Time are clamped, Date and DateTime wrap. */
const SECONDS = { min: 0n, max: 4294967295n };
const WIDE_SECONDS = { min: -62167219200n, max: 253402300799n };
const NANO_SECONDS = { min: -9223372036n, max: 9223372036n };
const TIME_SECONDS = { min: -3599999n, max: 3599999n };
const DAYS = { min: 0n, max: 65535n };
const WIDE_DAYS = { min: -25567n, max: 120529n };

/** Largest absolute integer part that the storage of a Decimal holds. */
export function decimalLimit(type: ClickHouseType): bigint {
  const [precision = 10, scale = 0] = type.numbers;
  const bits = precision <= 9 ? 31n : precision <= 18 ? 63n : precision <= 38 ? 127n : 255n;
  return ((1n << bits) - 1n) / 10n ** BigInt(scale);
}

/** Ranges of what a number is taken as, in whole seconds or days. */
export function temporalRange(type: ClickHouseType): { min: bigint; max: bigint; what: string } | null {
  switch (type.name) {
    case "Date":
      return { ...DAYS, what: "what is no day from 1970 to 2149" };
    case "Date32":
      return { ...WIDE_DAYS, what: "what is no day from 1900 to 2299" };
    case "DateTime":
      return { ...SECONDS, what: "what is no second from 1970 to 2106" };
    case "DateTime64":
      return type.numbers[0] === 9
        ? { ...NANO_SECONDS, what: "what is no second from 1677 to 2262" }
        : { ...WIDE_SECONDS, what: "what is no second from year 0 to 9999" };
    case "Time":
    case "Time64":
      return { ...TIME_SECONDS, what: "what is not within 999 hours" };
    default:
      return null;
  }
}

/** Integers, floats, decimals, Bool. */
export function fromNumber(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  const range = a.name === "Bool" ? { min: 0n, max: 1n } : rangeOf(a.name);
  if (range !== null) return fromInteger(a, b, v, range);
  if (a.name.startsWith("Float") || a.name === "BFloat16") return fromFloat(a, b, v);
  if (a.name === "Decimal") return fromDecimal(a, b, v);
  return [];
}

function enumLosses(b: ClickHouseType, v: string): Loss[] {
  const values = b.enumValues.map((e) => e.value).join(", ");
  return [loss("unreadable", `${v} NOT IN (${values})`, "numbers without a label cannot be read")];
}

function fromInteger(a: ClickHouseType, b: ClickHouseType, v: string, from: { min: bigint; max: bigint }): readonly Loss[] {
  const to = rangeOf(b.name);
  if (to !== null) {
    const when = outside(v, from, to);
    return when === null ? [] : [loss("wraps", when, `values outside of ${b.name} wrap around`)];
  }
  const bits = EXACT_BITS[b.name];
  if (bits !== undefined) {
    const exact = 1n << BigInt(bits);
    if (from.max <= exact && from.min >= -exact) return [];
    // accurateCastOrNull does not look at 128 and 256 bits; what is beyond 2^53 in them is not exact unless its low bits are zero.
    const wide = /128|256/.test(a.name);
    const when = wide
      ? `${v} > ${integer(exact)}${from.min < 0n ? ` OR ${v} < ${integer(-exact)}` : ""}`
      : `accurateCastOrNull(${v}, '${b.name}') IS NULL`;
    return [loss("drops-values", when, `integers beyond 2^${bits} are rounded`)];
  }
  switch (b.name) {
    case "Bool":
      return from.max > 1n ? [loss("drops-values", `${v} NOT IN (0, 1)`, "every number but 0 becomes true")] : [];
    case "Decimal": {
      const limit = decimalLimit(b);
      const when = outside(v, from, { min: -limit, max: limit });
      return when === null ? [] : [loss("unreadable", when, `values beyond ${b.text} fail to convert`)];
    }
    case "Enum8":
    case "Enum16":
      return enumLosses(b, v);
    case "IPv4": {
      const when = outside(v, from, SECONDS);
      return when === null ? [] : [loss("wraps", when, "numbers beyond 32 bits wrap around")];
    }
    default: {
      const temporal = temporalRange(b);
      const when = temporal === null ? null : outside(v, from, temporal);
      return temporal === null || when === null ? [] : [loss("wraps", when, `${temporal.what} becomes another one`)];
    }
  }
}

function fromFloat(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  const to = rangeOf(b.name);
  if (to !== null) {
    return [
      loss("unreadable", `NOT isFinite(${v})`, "NaN and infinity fail to convert"),
      loss(
        "wraps",
        `isFinite(${v}) AND (${v} < ${integer(to.min)} OR ${v} > ${integer(to.max)})`,
        `values outside of ${b.name} wrap around`,
      ),
      loss("drops-values", `isFinite(${v}) AND ${v} != trunc(${v})`, "fractions are cut off"),
    ];
  }
  if (EXACT_BITS[b.name] !== undefined) {
    if ((EXACT_BITS[b.name] ?? 0) >= (EXACT_BITS[a.name] ?? 0)) return [];
    return [
      loss(
        "drops-values",
        `NOT isNaN(${v}) AND CAST(CAST(${v}, '${b.name}'), '${a.name}') != ${v}`,
        "digits beyond the type's precision are rounded",
      ),
    ];
  }
  switch (b.name) {
    case "Bool":
      return [loss("drops-values", `${v} NOT IN (0, 1)`, "every number but 0 becomes true")];
    case "Decimal": {
      const limit = decimalLimit(b);
      return [
        loss(
          "unreadable",
          `NOT isFinite(${v}) OR abs(${v}) > ${Number(limit)}`,
          `NaN, infinity and values beyond ${b.text} fail to convert`,
        ),
        loss("drops-values", `isFinite(${v}) AND round(${v}, ${b.numbers[1] ?? 0}) != ${v}`, "digits behind the scale are cut off"),
        loss(
          "wraps",
          `toDecimal256OrNull(toString(${v}), ${b.numbers[1] ?? 0}) != accurateCastOrNull(${v}, ${quoteString(b.text)})`,
          "the scale asks for more digits than a float has: the rest is made up",
        ),
      ];
    }
    case "Enum8":
    case "Enum16":
      return enumLosses(b, `trunc(${v})`);
    default: {
      const temporal = temporalRange(b);
      if (temporal === null) return [];
      const fraction = b.name.endsWith("64") ? "" : ` OR ${v} != trunc(${v})`;
      const strict = b.name.endsWith("64") || a.name === "BFloat16";
      return [
        ...(strict
          ? [loss("unreadable", a.name === "BFloat16" ? `NOT isFinite(${v})` : `isNaN(${v})`, "NaN and infinity fail to convert")]
          : []),
        loss(
          "wraps",
          `NOT isFinite(${v}) OR ${v} < ${temporal.min} OR ${v} > ${temporal.max}${fraction}`,
          `${temporal.what} becomes another one, fractions are cut off`,
        ),
      ];
    }
  }
}

function fromDecimal(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  const scale = a.numbers[1] ?? 0;
  const most = decimalLimit(a);
  const fraction = scale > 0 ? [loss("drops-values", `${v} != trunc(${v})`, "fractions are cut off")] : [];
  const to = rangeOf(b.name);
  if (to !== null) {
    // Measured: the fraction goes first, -0.01 arrives as 0.
    const when = outside(scale > 0 ? `trunc(${v})` : v, { min: -most, max: most }, to);
    return [...(when === null ? [] : [loss("unreadable", when, `values outside of ${b.name} fail to convert`)]), ...fraction];
  }
  if (EXACT_BITS[b.name] !== undefined) {
    return [
      loss(
        "drops-values",
        // There is no way back from a BFloat16.
        b.name === "BFloat16"
          ? `toFloat64(CAST(${v}, 'BFloat16')) != toFloat64(${v})`
          : `ifNull(accurateCastOrNull(CAST(${v}, '${b.name}'), ${quoteString(a.text)}) != ${v}, 1)`,
        "digits beyond the type's precision are rounded",
      ),
    ];
  }
  switch (b.name) {
    case "Bool":
      return [loss("drops-values", `${v} NOT IN (0, 1)`, "every number but 0 becomes true")];
    case "Decimal": {
      const limit = decimalLimit(b);
      const target = b.numbers[1] ?? 0;
      return [
        ...(limit < most
          ? [loss("unreadable", `abs(CAST(${v}, 'Decimal(76, ${scale})')) > ${integer(limit)}`, `values beyond ${b.text} fail to convert`)]
          : []),
        ...(target < scale ? [loss("drops-values", `trunc(${v}, ${target}) != ${v}`, "digits behind the new scale are cut off")] : []),
      ];
    }
    default: {
      const temporal = temporalRange(b);
      if (temporal === null) return [];
      const finer =
        scale > (b.numbers[0] ?? 0)
          ? [loss("drops-values", `trunc(${v}, ${b.numbers[0] ?? 0}) != ${v}`, "digits behind the new precision are cut off")]
          : [];
      // A small Decimal cannot be compared with a large number: it fails with an overflow.
      const wide = `toDecimal256(${v}, ${scale})`;
      // Measured: up to 64 bits a time stops at its limits, but for nanoseconds.
      const stops = (a.numbers[0] ?? 10) <= 18 && !(b.name === "DateTime64" && b.numbers[0] === 9);
      return [
        loss(
          stops ? "wraps" : "unreadable",
          `${wide} < ${temporal.min} OR ${wide} > ${temporal.max}`,
          `${temporal.what} fails to convert or becomes another one`,
        ),
        ...finer,
      ];
    }
  }
}
