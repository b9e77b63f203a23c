import { apply, emptyState } from "../../../model/apply/index.ts";
import type { SchemaState } from "../../../model/schema.ts";
import { wholeSpan, type Span } from "../../../text/span.ts";
import type { PostgresEngine } from "../engine.ts";

/** A statement of a schema that could not be read. */
export interface Unread {
  readonly message: string;
  readonly span: Span;
}

/**
 * Folds the SQL of a schema: what it creates exists before every migration. psql's own commands (`\\restrict`) say nothing about it.
 * @param start what the schema is added to
 */
export function foldSchema(
  engine: PostgresEngine,
  sql: string,
  name: string,
  start: SchemaState = emptyState({ complete: true }),
): { readonly state: SchemaState; readonly unread: readonly Unread[] } {
  let state = start;
  const unread: Unread[] = [];
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan(name, sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  for (const raw of engine.read(step)) {
    if (raw.syntaxError !== null) unread.push(raw.syntaxError);
    if (raw.syntaxError !== null || raw.tree === null) continue;
    for (const change of engine.changes(raw, state)) state = apply(change, state, { migration: null });
  }
  // pg_dump empties search_path for its own session; the migrations have theirs.
  return { state: { ...state, session: start.session }, unread };
}
