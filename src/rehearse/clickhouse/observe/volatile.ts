import type { EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";
import { type ColumnFacts, quoted, quoteName, type TableFacts } from "../catalogue.ts";
import type { Damage } from "./compare.ts";
import { oneRow } from "./one-row.ts";
import type { Snapshot } from "./snapshot.ts";

/** Columns that the statement gives a default which says something else at every read, while no part holds its values. */
export async function newlyVolatile(engine: EmbeddedClickHouse, before: Snapshot, after: TableFacts): Promise<Damage[]> {
  const damage: Damage[] = [];
  for (const column of after.columns) {
    const was = before.facts.columns.find(({ name }) => name === column.name);
    if (was?.defaultExpression === column.defaultExpression || !(await isVolatile(engine, after, column))) continue;
    damage.push({
      kind: "semantics",
      table: after.name,
      columns: [column.name],
      rows: before.rows,
      what: `${column.name} of the rows from before is computed at every read, and differs each time`,
    });
  }
  return damage;
}

export async function isVolatile(engine: EmbeddedClickHouse, table: TableFacts, column: ColumnFacts): Promise<boolean> {
  if (column.defaultExpression === "" || column.defaultKind === "EPHEMERAL") return false;
  const read = (): Promise<Record<string, unknown> | null> =>
    oneRow(
      engine,
      `SELECT sum(cityHash64(toString(${quoteName(column.name)}))) AS hash FROM (SELECT ${quoteName(column.name)} FROM ${quoted(table)} LIMIT 1000)`,
    );
  const first = await read();
  if (first === null) return false;
  // A clock of seconds stands still for as long.
  if (/\b(?:now|today|yesterday)\w*\s*\(/i.test(column.defaultExpression)) await engine.query("SELECT sleep(1.1)");
  return (await read())?.["hash"] !== first["hash"];
}
