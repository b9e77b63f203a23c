import { ClickHouseError, type EmbeddedClickHouse } from "../../engines/clickhouse/embedded/index.ts";
import { insertable, quoted, quoteName } from "./catalogue.ts";
import type { Damage } from "./observe/compare.ts";
import type { Seen } from "./observe/statement.ts";
import { probeValue } from "./probe-value.ts";
import { boundaryValues } from "./seed/boundary.ts";

/**
 * For engines that take rows with the same sorting key for one: two rows that the old key took for one are put into an empty copy of the
 * table as it is now, and read with FINAL.
 */
export async function identityDamage(engine: EmbeddedClickHouse, { before, after }: Pick<Seen, "before" | "after">): Promise<Damage[]> {
  const damage: Damage[] = [];
  for (const table of after.values()) {
    const was = before.get(table.name);
    if (!/(?:Replacing|Summing|Aggregating|Collapsing|Coalescing|Graphite)MergeTree$/.test(table.engine)) continue;
    if (was === undefined || was.uuid !== table.uuid || was.sortingKey === table.sortingKey) continue;
    const added = insertable(table).filter(({ name }) => words(table.sortingKey).has(name) && !words(was.sortingKey).has(name));
    const copy = { database: "tread_twin", table: "identity" };
    const row = (which: 0 | 1): string =>
      insertable(table)
        .map((column) => {
          const values = boundaryValues(column.type).filter((value) => value !== "NULL");
          const value = added.includes(column) ? values[which] : probeValue(column.type);
          return value == null ? `defaultValueOfTypeName('${column.type.replaceAll("'", "\\'")}')` : `CAST(${value} AS ${column.type})`;
        })
        .join(", ");
    try {
      await engine.query("CREATE DATABASE IF NOT EXISTS tread_twin");
      await engine.query(`DROP TABLE IF EXISTS ${quoted(copy)} SYNC`);
      await engine.query(`CREATE TABLE ${quoted(copy)} AS ${quoted(table)}`);
      const names = insertable(table).map(({ name }) => quoteName(name));
      for (const which of [0, 1] as const) await engine.query(`INSERT INTO ${quoted(copy)} (${names.join(", ")}) SELECT ${row(which)}`);
      const [found] = await engine.rows<{ rows: number }>(`SELECT count() AS rows FROM ${quoted(copy)} FINAL`);
      if (Number(found?.rows) > 1 && added.length > 0) {
        damage.push({
          kind: "semantics",
          table: table.name,
          columns: added.map(({ name }) => name),
          rows: 2,
          what: `two rows with the same (${was.sortingKey}) were one row of ${table.name} and stay two from now on, where ${added.map(({ name }) => name).join(", ")} differs`,
        });
      }
    } catch (error) {
      if (!(error instanceof ClickHouseError)) throw error;
    } finally {
      if (engine.crashed() === null) await engine.query(`DROP TABLE IF EXISTS ${quoted(copy)} SYNC`).catch(() => {});
    }
  }
  return damage;
}

function words(key: string): ReadonlySet<string> {
  return new Set(key.match(/[\p{L}\p{N}_]+/gu));
}
