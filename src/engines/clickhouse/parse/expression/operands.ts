import type { Expression, LiteralValue } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readString } from "../names.ts";
import { readNumber } from "../numbers.ts";
import { call, literal, text } from "./nodes.ts";

/** NULL, a number, TRUE or FALSE, a string. */
export function readLiteral(c: Cursor): Expression | null {
  const start = c.start;
  const value = readLiteralValue(c);
  return value === null ? null : literal(value, c.rangeFrom(start));
}

export function readLiteralValue(c: Cursor): LiteralValue | null {
  switch (c.kind) {
    case Kind.Word: {
      if (c.word === "NULL") {
        c.index++;
        return { type: "null" };
      }
      if (c.word === "TRUE" || c.word === "FALSE") {
        const value = c.word === "TRUE";
        c.index++;
        return { type: "boolean", value };
      }
      const number = readNumber(c);
      return number === null ? null : { type: "number", text: number };
    }
    case Kind.Number:
    case Kind.Minus:
    case Kind.Plus: {
      const number = readNumber(c);
      return number === null ? null : { type: "number", text: number };
    }
    default: {
      const string = readString(c);
      return string === null ? null : { type: "string", value: string.value };
    }
  }
}

/** `DATE '…'` and `TIMESTAMP '…'`. */
export function readDated(c: Cursor): Expression | null {
  if (c.word !== "DATE" && c.word !== "TIMESTAMP") return null;
  if (c.kindAt(1) !== Kind.String && c.kindAt(1) !== Kind.Heredoc) return null;
  const start = c.start;
  const name = c.word === "DATE" ? "toDate" : "toDateTime";
  c.index++;
  const value = readString(c);
  return value === null ? null : call(name, [text(value.value, value.at)], c.rangeFrom(start), { start, end: value.at.start });
}

/** `{name:Type}`. */
export function readParameter(c: Cursor): Expression | null {
  if (c.kind !== Kind.OpenCurly) return null;
  const start = c.start;
  c.index++;
  const name = c.text;
  if (!c.take(Kind.Word, "the name of a parameter") || !c.take(Kind.Colon, ":")) return null;
  const type = c.grammar.dataType(c);
  if (type === null || !c.take(Kind.CloseCurly, "}")) return null;
  return { kind: "parameter", name, type, alias: null, at: c.rangeFrom(start) };
}

/** `@@name`, `@@session.name` of MySQL's clients. */
export function readGlobalVariable(c: Cursor): Expression | null {
  if (c.kind !== Kind.DoubleAt) return null;
  const start = c.start;
  c.index++;
  let name = c.text;
  if (!c.take(Kind.Word, "the name of a variable")) return null;
  if (c.kind === Kind.Dot) {
    c.index++;
    name = c.text;
    if (!c.take(Kind.Word, "the name of a variable")) return null;
  }
  const at = c.rangeFrom(start);
  return { ...call("globalVariable", [text(name, at)], at), alias: { text: `@@${name}`, at, parameter: false } };
}
