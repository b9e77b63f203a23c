import type { WindowDefinition } from "../ast.ts";
import { type Cursor, Refused } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList, readName } from "../names.ts";
import { readOrderByElement } from "./order-by.ts";

/** `([parent] [PARTITION BY …] [ORDER BY …] [frame])` */
export function readWindowDefinition(c: Cursor): WindowDefinition | null {
  if (!c.take(Kind.OpenRound, "(")) return null;
  const first = readParts(c);
  if (first !== null && c.kind === Kind.CloseRound) {
    c.index++;
    return first;
  }
  // The name of a parent window comes first; the engine reads on from where it got stuck, so it takes one behind PARTITION BY as well.
  const parent = readName(c);
  const rest = parent === null ? null : readParts(c);
  if (parent === null || rest === null || !c.take(Kind.CloseRound, ")")) return null;
  const partitionBy = rest.partitionBy.length > 0 ? rest.partitionBy : (first?.partitionBy ?? []);
  const orderBy = rest.orderBy.length > 0 ? rest.orderBy : (first?.orderBy ?? []);
  return { parent, partitionBy, orderBy, frame: rest.frame ?? first?.frame ?? null };
}

function readParts(c: Cursor): WindowDefinition | null {
  let partitionBy: WindowDefinition["partitionBy"] = [];
  let orderBy: WindowDefinition["orderBy"] = [];
  if (c.keyword("PARTITION", "BY")) {
    const list = readList(c, (at) => at.grammar.expression(at, { alias: true }));
    if (list === null) return null;
    partitionBy = list;
  }
  if (c.keyword("ORDER", "BY")) {
    const list = readList(c, readOrderByElement);
    if (list === null) return null;
    orderBy = list;
  }
  const start = c.start;
  if (!c.keyword("ROWS") && !c.keyword("GROUPS") && !c.keyword("RANGE")) return { parent: null, partitionBy, orderBy, frame: null };
  const both = c.keyword("BETWEEN");
  if (!readBound(c, "FOLLOWING", "start")) return null;
  if (both && (!c.keyword("AND") || !readBound(c, "PRECEDING", "end"))) return null;
  return { parent: null, partitionBy, orderBy, frame: c.source.slice(start, c.lastEnd) };
}

function readBound(c: Cursor, notUnbounded: "PRECEDING" | "FOLLOWING", which: "start" | "end"): boolean {
  if (c.keyword("CURRENT", "ROW")) return true;
  const start = c.start;
  const unbounded = c.keyword("UNBOUNDED");
  if (!unbounded && c.grammar.expression(c) === null) return false;
  const direction = c.word;
  if (!c.keyword("PRECEDING") && !c.keyword("FOLLOWING")) return false;
  if (unbounded && direction === notUnbounded) throw new Refused(`The ${which} of a window frame cannot be UNBOUNDED ${direction}.`, start);
  return true;
}
