import type { Expression, Insert, Range, Setting, WithElement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readAsterisk, readColumns, readQualifiedAsterisk } from "../expression/columns.ts";
import { Kind } from "../lexer.ts";
import { readColumnName, readList, readName, readNameOrParameter, readString } from "../names.ts";

/** Behind `INSERT INTO`, or `INSERT`; `withElements` is a WITH that stood before it. */
export function readInsert(c: Cursor, dataEnd: number): Insert | null {
  c.keyword("TABLE");
  const target = c.keyword("FUNCTION") ? readFunctionTarget(c) : readTableTarget(c);
  if (target === null) return null;
  let columns: readonly Expression[] | null = null;
  if (c.kind === Kind.OpenRound) {
    const list = c.attempt(() => readColumnList(c));
    // What is no list of columns is the query: `INSERT INTO t (SELECT 1)`.
    if (list === null && c.wordAt(1) !== "SELECT" && c.wordAt(1) !== "WITH" && c.kindAt(1) !== Kind.OpenRound) return null;
    columns = list;
  }
  return readSource(c, target, columns, dataEnd);
}

function readColumnList(c: Cursor): readonly Expression[] | null {
  c.index++;
  const list = readList(c, readElement);
  if (list !== null && c.kind === Kind.Comma) c.index++;
  return list !== null && c.take(Kind.CloseRound, ")") ? list : null;
}

function readFunctionTarget(c: Cursor): Insert["target"] | null {
  const call = c.grammar.call(c, { tableFunction: true, parameters: false });
  if (call === null) return null;
  const partitionBy = c.keyword("PARTITION", "BY") ? c.grammar.expression(c) : undefined;
  if (partitionBy === null) return null;
  const { name, arguments: args, settings, at } = call;
  return { kind: "function", function: { name, arguments: args, settings, at }, partitionBy: partitionBy ?? null };
}

function readTableTarget(c: Cursor): Insert["target"] | null {
  const first = readNameOrParameter(c) ?? readStringAsName(c);
  if (first === null) return null;
  if (c.kind !== Kind.Dot) return { kind: "table", name: { database: null, name: first, at: first.at } };
  c.index++;
  const second = readNameOrParameter(c);
  if (second === null) return null;
  return { kind: "table", name: { database: first, name: second, at: c.rangeFrom(first.at.start) } };
}

function readStringAsName(c: Cursor): ReturnType<typeof readName> {
  const string = readString(c);
  return string === null || string.value === "" ? null : { text: string.value, at: string.at, parameter: false };
}

function readElement(c: Cursor): Expression | null {
  const special = c.attempt(() => readColumns(c)) ?? c.attempt(() => readQualifiedAsterisk(c)) ?? c.attempt(() => readAsterisk(c));
  if (special !== null) return special;
  const name = readColumnName(c);
  return name === null ? null : { kind: "identifier", parts: [name], alias: null, at: name.at };
}

function readSource(c: Cursor, target: Insert["target"], columns: readonly Expression[] | null, dataEnd: number): Insert | null {
  let settings: readonly Setting[] = [];
  const infile = c.keyword("FROM", "INFILE") ? readInfile(c) : undefined;
  if (infile === null) return null;
  if (c.keyword("SETTINGS")) {
    const list = c.grammar.settings(c);
    if (list === null) return null;
    settings = list;
  }
  const base = { kind: "insert", target, columns, settings } as const;
  const start = c.start;
  if (c.keyword("VALUES")) {
    if (infile !== undefined) return { ...base, source: { kind: "infile", file: infile, format: "Values" } };
    return { ...base, source: { kind: "values", data: takeRest(c, c.start) } };
  }
  if (c.keyword("FORMAT")) {
    const format = readName(c);
    if (format === null) return null;
    if (infile !== undefined) return { ...base, source: { kind: "infile", file: infile, format: format.text } };
    if (c.keyword("SETTINGS")) {
      const list = c.grammar.settings(c);
      if (list === null) return null;
    }
    const data = dataEnd > c.lastEnd ? { start: c.lastEnd, end: dataEnd } : null;
    takeRest(c, start);
    return { ...base, source: { kind: "format", format: format.text, data } };
  }
  if (infile !== undefined) return { ...base, source: { kind: "infile", file: infile, format: null } };
  if (c.word !== "SELECT" && c.word !== "WITH" && c.kind !== Kind.OpenRound) {
    c.expect("VALUES, FORMAT or SELECT");
    return null;
  }
  const query = c.grammar.query(c);
  if (query === null) return null;
  // `INSERT INTO t SELECT … FROM input(…) FORMAT CSV` brings its data along.
  if (c.keyword("FORMAT")) {
    const format = readName(c);
    if (format === null) return null;
    takeRest(c, start);
  }
  if (c.keyword("SETTINGS")) {
    const list = c.grammar.settings(c);
    if (list === null) return null;
    return { ...base, settings: [...settings, ...list], source: { kind: "select", query } };
  }
  return { ...base, source: { kind: "select", query } };
}

function readInfile(c: Cursor): string | null {
  const file = readString(c);
  if (file === null) return null;
  if (c.keyword("COMPRESSION") && readString(c) === null) return null;
  return file.value;
}

/** Data is not SQL: it is taken as it stands, to the end of the statement. */
function takeRest(c: Cursor, start: number): Range {
  while (c.kind !== Kind.End) c.index++;
  return { start, end: Math.max(start, c.lastEnd) };
}

/** `WITH x AS (…) INSERT INTO t SELECT …`: the query is the one that the WITH belongs to. */
export function withBefore(insert: Insert, elements: readonly WithElement[], recursive: boolean): Insert | null {
  const { source } = insert;
  if (source.kind !== "select") return null;
  const query = source.query;
  if (query.kind === "select") {
    return { ...insert, source: { kind: "select", query: { ...query, with: [...elements, ...query.with], recursive } } };
  }
  if (query.kind !== "set-operation") return null;
  const queries = query.queries.map((one) => (one.kind === "select" ? { ...one, with: [...elements, ...one.with], recursive } : one));
  return { ...insert, source: { kind: "select", query: { ...query, queries } } };
}
