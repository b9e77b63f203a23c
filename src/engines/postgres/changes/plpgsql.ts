import type { DoStmt } from "libpg-query";
import type { Change } from "../../../model/change.ts";
import type { UserFunction } from "../../../model/schema.ts";
import { apply } from "../../../model/apply/index.ts";
import { all, as, type Node } from "../parse/grammar.ts";
import { constantText } from "./constant-text.ts";
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
    return inOrder(routine.body, parsed.statements, context);
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

function readPlpgsql(source: string, text: string, context: Context): Change[] {
  // RETURN with a value is refused in a DO block; the function around it is gone, so it is parsed as one that returns anything.
  const tree = context.grammar.parsePlpgsql(source) ?? context.grammar.parsePlpgsql(asFunction(text));
  if (tree === null) return [context.opaque("PL/pgSQL that does not parse")];
  const body = new Body(context);
  visit(tree, body, false);
  return body.changes;
}

function asFunction(body: string): string {
  let tag = "$tread$";
  for (let n = 1; body.includes(tag); n++) tag = `$tread${n}$`;
  return `CREATE FUNCTION tread() RETURNS trigger LANGUAGE plpgsql AS ${tag}${body}${tag}`;
}

/** What has been read of a body: each statement sees what those before it have made. */
class Body {
  readonly changes: Change[] = [];
  #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  add(read: (context: Context) => readonly Change[], conditional: boolean): void {
    let state = this.#context.state;
    for (const change of read(this.#context)) {
      this.changes.push(conditional ? { ...change, conditional } : change);
      state = apply(change, state, NOBODY);
    }
    if (state !== this.#context.state) this.#context = this.#context.in(state);
  }
}

const NOBODY = { migration: null };

/** Several statements of one text, each read in the schema that the one before it leaves. */
function inOrder(sql: string, statements: readonly Node[], context: Context): Change[] {
  const body = new Body(context);
  for (const statement of statements) body.add((at) => at.nested(sql, [statement]), false);
  return body.changes;
}

/** Every expression of PL/pgSQL is SQL: statements (parse mode 0) as they are, expressions (2) and assignments (3…) as a SELECT. */
function visit(node: unknown, body: Body, conditional: boolean): void {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, body, conditional);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === "PLpgSQL_stmt_dynexecute" || key === "PLpgSQL_stmt_dynfors") {
      body.add((context) => dynamic(value as Dynamic, context), conditional);
      visit((value as { body?: unknown }).body, body, true);
    } else if (key === "PLpgSQL_expr") {
      body.add((context) => readExpression(value as Expr, context), conditional);
    } else if (key === "PLpgSQL_stmt_commit" || key === "PLpgSQL_stmt_rollback") {
      body.add((context) => [context.change({ kind: "maintenance", command: "COMMIT in a body", table: null })], conditional);
    } else if (key === "PLpgSQL_stmt_raise") {
      visit(value, body, conditional);
      body.add((context) => raised(value as Raise, context), conditional);
    } else if (key !== "datums") {
      // A block with EXCEPTION catches what happens in it; branches and loops may not run at all. Conditions themselves always do.
      const guarded = key === "PLpgSQL_stmt_block" && typeof value === "object" && value !== null && "exceptions" in value;
      visit(value, body, conditional || guarded || CONDITIONAL.has(key));
    }
  }
}

interface Raise {
  /** ERROR is 21 (elog.h). */
  readonly elog_level?: number;
  readonly message?: string;
  readonly condname?: string;
  readonly options?: readonly unknown[];
}

/** RAISE EXCEPTION that nothing stands around ends the statement. */
function raised({ elog_level, message, condname, options }: Raise, context: Context): Change[] {
  if (elog_level !== 21 || message === undefined || condname !== undefined || options !== undefined) return [];
  const change = context.change({ kind: "maintenance", command: "RAISE", table: null });
  return [{ ...change, refused: { sqlstate: "P0001", message } }];
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

/** EXECUTE of constants, however they are put together, is as static as any statement. */
function dynamic(node: Dynamic, context: Context): Change[] {
  const text = node.query?.PLpgSQL_expr?.query ?? "";
  const parsed = context.grammar.parse(`SELECT ${text}`);
  const select = parsed.ok ? as(parsed.statements[0], "SelectStmt") : undefined;
  const value = (select?.targetList?.length ?? 0) === 1 ? constantText(as(select?.targetList?.[0], "ResTarget")?.val) : null;
  if (value !== null) {
    const inner = context.grammar.parse(value);
    if (inner.ok) return inOrder(value, inner.statements, context);
  }
  return [context.opaque(`EXECUTE of SQL that is put together while it runs: ${shorten(text)}`)];
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
