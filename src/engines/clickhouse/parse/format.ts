import type { DataType, Expression, LiteralValue, Setting, TypeArgument } from "./ast.ts";

/** A string as the engine writes it. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}'`;
}

/** A name as the engine writes it: in backticks where it could not stand bare. */
function named(text: string): string {
  return /^[A-Za-z_]\w*$/.test(text) ? text : `\`${text.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

function formatLiteral(value: LiteralValue): string {
  switch (value.type) {
    case "string":
      return quoted(value.value);
    case "number":
      return value.text;
    case "boolean":
      return String(value.value);
    case "null":
      return "NULL";
    default:
      return value satisfies never;
  }
}

/** A type in the engine's own spelling of blanks, quotes and names; aliases such as INT are kept as they are. */
export function formatType(type: DataType): string {
  return type.arguments === null ? type.name : `${type.name}(${type.arguments.map(formatArgument).join(", ")})`;
}

function formatArgument(argument: TypeArgument): string {
  switch (argument.kind) {
    case "type":
      return formatType(argument.type);
    case "named":
      return `${named(argument.name.text)} ${formatType(argument.type)}`;
    case "literal":
      return formatLiteral(argument.value.value);
    case "enum-value":
      return argument.value === null ? quoted(argument.name.value) : `${quoted(argument.name.value)} = ${argument.value}`;
    case "function":
      return argument.parameters === null ? argument.name : `${argument.name}(${argument.parameters.map(constant).join(", ")})`;
    case "setting":
      return formatSetting(argument.setting);
    case "skip":
      return `SKIP ${argument.path}`;
    case "skip-regexp":
      return `SKIP REGEXP ${quoted(argument.pattern)}`;
    default:
      return argument satisfies never;
  }
}

function formatSetting(setting: Setting): string {
  return `${setting.name} = ${setting.value?.type === "number" ? setting.value.text : ""}`;
}

/** The parameters of an aggregate function are constants. */
function constant(expression: Expression): string {
  return expression.kind === "literal" ? formatLiteral(expression.value) : expression.kind;
}

/** Whether two types are written alike, apart from blanks and quotes. `INT` and `Int32` are one type to the engine, but not to this. */
export function typeEquals(left: DataType, right: DataType): boolean {
  return formatType(left) === formatType(right);
}

/** An expression as it stands in the script, without its alias. */
export function formatExpression(expression: Expression, script: string): string {
  return script.slice(expression.at.start, expression.at.end);
}
