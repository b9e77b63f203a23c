import type { Engine } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readName } from "../names.ts";

/** A name with arguments or without: engines, codecs, kinds of index and statistics. */
export function readEngine(c: Cursor): Engine | null {
  return readNamedCall(c, true);
}

/** The kind of an index or projection: `set(100)`; a second pair of brackets does not belong to it. */
export function readKind(c: Cursor): Engine | null {
  return readNamedCall(c, false);
}

function readNamedCall(c: Cursor, parameters: boolean): Engine | null {
  const start = c.start;
  if (c.kindAt(1) === Kind.OpenRound || c.kindAt(1) === Kind.Dot) {
    const call = c.attempt(() => c.grammar.call(c, { tableFunction: false, parameters }));
    if (call !== null) return { name: call.name, arguments: call.arguments.length === 0 ? null : call.arguments, at: c.rangeFrom(start) };
  }
  const name = readName(c);
  return name === null ? null : { name: name.text, arguments: null, at: c.rangeFrom(start) };
}
