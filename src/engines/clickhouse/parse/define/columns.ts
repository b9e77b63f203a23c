import type { Codec, ColumnDeclaration, ColumnDefault, DataType, DefaultKind, Expression, Name, Setting, StringLiteral } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readColumnName, readList, readName, readNameOrString, readString } from "../names.ts";
import { readEngine } from "./engine.ts";

export interface ColumnMode {
  /** `n.a` without quotes, as ALTER takes it. */
  readonly dotted: boolean;
  /** MODIFY COLUMN and ALTER COLUMN leave out what is to stay. */
  readonly partial: boolean;
  /** `ALTER COLUMN a TYPE T`. */
  readonly typeWord: boolean;
}

export const inCreate: ColumnMode = { dotted: false, partial: false, typeWord: false };
export const inAdd: ColumnMode = { dotted: true, partial: false, typeWord: false };

/** A column with its modifiers, in the one order that 26.7 takes them in. */
export function readColumn(c: Cursor, mode: ColumnMode): ColumnDeclaration | null {
  const start = c.start;
  const name = mode.dotted ? readColumnName(c) : readName(c);
  if (name === null) return null;
  // These follow the name of a column and are no type; the caller reads on.
  if (mode.partial && (c.sees("REMOVE") || c.sees("MODIFY", "SETTING") || c.sees("RESET", "SETTING") || c.sees("ADD", "ENUM", "VALUES"))) {
    return bare(c, start, name);
  }
  let type: DataType | null = null;
  let collate: string | null = null;
  if (!followsName(c, mode.partial)) {
    if (mode.typeWord && !c.keyword("TYPE")) return null;
    type = c.grammar.dataType(c);
    if (type === null) return null;
    if (c.keyword("COLLATE")) {
      const collation = readNameOrString(c);
      if (collation === null) return null;
      collate = collation.text;
    }
  }
  const nullability = readNullability(c);
  if (nullability === undefined) return null;
  const fallback = readDefault(c, type !== null);
  if (fallback === undefined) return null;
  if (!mode.partial && type === null && (fallback === null || (fallback.expression === null && fallback.kind !== "AUTO_INCREMENT"))) {
    c.expect("a type");
    return null;
  }
  const late = nullability === null && (type !== null || fallback?.expression != null) ? readNullability(c) : nullability;
  if (late === undefined) return null;
  const rest = readModifiers(c);
  return rest === null ? null : { name, type, nullability: late, default: fallback, collate, ...rest, at: c.rangeFrom(start) };
}

function bare(c: Cursor, start: number, name: Name): ColumnDeclaration {
  return {
    name,
    type: null,
    nullability: null,
    default: null,
    comment: null,
    codec: null,
    statistics: null,
    ttl: null,
    collate: null,
    primaryKey: false,
    settings: [],
    at: c.rangeFrom(start),
  };
}

/** Whether a modifier stands where a type would. */
function followsName(c: Cursor, partial: boolean): boolean {
  switch (c.word) {
    case "NULL":
    case "DEFAULT":
    case "MATERIALIZED":
    case "EPHEMERAL":
    case "ALIAS":
    case "AUTO_INCREMENT":
    case "TTL":
      return true;
    case "NOT":
      return c.wordAt(1) === "NULL";
    case "PRIMARY":
      return c.wordAt(1) === "KEY";
    case "COMMENT":
    case "CODEC":
    case "STATISTICS":
      return partial;
    default:
      return false;
  }
}

function readNullability(c: Cursor): ColumnDeclaration["nullability"] | undefined {
  if (c.keyword("NOT")) return c.keyword("NULL") ? "not-null" : undefined;
  return c.keyword("NULL") ? "null" : null;
}

function readDefault(c: Cursor, typed: boolean): ColumnDefault | null | undefined {
  const start = c.start;
  const kind = c.word;
  if (c.keyword("DEFAULT") || c.keyword("MATERIALIZED") || c.keyword("ALIAS")) {
    const expression = c.grammar.expression(c);
    if (expression === null || !isValue(expression)) return undefined;
    return { kind: kind as DefaultKind, expression, at: c.rangeFrom(start) };
  }
  if (c.keyword("EPHEMERAL")) {
    const expression = c.word === "COMMENT" ? null : c.attempt(() => c.grammar.expression(c));
    if (expression === null ? !typed : !isValue(expression)) return undefined;
    return { kind: "EPHEMERAL", expression, at: c.rangeFrom(start) };
  }
  return c.keyword("AUTO_INCREMENT") ? { kind: "AUTO_INCREMENT", expression: null, at: c.rangeFrom(start) } : null;
}

/** `*` and its kin stand for many columns and are no default. */
function isValue(expression: Expression): boolean {
  return expression.kind !== "asterisk" && expression.kind !== "columns";
}

type Modifiers = Pick<ColumnDeclaration, "comment" | "codec" | "statistics" | "ttl" | "primaryKey" | "settings">;

function readModifiers(c: Cursor): Modifiers | null {
  let comment: StringLiteral | null = null;
  let codec: Codec | null = null;
  let statistics: readonly DataType[] | null = null;
  let ttl: Expression | null = null;
  if (c.keyword("COMMENT")) {
    comment = readString(c);
    if (comment === null) return null;
  }
  if (c.keyword("CODEC")) {
    codec = readCodec(c);
    if (codec === null) return null;
  }
  if (c.keyword("STATISTICS")) {
    statistics = readStatistics(c);
    if (statistics === null) return null;
  }
  if (c.keyword("TTL")) {
    ttl = c.grammar.expression(c);
    if (ttl === null) return null;
  }
  const primaryKey = c.keyword("PRIMARY", "KEY");
  const settings = c.word === "SETTINGS" ? readColumnSettings(c) : [];
  return settings === null ? null : { comment, codec, statistics, ttl, primaryKey, settings };
}

/** `SETTINGS (a = 1)`: without brackets the settings are those of the statement. */
function readColumnSettings(c: Cursor): readonly Setting[] | null {
  if (c.kindAt(1) !== Kind.OpenRound) return [];
  c.index += 2;
  const settings = c.grammar.settings(c);
  return settings !== null && c.take(Kind.CloseRound, ")") ? settings : null;
}

/** `(Delta(4), ZSTD(3))` behind CODEC. */
export function readCodec(c: Cursor): Codec | null {
  const start = c.start;
  if (!c.take(Kind.OpenRound, "(")) return null;
  const codecs = readList(c, readEngine);
  if (codecs === null || !c.take(Kind.CloseRound, ")")) return null;
  return { codecs: codecs.map((codec) => ({ name: codec.name, arguments: codec.arguments, at: codec.at })), at: c.rangeFrom(start) };
}

function readStatistics(c: Cursor): readonly DataType[] | null {
  if (!c.take(Kind.OpenRound, "(")) return null;
  const kinds = readList(c, (at) => at.grammar.dataType(at));
  return kinds !== null && c.take(Kind.CloseRound, ")") ? kinds : null;
}
