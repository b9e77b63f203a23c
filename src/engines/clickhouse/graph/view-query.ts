import { canonicalExpression } from "../changes/render.ts";
import { outputNames, parseScript, tablesRead } from "../parse/index.ts";
import type { Expression, Query, SelectQuery, Statement } from "../parse/ast.ts";

/** The query of a view as its server keeps it. */
export interface ViewQuery {
  /** Text of the SELECT alone. */
  readonly sql: string;
  /** Names of its outputs in order; null where a star hides them. */
  readonly outputs: readonly string[] | null;
  /** `database.table` that feeds it; null: none, or a table function. */
  readonly source: string | null;
  /** Every table that it reads. */
  readonly reads: readonly { readonly table: string; readonly columns: ReadonlySet<string>; readonly star: boolean }[];
  readonly query: Query;
}

/** The query of a CREATE VIEW or CREATE MATERIALIZED VIEW, of `ALTER TABLE v MODIFY QUERY`, or a SELECT. Null: it holds none, or does not parse. */
export function viewQueryOf(sql: string, database: string): ViewQuery | null {
  const [parsed] = parseScript(sql);
  const query = parsed === undefined ? null : queryIn(parsed.statement);
  return query === null ? null : described(query, sql, database);
}

/** @param script that the ranges of the query count in */
export function described(query: Query, script: string, database: string): ViewQuery {
  const reads = tablesRead(query).flatMap((read) => {
    if (read.source.kind !== "table") return [];
    const { name } = read.source;
    return [{ table: `${name.database?.text ?? database}.${name.name.text}`, columns: read.columns, star: read.all }];
  });
  const [first] = tablesRead(query);
  const names = outputNames(query);
  const star = starIn(query);
  return {
    sql: script.slice(query.at.start, query.at.end),
    outputs: star || names.some((name) => name === null) ? null : names.flatMap((name) => (name === null ? [] : [name])),
    source: first?.source.kind === "table" ? (reads[0]?.table ?? null) : null,
    reads,
    query,
  };
}

function queryIn(statement: Statement): Query | null {
  switch (statement.kind) {
    case "create-view":
    case "create-materialized-view":
      return statement.query;
    case "select":
      return statement.query;
    case "alter-table":
      for (const command of statement.commands) if (command.kind === "modify-query") return command.query;
      return null;
    default:
      return null;
  }
}

function starIn(query: Query): boolean {
  if (query.kind === "explain") return false;
  if (query.kind === "set-operation") return query.queries.some(starIn);
  return query.columns.some(({ kind }) => kind === "asterisk" || kind === "columns");
}

export type EditedQuery = { readonly sql: string } | { readonly refused: string };

/** The query without some of its outputs. Refused where that would change what the others mean. */
export function withoutOutputs(sql: string, columns: readonly string[]): EditedQuery {
  const select = plainSelect(sql);
  if ("refused" in select) return select;
  const names = outputNames(select.query);
  const going = names.flatMap((name, at) => (name !== null && columns.includes(name) ? [at] : []));
  if (going.length === names.length) return { refused: "nothing would be left of its SELECT" };
  const expressions = select.query.columns;
  for (const at of going) {
    const item = expressions[at];
    if (item === undefined) continue;
    const name = names[at] ?? "";
    if (select.query.groupBy !== null && select.query.groupBy.expressions.some((e) => sameText(e, item) || isNamed(e, name)))
      return { refused: `it groups by ${name}` };
    if (select.query.distinct) return { refused: "it says DISTINCT, which would then keep fewer rows" };
    const others = expressions.filter((_, index) => !going.includes(index));
    const alias = item.alias !== null && !(item.kind === "identifier" && item.parts.at(-1)?.text === name);
    if (alias && others.some((other) => mentions(other, name))) return { refused: `another of its outputs is computed from ${name}` };
  }
  const kept = itemTexts(select.query, sql).filter((_, at) => !going.includes(at));
  return { sql: replaceList(select.query, sql, kept) };
}

/** The query with outputs added behind the others. Refused where it groups or joins several queries. */
export function withOutputs(sql: string, items: readonly string[]): EditedQuery {
  const select = plainSelect(sql);
  if ("refused" in select) return select;
  if (select.query.groupBy !== null) return { refused: "it groups rows" };
  if (select.query.distinct) return { refused: "it says DISTINCT" };
  return { sql: replaceList(select.query, sql, [...itemTexts(select.query, sql), ...items]) };
}

/** The query with one output under another name. */
export function withOutputRenamed(sql: string, column: string, to: string): EditedQuery {
  const select = plainSelect(sql);
  if ("refused" in select) return select;
  const { query } = select;
  const names = outputNames(query);
  const at = names.indexOf(column);
  const item = query.columns[at];
  if (item === undefined) return { refused: `it has no output ${column}` };
  if (item.alias !== null && query.columns.some((other) => other !== item && mentions(other, column)))
    return { refused: `another of its outputs is computed from ${column}` };
  const texts = itemTexts(query, sql);
  const own = item.alias === null ? (texts[at] ?? "") : sql.slice(item.at.start, item.at.end);
  return {
    sql: replaceList(
      query,
      sql,
      texts.map((text, index) => (index === at ? `${own} AS ${quotedName(to)}` : text)),
    ),
  };
}

function quotedName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** One spelling per query, as far as outputs, sources and conditions go: to tell whether a server holds it already. */
export function viewFingerprint({ query, reads, sql }: ViewQuery): string {
  if (query.kind !== "select") return spaced(sql);
  const items = query.columns.map((column, at) => `${canonicalExpression(column)} AS ${outputNames(query)[at] ?? ""}`);
  const clauses = [query.where, query.prewhere, query.having].map((e) => (e === null ? "" : canonicalExpression(e)));
  const groups = (query.groupBy?.expressions ?? []).map(canonicalExpression);
  return [items.join(", "), reads.map(({ table }) => table).join(", "), ...clauses, groups.join(", ")].join(" | ");
}

function spaced(sql: string): string {
  return sql.replace(/\s+/g, " ").replaceAll("`", "").trim();
}

function plainSelect(sql: string): { readonly query: SelectQuery } | { readonly refused: string } {
  const [parsed] = parseScript(sql);
  const query = parsed?.statement.kind === "select" ? parsed.statement.query : null;
  if (query === null) return { refused: "its query could not be read" };
  if (query.kind !== "select") return { refused: "it joins several queries (UNION, EXCEPT, INTERSECT)" };
  return { query };
}

interface Item {
  readonly start: number;
  readonly end: number;
}

/** Where each output stands, with parentheses around it and its alias. */
function itemsOf(query: SelectQuery, sql: string): readonly Item[] {
  return query.columns.map((column) => {
    let start = column.at.start;
    let end = column.alias === null ? column.at.end : Math.max(column.at.end, column.alias.at.end);
    // Ranges of an expression leave out parentheses around it.
    for (;;) {
      const before = /\(\s*$/.exec(sql.slice(0, start));
      const after = /^\s*\)/.exec(sql.slice(end));
      if (before === null || after === null || before.index < query.at.start) break;
      start = before.index;
      end += after[0].length;
    }
    return { start, end };
  });
}

function itemTexts(query: SelectQuery, sql: string): readonly string[] {
  return itemsOf(query, sql).map(({ start, end }) => sql.slice(start, end));
}

function replaceList(query: SelectQuery, sql: string, items: readonly string[]): string {
  const all = itemsOf(query, sql);
  const [first] = all;
  const last = all.at(-1);
  if (first === undefined || last === undefined) return sql;
  return `${sql.slice(0, first.start)}${items.join(", ")}${sql.slice(last.end)}`;
}

function sameText(a: Expression, b: Expression): boolean {
  return canonicalExpression(a) === canonicalExpression(b);
}

function isNamed(e: Expression, name: string): boolean {
  return e.kind === "identifier" && e.parts.length === 1 && e.parts[0]?.text === name;
}

function mentions(e: Expression, name: string): boolean {
  return new RegExp(`(?<![\\w.])\`?${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\`?(?!\\w)`).test(canonicalExpression(e));
}

/** Whether a CREATE declares an index, a projection or a constraint of this name. */
export function hasElement(create: string, word: string, name: string): boolean {
  return new RegExp(`\\b${word}\\s+\`?${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\`?(?=[\\s(])`).test(create);
}
