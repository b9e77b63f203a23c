import type { DataType, Expression, LiteralExpression, Name, TypeArgument } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { readLiteral } from "./expression/operands.ts";
import { Kind } from "./lexer.ts";
import { readName, readNameParts, readString } from "./names.ts";
import { readNumber, readUnsignedInteger } from "./numbers.ts";

/** No type is called so, because a column's modifiers begin with these words. */
const reserved = new Set(["NOT", "NULL", "DEFAULT", "MATERIALIZED", "EPHEMERAL", "ALIAS", "AUTO", "PRIMARY", "TTL", "COMMENT", "CODEC"]);

const integers = new Set(
  (
    "INT8 INT16 INT32 INT64 INT128 INT256 UINT8 UINT16 UINT32 UINT64 UINT128 UINT256 " +
    "TINYINT SMALLINT MEDIUMINT INT INTEGER BIGINT INT1"
  ).split(" "),
);

/** What may follow the first word of a type's name, as standard SQL has it. */
const suffixes: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ["NATIONAL", [["CHARACTER", "LARGE", "OBJECT"], ["CHARACTER", "VARYING"], ["CHAR", "VARYING"], ["CHARACTER"], ["CHAR"]]],
  ["BINARY", [["LARGE", "OBJECT"], ["VARYING"]]],
  ["CHARACTER", [["LARGE", "OBJECT"], ["VARYING"]]],
  ["CHAR", [["LARGE", "OBJECT"], ["VARYING"]]],
  ["NCHAR", [["LARGE", "OBJECT"], ["VARYING"]]],
  ["DOUBLE", [["PRECISION"]]],
]);

const signs = [["SIGNED"], ["UNSIGNED"]];

/** Types nest as deep as the engine's own recursion allows: 984 levels on 26.7. */
const maxTypeDepth = 1000;

export function readDataType(c: Cursor): DataType | null {
  if (++c.typeDepth > maxTypeDepth) throw c.tooDeep();
  const type = readType(c);
  c.typeDepth--;
  return type;
}

function readType(c: Cursor): DataType | null {
  const start = c.start;
  const word = readName(c);
  if (word === null) return null;
  if (!/^[A-Za-z_$][\w$]*$/.test(word.text) || reserved.has(word.text.toUpperCase())) {
    c.expect("the name of a type");
    return null;
  }
  const upper = word.text.toUpperCase();
  let name = word.text;
  const isInteger = integers.has(upper);
  const words = readSuffix(c, isInteger ? signs : (suffixes.get(upper) ?? []));
  if (words !== null) name = `${upper} ${words}`;
  else if (isInteger && c.kind === Kind.OpenRound) {
    // The display width of MySQL, `INT(11)`, which means nothing.
    c.index++;
    if (c.kind === Kind.Number) c.index++;
    if (!c.take(Kind.CloseRound, ")")) return null;
    const sign = readSuffix(c, signs);
    if (sign !== null) name = `${upper} ${sign}`;
  }
  if (c.kind === Kind.Comma && c.kindAt(1) === Kind.CloseRound) c.index++;
  if (c.kind !== Kind.OpenRound) return { name, arguments: null, at: c.rangeFrom(start) };
  c.index++;
  const args = readArguments(c, name);
  if (args === null || !c.take(Kind.CloseRound, ")")) return null;
  return { name, arguments: args.length === 0 ? null : args, at: c.rangeFrom(start) };
}

function readSuffix(c: Cursor, phrases: readonly (readonly string[])[]): string | null {
  for (const [first = "", second, third] of phrases) {
    const phrase = [first, second, third].filter((word) => word !== undefined).join(" ");
    if (c.keyword(first, second, third)) return phrase;
  }
  return null;
}

function readArguments(c: Cursor, name: string): readonly TypeArgument[] | null {
  const args: TypeArgument[] = [];
  if (c.kind === Kind.CloseRound) return args;
  let functionAt = 0;
  for (;;) {
    if (args.length > 0) {
      if (c.kind !== Kind.Comma) break;
      c.index++;
    }
    const before = c.index;
    if (name === "AggregateFunction" && args.length === 0 && c.kind === Kind.Number) {
      const start = c.start;
      const version = readUnsignedInteger(c);
      if (version !== null) {
        args.push({ kind: "literal", value: number(version, start, c) });
        functionAt = 1;
        continue;
      }
    }
    const arg = readArgument(c, name, args.length === functionAt);
    if (arg === null) {
      c.index = before;
      break;
    }
    args.push(arg);
  }
  // A Tuple's list is read once; for the others the engine looks at the closing bracket only.
  return name === "Tuple" && args.length === 0 ? null : args;
}

function number(text: string, start: number, c: Cursor): LiteralExpression {
  return { kind: "literal", value: { type: "number", text }, alias: null, at: c.rangeFrom(start) };
}

function readArgument(c: Cursor, name: string, isFunction: boolean): TypeArgument | null {
  if (name === "Dynamic") return readParameter(c);
  if (name.toLowerCase() === "json") return readJsonArgument(c);
  if (name === "Nested") return readNamed(c);
  if (name === "Tuple") {
    return c.attempt(() => readNamed(c)) ?? plainType(c);
  }
  if (name === "AggregateFunction" || name === "SimpleAggregateFunction") return isFunction ? readFunction(c) : plainType(c);
  return c.attempt(() => readEnumValueOrLiteral(c)) ?? plainType(c);
}

function plainType(c: Cursor): TypeArgument | null {
  const type = readDataType(c);
  return type === null ? null : { kind: "type", type };
}

function readNamed(c: Cursor): TypeArgument | null {
  const name = readName(c);
  const type = name === null ? null : readDataType(c);
  return name === null || type === null ? null : { kind: "named", name, type };
}

function readFunction(c: Cursor): TypeArgument | null {
  const start = c.start;
  const call = c.attempt(() => c.grammar.call(c, { tableFunction: false, parameters: true }));
  if (call !== null) return { kind: "function", name: call.name, parameters: call.arguments, at: call.at };
  const name = readName(c);
  return name === null ? null : { kind: "function", name: name.text, parameters: null, at: c.rangeFrom(start) };
}

/** `max_types = 4` */
function readParameter(c: Cursor): TypeArgument | null {
  const start = c.start;
  const parts = readNameParts(c, false);
  if (parts === null || !c.take(Kind.Equals, "=")) return null;
  const text = readNumber(c);
  if (text === null) return null;
  const name = parts.map((part) => part.text).join(".");
  return { kind: "setting", setting: { name, value: { type: "number", text }, at: c.rangeFrom(start) } };
}

function readJsonArgument(c: Cursor): TypeArgument | null {
  if (c.keyword("SKIP")) {
    if (c.keyword("REGEXP")) {
      const pattern = readString(c);
      return pattern === null ? null : { kind: "skip-regexp", pattern: pattern.value };
    }
    const path = readNameParts(c, false);
    return path === null ? null : { kind: "skip", path: path.map((part) => part.text).join(".") };
  }
  const start = c.start;
  const path = readNameParts(c, false);
  if (path === null) return null;
  if (c.kind === Kind.Equals) {
    c.index++;
    const text = readNumber(c);
    if (text === null) return null;
    const name = path.map((part) => part.text).join(".");
    return { kind: "setting", setting: { name, value: { type: "number", text }, at: c.rangeFrom(start) } };
  }
  const name: Name = { text: path.map((part) => part.text).join("."), at: c.rangeFrom(start), parameter: false };
  const type = readDataType(c);
  return type === null ? null : { kind: "named", name, type };
}

/** `'a' = 1`, `'a'`, or another literal. */
function readEnumValueOrLiteral(c: Cursor): TypeArgument | null {
  const value = readLiteral(c);
  if (value?.kind !== "literal") return null;
  if (c.kind !== Kind.Equals || c.text !== "=") {
    if (value.value.type !== "string") return { kind: "literal", value };
    return { kind: "literal", value };
  }
  let last: Expression = value;
  let count = 0;
  while (c.kind === Kind.Equals && c.text === "=") {
    c.index++;
    const next = readLiteral(c);
    if (next === null) return null;
    last = next;
    count++;
  }
  // The engine's grammar takes `1 = 'a'` and chains as well; no type is made of them.
  if (count > 1 || value.value.type !== "string" || last.kind !== "literal" || last.value.type !== "number")
    return { kind: "literal", value };
  return { kind: "enum-value", name: { value: value.value.value, at: value.at }, value: last.value.text };
}
