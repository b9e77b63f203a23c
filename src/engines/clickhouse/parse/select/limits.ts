import type { Expression, SelectQuery } from "../ast.ts";
import { type Cursor, Refused } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList } from "../names.ts";

export type Limits = Pick<SelectQuery, "limit" | "offset" | "withTies" | "limitBy">;

interface Context {
  readonly ordered: boolean;
  readonly distinctOn: boolean;
  readonly top: Limits | null;
}

const element = (c: Cursor): Expression | null => c.grammar.expression(c, { alias: true });

/** LIMIT, LIMIT BY, OFFSET and FETCH, which the engine allows in these orders only. */
export function readLimits(c: Cursor, context: Context): Limits | null {
  let limits: Limits = context.top ?? { limit: null, offset: null, withTies: false, limitBy: null };
  let mayFetch = true;
  const start = c.start;
  if (c.keyword("LIMIT")) {
    const first = readLimit(c);
    if (first === null) return null;
    if (first.withTies && context.distinctOn) throw new Refused("WITH TIES cannot stand beside DISTINCT ON.", start);
    mayFetch = !first.byWord;
    if (c.keyword("BY")) {
      if (first.withTies) throw new Refused("WITH TIES cannot stand beside LIMIT BY.", start);
      if (context.distinctOn) throw new Refused("DISTINCT ON cannot stand beside LIMIT BY.", start);
      const by = c.keyword("ALL") ? "all" : readList(c, element);
      if (by === null) return null;
      limits = { ...limits, limitBy: { length: first.limit, offset: first.offset, by } };
    } else {
      if (context.top !== null) throw new Refused("TOP cannot stand beside LIMIT.", start);
      limits = { ...limits, limit: first.limit, offset: first.offset, withTies: first.withTies };
    }
  } else if (c.keyword("OFFSET")) {
    const offset = element(c);
    if (offset === null) return null;
    limits = { ...limits, offset };
    const row = c.keyword("ROW");
    const rows = c.keyword("ROWS");
    if (row && rows) throw new Refused("OFFSET takes ROW or ROWS, not both.", start);
    mayFetch = row || rows;
  }
  if (mayFetch && c.keyword("FETCH")) {
    const fetched = readFetch(c, context, start);
    if (fetched === null) return null;
    limits = { ...limits, ...fetched };
  }
  if (c.keyword("LIMIT")) {
    const repeatable = limits.limitBy !== null || context.distinctOn;
    if (!repeatable || limits.limit !== null) return null;
    const second = readLimit(c);
    if (second === null) return null;
    limits = { ...limits, limit: second.limit, offset: second.offset ?? limits.offset, withTies: limits.withTies || second.withTies };
  }
  if (limits.withTies && !context.ordered) throw new Refused("WITH TIES needs ORDER BY.", start);
  return limits;
}

interface Limit {
  readonly limit: Expression;
  readonly offset: Expression | null;
  readonly withTies: boolean;
  /** Given by the word OFFSET. */
  readonly byWord: boolean;
}

function readLimit(c: Cursor): Limit | null {
  const first = element(c);
  if (first === null) return null;
  let limit = first;
  let offset: Expression | null = null;
  let byWord = false;
  if (c.kind === Kind.Comma) {
    c.index++;
    const second = element(c);
    if (second === null) return null;
    offset = first;
    limit = second;
  } else if (c.keyword("OFFSET")) {
    offset = element(c);
    byWord = true;
    if (offset === null) return null;
  }
  return { limit, offset, withTies: c.keyword("WITH", "TIES"), byWord };
}

function readFetch(c: Cursor, context: Context, start: number): Pick<Limits, "limit" | "withTies"> | null {
  if (!context.ordered) throw new Refused("FETCH needs ORDER BY.", start);
  if (c.keyword("FIRST")) {
    if (c.keyword("NEXT")) throw new Refused("FETCH takes FIRST or NEXT, not both.", start);
  } else if (!c.keyword("NEXT")) return null;
  const limit = element(c);
  if (limit === null) return null;
  if (c.keyword("ROW")) {
    if (c.keyword("ROWS")) throw new Refused("FETCH takes ROW or ROWS, not both.", start);
  } else if (!c.keyword("ROWS")) return null;
  if (c.keyword("WITH", "TIES")) return { limit, withTies: true };
  return c.keyword("ONLY") ? { limit, withTies: false } : null;
}
