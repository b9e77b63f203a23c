import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import type { Expression, Range } from "../../engines/clickhouse/parse/ast.ts";
import type { Analysed } from "../analyse/read-queries.ts";
import { walk } from "../analyse/query-reads.ts";
import { ROWS } from "../data/rows.ts";
import { type Lab, quoteName, quoteText, rowsOf, unlessRefused } from "../engine/lab.ts";
import type { TableDefinition } from "../table/definition.ts";
import { parsedQuery, replaceRanges, walkSyntax } from "./syntax.ts";

/** A sample that is older than this asks for another now. */
const STALE_SECONDS = 3600;

/** What each function of the moment becomes, at the time `at` of the newest sampled row. */
const MOMENTS: Readonly<Record<string, (at: string) => string>> = {
  now: (at) => `toDateTime(${at})`,
  now64: (at) => `toDateTime64(${at}, 3)`,
  today: (at) => `toDate(${at})`,
  curdate: (at) => `toDate(${at})`,
  current_date: (at) => `toDate(${at})`,
  yesterday: (at) => `(toDate(${at}) - 1)`,
};

/**
 * Queries ask for the last hour, and a sample ends when it was taken: where the newest sampled row is older than an hour, `now()`, `today()`
 * and the like are put back to its time. Otherwise such queries would read nothing under any key.
 * @returns the queries, and what a reader must know; null when nothing was changed
 */
export async function atTimeOfSample(
  lab: Lab,
  definition: TableDefinition,
  analysed: readonly Analysed[],
): Promise<{ readonly analysed: readonly Analysed[]; readonly note: string | null }> {
  const moments = analysed.map(({ query }) => momentsIn(query.sql));
  const column = moments.every((found) => found.length === 0) ? null : timeColumn(definition, analysed);
  if (column === null) return { analysed, note: null };
  const name = quoteName(column);
  const text = await unlessRefused(
    lab.text(
      `SELECT toString(toDateTime(max(${name}), 'UTC')), toInt64(now()) - toInt64(toUnixTimestamp(toDateTime(max(${name})))) FROM ${ROWS}`,
    ),
  );
  const [newest = "", age = "0"] = text instanceof ClickHouseError ? [] : (rowsOf(text)[0] ?? []);
  if (newest === "" || Number(age) < STALE_SECONDS) return { analysed, note: null };
  const at = `${quoteText(newest)}, 'UTC'`;
  return {
    analysed: analysed.map((entry, index) => ({
      ...entry,
      query: {
        ...entry.query,
        sql: replaceRanges(
          entry.query.sql,
          (moments[index] ?? []).map((moment) => ({
            at: moment.at,
            by: MOMENTS[moment.name]?.(moment.name === "now64" ? quoteText(newest) : at) ?? "now()",
          })),
        ),
      },
    })),
    note: `The newest sampled row is of ${newest} UTC (${column}): now() and today() of the queries were put back to that time.`,
  };
}

function momentsIn(sql: string): readonly { readonly name: string; readonly at: Range }[] {
  const found: { name: string; at: Range }[] = [];
  walkSyntax(parsedQuery(sql), (node) => {
    if (!("kind" in node) || node.kind !== "function") return;
    const call = node as Extract<Expression, { kind: "function" }>;
    const name = call.name.toLowerCase();
    if (Object.hasOwn(MOMENTS, name) && call.arguments.length === 0) found.push({ name, at: callRange(sql, call.at) });
  });
  return found;
}

/** The call alone: an alias behind it stays. */
function callRange(sql: string, at: Range): Range {
  const close = sql.indexOf(")", at.start);
  return close === -1 || close + 1 > at.end ? at : { start: at.start, end: close + 1 };
}

/** The time column that most queries have a condition on. */
export function timeColumn(definition: TableDefinition, analysed: readonly Analysed[]): string | null {
  const times = definition.columns
    .filter(({ type, kind }) => kind === "stored" && /^(?:Nullable\()?Date/.test(type))
    .map(({ name }) => name);
  const counts = times.map((name) => ({
    name,
    count: analysed.filter(({ reads }) => reads.filters.some(({ on }) => isAbout(on, name))).length,
  }));
  const [most] = counts.sort((a, b) => b.count - a.count);
  return most === undefined || most.count === 0 ? null : most.name;
}

function isAbout(on: Analysed["reads"]["filters"][number]["on"], name: string): boolean {
  let found = false;
  walk(on, (node) => {
    found ||= node.kind === "column" && node.name === name;
  });
  return found;
}
