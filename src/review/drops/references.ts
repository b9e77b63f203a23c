import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import type { SchemaState } from "../../model/schema.ts";
import { StatementReader } from "./reference-reader.ts";
import type { UseKind } from "./use-key.ts";

/** What one statement does with tables and columns of a schema. */
export interface References {
  /** By `public.person` (the table) and `public.person email` (a column): everything that is done with it. */
  readonly uses: ReadonlyMap<string, ReadonlySet<UseKind>>;
  /** Why it could not be read to the end, or null. It may then use anything that its text names. */
  readonly unread: string | null;
}

/**
 * Which tables and columns a query names, resolved as Postgres does, and never fewer: a name that may be one of several columns counts
 * for each of them, `*` and a whole row (`row_to_json(person)`) name every column, a constraint of ON CONFLICT those of its key.
 */
export function referencesOf(grammar: Grammar, sql: string, state: SchemaState): References {
  const parsed = grammar.parse(sql);
  if (!parsed.ok) return { uses: new Map(), unread: `it does not parse: ${parsed.message}` };
  const reader = new StatementReader(state);
  for (const statement of parsed.statements) reader.statement(statement, null);
  return { uses: reader.uses, unread: reader.unread };
}
