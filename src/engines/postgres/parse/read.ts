import type { SqlStep } from "../../../model/migration.ts";
import type { RawStatement } from "../engine.ts";
import { directiveIn } from "./directives.ts";
import type { Grammar, Node } from "./grammar.ts";
import { nextToken } from "./lexer.ts";
import { SpanMap } from "./offsets.ts";
import { copyDataBehind, split } from "./split.ts";
import { suppressionsIn } from "./suppressions.ts";

/** What `RawStatement.tree` holds. Opaque outside of this folder. */
export interface Tree {
  readonly nodes: readonly Node[];
  /** Offsets into `RawStatement.sql` can be turned into places in the file. */
  readonly verbatim: boolean;
}

/** psql commands that change nothing in the database: settings of psql's own output, and the marks of `pg_dump`. */
const HARMLESS = new Set(
  "restrict unrestrict echo qecho warn timing pset x a t encoding q quit prompt errverbose conninfo copyright help h H html f C T o out p print r reset w write s d dt di dv df dn du l z unset".split(
    " ",
  ),
);

const META_REASONS: Readonly<Record<string, string>> = {
  connect: "continues in another database",
  c: "continues in another database",
  i: "runs another file",
  ir: "runs another file",
  include: "runs another file",
  include_relative: "runs another file",
  gexec: "runs SQL that a query builds",
  if: "runs what follows only under a condition",
  elif: "runs what follows only under a condition",
  else: "runs what follows only under a condition",
  endif: "ends a condition",
  "!": "runs a shell command",
  copy: "copies data from or to a file of the client",
  set: "sets a psql variable that later statements may use",
  gset: "sets psql variables that later statements may use",
};

/** Splits and parses one step. */
export function read(step: SqlStep, grammar: Grammar): RawStatement[] {
  const text = step.sql;
  const spans = step.verbatim ? new SpanMap(step.span, text) : null;
  const spanOf = (start: number, end: number) => (spans === null ? step.span : spans.span(start, end));

  return split(text).map((piece): RawStatement => {
    const sql = text.slice(piece.start, piece.end);
    const directives = piece.comments.flatMap((c) => directiveIn(text, c.start, c.end) ?? []);
    const base = {
      sql,
      span: spanOf(piece.start, piece.end),
      suppressions: piece.comments.flatMap((c) => suppressionsIn(text, c.start, c.end, spanOf)),
      ...(directives.length === 0 ? {} : { directives }),
      ...(piece.copyData ? { copyData: copyDataBehind(text, piece.end) } : {}),
    };
    if (piece.kind === "meta") return { ...base, syntaxError: null, tree: null, opaque: metaReason(sql) };
    const parsed = grammar.parse(sql);
    if (parsed.ok) {
      const tree: Tree = { nodes: parsed.statements, verbatim: step.verbatim };
      return { ...base, syntaxError: null, tree, opaque: null };
    }
    const variable = variableIn(sql);
    if (variable !== null) {
      const what = variable.startsWith(":") ? `psql replaces the variable ${variable}` : `the placeholder ${variable} is replaced`;
      return { ...base, syntaxError: null, tree: null, opaque: `${what} before the server sees the statement` };
    }
    const [from, to] = errorPlace(sql, parsed.at);
    const span = spanOf(piece.start + from, piece.start + to);
    return { ...base, syntaxError: { message: parsed.message, span }, tree: null, opaque: parsed.message };
  });
}

/** The token at the error, or the last character when the text ended too early. */
function errorPlace(sql: string, at: number): [number, number] {
  if (at >= sql.length) return [Math.max(0, sql.length - 1), sql.length];
  const token = nextToken(sql, at);
  if (token === null) return [at, sql.length];
  // An unterminated string runs to the end of the file: its first line says enough.
  const newline = sql.indexOf("\n", token.start);
  return [token.start, token.unterminated === true && newline !== -1 ? newline : token.end];
}

function metaReason(command: string): string | null {
  const name = /^\\(!|[A-Za-z_]+)/.exec(command)?.[1] ?? command.slice(1);
  if (HARMLESS.has(name)) return null;
  // ON_ERROR_STOP, QUIET, VERBOSITY and their like steer psql itself; AUTOCOMMIT changes what runs in a transaction.
  if (
    name === "set" &&
    /^\\set\s+(?:ON_ERROR_STOP|ON_ERROR_ROLLBACK|QUIET|VERBOSITY|ECHO|ECHO_HIDDEN|SHOW_CONTEXT|FETCH_COUNT)\b/.test(command)
  ) {
    return null;
  }
  const reason = META_REASONS[name];
  return reason === undefined ? `psql command \\${name} is not known to tread` : `psql command \\${name} ${reason}`;
}

/**
 * psql's `:name`, `:'name'` or `:"name"`, or the `${name}` of Flyway, goose and templates, outside of strings and comments; but not
 * the cast `::type`.
 */
function variableIn(sql: string): string | null {
  for (let token = nextToken(sql, 0); token !== null; token = nextToken(sql, token.end)) {
    const placeholder = sql.charAt(token.start) === "$" ? /^\$\{[\w.:-]{1,60}\}/.exec(sql.slice(token.start, token.start + 64)) : null;
    if (placeholder !== null) return placeholder[0];
    if (token.text !== ":" || token.kind !== "punct") continue;
    if (sql.charAt(token.end) === ":") {
      token = { ...token, end: token.end + 1 };
      continue;
    }
    const variable = /^:(?:[A-Za-z_][A-Za-z_0-9]*|'[^']+'|"[^"]+")/.exec(sql.slice(token.start, token.start + 70));
    if (variable !== null) return variable[0];
  }
  return null;
}
