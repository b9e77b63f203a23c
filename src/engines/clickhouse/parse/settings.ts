import type { Setting, SettingValue } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { readLiteralValue, readParameter } from "./expression/operands.ts";
import { Kind } from "./lexer.ts";
import { readList, readNameParts, readString } from "./names.ts";

/** `a = 1, b = 'x', c`: the list behind SETTINGS and SET. A name alone is `= true`. */
export function readSettings(c: Cursor): readonly Setting[] | null {
  return readStrictList(c, (at) => readSetting(at, true));
}

/** Without shorthand: the options of EXPLAIN, named collections. */
export function readSettingsWithValues(c: Cursor): readonly Setting[] | null {
  return readStrictList(c, (at) => readSetting(at, false));
}

/** Unlike other lists, a comma behind which nothing fits is an error. */
export function readStrictList<T>(c: Cursor, read: (c: Cursor) => T | null): readonly T[] | null {
  const items: T[] = [];
  do {
    const item = read(c);
    if (item === null) return null;
    items.push(item);
    if (c.kind !== Kind.Comma) return items;
    c.index++;
  } while (c.kind !== Kind.End);
  return null;
}

function readSetting(c: Cursor, shorthand: boolean): Setting | null {
  const start = c.start;
  const parts = readNameParts(c, false);
  if (parts === null) return null;
  const name = parts.map((part) => part.text).join(".");
  if (c.kind !== Kind.Equals) {
    c.expect("=");
    return shorthand ? { name, value: { type: "boolean", value: true }, at: c.rangeFrom(start) } : null;
  }
  c.index++;
  if (name.startsWith("param_")) {
    const value = readParameterValue(c);
    return value === null ? null : { name, value, at: c.rangeFrom(start) };
  }
  if (shorthand && c.keyword("DEFAULT")) return { name, value: null, at: c.rangeFrom(start) };
  const value = readSettingValue(c);
  return value === null ? null : { name, value, at: c.rangeFrom(start) };
}

export function readSettingValue(c: Cursor): SettingValue | null {
  if (c.kind === Kind.Word && c.kindAt(1) === Kind.OpenRound) {
    const call = c.attempt(() => c.grammar.call(c, { tableFunction: false, parameters: true }));
    // `disk(type = s3, …)` is the one function among the values.
    if (call?.name !== "disk") return null;
    return { type: "function", name: call.name, text: c.source.slice(call.at.start, call.at.end) };
  }
  if (c.kind === Kind.OpenCurly) {
    const parameter = c.attempt(() => readParameter(c));
    if (parameter?.kind === "parameter") return { type: "parameter", name: parameter.name };
    return readMap(c);
  }
  return readLiteralValue(c);
}

/** `{'key': 'value'}` */
function readMap(c: Cursor): SettingValue | null {
  c.index++;
  const entries: [SettingValue, SettingValue][] = [];
  while (c.kind !== Kind.CloseCurly) {
    if (entries.length > 0 && !c.take(Kind.Comma, ",")) return null;
    const key = readString(c);
    if (key === null || !c.take(Kind.Colon, ":")) return null;
    const value = readString(c);
    if (value === null) return null;
    entries.push([
      { type: "string", value: key.value },
      { type: "string", value: value.value },
    ]);
  }
  c.index++;
  return { type: "map", entries };
}

/** What `SET param_name = …` takes: names, literals, and collections of literals. */
function readParameterValue(c: Cursor): SettingValue | null {
  const parts = c.word === "NULL" ? null : c.attempt(() => readNameParts(c, false));
  if (parts !== null) return { type: "string", value: parts.map((part) => part.text).join(".") };
  return readLiteralValue(c) ?? readCollection(c);
}

function readCollection(c: Cursor): SettingValue | null {
  const square = c.kind === Kind.OpenSquare;
  if (!square && c.kind !== Kind.OpenRound) return c.kind === Kind.OpenCurly ? readMap(c) : null;
  c.index++;
  const close = square ? Kind.CloseSquare : Kind.CloseRound;
  const items = c.kind === close ? [] : readList(c, (at) => readLiteralValue(at) ?? readCollection(at));
  if (items === null || !c.take(close, square ? "]" : ")")) return null;
  return { type: square ? "array" : "tuple", items };
}
