import type { Interval, ObjectName, Refresh, Setting } from "../ast.ts";
import { type Cursor, Refused } from "../cursor.ts";
import { type IntervalKind, readIntervalKind } from "../expression/interval-kind.ts";
import { Kind } from "../lexer.ts";
import { readList, readObjectNameWithUuid } from "../names.ts";
import { readUnsignedInteger } from "../numbers.ts";

/** What follows REFRESH. */
export function readRefresh(c: Cursor): Refresh | null {
  const start = c.start;
  let schedule: Refresh["schedule"] | null = null;
  let period: readonly Interval[] = [];
  let offset: readonly Interval[] = [];
  let randomizeFor: readonly Interval[] = [];
  let dependsOn: readonly ObjectName[] = [];
  let settings: readonly Setting[] = [];
  if (c.keyword("AFTER")) {
    schedule = "after";
    const read = readIntervals(c, { zero: true, mixed: true });
    if (read === null) return null;
    period = read;
  } else if (c.keyword("EVERY")) {
    schedule = "every";
    const read = readIntervals(c, { zero: false, mixed: false });
    if (read === null) return null;
    period = read;
    if (c.keyword("OFFSET")) {
      const from = c.start;
      const shift = readIntervals(c, { zero: true, mixed: true });
      if (shift === null) return null;
      if (total(shift, "most") >= total(period, "least")) throw new Refused("OFFSET must be less than the period.", from);
      offset = shift;
    }
  }
  if (c.keyword("RANDOMIZE", "FOR")) {
    const spread = readIntervals(c, { zero: true, mixed: true });
    if (spread === null) return null;
    randomizeFor = spread;
  }
  if (c.keyword("DEPENDS", "ON")) {
    const names = readList(c, (at) => readObjectNameWithUuid(at)?.name ?? null);
    if (names === null) return null;
    dependsOn = names;
    schedule ??= "depends";
  }
  if (schedule === null) return null;
  if (c.keyword("SETTINGS")) {
    const list = c.grammar.settings(c);
    if (list === null) return null;
    settings = list;
  }
  const append = c.keyword("APPEND");
  return { schedule, period, offset, randomizeFor, dependsOn, settings, append, at: c.rangeFrom(start) };
}

/** `1 HOUR 30 MINUTE` */
function readIntervals(c: Cursor, allow: { readonly zero: boolean; readonly mixed: boolean }): readonly Interval[] | null {
  const start = c.start;
  const parts: { value: string; unit: IntervalKind }[] = [];
  while (c.kind === Kind.Number) {
    const value = readUnsignedInteger(c);
    const unit = value === null ? null : readIntervalKind(c);
    if (value === null || unit === null || seconds(unit).least < 1) return null;
    parts.push({ value, unit });
  }
  if (parts.length === 0) {
    c.expect("an interval");
    return null;
  }
  if (!allow.zero && parts.every((part) => BigInt(part.value) === 0n)) throw new Refused("The interval must be positive.", start);
  const calendar = parts.some((part) => isCalendar(part.unit));
  if (!allow.mixed && calendar && parts.some((part) => !isCalendar(part.unit))) {
    throw new Refused("Months and years cannot be mixed with units of fixed length here.", start);
  }
  return parts.map((part) => ({ value: part.value, unit: part.unit.toUpperCase() }));
}

function isCalendar(unit: IntervalKind): boolean {
  return unit === "Month" || unit === "Quarter" || unit === "Year";
}

const fixed: Partial<Record<IntervalKind, number>> = { Second: 1, Minute: 60, Hour: 3600, Day: 86_400, Week: 604_800 };

/** The shortest and the longest that a unit can be. */
function seconds(unit: IntervalKind): { readonly least: number; readonly most: number } {
  const length = fixed[unit];
  if (length !== undefined) return { least: length, most: length };
  const day = 86_400;
  if (unit === "Month") return { least: 28 * day, most: 31 * day };
  if (unit === "Quarter") return { least: 90 * day, most: 92 * day };
  return unit === "Year" ? { least: 365 * day, most: 366 * day } : { least: 0, most: 0 };
}

function total(intervals: readonly Interval[], which: "least" | "most"): number {
  return intervals.reduce((sum, { value, unit }) => {
    const kind = `${unit[0] ?? ""}${unit.slice(1).toLowerCase()}` as IntervalKind;
    return sum + Number(value) * seconds(kind)[which];
  }, 0);
}
