import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import { apply } from "../../model/apply/index.ts";
import type { SchemaState } from "../../model/schema.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import type { Thing } from "./dependents.ts";
import { sqlStep } from "../sql-step.ts";

/** What Postgres itself would answer to the drop, and the schema after it. */
export function tryDrop(
  engine: PostgresEngine,
  state: SchemaState,
  thing: Thing,
  version: number,
  cascade: boolean,
): { readonly error: string | null; readonly after: SchemaState } {
  const [schema = "public", ...rest] = thing.table.split(".");
  const table = `${quoteIdentifier(schema)}.${quoteIdentifier(rest.join("."))}`;
  const what = thing.column === null ? `DROP TABLE ${table}` : `ALTER TABLE ${table} DROP COLUMN ${quoteIdentifier(thing.column)}`;
  const sql = cascade ? `${what} CASCADE` : what;
  let after = state;
  let error: string | null = null;
  for (const raw of engine.read(sqlStep(sql, "drop"))) {
    const changes = engine.changes(raw, state);
    const effects = engine.predict(changes, state, { version, inTransaction: false, isEmpty: () => false });
    if (effects.error !== null) error = `${effects.error.message} (SQLSTATE ${effects.error.sqlstate})`;
    for (const change of changes) after = apply(change, after, { migration: null });
  }
  return { error, after };
}
