import { tokensOf } from "../engines/postgres/parse/lexer.ts";
import type { Index } from "../model/schema.ts";
import { identifierOf, splitAtCommas, sqlName } from "./sql.ts";
import type { IndexKey } from "./types.ts";
import type { Written } from "./written.ts";

/** An index as a statement can make it again, on the same table or with another column. */
export interface IndexDefinition {
  /** Qualified. */
  readonly name: string;
  readonly unique: boolean;
  readonly method: string;
  /** What stands behind the table: `USING btree (email) WHERE …`. */
  readonly rest: string;
  readonly keys: readonly IndexKey[];
  readonly include: readonly string[];
  readonly where: string | null;
}

/** @param sql a CREATE INDEX */
export function indexDefinition(sql: string, name: string, index: Index): IndexDefinition {
  const rest = afterTable(sql);
  return {
    name,
    unique: index.unique,
    method: index.method,
    rest,
    keys: keysOf(rest),
    include: includeOf(rest),
    where: index.predicate ?? whereOf(rest),
  };
}

/** How an index of the schema was written, or how it can be, where its columns say everything. Null where that is not known. */
export function definitionOf(index: Index, written: Written): IndexDefinition | null {
  const sql = written.indexes.get(index.name);
  if (sql !== undefined) return indexDefinition(sql, index.name, index);
  const columns = index.columns.filter((column) => column !== null);
  const plain = columns.length === index.columns.length && index.special !== true && index.ordered !== true && index.predicate === null;
  if (!plain || index.mentions.some((column) => !columns.includes(column))) return null;
  const rest = `${index.method === "btree" ? "" : `USING ${index.method} `}(${columns.map(sqlName).join(", ")})`;
  return indexDefinition(`CREATE INDEX ON t ${rest}`, index.name, index);
}

function afterTable(sql: string): string {
  const tokens = tokensOf(sql);
  const on = tokens.findIndex((token) => token.kind === "word" && token.text === "on");
  let at = on + 1;
  if (tokens[at]?.kind === "word" && tokens[at]?.text === "only") at++;
  at++;
  while (tokens[at]?.text === ".") at += 2;
  return sql.slice(tokens[at]?.start ?? sql.length).trim();
}

/** The text in the first brackets of `rest`, or in those behind `INCLUDE`. */
function bracketsAfter(rest: string, word: string | null): string | null {
  const tokens = tokensOf(rest);
  let begin = word === null ? 0 : tokens.findIndex((token) => token.kind === "word" && token.text === word) + 1;
  if (word !== null && begin === 0) return null;
  while (begin < tokens.length && tokens[begin]?.text !== "(") begin++;
  let depth = 0;
  for (let index = begin; index < tokens.length; index++) {
    if (tokens[index]?.text === "(") depth++;
    if (tokens[index]?.text === ")" && --depth === 0) return rest.slice(tokens[begin]?.end, tokens[index]?.start);
  }
  return null;
}

function keysOf(rest: string): readonly IndexKey[] {
  return splitAtCommas(bracketsAfter(rest, null) ?? "").map((key) => {
    const tokens = tokensOf(key);
    const column = identifierOf(key, tokens[0]);
    if (column !== null && tokens.length === 1) return { column, expression: null, descending: false };
    if (column !== null && tokens.length === 2 && ["desc", "asc"].includes(tokens[1]?.text ?? ""))
      return { column, expression: null, descending: tokens[1]?.text === "desc" };
    return { column: null, expression: key, descending: false };
  });
}

function includeOf(rest: string): readonly string[] {
  const brackets = bracketsAfter(rest, "include");
  return brackets === null ? [] : splitAtCommas(brackets).flatMap((each) => identifierOf(each, tokensOf(each)[0]) ?? []);
}

function whereOf(rest: string): string | null {
  const where = tokensOf(rest).find((token) => token.kind === "word" && token.text === "where");
  return where === undefined ? null : rest.slice(where.end).trim();
}
