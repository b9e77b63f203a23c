import type { Expression, OrderBy, OrderByElement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList, readName, readString } from "../names.ts";

function readOptional(c: Cursor, word: string): Expression | null | undefined {
  if (!c.keyword(word)) return null;
  return c.grammar.expression(c, { alias: true }) ?? undefined;
}

/** ASC or DESC, then NULLS FIRST or LAST; null where NULLS stands alone. */
function readDirection(c: Cursor): { readonly descending: boolean; readonly nulls: OrderByElement["nulls"] } | null {
  const descending = c.keyword("DESCENDING") || c.keyword("DESC");
  if (!descending && !c.keyword("ASCENDING")) c.keyword("ASC");
  if (!c.keyword("NULLS")) return { descending, nulls: null };
  if (c.keyword("FIRST")) return { descending, nulls: "first" };
  return c.keyword("LAST") ? { descending, nulls: "last" } : null;
}

export function readOrderByElement(c: Cursor): OrderByElement | null {
  const expression = c.grammar.expression(c, { alias: true });
  if (expression === null) return null;
  const direction = readDirection(c);
  if (direction === null) return null;
  let collate: string | null = null;
  if (c.keyword("COLLATE")) {
    const locale = readString(c);
    if (locale === null) return null;
    collate = locale.value;
  }
  if (!c.keyword("WITH", "FILL")) return { expression, ...direction, collate, fill: null };
  const from = readOptional(c, "FROM");
  const to = from === undefined ? undefined : readOptional(c, "TO");
  const step = to === undefined ? undefined : readOptional(c, "STEP");
  const staleness = step === undefined ? undefined : readOptional(c, "STALENESS");
  if (from === undefined || to === undefined || step === undefined || staleness === undefined) return null;
  return { expression, ...direction, collate, fill: { from, to, step, staleness } };
}

/** What follows ORDER BY. */
export function readOrderBy(c: Cursor): OrderBy | null {
  const start = c.start;
  if (c.word === "ALL") {
    const before = c.index;
    c.index++;
    const at = c.rangeFrom(start);
    const direction = readDirection(c);
    if (direction === null) return null;
    // `ORDER BY all, b` is about a column of that name.
    if (c.kind !== Kind.Comma) {
      const expression: Expression = { kind: "identifier", parts: [{ text: "all", at, parameter: false }], alias: null, at };
      return { all: true, elements: [{ expression, ...direction, collate: null, fill: null }], interpolate: null };
    }
    c.index = before;
  }
  const elements = readList(c, readOrderByElement);
  if (elements === null) return null;
  if (!elements.some((element) => element.fill !== null) || !c.keyword("INTERPOLATE")) return { all: false, elements, interpolate: null };
  if (c.kind !== Kind.OpenRound) return { all: false, elements, interpolate: [] };
  c.index++;
  const interpolate = c.kind === Kind.CloseRound ? [] : readList(c, readInterpolation);
  if (interpolate === null || !c.take(Kind.CloseRound, ")")) return null;
  return { all: false, elements, interpolate };
}

function readInterpolation(c: Cursor): NonNullable<OrderBy["interpolate"]>[number] | null {
  const name = readName(c);
  if (name === null) return null;
  if (!c.keyword("AS")) return { name, expression: null };
  const expression = c.grammar.expression(c, { alias: true });
  return expression === null ? null : { name, expression };
}
