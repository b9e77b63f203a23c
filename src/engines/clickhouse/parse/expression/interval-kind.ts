import type { Cursor } from "../cursor.ts";

export type IntervalKind =
  | "Nanosecond"
  | "Microsecond"
  | "Millisecond"
  | "Second"
  | "Minute"
  | "Hour"
  | "Day"
  | "Week"
  | "Month"
  | "Quarter"
  | "Year";

const spellings: readonly (readonly [IntervalKind, readonly string[]])[] = [
  ["Nanosecond", ["NANOSECOND", "NANOSECONDS", "SQL_TSI_NANOSECOND", "NS"]],
  ["Microsecond", ["MICROSECOND", "MICROSECONDS", "SQL_TSI_MICROSECOND", "MCS"]],
  ["Millisecond", ["MILLISECOND", "MILLISECONDS", "SQL_TSI_MILLISECOND", "MS"]],
  ["Second", ["SECOND", "SECONDS", "SQL_TSI_SECOND", "SS", "S"]],
  ["Minute", ["MINUTE", "MINUTES", "SQL_TSI_MINUTE", "MI", "N"]],
  ["Hour", ["HOUR", "HOURS", "SQL_TSI_HOUR", "HH", "H"]],
  ["Day", ["DAY", "DAYS", "SQL_TSI_DAY", "DD", "D"]],
  ["Week", ["WEEK", "WEEKS", "SQL_TSI_WEEK", "WK", "WW"]],
  ["Month", ["MONTH", "MONTHS", "SQL_TSI_MONTH", "MM", "M"]],
  ["Quarter", ["QUARTER", "QUARTERS", "SQL_TSI_QUARTER", "QQ", "Q"]],
  ["Year", ["YEAR", "YEARS", "SQL_TSI_YEAR", "YYYY", "YY"]],
];

const kinds: ReadonlyMap<string, IntervalKind> = new Map(spellings.flatMap(([kind, words]) => words.map((word) => [word, kind] as const)));

export function intervalKind(word: string): IntervalKind | null {
  return kinds.get(word.toUpperCase()) ?? null;
}

export function readIntervalKind(c: Cursor): IntervalKind | null {
  const kind = kinds.get(c.word);
  if (kind === undefined) c.expect("a unit of time");
  else c.index++;
  return kind ?? null;
}

/** The function that EXTRACT stands for. */
export function extractFunction(kind: IntervalKind): string {
  if (kind === "Day") return "toDayOfMonth";
  return kind === "Week" ? "toISOWeek" : `to${kind}`;
}
