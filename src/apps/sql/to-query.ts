import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import type { Query } from "../../model/query.ts";
import type { Span } from "../../text/span.ts";
import { analyse } from "./analyse.ts";
import type { Analysis } from "./analyse.ts";
import { numberPlaceholders } from "./placeholders.ts";

export type Read =
  | { readonly kind: "query"; readonly query: Query; readonly analysis: Analysis }
  /** Nothing to ask a schema: SET, BEGIN, SHOW, DDL. */
  | { readonly kind: "utility" }
  | { readonly kind: "invalid"; readonly message: string; /** UTF-16 offset into the SQL as written. */ readonly at: number };

export interface Origin {
  readonly origin: string;
  readonly span: Span | null;
  readonly callsPerSecond?: number | null;
}

/**
 * Type names before a constant that `pg_stat_statements` has replaced: `interval $1` is no SQL that a server prepares (libpg-query
 * accepts it, to read such exports), `CAST($1 AS interval)` is.
 */
const TYPED_CONSTANT =
  /\b(interval|date|timestamp(?:\s+with(?:out)?\s+time\s+zone)?|timestamptz|time|jsonb|json|uuid|inet|bytea|numeric|text)\s+(\$\d+)/gi;
const EXTRACT_CONSTANT = /\bextract\s*\(\s*\$\d+\s+from\b/gi;

/** Statements that carry another one: PREPARE, EXPLAIN, a cursor, CREATE TABLE … AS. */
const WRAPPERS: readonly RegExp[] = [
  /^prepare\s+[\w"]+\s*(?:\([^)]*\)\s*)?as\s+/i,
  /^explain\s+(?:\([^)]*\)\s*|(?:analy[sz]e|verbose)\s+)*/i,
  /^declare\s+[\w"]+\s+(?:(?:binary|insensitive|asensitive|no|scroll)\s+)*cursor\s+(?:with(?:out)?\s+hold\s+)?for\s+/i,
  /^create\s+(?:(?:global|local)\s+)?(?:temp(?:orary)?|unlogged)?\s*table\s+(?:if\s+not\s+exists\s+)?[\w".]+\s+(?:on\s+commit\s+\w+(?:\s+rows)?\s+)?as\s+/i,
];

/** What such a statement asks is what it carries. */
function unwrapped(sql: string): string {
  const start = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/.exec(sql)?.[0].length ?? 0;
  const found = WRAPPERS.map((wrapper) => wrapper.exec(sql.slice(start))?.[0].length).find((length) => length !== undefined);
  // Blanks keep places as they are.
  return found === undefined
    ? sql
    : sql.slice(0, start) + sql.slice(start, start + found).replaceAll(/[^\n]/g, " ") + sql.slice(start + found);
}

/** One statement as the app sends it → a query. Driver placeholders become `$n`. */
export function toQuery(grammar: Grammar, written: string, from: Origin): Read {
  const sql = unwrapped(written);
  const numbered = numberPlaceholders(sql.replace(TYPED_CONSTANT, "CAST($2 AS $1)").replace(EXTRACT_CONSTANT, "extract(epoch from"));
  const parsed = grammar.parse(numbered.sql);
  if (!parsed.ok) return { kind: "invalid", message: parsed.message, at: Math.min(parsed.at, sql.length) };
  const [tree, ...more] = parsed.statements;
  if (tree === undefined) return { kind: "utility" };
  if (more.length > 0) return { kind: "invalid", message: "several statements where one was expected", at: 0 };
  const analysis = analyse(tree, numbered.count, numbered.nullable);
  if (analysis.utility) return { kind: "utility" };
  return {
    kind: "query",
    analysis,
    query: {
      sql: numbered.sql,
      verb: analysis.verb,
      origin: from.origin,
      span: from.span,
      params: analysis.params,
      use: "certain",
      usedAt: null,
      callsPerSecond: from.callsPerSecond ?? null,
    },
  };
}
