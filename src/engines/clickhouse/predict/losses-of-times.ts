import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { quoteString } from "../changes/render.ts";
import { loss, outside, rangeOf, type Loss } from "./loss.ts";
import { decimalLimit } from "./losses-of-numbers.ts";

type Range = { readonly min: bigint; readonly max: bigint };
const SECONDS: Range = { min: 0n, max: 4294967295n };

/** A date or time as a whole number, for comparisons that neither wrap nor fail: days for dates, seconds for the others. */
function numeric(a: ClickHouseType, v: string): { readonly sql: string; readonly range: Range } {
  switch (a.name) {
    case "Date":
      return { sql: `toUInt16(${v})`, range: { min: 0n, max: 65535n } };
    case "Date32":
      return { sql: `toInt32(${v})`, range: { min: -25567n, max: 120529n } };
    case "DateTime":
      return { sql: `toUInt32(${v})`, range: SECONDS };
    case "Time":
      return { sql: `toInt32(${v})`, range: { min: -3599999n, max: 3599999n } };
    default:
      return { sql: `CAST(${v}, 'Decimal(38, 9)')`, range: { min: -62167219200n, max: 253402300799n } };
  }
}

const roundTrip = (a: ClickHouseType, b: ClickHouseType, v: string): string =>
  `CAST(CAST(${v}, ${quoteString(b.text)}), ${quoteString(a.text)}) != ${v}`;

/** Date, Date32, DateTime, DateTime64, Time, Time64. */
export function fromDateTime(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  const to = rangeOf(b.name);
  const { sql, range } = numeric(a, v);
  if (to !== null) {
    const when = outside(sql, range, to);
    const fine = a.name === "DateTime64" || a.name === "Time64";
    return [
      ...(when === null
        ? []
        : [loss(fine ? "unreadable" : "wraps", when, `what does not fit ${b.name} ${fine ? "fails to convert" : "wraps around"}`)]),
      ...(fine ? [loss("drops-values", `${sql} != trunc(${sql})`, "fractions of a second are cut off")] : []),
    ];
  }
  switch (b.name) {
    case "Bool":
      return [loss("drops-values", `${sql} NOT IN (0, 1)`, "everything but the epoch becomes true")];
    case "BFloat16":
    case "Float32":
    case "Float64":
      return b.name === "Float64" && !a.name.endsWith("64")
        ? []
        : a.name === "Date" && b.name === "Float32"
          ? []
          : [
              loss(
                "drops-values",
                `accurateCastOrNull(toInt64(${sql}), '${b.name}') IS NULL${a.name.endsWith("64") ? ` OR ${sql} != trunc(${sql})` : ""}`,
                "seconds are rounded",
              ),
            ];
    case "Decimal": {
      const limit = decimalLimit(b);
      const when = outside(sql, range, { min: -limit, max: limit });
      const finer =
        (a.numbers[0] ?? 0) > (b.numbers[1] ?? 0)
          ? [loss("drops-values", `trunc(${sql}, ${b.numbers[1] ?? 0}) != ${sql}`, "fractions of a second are cut off")]
          : [];
      return [...(when === null ? [] : [loss("unreadable", when, `seconds beyond ${b.text} fail to convert`)]), ...finer];
    }
    case "Date":
    case "Date32":
      return toDate(a, b, v);
    case "DateTime":
      return toDateTime(a, b, v);
    case "DateTime64":
      return toDateTime64(a, b, v);
    case "Time":
    case "Time64":
      // Measured: what MODIFY COLUMN accepts here, no part can be converted by.
      if (a.name === "Time64" && b.name === "Time") return [loss("unreadable", "1", "the server cannot convert a Time64 to Time")];
      if (a.name === "Time" || a.name === "Time64")
        return a.name === "Time64" ? [loss("drops-values", roundTrip(a, b, v), "fractions of a second are cut off")] : [];
      return [
        loss(
          "drops-values",
          a.name.startsWith("Date") && !a.name.startsWith("DateTime") ? `${sql} != 0` : `toDate32(${v}) != toDate32('1970-01-01')`,
          "the date is dropped",
        ),
      ];
    default:
      return [];
  }
}

function toDate(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  const [min, max] = b.name === "Date" ? ["1970-01-01", "2149-06-06"] : ["1900-01-01", "2299-12-31"];
  const beyond = `toDate32(${v}) < toDate32('${min}') OR toDate32(${v}) > toDate32('${max}')`;
  const wraps =
    b.name === "Date" && (a.name === "Date32" || a.name === "DateTime64")
      ? [loss("wraps", beyond, "days before 1970 or after 2149 become others")]
      : [];
  if (a.name === "Date" || a.name === "Date32") return wraps;
  if (a.name === "Time" || a.name === "Time64") return [loss("drops-values", `${numeric(a, v).sql} != 0`, "the time of day is dropped")];
  const midnight =
    a.name === "DateTime"
      ? `toStartOfDay(${v}) != ${v}`
      : `toHour(${v}) + toMinute(${v}) + toSecond(${v}) != 0 OR CAST(${v}, 'Decimal(38, 9)') != trunc(CAST(${v}, 'Decimal(38, 9)'))`;
  return [...wraps, loss("drops-values", midnight, "the time of day is dropped")];
}

function toDateTime(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  switch (a.name) {
    case "Date":
      return [loss("wraps", `toUInt16(${v}) > 49710`, "days after 7 February 2106 become others"), ...midnightsElsewhere(b, v)];
    case "Date32":
      return [loss("wraps", `toInt32(${v}) < 0 OR toInt32(${v}) > 49710`, "days before 1970 or after 7 February 2106 become others")];
    case "DateTime":
      return zoneLoss(a, b, v);
    case "DateTime64": {
      const seconds = `CAST(${v}, 'Decimal(38, 9)')`;
      return [
        loss("wraps", `${seconds} < 0 OR ${seconds} >= 4294967296`, "times before 1970 or after 7 February 2106 become others"),
        ...((a.numbers[0] ?? 3) > 0 ? [loss("drops-values", `${seconds} != trunc(${seconds})`, "fractions of a second are cut off")] : []),
        ...zoneLoss(a, b, v),
      ];
    }
    case "Time":
      return [loss("wraps", `toInt32(${v}) < 0`, "times below zero become some day in 2106")];
    case "Time64":
      return [loss("unreadable", `${numeric(a, v).sql} < 0`, "times below zero fail to convert")];
    default:
      return [];
  }
}

function toDateTime64(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  const nano = b.numbers[0] === 9;
  switch (a.name) {
    case "Date":
      return midnightsElsewhere(b, v);
    case "Date32":
      return nano ? [loss("wraps", `toInt32(${v}) > 106751`, "days after 11 April 2262 become others")] : [];
    case "DateTime":
      return zoneLoss(a, b, v);
    case "DateTime64": {
      const from = a.numbers[0] ?? 3;
      const to = b.numbers[0] ?? 3;
      const seconds = `CAST(${v}, 'Decimal(38, 9)')`;
      return [
        ...(nano && from < 9
          ? [loss("unreadable", `${seconds} < -9223372036 OR ${seconds} > 9223372036`, "times before 1677 or after 2262 fail to convert")]
          : []),
        ...(to < from ? [loss("drops-values", `trunc(${seconds}, ${to}) != ${seconds}`, "digits of the second are cut off")] : []),
        ...zoneLoss(a, b, v),
      ];
    }
    default:
      return [];
  }
}

/** Measured: where clocks are ahead of UTC, midnight of 1 January 1970 lies before what can be stored, and becomes another day. */
function midnightsElsewhere(b: ClickHouseType, v: string): readonly Loss[] {
  return b.timeZone === null || b.timeZone === "UTC"
    ? []
    : [
        loss(
          "wraps",
          `toUInt16(${v}) = 0 AND toDate32(CAST(${v}, ${quoteString(b.text)})) != toDate32(${v})`,
          "1 January 1970 becomes another day",
        ),
      ];
}

/** The instant stays, the time that everybody reads is another. */
function zoneLoss(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  if (a.timeZone === b.timeZone) return [];
  const shown = b.timeZone === null ? `toTimeZone(${v}, timezone())` : `toTimeZone(${v}, ${quoteString(b.timeZone)})`;
  return [
    loss("semantics", `toString(${shown}) != toString(${v})`, "the same instants are shown, parsed and grouped by another time zone"),
  ];
}
