import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import { split } from "../../engines/postgres/parse/split.ts";
import { SpanMap } from "../../engines/postgres/parse/offsets.ts";
import type { Problem } from "../../model/migration.ts";
import type { Query } from "../../model/query.ts";
import { wholeSpan } from "../../text/span.ts";
import type { Analysis } from "./analyse.ts";
import { hasCode } from "./placeholders.ts";
import { toQuery } from "./to-query.ts";

export interface QueriesRead {
  readonly queries: readonly Query[];
  /** The same queries with what their trees say. */
  readonly analysed: readonly { readonly query: Query; readonly analysis: Analysis }[];
  readonly problems: readonly Problem[];
}

/** `-- name: GetBike :one` (sqlc), `-- name: get-bike<!` (aiosql, HugSQL with `:name`), `-- tread: name=funnel`. */
export const NAME: RegExp = /^--\s*(?::?name:?|tread:.*?\bname=)\s*([^\s:<!^$*]+)/im;

/**
 * The queries of a SQL file, each with the place where it stands. Statements that ask nothing of a table (SET, BEGIN, DDL) are left
 * out and counted; what does not parse is a problem with its place.
 */
export function queriesOfText(grammar: Grammar, text: string, file: string): QueriesRead {
  const spans = new SpanMap(wholeSpan(file, text), text);
  const analysed: { query: Query; analysis: Analysis }[] = [];
  const problems: Problem[] = [];
  let utilities = 0;
  for (const piece of split(text)) {
    const whole = text.slice(piece.start, piece.end);
    // psql's own COPY is the server's with a file at the other end.
    const sql = piece.kind === "meta" && /^\\copy\s/i.test(whole) ? serverCopy(whole) : whole;
    const span = spans.span(piece.start, piece.end);
    if ((piece.kind === "meta" && sql === whole) || !hasCode(sql)) {
      utilities++;
      continue;
    }
    const named = piece.comments.map(({ start, end }) => NAME.exec(text.slice(start, end))?.[1]).findLast((name) => name !== undefined);
    const place = `${file}:${span.line}`;
    const read = toQuery(grammar, sql, { origin: named === undefined ? place : `${named} (${place})`, span });
    switch (read.kind) {
      case "query":
        analysed.push({ query: read.query, analysis: read.analysis });
        break;
      case "utility":
        utilities++;
        break;
      case "invalid":
        problems.push({
          code: "syntax",
          message: `this query was not understood: ${read.message}`,
          help: "Write it as Postgres takes it, with $1, ?, %s or :name where a value goes.",
          span: spans.span(piece.start + Math.min(read.at, sql.length), piece.end),
          fatal: false,
        });
        break;
      default:
        read satisfies never;
    }
  }
  if (utilities > 0) problems.push(leftOut(file, utilities, 0));
  return { queries: analysed.map(({ query }) => query), analysed, problems };
}

/** `\\copy (SELECT …) TO 'file.csv' CSV` as the server is asked. */
function serverCopy(meta: string): string {
  const read = /^\\copy\s+(\([\s\S]*\)|[^\s(]+(?:\s*\([^)]*\))?)\s+(to|from)\s/i.exec(meta);
  if (read === null) return meta;
  const [, what = "", way = ""] = read;
  return `COPY ${what} ${/^to$/i.test(way) ? "TO STDOUT" : "FROM STDIN"}`;
}

/** Says what was not taken for a query, so that nothing is missing without a word. */
export function leftOut(file: string, utilities: number, catalogs: number): Problem {
  const parts = [
    ...(utilities > 0 ? [`${utilities} that ${utilities === 1 ? "asks" : "ask"} nothing of a table (SET, BEGIN, DDL, …)`] : []),
    ...(catalogs > 0 ? [`${catalogs} on the system catalogs only`] : []),
  ];
  return {
    code: "left-out",
    message: `statements of ${file} that are no queries of the app were left out: ${parts.join(", ")}`,
    help: "Nothing to do, unless you expected them here.",
    span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
    fatal: false,
  };
}
