import { DatabaseTrouble } from "../../postgres/introspect/trouble.ts";
import type { ReadOnlyClickHouse } from "../introspect/index.ts";

/**
 * Rows of a table that this user may not see, or that this build of the server does not have: none, and a note.
 * @throws DatabaseTrouble when the host stopped answering
 */
export async function optionalRows<T>(server: ReadOnlyClickHouse, sql: string, what: string, notes: string[]): Promise<T[]> {
  try {
    return await server.rows<T>(sql);
  } catch (error) {
    // The server's own refusals have numbers; 159 is one that took too long.
    if (!(error instanceof DatabaseTrouble) || error.code === null || !/^\d+$/.test(error.code) || error.code === "159") throw error;
    notes.push(`${what} could not be read: ${error.message}`);
    return [];
  }
}
