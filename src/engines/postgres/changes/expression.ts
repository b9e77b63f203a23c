import { bareName, type Expression, type SchemaState, type UserFunction } from "../../../model/schema.ts";
import { tokensOf, type Token } from "../parse/lexer.ts";
import { as, strings, walk, type Node } from "../parse/grammar.ts";
import { OVERLOADS } from "../catalog/overloads.ts";
import { STABLE_FUNCTIONS, VOLATILE_FUNCTIONS, IMMUTABLE_FUNCTIONS } from "../catalog/volatility.ts";

type Volatility = Expression["volatility"];
const ORDER: readonly Volatility[] = ["immutable", "stable", "unknown", "volatile"];

/** Worse of two: what Postgres would assume of an expression that holds both. */
function worse(a: Volatility, b: Volatility): Volatility {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

/** An expression of the grammar with the text it was written as. */
export function expression(node: Node, sql: string, state: SchemaState): Expression {
  const volatility = volatilityOf(node, state);
  return {
    sql: sql.trim(),
    volatility,
    isNull: isNullLiteral(node),
    columns: columnsIn(node),
    ...(volatility !== "immutable" && readsClock(node) ? { readsClock: true } : {}),
  };
}

// Manual, section 9.9.5.
const CLOCK: ReadonlySet<string> = new Set(["now", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "timeofday", "age"]);

/** It says something else tomorrow. `age` does with one argument only. */
function readsClock(node: Node): boolean {
  let found = false;
  walk(node, (tag, body) => {
    if (tag === "SQLValueFunction") found ||= /CURRENT_(DATE|TIME)|LOCALTIME/.test((body as { op?: string }).op ?? "");
    if (tag !== "FuncCall") return;
    const { funcname, args } = body as { funcname?: Node[]; args?: Node[] };
    const name = strings(funcname).at(-1) ?? "";
    found ||= CLOCK.has(name) && (name !== "age" || args?.length === 1);
  });
  return found;
}

function isNullLiteral(node: Node): boolean {
  const cast = as(node, "TypeCast");
  if (cast?.arg !== undefined) return isNullLiteral(cast.arg);
  return as(node, "A_Const")?.isnull === true;
}

/** Last parts of the column references, in order, without repeats. */
export function columnsIn(node: unknown): string[] {
  const columns = new Set<string>();
  walk(node, (tag, body) => {
    if (tag !== "ColumnRef") return;
    const name = strings((body as { fields?: Node[] }).fields).at(-1);
    if (name !== undefined) columns.add(name);
  });
  return [...columns];
}

/**
 * Volatility of the functions an expression calls. Operators of pg_catalog are immutable or stable (measured on 18.4: none of
 * `pg_operator` has a volatile function), so they never cause a rewrite; one of an extension or a user is taken as stable too.
 * CURRENT_TIMESTAMP and its like (SQLValueFunction) are stable (manual section 9.9.5).
 */
function volatilityOf(node: Node, state: SchemaState): Volatility {
  let result: Volatility = "immutable";
  walk(node, (tag, body) => {
    if (tag === "SQLValueFunction") result = worse(result, "stable");
    else if (tag === "SubLink") result = worse(result, "unknown");
    else if (tag === "FuncCall") {
      const { funcname, args } = body as { funcname?: Node[]; args?: Node[] };
      result = worse(result, functionVolatility(strings(funcname), (args ?? []).length, state));
    }
  });
  return result;
}

/** pgcrypto and uuid-ossp are in so many migrations that their functions are known by name (their control scripts). */
const EXTENSION_VOLATILE = new Set(["uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "gen_salt", "gen_random_bytes"]);
const EXTENSION_IMMUTABLE = new Set([
  "uuid_nil",
  "uuid_generate_v3",
  "uuid_generate_v5",
  "digest",
  "hmac",
  "crypt",
  "similarity",
  "hstore",
]);

/**
 * Names with one volatile overload that defaults do not use: `now() AT TIME ZONE 'utc'` is timezone(text, timestamptz), immutable;
 * only that of `time with time zone` is volatile, up to 18 (measured 13–18, the only two such names in pg_catalog).
 */
const COMMON_OVERLOAD: Readonly<Record<string, Volatility>> = { timezone: "immutable" };

const LETTERS: Readonly<Record<string, Volatility>> = { i: "immutable", s: "stable", v: "volatile" };

const QUERY_WORDS = new Set(
  "select from where group having window union intersect except order limit offset fetch with values over filter within distinct all".split(
    " ",
  ),
);

/**
 * A volatile function in SQL whose body is one expression is replaced by that expression before its volatility is looked at
 * (`inline_function` in clauses.c): `RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$` is a constant. Null: it is not replaced.
 */
function inlined(routine: UserFunction, state: SchemaState): Volatility | null {
  const isPlain = routine.strict !== true && routine.securityDefiner !== true && (routine.settings ?? []).length === 0;
  if (routine.volatility !== "volatile" || routine.language !== "sql" || !isPlain || (routine.signatures?.length ?? 1) > 1) return null;
  const body = /^\s*(?:select|return)\s(.*?);?\s*$/is.exec(routine.body ?? "")?.[1];
  if (body === undefined || routine.names?.has(bareName(routine.name)) === true) return null;
  let result: Volatility = "immutable";
  const tokens = tokensOf(body).filter(({ kind }) => kind !== "comment");
  for (const [at, token] of tokens.entries()) {
    if (token.kind === "punct" && (token.text === ";" || (token.text === "," && isTopLevel(tokens, at)))) return null;
    if (token.kind !== "word") continue;
    if (QUERY_WORDS.has(token.text)) return null;
    if (/^(?:current_|session_user|user$|localtime)/.test(token.text)) result = worse(result, "stable");
    else if (tokens[at + 1]?.text === "(") result = worse(result, functionVolatility([token.text], argumentCount(tokens, at + 1), state));
  }
  return result;
}

/** Of the call whose parenthesis opens at `open`. */
function argumentCount(tokens: readonly Token[], open: number): number {
  let depth = 0;
  let commas = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind !== "punct") continue;
    if (token.text === "(") depth++;
    else if (token.text === ")" && --depth === 0) return at === open + 1 ? 0 : commas + 1;
    else if (token.text === "," && depth === 1) commas++;
  }
  return commas + 1;
}

function isTopLevel(tokens: readonly Token[], until: number): boolean {
  let depth = 0;
  for (const token of tokens.slice(0, until)) if (token.kind === "punct") depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
  return depth === 0;
}

function functionVolatility(parts: readonly string[], count: number, state: SchemaState): Volatility {
  const name = parts.at(-1) ?? "";
  const schema = parts.length > 1 ? parts[0] : undefined;
  if (schema !== "pg_catalog") {
    const schemas = schema === undefined ? state.session.searchPath : [schema];
    for (const candidate of schemas) {
      const own = state.functions.get(`${candidate}.${name}`);
      if (own !== undefined) return inlined(own, state) ?? own.volatility;
    }
    if (EXTENSION_VOLATILE.has(name)) return "volatile";
    if (EXTENSION_IMMUTABLE.has(name)) return "immutable";
    if (schema !== undefined) return "unknown";
  }
  const common = COMMON_OVERLOAD[name];
  if (common !== undefined) return common;
  const overload = OVERLOADS[name]?.split(" ").find((o) => o.startsWith(String(count)) || o.startsWith("n"));
  if (overload !== undefined) return LETTERS[overload.at(-1) ?? ""] ?? "volatile";
  if (VOLATILE_FUNCTIONS.has(name)) return "volatile";
  if (STABLE_FUNCTIONS.has(name)) return "stable";
  return IMMUTABLE_FUNCTIONS.has(name) ? "immutable" : "unknown";
}
