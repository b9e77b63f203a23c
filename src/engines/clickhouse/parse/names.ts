import type { Cluster, Name, ObjectName, StringLiteral } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { Kind } from "./lexer.ts";
import { heredocValue, unquote } from "./strings.ts";

/** A bare word or a quoted name; any word will do, keywords as well. */
export function readName(c: Cursor): Name | null {
  const kind = c.kind;
  if (kind !== Kind.Word && kind !== Kind.QuotedName) {
    c.expect("a name");
    return null;
  }
  const text = kind === Kind.Word ? c.text : unquote(c.text);
  if (text === "") {
    c.expect("a name that is not empty");
    return null;
  }
  const at = { start: c.start, end: c.tokens.ends[c.index] ?? c.start };
  c.index++;
  return { text, at, parameter: false };
}

/** A name, or `{name:Identifier}`, which is filled in when the query runs. */
export function readNameOrParameter(c: Cursor): Name | null {
  if (c.kind !== Kind.OpenCurly) return readName(c);
  const start = c.start;
  if (c.kindAt(1) !== Kind.Word || c.kindAt(2) !== Kind.Colon || c.kindAt(3) !== Kind.Word || c.kindAt(4) !== Kind.CloseCurly) {
    c.expect("{name:Identifier}");
    return null;
  }
  const text = c.source.slice(c.tokens.starts[c.index + 1], c.tokens.ends[c.index + 1]);
  const type = c.source.slice(c.tokens.starts[c.index + 3], c.tokens.ends[c.index + 3]);
  if (type !== "Identifier") {
    c.expect("{name:Identifier}");
    return null;
  }
  c.index += 5;
  return { text, at: c.rangeFrom(start), parameter: true };
}

/** `a.b.c`. A dot that no name follows is left alone. */
export function readNameParts(c: Cursor, parameters: boolean): readonly Name[] | null {
  const read = parameters ? readNameOrParameter : readName;
  const first = read(c);
  if (first === null) return null;
  if (c.kind !== Kind.Dot) return [first];
  const parts = [first];
  while (c.kind === Kind.Dot) {
    const before = c.index;
    c.index++;
    const part = read(c);
    if (part === null) {
      c.index = before;
      break;
    }
    parts.push(part);
  }
  return parts;
}

/**
 * A name in an expression, where it may be a path into JSON besides: `json.a[].b` (elements of arrays), `json.^a` (a sub-object),
 * `json.a.:Int64` (a path as a type), `json.@a`. A part keeps its mark: `^a`, `:Int64`; `[]` is the type `:Array(JSON)`, as the engine has it.
 */
export function readPath(c: Cursor): readonly Name[] | null {
  const first = readNameOrParameter(c);
  if (first === null) return null;
  const parts = [first];
  for (;;) {
    let levels = 0;
    while (parts.length > 1 && c.kind === Kind.OpenSquare && c.kindAt(1) === Kind.CloseSquare) {
      c.index += 2;
      levels++;
    }
    if (levels > 0) {
      const at = { start: c.tokens.starts[c.index - 2 * levels] ?? 0, end: c.lastEnd };
      parts.push({ text: `:${"Array(".repeat(levels)}JSON${")".repeat(levels)}`, at, parameter: false });
    }
    if (c.kind !== Kind.Dot) return parts;
    const before = c.index;
    c.index++;
    const part = readPathPart(c);
    if (part === null) {
      c.index = before;
      return parts;
    }
    parts.push(part);
  }
}

function readPathPart(c: Cursor): Name | null {
  const marked = c.kind === Kind.Colon || c.kind === Kind.Caret || c.kind === Kind.At;
  if (!marked) return readNameOrParameter(c);
  const start = c.start;
  const mark = c.text;
  c.index++;
  const name = readName(c);
  return name === null ? null : { text: mark + name.text, at: c.rangeFrom(start), parameter: false };
}

/** A column's name with its dots: `n.a` is one name. */
export function readColumnName(c: Cursor): Name | null {
  const parts = readNameParts(c, false);
  if (parts === null) return null;
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? null;
  return { text: parts.map((part) => part.text).join("."), at: c.rangeFrom(first.at.start), parameter: false };
}

/** `table`, `database.table`, and with a catalog before: `catalog.database.table`, whose database is `catalog.database`. */
export function readObjectName(c: Cursor): ObjectName | null {
  const first = readNameOrParameter(c);
  if (first === null) return null;
  if (c.kind !== Kind.Dot) return { database: null, name: first, at: first.at };
  c.index++;
  const second = readNameOrParameter(c);
  return second === null ? null : { database: first, name: second, at: c.rangeFrom(first.at.start) };
}

/** A name where the statement may say `UUID '…'` behind it. */
export function readObjectNameWithUuid(c: Cursor): { readonly name: ObjectName; readonly uuid: string | null } | null {
  const parts = readNameParts(c, true);
  if (parts === null || parts.length > 2) return null;
  const [first, second] = parts;
  if (first === undefined) return null;
  const name: ObjectName =
    second === undefined
      ? { database: null, name: first, at: first.at }
      : { database: first, name: second, at: c.rangeFrom(first.at.start) };
  if (!c.keyword("UUID")) return { name, uuid: null };
  const uuid = readString(c);
  if (uuid === null || !isUuid(uuid.value)) return null;
  return { name, uuid: uuid.value };
}

function isUuid(text: string): boolean {
  return /^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$/.test(text);
}

export function readString(c: Cursor): StringLiteral | null {
  const kind = c.kind;
  if (kind !== Kind.String && kind !== Kind.Heredoc) {
    c.expect("a string");
    return null;
  }
  const text = c.text;
  const at = { start: c.start, end: c.start + text.length };
  c.index++;
  return { value: kind === Kind.String ? unquote(text) : heredocValue(text), at };
}

export function readNameOrString(c: Cursor): { readonly text: string } | null {
  if (c.kind === Kind.String || c.kind === Kind.Heredoc) {
    const string = readString(c);
    return string === null ? null : { text: string.value };
  }
  return readName(c);
}

/** `ON CLUSTER name`, or nothing. undefined where ON stands without what belongs to it. */
export function readOnCluster(c: Cursor): Cluster | null | undefined {
  const start = c.start;
  if (!c.keyword("ON")) return null;
  if (!c.keyword("CLUSTER")) return undefined;
  const name = readNameOrString(c);
  return name === null || name.text === "" ? undefined : { name: name.text, at: c.rangeFrom(start) };
}

/** One or more of something, parted by commas. A comma that nothing follows is left alone. */
export function readList<T>(c: Cursor, read: (c: Cursor) => T | null): T[] | null {
  const first = read(c);
  if (first === null) return null;
  const items = [first];
  while (c.kind === Kind.Comma) {
    const before = c.index;
    c.index++;
    const item = read(c);
    if (item === null) {
      c.index = before;
      break;
    }
    items.push(item);
  }
  return items;
}
