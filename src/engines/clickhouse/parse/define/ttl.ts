import type { Assignment, TtlElement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList, readName, readString } from "../names.ts";
import { readCodec } from "./columns.ts";

/** What follows TTL of a table: one or more expressions, each with what happens then. */
export function readTtlList(c: Cursor): readonly TtlElement[] | null {
  return readList(c, readTtlElement);
}

function readTtlElement(c: Cursor): TtlElement | null {
  // `MODIFY TTL a, REMOVE TTL`: these begin another action.
  if (c.wordAt(1) === "TTL" && (c.word === "REMOVE" || c.word === "MODIFY" || c.word === "MATERIALIZE")) return null;
  const start = c.start;
  const expression = c.grammar.expression(c);
  if (expression === null) return null;
  const action = readAction(c);
  if (action === null) return null;
  const where = action.kind === "delete" && c.keyword("WHERE") ? c.grammar.expression(c) : undefined;
  return where === null ? null : { expression, action, where: where ?? null, at: c.rangeFrom(start) };
}

function readAction(c: Cursor): TtlElement["action"] | null {
  const to = c.keyword("TO", "DISK") ? "disk" : c.keyword("TO", "VOLUME") ? "volume" : null;
  if (to !== null) {
    const ifExists = c.keyword("IF", "EXISTS");
    const name = readString(c);
    return name === null ? null : { kind: "move", to, name: name.value, ifExists };
  }
  if (c.keyword("GROUP", "BY")) {
    // Both lists may be empty as far as the engine's grammar goes.
    const keys = c.attempt(() => readList(c, (at) => at.grammar.expression(at, { alias: true }))) ?? [];
    const set = c.keyword("SET") ? (c.attempt(() => readList(c, readAssignment)) ?? []) : [];
    return { kind: "group-by", keys, set };
  }
  if (c.keyword("RECOMPRESS")) {
    const codec = c.keyword("CODEC") ? readCodec(c) : null;
    return codec === null ? null : { kind: "recompress", codec };
  }
  c.keyword("DELETE");
  return { kind: "delete" };
}

/** `column = expression` */
export function readAssignment(c: Cursor): Assignment | null {
  const start = c.start;
  const column = readName(c);
  if (column === null || !c.take(Kind.Equals, "=")) return null;
  const expression = c.grammar.expression(c);
  return expression === null ? null : { column, expression, at: c.rangeFrom(start) };
}
