import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import type { Expression, Range } from "../../engines/clickhouse/parse/ast.ts";
import { ROWS } from "../data/rows.ts";
import { type Lab, quoteName, quoteText, rowsOf, unlessRefused } from "../engine/lab.ts";
import type { TableDefinition } from "../table/definition.ts";
import { scanSql } from "./scan-sql.ts";
import { numberLiteral, parsedQuery, replaceRanges, walkSyntax } from "./syntax.ts";
import type { WorkloadQuery } from "./workload.ts";

export interface Filled {
  readonly queries: readonly WorkloadQuery[];
  readonly unmeasured: { query: string; reason: string; at: string }[];
}

/** Numbers that nobody writes stand for the question marks while the query is parsed. */
const SENTINEL = 918_273_645_000;
/** A time range whose ends were taken out is this share of the sampled time: nobody knows it any more. */
const WINDOW = 1 / 30;
const IN_VALUES = 5;

type Ask = "value" | "list" | "lower" | "upper" | "pattern" | "limit" | "offset" | "number";

interface Hole {
  readonly at: Range;
  readonly ask: Ask;
  /** Column of the table that it is compared with, or null. */
  readonly column: string | null;
  readonly element: boolean;
}

/**
 * Normalised queries have `?` where literals were: they are filled with values of sampled rows, the same ones at every run. What a range
 * or a pattern was cannot be known any more; it is assumed, and the report says so.
 * @throws EngineCrashed
 */
export async function fillPlaceholders(lab: Lab, definition: TableDefinition, queries: readonly WorkloadQuery[]): Promise<Filled> {
  const filled: WorkloadQuery[] = [];
  const unmeasured: Filled["unmeasured"] = [];
  for (const [index, query] of queries.entries()) {
    const holes = holesIn(query.sql, definition);
    if (holes === null) {
      unmeasured.push({
        query: query.name,
        reason: "its literals were taken out, and what is left could not be parsed",
        at: `${query.file}:${query.line}`,
      });
      continue;
    }
    const edits: { at: Range; by: string }[] = [];
    for (const hole of holes) edits.push({ at: hole.at, by: await valueFor(lab, definition, hole, index) });
    filled.push({ ...query, sql: replaceRanges(query.sql, edits) });
  }
  return { queries: filled, unmeasured };
}

export const FILLED_NOTE: string =
  "Literals that the export took out (`?`) were filled with values of sampled rows; a time range was taken as a thirtieth of the sampled time, a LIKE pattern as part of a value. Give queries with their literals to measure what they really ask for.";

/** @returns null where the query does not parse */
function holesIn(sql: string, definition: TableDefinition): Hole[] | null {
  const offsets = scanSql(sql)[0]?.placeholders ?? [];
  // `?..` stands for a list.
  const ranges = offsets.map((start) => ({ start, end: sql.startsWith("..", start + 1) ? start + 3 : start + 1 }));
  const probe = replaceRanges(
    sql,
    ranges.map((at, index) => ({ at, by: String(SENTINEL + index) })),
  );
  const tree = parsedQuery(probe);
  if (tree === null) return null;
  const found = new Map<number, Hole>();
  walkSyntax(tree, (node, above) => {
    const literal = numberLiteral(node);
    const index = literal === null ? -1 : literal.value - SENTINEL;
    const at = ranges[index];
    if (at === undefined || found.has(index)) return;
    found.set(index, holeOf(node as Expression, above, at, definition));
  });
  return ranges.map((at, index) => found.get(index) ?? { at, ask: "number", column: null, element: false });
}

const COMPARISONS: Readonly<Record<string, readonly [Ask, Ask]>> = {
  // What stands on the right of the column, and what stands on its left.
  equals: ["value", "value"],
  notEquals: ["value", "value"],
  greater: ["lower", "upper"],
  greaterOrEquals: ["lower", "upper"],
  less: ["upper", "lower"],
  lessOrEquals: ["upper", "lower"],
  like: ["pattern", "value"],
  ilike: ["pattern", "value"],
  notLike: ["pattern", "value"],
  startsWith: ["pattern", "value"],
  in: ["list", "value"],
  notIn: ["list", "value"],
  globalIn: ["list", "value"],
  has: ["value", "value"],
};

function holeOf(node: Expression, above: readonly object[], at: Range, definition: TableDefinition): Hole {
  for (let i = above.length - 1; i >= 0; i--) {
    const parent = above[i];
    if (parent === undefined || !("kind" in parent)) continue;
    const below = above[i + 1] ?? node;
    if (parent.kind === "select") {
      if ("limit" in parent && parent.limit === below) return { at, ask: "limit", column: null, element: false };
      if ("offset" in parent && parent.offset === below) return { at, ask: "offset", column: null, element: false };
      break;
    }
    if (parent.kind !== "function") continue;
    const call = parent as Extract<Expression, { kind: "function" }>;
    if (call.name.startsWith("toInterval")) return { at, ask: "number", column: null, element: false };
    const asks = COMPARISONS[call.name];
    if (asks === undefined) continue;
    const own = call.arguments.findIndex((argument) => argument === below);
    const other = call.arguments[own === 0 ? 1 : 0];
    const column = other === undefined ? null : columnIn(other, definition);
    return { at, ask: asks[own === 0 ? 1 : 0], column, element: call.name === "has" };
  }
  return { at, ask: "number", column: null, element: false };
}

function columnIn(expression: Expression, definition: TableDefinition): string | null {
  let found: string | null = null;
  walkSyntax(expression, (node) => {
    if (!("kind" in node) || node.kind !== "identifier") return;
    const parts = (node as Extract<Expression, { kind: "identifier" }>).parts.map(({ text }) => text);
    found ??=
      definition.columns.find(({ name, kind }) => kind === "stored" && (name === parts.join(".") || name === parts.at(-1)))?.name ?? null;
  });
  return found;
}

async function valueFor(lab: Lab, definition: TableDefinition, { ask, column, element }: Hole, seed: number): Promise<string> {
  if (ask === "limit") return "100";
  if (ask === "offset") return "0";
  if (ask === "number" || column === null) return "1";
  const name = quoteName(column);
  const type = definition.columns.find((own) => own.name === column)?.type ?? "";
  if (ask === "lower" || ask === "upper") {
    const isTime = /^(?:Nullable\()?Date/.test(type);
    const sql = isTime
      ? // A window that ends where the newest rows are.
        `SELECT toString(${ask === "upper" ? `max(${name})` : `max(${name}) - toIntervalSecond(toInt64(dateDiff('second', min(${name}), max(${name})) * ${WINDOW}))`}) FROM ${ROWS}`
      : `SELECT toString(quantileExact(${ask === "lower" ? 0.9 : 0.95})(${name})) FROM ${ROWS}`;
    const text = await unlessRefused(lab.text(sql));
    return text instanceof ClickHouseError ? "1" : bound(text.trim(), type);
  }
  const expression = element ? `arrayElement(${name}, 1)` : name;
  const many = ask === "list" ? IN_VALUES : 1;
  const text = await unlessRefused(
    lab.text(
      `SELECT DISTINCT toString(v) FROM (SELECT ${expression} AS v FROM ${ROWS} WHERE isNotNull(v) ORDER BY cityHash64(_tread_row, ${seed}) LIMIT 200) LIMIT ${many}`,
    ),
  );
  const values = text instanceof ClickHouseError ? [] : rowsOf(text).map(([value]) => value ?? "");
  const [first = ""] = values;
  if (values.length === 0) return "1";
  if (ask === "pattern") return quoteText(`${first.slice(0, Math.max(3, Math.ceil(first.length * 0.6)))}%`);
  return values.map(quoteText).join(", ");
}

/** Sub-second digits and time are dropped where a Date is asked for. */
function bound(text: string, type: string): string {
  return quoteText(
    /^(?:Nullable\()?(?:Date|Date32)\)?$/.test(type)
      ? text.slice(0, 10)
      : /^(?:Nullable\()?DateTime\b/.test(type)
        ? text.slice(0, 19)
        : text,
  );
}
