import type { Expression, FromClause, FromElement, Name, TableExpression, TableFunction } from "../ast.ts";
import { type Cursor, Refused } from "../cursor.ts";
import { readAlias } from "../expression/aliases.ts";
import { Kind } from "../lexer.ts";
import { readList, readName, readObjectNameWithUuid, readString } from "../names.ts";
import { readNumber } from "../numbers.ts";

type Join = Extract<FromElement, { kind: "join" }>;

/** The tables behind FROM. `bareAlias` is false in `FROM t SELECT …`, where SELECT would be the alias. */
export function readFrom(c: Cursor, bareAlias: boolean): FromClause | null {
  const first = readTableExpression(c, bareAlias);
  if (first === null) return null;
  const joins: FromElement[] = [];
  for (;;) {
    const before = c.index;
    const last = joins[joins.length - 1];
    if (last?.kind === "array-join" && c.kind === Kind.Comma) break;
    const element = c.attempt(() => readArrayJoin(c)) ?? readJoin(c, bareAlias);
    if (element === null) {
      c.index = before;
      break;
    }
    joins.push(element);
  }
  return { first, joins };
}

function readArrayJoin(c: Cursor): FromElement | null {
  const left = c.keyword("LEFT", "ARRAY", "JOIN");
  if (!left) {
    c.keyword("INNER");
    if (!c.keyword("ARRAY", "JOIN")) return null;
  }
  const expressions = c.attempt(() => readList(c, (at) => at.grammar.expression(at, { alias: true }))) ?? [];
  return { kind: "array-join", left, expressions };
}

const kinds: ReadonlyMap<string, Join["type"]> = new Map([
  ["INNER", "inner"],
  ["LEFT", "left"],
  ["RIGHT", "right"],
  ["FULL", "full"],
  ["CROSS", "cross"],
  ["PASTE", "paste"],
]);

const strictnesses: ReadonlyMap<string, NonNullable<Join["strictness"]>> = new Map([
  ["ANY", "any"],
  ["ALL", "all"],
  ["ASOF", "asof"],
  ["SEMI", "semi"],
  ["ANTI", "anti"],
  ["ONLY", "anti"],
]);

function readStrictness(c: Cursor): Join["strictness"] {
  const found = strictnesses.get(c.word) ?? null;
  if (found !== null) c.index++;
  else c.expect("JOIN");
  return found;
}

function readJoin(c: Cursor, bareAlias: boolean): Join | null {
  if (c.kind === Kind.Comma) {
    c.index++;
    const table = readTableExpression(c, bareAlias);
    if (table === null) return null;
    return { kind: "join", type: "comma", strictness: null, locality: null, natural: false, table, on: null, using: null };
  }
  const start = c.start;
  const locality = c.keyword("GLOBAL") ? "global" : c.keyword("LOCAL") ? "local" : null;
  const natural = c.keyword("NATURAL");
  let strictness = readStrictness(c);
  const given = kinds.get(c.word);
  if (given !== undefined) c.index++;
  strictness = readStrictness(c) ?? strictness;
  if (given === "left" || given === "right" || given === "full") c.keyword("OUTER");
  const oneSided = strictness === "semi" || strictness === "anti";
  const type = given ?? (oneSided ? "left" : "inner");
  const unconditional = type === "cross" || type === "paste";
  if (strictness !== null && unconditional) throw new Refused(`${type.toUpperCase()} JOIN takes neither ANY nor ALL.`, start);
  if (oneSided && type !== "left" && type !== "right") throw new Refused("A SEMI or ANTI JOIN is LEFT or RIGHT.", start);
  if (natural && (strictness !== null || unconditional)) throw new Refused("NATURAL JOIN takes no modifier.", start);
  if (!c.keyword("JOIN")) return null;
  const table = readTableExpression(c, bareAlias);
  if (table === null) return null;
  const join = { kind: "join", type, strictness, locality, natural, table, on: null, using: null } as const;
  if (unconditional || natural) return join;
  if (c.keyword("USING")) {
    const parentheses = c.kind === Kind.OpenRound;
    if (parentheses) c.index++;
    const using = readList(c, (at) => at.grammar.expression(at, { alias: true }));
    if (using === null || (parentheses && !c.take(Kind.CloseRound, ")"))) return null;
    return { ...join, using };
  }
  const on = c.keyword("ON") ? c.grammar.expression(c) : null;
  return on === null ? null : { ...join, on };
}

function readTableExpression(c: Cursor, bareAlias: boolean): TableExpression | null {
  const start = c.start;
  const source = readSource(c);
  if (source === null) return null;
  const isFrom = source.kind === "table" && source.name.database === null && source.name.name.text.toUpperCase() === "FROM";
  const alias = c.attempt(() => readAlias(c, bareAlias && !isFrom));
  let columnAliases: readonly Name[] = [];
  if (c.kind === Kind.OpenRound) {
    c.index++;
    const names = readList(c, readName);
    if (names === null || !c.take(Kind.CloseRound, ")")) return null;
    columnAliases = names;
  }
  const final = c.keyword("FINAL");
  let sample: TableExpression["sample"] = null;
  if (c.keyword("SAMPLE")) {
    const ratio = readRatio(c);
    if (ratio === null) return null;
    sample = { ratio, offset: null };
    if (c.keyword("OFFSET")) {
      const offset = readRatio(c);
      if (offset === null) return null;
      sample = { ratio, offset };
    }
  }
  const stream = c.keyword("STREAM");
  if (stream && c.keyword("CURSOR") && c.grammar.settings(c) === null) return null;
  return { source, alias, columnAliases, final, sample, stream, at: c.rangeFrom(start) };
}

function readSource(c: Cursor): TableExpression["source"] | null {
  if (c.kind === Kind.OpenRound) {
    const values = c.wordAt(1) === "VALUES" ? c.attempt(() => readValues(c)) : null;
    if (values !== null) return { kind: "values", rows: values };
    const query = c.attempt(() => c.grammar.subquery(c));
    if (query !== null) return { kind: "subquery", query };
    c.index++;
    c.enterQuery();
    const from = readFrom(c, true);
    c.leaveQuery();
    if (from === null || from.joins.length === 0 || !c.take(Kind.CloseRound, ")")) return null;
    return { kind: "parenthesised", from };
  }
  const tableFunction = c.attempt(() => readTableFunction(c));
  if (tableFunction !== null) return { kind: "function", function: tableFunction };
  const name = c.attempt(() => readObjectNameWithUuid(c));
  if (name !== null) return { kind: "table", name: name.name };
  const string = readString(c);
  if (string === null || string.value === "") {
    c.expect("a table, a subquery or a table function");
    return null;
  }
  return { kind: "table", name: { database: null, name: { text: string.value, at: string.at, parameter: false }, at: string.at } };
}

export function readTableFunction(c: Cursor): TableFunction | null {
  if (c.kind !== Kind.Word && c.kind !== Kind.QuotedName) return null;
  if (c.kindAt(1) !== Kind.OpenRound && c.kindAt(1) !== Kind.Dot) return null;
  const call = c.grammar.call(c, { tableFunction: true, parameters: false });
  return call === null ? null : { name: call.name, arguments: call.arguments, settings: call.settings, at: call.at };
}

/** `(VALUES (1, 'a'), (2, 'b'))` */
function readValues(c: Cursor): readonly Expression[] | null {
  c.index++;
  if (!c.keyword("VALUES") || c.kind !== Kind.OpenRound) return null;
  const rows = readList(c, (at) => at.grammar.expression(at));
  return rows !== null && c.take(Kind.CloseRound, ")") ? rows : null;
}

/** `0.1`, `1/10`, or a number of rows. */
function readRatio(c: Cursor): string | null {
  const first = c.kind === Kind.Number ? readNumber(c) : null;
  if (first === null) {
    c.expect("a ratio or a number of rows");
    return null;
  }
  if (c.kind !== Kind.Slash) return first;
  c.index++;
  const second = c.kind === Kind.Number ? readNumber(c) : null;
  return second === null ? null : `${first}/${second}`;
}
