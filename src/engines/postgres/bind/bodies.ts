import type { ParseResult } from "libpg-query";
import { BindError, Unknowable, type BindContext } from "./scope.ts";
import { bindStatement } from "./walk.ts";

/** Bodies that are being looked at: a function that calls itself is looked at once. */
const open = new Set<string>();

/**
 * What a function in SQL does, its caller does: a table that its body names and that is gone fails the call. Where it takes arguments, a
 * name may be one of those, and only missing tables are certain. Bodies in other languages are judged by what they name (`names`).
 * @throws BindError
 */
export function bindBody(parts: readonly string[], context: BindContext, parse: (sql: string) => ParseResult): void {
  const { state } = context.catalogue;
  if (state.functions.size === 0) return;
  const schemas = parts.length > 1 ? [parts.at(-2) ?? ""] : state.session.searchPath.length > 0 ? state.session.searchPath : ["public"];
  const routine = schemas.flatMap((schema) => state.functions.get(`${schema}.${parts.at(-1) ?? ""}`) ?? [])[0];
  // One in standard SQL is stored parsed: what it names cannot be gone.
  if (routine?.language !== "sql" || routine.body === null || routine.stored === true || open.has(routine.name)) return;
  open.add(routine.name);
  try {
    for (const { stmt } of parse(routine.body).stmts ?? []) if (stmt !== undefined) bindStatement(stmt, null, { ...context, params: [] });
  } catch (error) {
    if (error instanceof Unknowable) return;
    if (!(error instanceof BindError)) return;
    const named = (routine.signatures?.[0]?.length ?? routine.arguments?.least ?? 1) > 0;
    if (error.sqlstate === "42P01" || (error.sqlstate === "42703" && !named)) throw error;
  } finally {
    open.delete(routine.name);
  }
}
