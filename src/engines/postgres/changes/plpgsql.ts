import type { DoStmt } from "libpg-query";
import type { Change } from "../../../model/change.ts";
import type { UserFunction } from "../../../model/schema.ts";
import { all, as } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

/** Functions may call each other; deeper than this is taken as not understood. */
const DEEPEST = 5;

/** A DO block: static statements inside are understood, dynamic ones are opaque. */
export function readDo(node: DoStmt, context: Context): Change[] {
  const options = all(node.args, "DefElem");
  const language = as(options.find((o) => o.defname === "language")?.arg, "String")?.sval ?? "plpgsql";
  const body = as(options.find((o) => o.defname === "as")?.arg, "String")?.sval ?? "";
  if (language.toLowerCase() !== "plpgsql") return [context.opaque(`DO block in ${language}: only PL/pgSQL is read`)];
  return readPlpgsql(context.sql, body, context);
}

/** What a call of a routine does, as far as its body tells. */
export function readRoutineBody(routine: UserFunction, context: Context): Change[] {
  if (context.depth > DEEPEST) return [context.opaque(`${routine.name}() calls others too deeply to follow`)];
  if (routine.body === null) return [context.opaque(`the body of ${routine.name}() cannot be read`)];
  if (routine.language === "sql") {
    const parsed = context.grammar.parse(routine.body);
    if (!parsed.ok) return [context.opaque(`the body of ${routine.name}() does not parse: ${parsed.message}`)];
    return context.nested(routine.body, parsed.statements);
  }
  if (routine.language !== "plpgsql")
    return [context.opaque(`${routine.name}() is written in ${routine.language}: only SQL and PL/pgSQL are read`)];
  return readPlpgsql(asDo(routine.body), routine.body, context);
}

function asDo(body: string): string {
  let tag = "$tread$";
  for (let n = 1; body.includes(tag); n++) tag = `$tread${n}$`;
  return `DO ${tag}${body}${tag}`;
}

function readPlpgsql(source: string, body: string, context: Context): Change[] {
  // RETURN with a value is refused in a DO block; the function around it is gone, so it is parsed as one that returns anything.
  const tree = context.grammar.parsePlpgsql(source) ?? context.grammar.parsePlpgsql(asFunction(body));
  if (tree === null) return [context.opaque("PL/pgSQL that does not parse")];
  const changes: Change[] = [];
  visit(tree, context, changes, false);
  return changes;
}

function asFunction(body: string): string {
  let tag = "$tread$";
  for (let n = 1; body.includes(tag); n++) tag = `$tread${n}$`;
  return `CREATE FUNCTION tread() RETURNS trigger LANGUAGE plpgsql AS ${tag}${body}${tag}`;
}

/** Every expression of PL/pgSQL is SQL: statements (parse mode 0) as they are, expressions (2) and assignments (3…) as a SELECT. */
function visit(node: unknown, context: Context, changes: Change[], conditional: boolean): void {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, context, changes, conditional);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    const mark = (change: Change): Change => (conditional ? { ...change, conditional } : change);
    if (key === "PLpgSQL_stmt_dynexecute" || key === "PLpgSQL_stmt_dynfors") {
      changes.push(mark(dynamic(value as Dynamic, context)));
      visit((value as { body?: unknown }).body, context, changes, true);
    } else if (key === "PLpgSQL_expr") {
      changes.push(...readExpression(value as Expr, context).map(mark));
    } else if (key !== "datums") {
      // A block with EXCEPTION catches what happens in it; branches and loops may not run at all. Conditions themselves always do.
      const guarded = key === "PLpgSQL_stmt_block" && typeof value === "object" && value !== null && "exceptions" in value;
      visit(value, context, changes, conditional || guarded || CONDITIONAL.has(key));
    }
  }
}

const CONDITIONAL = new Set([
  "then_body",
  "else_body",
  "elsif_list",
  "body_loop",
  "case_when_list",
  "else_stmts",
  "exc_list",
  "PLpgSQL_stmt_loop",
  "PLpgSQL_stmt_while",
  "PLpgSQL_stmt_fori",
  "PLpgSQL_stmt_fors",
  "PLpgSQL_stmt_foreach_a",
]);

interface Expr {
  readonly query?: string;
  readonly parseMode?: number;
}
interface Dynamic {
  readonly query?: { readonly PLpgSQL_expr?: Expr };
}

/** EXECUTE of one string literal is as static as any statement; anything that is put together is not. */
function dynamic(node: Dynamic, context: Context): Change {
  const text = node.query?.PLpgSQL_expr?.query ?? "";
  const parsed = context.grammar.parse(`SELECT ${text}`);
  const select = parsed.ok ? as(parsed.statements[0], "SelectStmt") : undefined;
  const value = as(as(select?.targetList?.[0], "ResTarget")?.val, "A_Const")?.sval?.sval;
  if (value !== undefined && (select?.targetList?.length ?? 0) === 1) {
    const inner = context.grammar.parse(value);
    if (inner.ok) {
      const [first, ...rest] = context.nested(value, inner.statements);
      if (first !== undefined && rest.length === 0) return first;
    }
  }
  return context.opaque(`EXECUTE of SQL that is put together while it runs: ${shorten(text)}`);
}

function readExpression(expr: Expr, context: Context): Change[] {
  const query = expr.query ?? "";
  const isStatement = (expr.parseMode ?? 0) === 0;
  // An assignment is `target := expression`: only its right side is SQL.
  const sql = isStatement ? query : `SELECT ${query.replace(/^[\w."[\]]+\s*:?=(?!=)\s*/, "")}`;
  const parsed = context.grammar.parse(sql);
  if (!parsed.ok) return [context.opaque(`PL/pgSQL expression that does not parse alone: ${shorten(query)}`)];
  const changes = context.nested(sql, parsed.statements);
  // `IF EXISTS (SELECT …)` and `x := 1` do no more than read; a read of nothing says nothing.
  return changes.filter((c) => c.kind !== "read" || c.tables.length > 0);
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
