import type { Problem } from "../../model/migration.ts";
import type { Query } from "../../model/query.ts";
import type { Span } from "../../text/span.ts";
import { asksOnlySystem, toClickHouseQuery } from "./clickhouse-query.ts";
import { leftOut } from "./query-text.ts";
import { callsPerSecond, numberOf, readRows, stringOf, type Row } from "./statements-export.ts";

/** The statement that exports what is asked, without a literal in it: nothing of the users leaves the server. */
const EXPORT =
  "Export with: SELECT normalizeQuery(any(query)) AS normalized_query, count() AS count, dateDiff('second', min(event_time), max(event_time)) AS seconds, current_database FROM system.query_log WHERE type = 'QueryFinish' AND is_initial_query GROUP BY normalized_query_hash, current_database FORMAT JSONEachRow";

/**
 * The queries of an export of `system.query_log`, grouped or raw: equal ones, literals aside, once with their counts added. What other
 * servers of the cluster sent on (`is_initial_query = 0`), what failed, and what asks only system tables is left out and counted.
 */
export function clickhouseQueriesOfExport(
  text: string,
  file: string,
  format: "csv" | "json" | "jsonl",
): { readonly queries: readonly Query[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const rows = format === "csv" && isTabSeparated(text) ? readTabSeparated(text) : readRows(text, file, format, problems, EXPORT);
  const merged = new Map<string, Query>();
  const raw = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  const counts = new Map<string, number>();
  const seen = { utilities: 0, system: 0, passedOn: 0, withoutQuery: 0 };
  for (const { values, line } of rows) {
    if (isPassedOn(values) || !isFinished(values)) {
      seen.passedOn++;
      continue;
    }
    const sql = stringOf(values["normalized_query"]) ?? stringOf(values["query"]);
    if (sql === null || sql.trim() === "") {
      seen.withoutQuery++;
      continue;
    }
    const key = withoutLiterals(sql);
    const perSecond = perSecondOf(values);
    const count = numberOf(values["count"] ?? values["count()"] ?? values["executions"] ?? values["cnt"] ?? values["calls"]);
    const time = Date.parse(`${stringOf(values["event_time"])?.replace(" ", "T") ?? ""}Z`);
    if (Number.isFinite(time)) {
      raw.first = Math.min(raw.first, time);
      raw.last = Math.max(raw.last, time);
    }
    counts.set(key, (counts.get(key) ?? 0) + (count ?? 1));
    const known = merged.get(key);
    if (known !== undefined) {
      const sum = known.callsPerSecond === null || perSecond === null ? null : known.callsPerSecond + perSecond;
      merged.set(key, { ...known, callsPerSecond: sum });
      continue;
    }
    const span: Span = { file, line, column: 1, endLine: line, endColumn: 1 };
    const database = stringOf(values["current_database"]) ?? stringOf(values["database"]);
    const read = toClickHouseQuery(sql.replace(/;\s*$/, ""), { origin: `${file}:${line}`, span, callsPerSecond: perSecond }, database);
    if (read.kind === "utility") seen.utilities++;
    else if (read.kind === "invalid") problems.push(notUnderstood(sql, read.message, span));
    else if (asksOnlySystem(read.tables)) seen.system++;
    else merged.set(key, read.query);
  }
  problems.push(...remarks(file, rows.length, seen));
  const seconds = (raw.last - raw.first) / 1000;
  const queries = [...merged].map(([key, query]): Query =>
    query.callsPerSecond === null && seconds > 0 ? { ...query, callsPerSecond: (counts.get(key) ?? 0) / seconds } : query,
  );
  return { queries, problems };
}

function perSecondOf(values: Row["values"]): number | null {
  const count = values["count"] ?? values["count()"] ?? values["executions"] ?? values["cnt"];
  return callsPerSecond(count === undefined ? values : { ...values, calls: count });
}

/** Another server of the cluster asked the initial query; this one is a part of it. */
function isPassedOn(values: Row["values"]): boolean {
  const initial = values["is_initial_query"];
  return initial !== undefined && [0, "0", false, "false"].includes(initial as never);
}

/** `QueryStart` repeats what `QueryFinish` says; what threw did not work before either. */
function isFinished(values: Row["values"]): boolean {
  const { type } = values;
  return type === undefined || type === "QueryFinish" || type === 2 || type === "2" || type === "";
}

function remarks(
  file: string,
  rows: number,
  seen: { readonly utilities: number; readonly system: number; readonly passedOn: number; readonly withoutQuery: number },
): Problem[] {
  const span: Span = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const problems: Problem[] = [];
  if (seen.withoutQuery > 0) {
    problems.push({
      code: "no-query-text",
      message: `${seen.withoutQuery} of ${rows} rows of ${file} have no query text`,
      help: EXPORT,
      span,
      fatal: seen.withoutQuery === rows,
    });
  }
  if (seen.passedOn > 0) {
    problems.push({
      code: "left-out",
      message: `${seen.passedOn} of ${rows} rows of ${file} were left out: parts of a query that another server asked, queries that had only begun, or that failed`,
      help: "Nothing to do, unless you expected them here.",
      span,
      fatal: false,
    });
  }
  if (seen.utilities + seen.system > 0) problems.push(leftOut(file, seen.utilities, seen.system));
  return problems;
}

/** The text with every string and number as `?`, so that one query with many values is one. */
function withoutLiterals(sql: string): string {
  return sql
    .replace(/'(?:[^'\\]|''|\\[\s\S])*'|(?<![\w.`"])-?\d[\w.]*/g, "?")
    .replace(/\?(?:\.\.)?(?:\s*,\s*\?(?:\.\.)?)+/g, "?")
    .replace(/\?\.\./g, "?")
    .replace(/\s+/g, " ")
    .trim();
}

function isTabSeparated(text: string): boolean {
  const header = text.slice(0, Math.max(text.indexOf("\n"), 0));
  return header.includes("\t");
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", b: "\b", f: "\f" };

/** TabSeparatedWithNames: a tab or a line end inside of a value is written `\t` and `\n`, and `\N` is NULL. */
function readTabSeparated(text: string): Row[] {
  const [header = "", ...lines] = text.split(/\r?\n/);
  const names = header.split("\t").map((name) => name.trim().toLowerCase());
  return lines.flatMap((line, i): Row[] => {
    if (line.trim() === "") return [];
    const fields = line.split("\t");
    // The row of types of TabSeparatedWithNamesAndTypes.
    if (
      i === 0 &&
      /^(?:LowCardinality\()?(?:Nullable\()?(?:String|U?Int\d+|DateTime)/.test(fields[0] ?? "") &&
      fields.every((each) => /^\w+(?:\(.*\))?$/.test(each))
    )
      return [];
    const values = Object.fromEntries(names.map((name, n): [string, unknown] => [name, unescapeField(fields[n])]));
    return [{ values, line: i + 2 }];
  });
}

function unescapeField(field: string | undefined): string | null {
  if (field === undefined || field === "\\N") return null;
  return field.replace(/\\([\s\S])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

function notUnderstood(sql: string, message: string, span: Span): Problem {
  const shown = sql.replace(/\s+/g, " ").slice(0, 80);
  return {
    code: "syntax",
    message: `this query was not understood: ${message} (${shown}${sql.length > 80 ? "…" : ""})`,
    help: "It may be cut off (log_queries_cut_to_length), or of another server's version.",
    span,
    fatal: false,
  };
}
