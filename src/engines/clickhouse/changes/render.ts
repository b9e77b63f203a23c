import type { Expression, LiteralValue } from "../parse/ast.ts";

/** A string literal as the server's formatter writes it. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}'`;
}

/** A name for use in SQL: quoted where it must be. */
export function quoteIdentifier(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** `db.table` quoted for use in SQL; the first dot parts them. */
export function quoteTable(key: string): string {
  const dot = key.indexOf(".");
  return dot === -1 ? quoteIdentifier(key) : `${quoteIdentifier(key.slice(0, dot))}.${quoteIdentifier(key.slice(dot + 1))}`;
}

function literal(value: LiteralValue): string {
  switch (value.type) {
    case "string":
      return quoteString(value.value);
    case "number":
      return value.text;
    case "boolean":
      return value.value ? "true" : "false";
    case "null":
      return "NULL";
    default:
      return value satisfies never;
  }
}

const INFIX: Readonly<Record<string, string>> = {
  equals: "=",
  notEquals: "!=",
  less: "<",
  greater: ">",
  lessOrEquals: "<=",
  greaterOrEquals: ">=",
  plus: "+",
  minus: "-",
  multiply: "*",
  divide: "/",
  modulo: "%",
  and: "AND",
  or: "OR",
  concat: "||",
  in: "IN",
  notIn: "NOT IN",
  globalIn: "GLOBAL IN",
  globalNotIn: "GLOBAL NOT IN",
  like: "LIKE",
  notLike: "NOT LIKE",
  ilike: "ILIKE",
  notILike: "NOT ILIKE",
};

/**
 * One text per meaning: blanks, case of operators, quotes and parentheses that change nothing are gone, so that two expressions are
 * the same where their texts are. Also valid SQL.
 */
export function canonicalExpression(e: Expression): string {
  switch (e.kind) {
    case "literal":
      return literal(e.value);
    case "identifier":
      return e.parts.map((p) => quoteIdentifier(p.text)).join(".");
    case "cast":
      return `CAST(${canonicalExpression(e.operand)}, ${quoteString(typeText(e.type))})`;
    case "lambda":
      return `${e.parameters.length === 1 ? quoteIdentifier(e.parameters[0]?.text ?? "") : `(${e.parameters.map((p) => quoteIdentifier(p.text)).join(", ")})`} -> ${canonicalExpression(e.body)}`;
    case "subquery":
      return "(SELECT …)";
    case "asterisk":
      return "*";
    case "columns":
      return "COLUMNS(…)";
    case "parameter":
      return `{${e.name}:${typeText(e.type)}}`;
    case "function":
      return call(e);
    default:
      return e satisfies never;
  }
}

function call(e: Extract<Expression, { kind: "function" }>): string {
  const args = e.arguments.map(canonicalExpression);
  const infix = INFIX[e.name];
  if (infix !== undefined && args.length >= 2) return `(${args.join(` ${infix} `)})`;
  if (e.name === "tuple" && e.operator !== null) return args.length === 1 ? `tuple(${args[0] ?? ""})` : `(${args.join(", ")})`;
  if (e.name === "array") return `[${args.join(", ")}]`;
  if (e.name === "negate") return `-${args[0] ?? ""}`;
  if (e.name === "not") return `NOT ${args[0] ?? ""}`;
  const parameters = e.parameters === null ? "" : `(${e.parameters.map(canonicalExpression).join(", ")})`;
  const filter = e.filter === null ? "" : ` FILTER(WHERE ${canonicalExpression(e.filter)})`;
  return `${e.name}${parameters}(${e.distinct ? "DISTINCT " : ""}${args.join(", ")})${filter}${e.over === null ? "" : " OVER (…)"}`;
}

/** `quantiles(0.5, 0.9)`, `sum`. */
export function functionText(name: string, parameters: readonly Expression[] | null): string {
  return parameters === null ? name : `${name}(${parameters.map(canonicalExpression).join(", ")})`;
}

function typeText(type: Extract<Expression, { kind: "cast" }>["type"]): string {
  const args = (type.arguments ?? []).map((a): string => {
    switch (a.kind) {
      case "type":
        return typeText(a.type);
      case "named":
        return `${quoteIdentifier(a.name.text)} ${typeText(a.type)}`;
      case "literal":
        return literal(a.value.value);
      case "enum-value":
        return a.value === null ? quoteString(a.name.value) : `${quoteString(a.name.value)} = ${a.value}`;
      case "function":
        return functionText(a.name, a.parameters);
      case "setting":
        return a.setting.name;
      case "skip":
        return `SKIP ${a.path}`;
      case "skip-regexp":
        return `SKIP REGEXP ${quoteString(a.pattern)}`;
      default:
        return a satisfies never;
    }
  });
  return type.arguments === null ? type.name : `${type.name}(${args.join(", ")})`;
}
