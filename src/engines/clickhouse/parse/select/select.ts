import type { Expression, FromClause, GroupBy, OrderBy, SelectQuery, Setting, WithElement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList, readName } from "../names.ts";
import { readNumber } from "../numbers.ts";
import { readFrom } from "./from.ts";
import { type Limits, readLimits } from "./limits.ts";
import { readOrderBy } from "./order-by.ts";
import { readWindowDefinition } from "./window.ts";
import { readWith } from "./with.ts";

const element = (c: Cursor): Expression | null => c.grammar.expression(c, { alias: true });

/** `WORD expression`: null where the word is missing, undefined where the expression is. */
function readClause(c: Cursor, word: string): Expression | null | undefined {
  return c.keyword(word) ? (element(c) ?? undefined) : null;
}

export function readSelect(c: Cursor): SelectQuery | null {
  const start = c.start;
  let withElements: readonly WithElement[] = [];
  let recursive = false;
  if (c.keyword("WITH")) {
    recursive = c.keyword("RECURSIVE");
    const list = readWith(c);
    if (list === null) return null;
    withElements = list;
  }
  let from: FromClause | null = null;
  if (c.keyword("FROM")) {
    from = readLeadingFrom(c);
    if (from === null) return null;
  }
  if (!c.keyword("SELECT")) return null;
  const what = readWhat(c);
  if (what === null) return null;
  if (from === null && c.keyword("FROM")) {
    from = readFrom(c, true);
    if (from === null) return null;
  }
  const prewhere = readClause(c, "PREWHERE");
  const where = prewhere === undefined ? undefined : readClause(c, "WHERE");
  if (prewhere === undefined || where === undefined) return null;
  const groups = readGroups(c);
  if (groups === null) return null;
  const having = readClause(c, "HAVING");
  if (having === undefined) return null;
  const windows = c.keyword("WINDOW") ? readList(c, readNamedWindow) : [];
  if (windows === null) return null;
  const qualify = readClause(c, "QUALIFY");
  if (qualify === undefined) return null;
  let orderBy: OrderBy | null = null;
  if (c.keyword("ORDER", "BY")) {
    orderBy = readOrderBy(c);
    if (orderBy === null) return null;
  }
  const limits = readLimits(c, { ordered: orderBy !== null, distinctOn: what.distinctOn.length > 0, top: what.top });
  if (limits === null) return null;
  let settings: readonly Setting[] = [];
  if (c.keyword("SETTINGS")) {
    const list = c.grammar.settings(c);
    if (list === null) return null;
    settings = list;
  }
  const { top: _top, ...selected } = what;
  return {
    kind: "select",
    with: withElements,
    recursive,
    ...selected,
    from,
    prewhere,
    where,
    ...groups,
    having,
    windows,
    qualify,
    orderBy,
    ...limits,
    settings,
    at: c.rangeFrom(start),
  };
}

/** `FROM t SELECT a`: first with aliases without AS, then, because SELECT may have been taken for one, without them. */
function readLeadingFrom(c: Cursor): FromClause | null {
  const loose = c.attempt(() => {
    const from = readFrom(c, true);
    return from !== null && c.word === "SELECT" ? from : null;
  });
  return loose ?? readFrom(c, false);
}

interface What {
  readonly distinct: boolean;
  readonly distinctOn: readonly Expression[];
  readonly columns: readonly Expression[];
  readonly top: Limits | null;
}

function readWhat(c: Cursor): What | null {
  let all = c.keyword("ALL");
  let distinct = false;
  let distinctOn: readonly Expression[] = [];
  if (c.keyword("DISTINCT", "ON")) {
    if (!c.take(Kind.OpenRound, "(")) return null;
    const list = readList(c, element);
    if (list === null || !c.take(Kind.CloseRound, ")")) return null;
    distinctOn = list;
  } else distinct = c.keyword("DISTINCT");
  if (!all && c.keyword("ALL")) all = true;
  if (all && (distinct || distinctOn.length > 0)) return null;
  let top: Limits | null = null;
  if (c.keyword("TOP")) {
    const parentheses = c.kind === Kind.OpenRound;
    if (parentheses) c.index++;
    const start = c.start;
    const text = readNumber(c);
    if (text === null) return null;
    const limit: Expression = { kind: "literal", value: { type: "number", text }, alias: null, at: c.rangeFrom(start) };
    if (parentheses && !c.take(Kind.CloseRound, ")")) return null;
    top = { limit, offset: null, withTies: c.keyword("WITH", "TIES"), limitBy: null };
  }
  const columns = readColumns(c);
  return columns === null ? null : { distinct, distinctOn, columns, top };
}

/** The list behind SELECT, where aliases need no AS and a last comma does no harm. */
function readColumns(c: Cursor): readonly Expression[] | null {
  const mode = { alias: true, bareAlias: true, trailingComma: true };
  return readList(c, (at) => at.grammar.expression(at, mode));
}

function readGroups(c: Cursor): { readonly groupBy: GroupBy | null; readonly withTotals: boolean } | null {
  let group: GroupBy | null = null;
  if (c.keyword("GROUP", "BY")) {
    group = readGroupBy(c);
    if (group === null) return null;
  }
  let totals = false;
  while (c.keyword("WITH")) {
    if (c.keyword("ROLLUP")) {
      if (group?.rollup === true) return null;
      group = { ...(group ?? none), rollup: true };
    } else if (c.keyword("CUBE")) {
      if (group?.cube === true) return null;
      group = { ...(group ?? none), cube: true };
    } else if (!totals && c.keyword("TOTALS")) totals = true;
    else return null;
  }
  return { groupBy: group, withTotals: totals };
}

const none: GroupBy = { all: false, expressions: [], groupingSets: [], rollup: false, cube: false };

function readGroupBy(c: Cursor): GroupBy | null {
  const modifier = c.keyword("ROLLUP") ? "rollup" : c.keyword("CUBE") ? "cube" : c.keyword("GROUPING", "SETS") ? "sets" : null;
  if (modifier === null && c.keyword("ALL")) return { ...none, all: true };
  if (modifier !== null && !c.take(Kind.OpenRound, "(")) return null;
  const sets = modifier === "sets" ? readList(c, readGroupingSet) : [];
  const expressions = modifier === "sets" ? [] : readList(c, element);
  if (sets === null || expressions === null || (modifier !== null && !c.take(Kind.CloseRound, ")"))) return null;
  return { all: false, expressions, groupingSets: sets, rollup: modifier === "rollup", cube: modifier === "cube" };
}

function readGroupingSet(c: Cursor): readonly Expression[] | null {
  if (c.kind !== Kind.OpenRound) {
    const only = element(c);
    return only === null ? null : [only];
  }
  c.index++;
  const set = c.kind === Kind.CloseRound ? [] : readList(c, element);
  return set !== null && c.take(Kind.CloseRound, ")") ? set : null;
}

function readNamedWindow(c: Cursor): SelectQuery["windows"][number] | null {
  const name = readName(c);
  if (name === null || !c.keyword("AS")) return null;
  const definition = readWindowDefinition(c);
  return definition === null ? null : { name, definition };
}
