import type { Expression, KeyElement, SortingKey } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList } from "../names.ts";

function readElement(c: Cursor): KeyElement | null {
  const expression = c.grammar.expression(c);
  if (expression === null) return null;
  const descending = c.keyword("DESCENDING") || c.keyword("DESC");
  if (!descending && !c.keyword("ASCENDING")) c.keyword("ASC");
  return { expression, descending };
}

/** ORDER BY of a table: one expression, or a list in brackets, where each may say ASC or DESC. */
export function readSortingKey(c: Cursor): SortingKey | null {
  const start = c.start;
  const single = c.attempt(() => readElement(c));
  if (single !== null) {
    const elements = single.descending ? [single] : keyElements(single.expression);
    return { elements, at: c.rangeFrom(start) };
  }
  if (c.kind === Kind.Word && c.text === "tuple") c.index++;
  if (!c.take(Kind.OpenRound, "(")) return null;
  const elements = c.attempt(() => readList(c, readElement)) ?? [];
  return c.take(Kind.CloseRound, ")") ? { elements, at: c.rangeFrom(start) } : null;
}

/** `(a, b)` and `tuple(a, b)` are a key of two, `tuple()` of none. */
export function keyElements(expression: Expression): readonly KeyElement[] {
  const isTuple = expression.kind === "function" && expression.name === "tuple" && expression.alias === null;
  const expressions = isTuple ? expression.arguments : [expression];
  return expressions.map((element) => ({ expression: element, descending: false }));
}
