import type { UserFunction } from "../../../model/schema.ts";
import type { Grammar } from "../parse/grammar.ts";

type Ending = NonNullable<UserFunction["ends"]>;

/**
 * How every call of a trigger's function in PL/pgSQL ends, where its body leaves no choice (manual, 41.10.1): what it returns, or that it
 * fails. Undefined where it depends on the row, and where the body cannot be read.
 */
export function endingOf(body: string, grammar: Grammar): Ending | undefined {
  let tag = "$tread$";
  for (let n = 1; body.includes(tag); n++) tag = `$tread${n}$`;
  const tree = grammar.parsePlpgsql(`CREATE FUNCTION tread() RETURNS trigger LANGUAGE plpgsql AS ${tag}${body}${tag}`);
  const action = (tree as { plpgsql_funcs?: { PLpgSQL_function?: { action?: unknown } }[] } | null)?.plpgsql_funcs?.[0]?.PLpgSQL_function
    ?.action;
  const ends = new Set<Ending | "unclear">();
  if (action === undefined || through([action], ends) === "open") return undefined;
  const [only] = ends;
  return ends.size === 1 && only !== "unclear" ? only : undefined;
}

/** Follows statements in order. @returns whether what comes behind them may still be reached */
function through(statements: unknown, ends: Set<Ending | "unclear">): "open" | "ended" {
  for (const statement of Array.isArray(statements) ? statements : []) {
    const [[tag, body] = ["", null]] = Object.entries(statement as Readonly<Record<string, unknown>>);
    const fields = (body ?? {}) as Fields;
    switch (tag) {
      case "PLpgSQL_stmt_block":
        if (fields.exceptions !== undefined) ends.add("unclear");
        if (through(fields.body, ends) === "ended") return "ended";
        break;
      case "PLpgSQL_stmt_raise":
        // ERROR is 21 (elog.h).
        if (fields.elog_level !== 21) break;
        ends.add("raises");
        return "ended";
      case "PLpgSQL_stmt_return":
        ends.add(returned(fields));
        return "ended";
      default:
        // A branch or a loop: whatever ends in it may be, or may not be.
        branches(fields, ends);
    }
  }
  return "open";
}

interface Fields {
  readonly body?: unknown;
  readonly exceptions?: unknown;
  readonly elog_level?: number;
  readonly lineno?: number;
  readonly retvarno?: number;
  readonly expr?: { readonly PLpgSQL_expr?: { readonly query?: string } };
}

function branches(node: unknown, ends: Set<Ending | "unclear">): void {
  if (typeof node !== "object" || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === "PLpgSQL_stmt_return") ends.add(returned(value as Fields));
    // A check that refuses some rows is what triggers are for: what becomes of the others is asked.
    else branches(value, ends);
  }
}

/** The first two variables of a trigger's function are NEW and OLD (pl_comp.c, do_compile). */
function returned({ lineno, retvarno, expr }: Fields): Ending | "unclear" {
  if (retvarno === 0) return "new";
  if (retvarno === 1) return "old";
  // What the compiler puts at the end of a body that has no RETURN there.
  if (lineno === undefined && retvarno === undefined && expr === undefined) return "unfinished";
  return /^\s*null\s*(?:::\s*\w+\s*)?$/i.test(expr?.PLpgSQL_expr?.query ?? "") ? "null" : "unclear";
}
