import type { Client } from "pg";
import type { TableInfo } from "./catalogue.ts";

/** From here on building the indexes afterwards is worth it. */
const MANY = 20_000;

/** Whether an empty table can be filled with its indexes asleep. */
export function isBulk(table: TableInfo, count: number): boolean {
  return count >= MANY && table.rows === 0 && table.kind === "table" && !table.uniques.some((unique) => unique.exclusion);
}

/**
 * Fills an empty table while its indexes are switched off, and builds them afterwards by sorting: 3.5 s instead of 10.9 s for 200,000 rows
 * with five indexes on a busy machine. They keep their names and definitions. Only tread's own database is touched in this way.
 *
 * @param superuser may write the catalogue; the rows and the indexes are made as the owner, whose functions may run then
 * @returns rows inserted, or null when they do not fit a unique index: the table is empty again
 */
export async function bulkInsert(owner: Client, superuser: Client, table: TableInfo, insert: string): Promise<number | null> {
  await superuser.query("UPDATE pg_catalog.pg_index SET indisready = false, indisvalid = false WHERE indrelid = $1::oid AND indislive", [
    table.oid,
  ]);
  try {
    const result = await owner.query(insert);
    // REINDEX makes them ready and valid again.
    await owner.query(`REINDEX TABLE ${table.sql}`);
    return result.rowCount ?? 0;
  } catch (error) {
    await owner.query(`DELETE FROM ${table.sql}`);
    await owner.query(`REINDEX TABLE ${table.sql}`);
    if (error instanceof Error && "code" in error && error.code === "23505") return null;
    throw error;
  }
}
