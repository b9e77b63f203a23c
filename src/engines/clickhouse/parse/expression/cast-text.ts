import type { DataType, Expression, Range, TypeArgument } from "../ast.ts";
import { Cursor } from "../cursor.ts";
import { Kind, lexStatement } from "../lexer.ts";
import { call, cast } from "./nodes.ts";

/** `CAST(x, 'T')` with a constant type is a cast like `CAST(x AS T)`; with any other second argument it stays a call. */
export function castOrCall(c: Cursor, operand: Expression, type: Expression, at: Range): Expression {
  if (type.kind === "literal" && type.value.type === "string") {
    const read = typeInString(c, type.value.value, type.at);
    if (read !== null) return cast(operand, read, at);
  }
  return call("CAST", [operand, type], at);
}

function typeInString(c: Cursor, value: string, at: Range): DataType | null {
  const inside = { start: at.start + 1, end: at.end - 1 };
  // Without escapes the type is read where it stands, so that its ranges are exact.
  const inPlace = c.source.slice(inside.start, inside.end) === value;
  const source = inPlace ? c.source.slice(0, inside.end) : value;
  const tokens = lexStatement(source, inPlace ? inside.start : 0);
  const cursor = new Cursor(source, tokens, c.grammar, false);
  const type = c.grammar.dataType(cursor);
  if (type === null || cursor.kind !== Kind.End || tokens.end !== source.length) return null;
  return inPlace ? type : relocated(type, at);
}

function relocated(type: DataType, at: Range): DataType {
  return { ...type, at, arguments: type.arguments?.map((argument) => relocatedArgument(argument, at)) ?? null };
}

function relocatedArgument(argument: TypeArgument, at: Range): TypeArgument {
  switch (argument.kind) {
    case "type":
      return { ...argument, type: relocated(argument.type, at) };
    case "named":
      return { ...argument, name: { ...argument.name, at }, type: relocated(argument.type, at) };
    case "literal":
      return { ...argument, value: { ...argument.value, at } };
    case "enum-value":
      return { ...argument, name: { ...argument.name, at } };
    case "function":
      return { ...argument, at };
    case "setting":
      return { ...argument, setting: { ...argument.setting, at } };
    case "skip":
    case "skip-regexp":
      return argument;
    default:
      return argument satisfies never;
  }
}
