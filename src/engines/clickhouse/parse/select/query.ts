import type { Query, SetOperator } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readSelect } from "./select.ts";

/** SELECT, or several joined by UNION, EXCEPT and INTERSECT; each may stand in parentheses. */
export function readQuery(c: Cursor): Query | null {
  const at = c.index;
  const known = c.memo?.get(at);
  if (known !== undefined) {
    c.index = known.next;
    return known.value as Query | null;
  }
  c.enterQuery();
  const query = readUnion(c);
  c.leaveQuery();
  c.memo ??= new Map();
  c.memo.set(at, { value: query, next: c.index });
  return query;
}

/** `(SELECT …)`, also `(EXPLAIN SELECT …)`. */
export function readSubquery(c: Cursor): Query | null {
  if (!c.take(Kind.OpenRound, "(")) return null;
  const query = c.word === "EXPLAIN" ? readExplained(c) : readQuery(c);
  return query !== null && c.take(Kind.CloseRound, ")") ? query : null;
}

/** `EXPLAIN [what] [options] SELECT …` within a query: its answer is a table. */
function readExplained(c: Cursor): Query | null {
  const start = c.start;
  c.index++;
  // The words and options before the query are of no interest: what is read does not depend on them.
  for (let words = 0; words < 40 && c.kind !== Kind.End && c.kind !== Kind.CloseRound; words++) {
    const query = c.word === "SELECT" || c.word === "WITH" || c.kind === Kind.OpenRound ? c.attempt(() => readQuery(c)) : null;
    if (query !== null) return { kind: "explain", text: c.source.slice(start, c.lastEnd), query, at: c.rangeFrom(start) };
    c.index++;
  }
  return null;
}

function readUnion(c: Cursor): Query | null {
  const start = c.start;
  const first = readUnionElement(c);
  if (first === null) return null;
  const queries = [first];
  const operators: SetOperator[] = [];
  for (;;) {
    const before = c.index;
    const operator = readSetOperator(c);
    const next = operator === null ? null : readUnionElement(c);
    if (operator === null || next === null) {
      c.index = before;
      break;
    }
    operators.push(operator);
    queries.push(next);
  }
  return queries.length === 1 ? first : { kind: "set-operation", queries, operators, at: c.rangeFrom(start) };
}

function readUnionElement(c: Cursor): Query | null {
  if (c.kind === Kind.OpenRound) {
    const query = c.attempt(() => readSubquery(c));
    if (query !== null) return query;
  }
  return readSelect(c);
}

function readSetOperator(c: Cursor): SetOperator | null {
  const kind = c.keyword("UNION") ? "union" : c.keyword("EXCEPT") ? "except" : c.keyword("INTERSECT") ? "intersect" : null;
  if (kind === null) return null;
  if (c.keyword("ALL")) return `${kind}-all`;
  return c.keyword("DISTINCT") ? `${kind}-distinct` : kind;
}
