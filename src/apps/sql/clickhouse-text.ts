import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import { SpanMap } from "../../engines/postgres/parse/offsets.ts";
import type { Problem } from "../../model/migration.ts";
import type { Query } from "../../model/query.ts";
import { wholeSpan } from "../../text/span.ts";
import { asksOnlySystem, toClickHouseQuery } from "./clickhouse-query.ts";
import { leftOut, NAME } from "./query-text.ts";

/**
 * The queries of a SQL file for ClickHouse, each with the place where it stands. Statements that ask nothing of a table are left out and
 * counted; what does not parse is a problem with its place.
 */
export function clickhouseQueriesOfText(
  text: string,
  file: string,
): { readonly queries: readonly Query[]; readonly problems: readonly Problem[] } {
  const spans = new SpanMap(wholeSpan(file, text), text);
  const queries: Query[] = [];
  const problems: Problem[] = [];
  let utilities = 0;
  let system = 0;
  let database: string | null = null;
  for (const { at, statement, comments } of parseScript(text)) {
    const sql = text.slice(at.start, at.end);
    const span = spans.span(at.start, at.end);
    if (statement.kind === "use") database = statement.database.text;
    const named = comments.map(({ text: comment }) => NAME.exec(comment)?.[1]).findLast((name) => name !== undefined);
    const place = `${file}:${span.line}`;
    const read = toClickHouseQuery(sql, { origin: named === undefined ? place : `${named} (${place})`, span }, database);
    switch (read.kind) {
      case "query":
        if (asksOnlySystem(read.tables)) system++;
        else queries.push(read.query);
        break;
      case "utility":
        utilities++;
        break;
      case "invalid":
        problems.push({
          code: "syntax",
          message: `this query was not understood: ${read.message}`,
          help: "Write it as ClickHouse takes it, with {name:Type}, ?, $1 or %(name)s where a value goes.",
          span: spans.span(at.start + Math.min(read.at, sql.length), at.end),
          fatal: false,
        });
        break;
      default:
        read satisfies never;
    }
  }
  if (utilities + system > 0) problems.push(leftOut(file, utilities, system));
  return { queries, problems };
}
