import { parse as parseCsv } from "csv-parse/sync";
import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import type { Problem } from "../../model/migration.ts";
import type { Query } from "../../model/query.ts";
import type { Span } from "../../text/span.ts";
import { asksOnlyCatalogs } from "./analyse.ts";
import { leftOut } from "./query-text.ts";
import type { QueriesRead } from "./query-text.ts";
import { toQuery } from "./to-query.ts";

/** One record of an export, its keys in lower case. */
export interface Row {
  readonly values: Readonly<Record<string, unknown>>;
  /** Line in the file where the record begins. */
  readonly line: number;
}

/**
 * The queries of an export of `pg_stat_statements`: one per row, equal texts once with their calls added. Commands and queries on the
 * catalogs are left out and counted. Calls per second only where the export says over which time it counted.
 */
export function queriesOfExport(
  grammar: Grammar,
  text: string,
  file: string,
  format: "csv" | "json" | "jsonl",
): Omit<QueriesRead, "analysed"> {
  const problems: Problem[] = [];
  const rows = readRows(text, file, format, problems);
  const merged = new Map<string, { query: Query; perSecond: number | null }>();
  const seen = { utilities: 0, catalogs: 0, invalid: 0 };
  let withoutQuery = 0;
  for (const { values, line } of rows) {
    const sql = stringOf(values["query"]);
    if (sql === null || sql.trim() === "" || sql === "<insufficient privilege>") {
      withoutQuery++;
      continue;
    }
    const span: Span = { file, line, column: 1, endLine: line, endColumn: 1 };
    const perSecond = callsPerSecond(values);
    const read = toQuery(grammar, sql.replace(/;\s*$/, ""), { origin: `${file}:${line}`, span, callsPerSecond: perSecond });
    if (read.kind === "utility") seen.utilities++;
    else if (read.kind === "query" && asksOnlyCatalogs(read.analysis)) seen.catalogs++;
    else if (read.kind === "query") {
      const known = merged.get(read.query.sql);
      const sum = known === undefined ? perSecond : known.perSecond === null || perSecond === null ? null : known.perSecond + perSecond;
      merged.set(read.query.sql, { query: { ...(known?.query ?? read.query), callsPerSecond: sum }, perSecond: sum });
    } else {
      seen.invalid++;
      problems.push(notUnderstood(sql, read.message, span));
    }
  }
  if (withoutQuery > 0) {
    problems.push({
      code: "no-query-text",
      message: `${withoutQuery} of ${rows.length} rows of ${file} have no query text`,
      help: "Export as a role with pg_read_all_stats, and keep the column `query`.",
      span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
      fatal: withoutQuery === rows.length,
    });
  }
  if (seen.utilities + seen.catalogs > 0) problems.push(leftOut(file, seen.utilities, seen.catalogs));
  return { queries: [...merged.values()].map(({ query }) => query), problems };
}

export function readRows(
  text: string,
  file: string,
  format: "csv" | "json" | "jsonl",
  problems: Problem[],
  help: string = POSTGRES_EXPORT,
): Row[] {
  try {
    if (format === "csv") return readCsv(text);
    if (format === "json") {
      const value: unknown = JSON.parse(text);
      const list: unknown[] = Array.isArray(value) ? value : rowsInside(value);
      return list.filter(isRecord).map((values) => ({ values: lowerKeys(values), line: 1 }));
    }
    return text.split("\n").flatMap((line, i) => {
      if (line.trim() === "") return [];
      const value: unknown = JSON.parse(line);
      return (Array.isArray(value) ? value : rowsInside(value))
        .filter(isRecord)
        .map((values) => ({ values: lowerKeys(values), line: i + 1 }));
    });
  } catch (error) {
    problems.push({
      code: "unreadable",
      message: `${file} could not be read as ${format === "csv" ? "CSV" : "JSON"}: ${error instanceof Error ? error.message : String(error)}`,
      help,
      span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
      fatal: true,
    });
    return [];
  }
}

function readCsv(text: string): Row[] {
  const header = text.slice(0, text.indexOf("\n"));
  const delimiter = [",", ";", "\t", "|"].sort((a, b) => header.split(b).length - header.split(a).length)[0] ?? ",";
  const records: { record: Record<string, unknown>; info: { lines: number } }[] = parseCsv(text, {
    columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
    delimiter,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  });
  // `lines` is where the record ends; queries span lines, so its beginning is counted back.
  return records.map(({ record, info }) => {
    const breaks = Object.values(record).reduce<number>(
      (n, value) => n + (typeof value === "string" ? value.split("\n").length - 1 : 0),
      0,
    );
    return { values: record, line: Math.max(1, info.lines - breaks) };
  });
}

const POSTGRES_EXPORT =
  "Export with: \\copy (SELECT query, calls, stats_since, now() AS exported_at FROM pg_stat_statements) TO 'queries.csv' CSV HEADER";

/** `{ "rows": [...] }`, `{ "data": [...] }`: what consoles and HTTP clients wrap around. */
function rowsInside(value: unknown): unknown[] {
  if (!isRecord(value)) return [];
  if ("query" in value || "normalized_query" in value) return [value];
  // ClickHouse's FORMAT JSON says what the columns are before it gives the rows.
  if (Array.isArray(value["data"])) return value["data"];
  return Object.values(value).find((entry): entry is unknown[] => Array.isArray(entry)) ?? [];
}

export function callsPerSecond(values: Readonly<Record<string, unknown>>): number | null {
  const direct = numberOf(values["calls_per_second"] ?? values["callspersecond"] ?? values["qps"]);
  if (direct !== null) return direct;
  const calls = numberOf(values["calls"]);
  const seconds = numberOf(values["interval_seconds"] ?? values["seconds"]) ?? secondsBetween(values);
  return calls === null || seconds === null || seconds <= 0 ? null : calls / seconds;
}

function secondsBetween(values: Readonly<Record<string, unknown>>): number | null {
  const since = stringOf(values["stats_since"] ?? values["stats_reset"] ?? values["since"]);
  const until = stringOf(values["exported_at"] ?? values["collected_at"] ?? values["until"] ?? values["now"]);
  if (since === null || until === null) return null;
  const seconds = (timeOf(until) - timeOf(since)) / 1000;
  return Number.isFinite(seconds) ? seconds : null;
}

/** Postgres writes `2026-11-21 08:00:00.123+00`; Date wants a T and minutes in the offset. */
function timeOf(text: string): number {
  return Date.parse(
    text
      .trim()
      .replace(" ", "T")
      .replace(/([+-]\d{2})$/, "$1:00"),
  );
}

function notUnderstood(sql: string, message: string, span: Span): Problem {
  const shown = sql.replace(/\s+/g, " ").slice(0, 80);
  return {
    code: "syntax",
    message: `this query was not understood: ${message} (${shown}${sql.length > 80 ? "…" : ""})`,
    help: "It may be cut off (track_activity_query_size), or another dialect.",
    span,
    fatal: false,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lowerKeys(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]));
}

export function stringOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function numberOf(value: unknown): number | null {
  const number = typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}
