import { constantText, stringConstant } from "../analyse/key-expression.ts";
import type { Constant, Filter } from "../analyse/query-reads.ts";
import type { Analysed } from "../analyse/read-queries.ts";
import { type Lab, quoteName, quoteText, unlessRefused } from "../engine/lab.ts";
import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import type { ColumnDefinition, TableDefinition } from "../table/definition.ts";
import { ROWS, rowsTable } from "./rows.ts";

/** What a scale profile says of a column. */
export interface ColumnStatistics {
  readonly column: string;
  readonly distinct: number | null;
  readonly nullFraction: number | null;
  readonly compressedBytes: number | null;
  readonly uncompressedBytes: number | null;
}

const UNKNOWN_DISTINCT = 1000;
/** Values occur unevenly everywhere: the third power of a uniform number gives the first of 1,000 values a tenth of the rows. */
const SKEW = 3;

/**
 * Makes rows that have as many distinct values per column as the table, unevenly spread, independent of each other, and holds the values
 * that the queries ask for.
 * @returns what a reader must know of them
 */
export async function synthesise(
  lab: Lab,
  definition: TableDefinition,
  rows: number,
  statistics: readonly ColumnStatistics[],
  analysed: readonly Analysed[],
): Promise<string[]> {
  await lab.text("CREATE DATABASE IF NOT EXISTS tread_sample");
  await lab.text(rowsTable(definition));
  const known = new Map(statistics.map((entry) => [entry.column, entry]));
  const filters = analysed.flatMap(({ reads }) => reads.filters);
  const stored = definition.columns.filter((column) => column.kind === "stored");
  const unknown: string[] = [];
  const expressions: string[] = [];
  for (const [index, column] of stored.entries()) {
    const own = known.get(column.name);
    const distinct = own?.distinct ?? null;
    if (distinct === null) unknown.push(column.name);
    const wanted = constantsOf(filters, column.name);
    const raw = valueOf(column, index, Math.max(1, distinct ?? UNKNOWN_DISTINCT), own?.nullFraction ?? 0, wanted);
    // What cannot be made (an unusual type) gets its default: it is then one value.
    const fits = await unlessRefused(lab.text(`SELECT toTypeName(CAST(${raw} AS ${column.type})) FROM numbers(3)`));
    expressions.push(
      fits instanceof ClickHouseError ? `defaultValueOfTypeName(${quoteText(column.type)})` : `CAST(${raw} AS ${column.type})`,
    );
    if (fits instanceof ClickHouseError) unknown.push(column.name);
  }
  await lab.text(
    `INSERT INTO ${ROWS} (${[...stored.map((column) => quoteName(column.name)), "_tread_row"].join(", ")}) SELECT ${[...expressions, "number"].join(", ")} FROM numbers(${rows}) SETTINGS max_threads = 1`,
  );
  const notes = [
    "The rows are synthetic: distinct values per column as the statistics say, unevenly spread, every column independent of the others. Correlated columns (a user belongs to one tenant) compress and prune better in reality: measure on a real sample before you act.",
  ];
  if (unknown.length > 0)
    notes.push(`Nothing is known of the distinct values of ${[...new Set(unknown)].join(", ")}: taken as ${UNKNOWN_DISTINCT}.`);
  return notes;
}

/** Constants that queries compare the column itself with, or a time function of it. */
function constantsOf(filters: readonly Filter[], column: string): Constant[] {
  return filters
    .filter(({ on }) =>
      on.kind === "column"
        ? on.name === column
        : on.kind === "function" && on.arguments[0]?.kind === "column" && on.arguments[0].name === column,
    )
    .flatMap(({ constants }) => constants);
}

function valueOf(column: ColumnDefinition, index: number, distinct: number, nulls: number, wanted: readonly Constant[]): string {
  const type = unwrapped(column.type);
  // Which of the distinct values: the first ones are frequent.
  const which = `toUInt64(pow(rand(${index}) / 4294967296, ${SKEW}) * ${Math.round(distinct)})`;
  const plain = plainValue(type, which, index, distinct, wanted);
  const isNullable = column.type.includes("Nullable(");
  return isNullable && nulls > 0 ? `if(rand(${index + 1000}) / 4294967296 < ${nulls}, NULL, ${plain})` : plain;
}

function plainValue(type: string, which: string, index: number, distinct: number, wanted: readonly Constant[]): string {
  if (type.startsWith("Date")) return timeValue(type, index, distinct, wanted);
  if (/^U?Int|^Float|^Decimal|^Bool/.test(type)) {
    const values = unique(wanted.flatMap(numbersIn)).slice(0, 100);
    return pick(values, which, `(${which})`, distinct);
  }
  if (/^(?:String|FixedString)/.test(type)) {
    const values = unique(wanted.flatMap(stringsIn)).slice(0, 100).map(quoteText);
    const generated = `lower(hex(murmurHash3_64(${which})))`;
    return pick(values, which, type.startsWith("FixedString") ? `left(${generated}, 1)` : generated, distinct);
  }
  if (type.startsWith("UUID")) return `reinterpretAsUUID(sipHash128(${which}))`;
  if (type.startsWith("Enum")) {
    const labels = [...type.matchAll(/'((?:[^'\\]|\\.)*)'\s*=/g)].map((match) => `'${match[1] ?? ""}'`);
    return labels.length === 0 ? which : `arrayElement([${labels.join(", ")}], 1 + (${which}) % ${labels.length})`;
  }
  if (type.startsWith("IPv4")) return `toIPv4(toUInt32(${which}))`;
  return which;
}

/** Spread evenly over the time that the queries ask for and as much before it; without any, over the last 90 days. */
function timeValue(type: string, index: number, distinct: number, wanted: readonly Constant[]): string {
  const seconds = wanted.flatMap(secondsIn);
  const now = Math.floor(Date.now() / 1000);
  const [least, most] = seconds.length === 0 ? [now - 90 * 86_400, now] : [Math.min(...seconds), Math.max(...seconds)];
  const span = Math.max(most - least, 86_400);
  const start = least - 2 * span;
  const width = span + most - start;
  const at = `(${start} + toUInt64(rand(${index}) / 4294967296 * ${Math.round(width)}))`;
  const coarse =
    distinct > 1 && distinct < width / 86_400 ? `(intDiv(${at}, ${Math.round(width / distinct)}) * ${Math.round(width / distinct)})` : at;
  if (type.startsWith("DateTime64")) return `toDateTime64(toDateTime(${coarse}), 3)`;
  return type.startsWith("DateTime") ? `toDateTime(${coarse})` : `toDate(toDateTime(${coarse}))`;
}

/** The values that queries ask for are among the more frequent ones, never the most frequent. */
function pick(values: readonly string[], which: string, otherwise: string, distinct: number): string {
  if (values.length === 0) return otherwise;
  const offset = Math.min(Math.max(1, Math.floor(distinct / 50)), Math.max(0, Math.floor(distinct) - values.length));
  return `if(${which} >= ${offset} AND ${which} < ${offset + values.length}, arrayElement([${values.join(", ")}], toInt64(${which}) - ${offset} + 1), ${otherwise})`;
}

function unwrapped(type: string): string {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/s.exec(type)?.[1];
  return inner === undefined ? type : unwrapped(inner);
}

/** Numbers in a constant, of a list each. */
export function numbersIn({ value }: Constant): string[] {
  if (value.startsWith("'")) return /^'-?\d+(\.\d+)?'$/.test(value) ? [value.slice(1, -1)] : [];
  return [...value.matchAll(/(?:U?Int\d+|Float64)_(-?[0-9][0-9.e+-]*)/g)].map((match) => match[1] ?? "0");
}

/** Texts in a constant, of a list each. */
export function stringsIn({ value }: Constant): string[] {
  const whole = stringConstant(value);
  if (whole !== null && !value.includes("', '")) return [whole.replace(/%.*$/s, "")];
  return [...value.matchAll(/'((?:[^'\\]|\\.)*)'/g)].flatMap((match) => stringConstant(`'${match[1] ?? ""}'`) ?? []);
}

function secondsIn(constant: Constant): number[] {
  const text = stringConstant(constant.value);
  if (text !== null) {
    const parsed = Date.parse(text.length <= 10 ? `${text}T00:00:00Z` : `${text.replace(" ", "T")}Z`);
    return Number.isNaN(parsed) ? [] : [Math.floor(parsed / 1000)];
  }
  const number = Number(constantText(constant.value) ?? /'(\d+)(?:\.\d+)?'/.exec(constant.value)?.[1] ?? Number.NaN);
  if (!Number.isFinite(number)) return [];
  if (constant.type.startsWith("DateTime")) return [Math.floor(number)];
  return constant.type.startsWith("Date") ? [number * 86_400] : [];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
