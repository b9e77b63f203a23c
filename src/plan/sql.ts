import { formatType } from "../engines/postgres/changes/types.ts";
import { tokensOf, type Token } from "../engines/postgres/parse/lexer.ts";
import type { TypeRef } from "../model/schema.ts";
import { quoteLiteral } from "../text/quote.ts";
import { sqlName, sqlTable } from "../text/sql-name.ts";

export { sqlName, sqlTable } from "../text/sql-name.ts";

/** A type as a statement names it: `character varying(20)`, user types without `public.`. */
export function sqlType(type: TypeRef): string {
  const dot = type.name.indexOf(".");
  if (dot === -1) return formatType(type);
  const [schema, bare] = [type.name.slice(0, dot), sqlName(type.name.slice(dot + 1))];
  return formatType({ ...type, name: schema === "public" ? bare : `${sqlName(schema)}.${bare}` });
}

/** `(a, b)` */
export function sqlColumns(columns: readonly string[]): string {
  return `(${columns.map(sqlName).join(", ")})`;
}

/** An identifier as the server folds it: quoted as it stands, else in lower case. Null where the token is none. */
export function identifierOf(text: string, token: Token | undefined): string | null {
  if (token === undefined) return null;
  const raw = text.slice(token.start, token.end);
  if (token.kind === "quoted") return raw.slice(1, -1).replaceAll('""', '"');
  return token.kind === "word" ? raw.toLowerCase() : null;
}

/** Pieces of a text between commas that stand in no brackets. */
export function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const token of tokensOf(text)) {
    if (token.text === "(" || token.text === "[") depth++;
    else if (token.text === ")" || token.text === "]") depth--;
    else if (token.text === "," && depth === 0) {
      parts.push(text.slice(from, token.start).trim());
      from = token.end;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}

/**
 * Another column's name in an expression. A word before `(` is a function, one after `.` another table's (or the row's) column and kept only
 * where the table itself stands before the dot.
 */
export function withColumn(text: string, column: string, to: string): string {
  const tokens = tokensOf(text);
  let result = "";
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    if (identifierOf(text, token) !== column) continue;
    if (tokens[index + 1]?.text === "(") continue;
    // `x::date` and `CAST(x AS date)` name types.
    const before = tokens[index - 1];
    if (before?.text === ":" || (before?.kind === "word" && before.text === "as")) continue;
    result += text.slice(at, token.start) + sqlName(to);
    at = token.end;
  }
  return result + text.slice(at);
}

/** `'person'::regclass` */
export function regclass(qualified: string): string {
  return `${quoteLiteral(sqlTable(qualified)).trim()}::regclass`;
}

/** Returns a row where the relation or index is there. */
export function absent(qualified: string): string {
  return `SELECT 1 WHERE to_regclass(${quoteLiteral(sqlTable(qualified)).trim()}) IS NOT NULL`;
}

/** Returns a row where the table lacks the constraint, or has it not validated. */
export function constraintHolds(table: string, name: string): string {
  return `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = ${regclass(table)} AND conname = ${quoteLiteral(name).trim()} AND convalidated)`;
}

/** Returns a row where the table has the column. */
export function columnAbsent(table: string, column: string): string {
  return `SELECT 1 FROM pg_attribute WHERE attrelid = ${regclass(table)} AND attname = ${quoteLiteral(column).trim()} AND NOT attisdropped`;
}

/** An expression over a table's columns as one over a row of it: `lower(name)` → `lower(NEW.name)`. */
export function overRow(text: string, columns: readonly string[], row: string): string {
  const tokens = tokensOf(text);
  let result = "";
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    const name = identifierOf(text, token);
    if (name === null || !columns.includes(name) || tokens[index + 1]?.text === "(" || tokens[index + 1]?.text === ".") continue;
    const before = tokens[index - 1];
    if (before?.text === ":" || before?.text === "." || (before?.kind === "word" && before.text === "as")) continue;
    result += `${text.slice(at, token.start)}${row}.${sqlName(name)}`;
    at = token.end;
  }
  return result + text.slice(at);
}
