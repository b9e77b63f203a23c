import type { Name, WithElement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList, readName } from "../names.ts";

/** The list behind WITH; a comma at its end is taken. */
export function readWith(c: Cursor): readonly WithElement[] | null {
  const list = readList(c, readElement);
  if (list !== null && c.kind === Kind.Comma) c.index++;
  return list;
}

function readElement(c: Cursor): WithElement | null {
  // A query called `select` could not be told from the word.
  if (c.word === "SELECT") {
    c.expect("a name or an expression");
    return null;
  }
  const query = c.attempt(() => readNamedQuery(c));
  if (query !== null) return query;
  const expression = c.grammar.expression(c, { alias: true });
  return expression === null ? null : { kind: "expression", expression };
}

function readNamedQuery(c: Cursor): WithElement | null {
  const name = readName(c);
  if (name === null) return null;
  let columns: readonly Name[] = [];
  if (c.kind === Kind.OpenRound) {
    c.index++;
    const names = readList(c, readName);
    if (names === null || !c.take(Kind.CloseRound, ")")) return null;
    columns = names;
  }
  if (!c.keyword("AS")) return null;
  const materialized = c.keyword("MATERIALIZED");
  const query = c.grammar.subquery(c);
  return query === null ? null : { kind: "query", name, columns, materialized, query };
}
