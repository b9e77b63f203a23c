import type { ClickHouseEngine } from "../../../engines/clickhouse/engine.ts";
import { applyClickHouse } from "../../../model/clickhouse/apply/index.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { Thing } from "../../drops/dependents.ts";
import { sqlStep } from "../../sql-step.ts";

/** What ClickHouse itself would answer to the drop, and the schema after it. */
export function tryDrop(
  engine: ClickHouseEngine,
  state: ClickHouseState,
  { table, column }: Thing,
  { version, database }: { readonly version: string; readonly database: string },
): { readonly error: string | null; readonly after: ClickHouseState } {
  const quoted = table
    .split(".")
    .map((part) => `\`${part}\``)
    .join(".");
  const sql = column === null ? `DROP TABLE ${quoted}` : `ALTER TABLE ${quoted} DROP COLUMN \`${column}\``;
  let after = state;
  let error: string | null = null;
  for (const raw of engine.read(sqlStep(sql, "drop"))) {
    const changes = engine.changes(raw, state, { database });
    const effects = engine.predict(changes, state, { version, isEmpty: () => false });
    if (effects.error !== null) error = `${effects.error.message} (code ${effects.error.code})`;
    for (const change of changes) after = applyClickHouse(change, after, { migration: null });
  }
  return { error, after };
}
