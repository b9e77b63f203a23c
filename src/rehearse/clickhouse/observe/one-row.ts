import { ClickHouseError, type EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";

/** The one row of a query, or null where the engine refuses it. @throws EngineCrashed */
export async function oneRow(engine: EmbeddedClickHouse, sql: string): Promise<Record<string, unknown> | null> {
  try {
    const [row] = await engine.rows(sql, { settings: { join_use_nulls: 0 } });
    return row ?? null;
  } catch (error) {
    if (error instanceof ClickHouseError) return null;
    throw error;
  }
}
