import type { ReadOnlyClickHouse } from "./client.ts";
import { DatabaseTrouble } from "../../postgres/introspect/trouble.ts";
import { inOrderOfUse, withoutSecrets } from "./statements.ts";

export interface LiveClickHouseSchema {
  /** CREATE statements of everything that the user may see, in an order in which a server takes them. */
  readonly sql: string;
  readonly databases: readonly string[];
  readonly tables: number;
  /** What could not be read, in words. */
  readonly notes: readonly string[];
}

/** The server's own; what stands in them is not the user's. */
export const SYSTEM_DATABASES: readonly string[] = ["system", "information_schema", "INFORMATION_SCHEMA", "_temporary_and_external_tables"];

const DATABASES = `SELECT name, engine FROM system.databases WHERE name NOT IN (${SYSTEM_DATABASES.map((name) => `'${name}'`).join(", ")}) ORDER BY name`;
const TABLES = `SELECT database, name, engine, create_table_query AS sql FROM system.tables WHERE database NOT IN (${SYSTEM_DATABASES.map((name) => `'${name}'`).join(", ")}) AND NOT is_temporary AND name NOT LIKE '.inner%' ORDER BY database, name`;
const FUNCTIONS = "SELECT name, create_query AS sql FROM system.functions WHERE origin = 'SQLUserDefined' ORDER BY name";

/**
 * What a server holds, as the statements that made it. Reads system tables only.
 * @param databases only these; null: all that are not the server's own
 * @throws DatabaseTrouble
 */
export async function readClickHouseSchema(server: ReadOnlyClickHouse, databases: readonly string[] | null): Promise<LiveClickHouseSchema> {
  const notes: string[] = [];
  const found = await server.rows<{ name: string; engine: string }>(DATABASES);
  if (found.length === 0) {
    throw new DatabaseTrouble(
      `${server.shown} shows this user no database at all`,
      "tread reads system tables only: GRANT SELECT ON system.* and SHOW DATABASES, SHOW TABLES, SHOW COLUMNS on the databases",
      "497",
    );
  }
  for (const name of databases ?? []) {
    if (found.some((one) => one.name === name)) continue;
    throw new DatabaseTrouble(
      `there is no database ${JSON.stringify(name)} on ${server.shown}`,
      `there are: ${found.map((one) => one.name).join(", ") || "none that this user may see"}`,
      null,
      2,
    );
  }
  const wanted = found.filter(({ name }) => databases === null || databases.includes(name));
  const names = new Set(wanted.map(({ name }) => name));
  const tables = (await server.rows<{ database: string; name: string; engine: string; sql: string }>(TABLES)).filter(({ database }) =>
    names.has(database),
  );
  const hidden = tables.filter(({ sql }) => sql.trim() === "");
  if (hidden.length > 0)
    notes.push(
      `${hidden.length} of ${tables.length} objects are seen without their definition (${hidden
        .slice(0, 3)
        .map(({ database, name }) => `${database}.${name}`)
        .join(", ")}${hidden.length > 3 ? ", …" : ""}): GRANT SHOW TABLES, SHOW COLUMNS ON their databases`,
    );
  const functions = await functionsOf(server, notes);
  const statements = [
    // Whatever made them, a plain database holds them for what is asked here.
    ...wanted.filter(({ name }) => name !== "default").map(({ name }) => `CREATE DATABASE IF NOT EXISTS ${quoted(name)}`),
    ...functions,
    ...inOrderOfUse(tables.filter(({ sql }) => sql.trim() !== "").map(({ sql }) => sql)),
  ];
  return { sql: statements.map((sql) => `${withoutSecrets(sql)};\n`).join("\n"), databases: [...names], tables: tables.length, notes };
}

async function functionsOf(server: ReadOnlyClickHouse, notes: string[]): Promise<readonly string[]> {
  try {
    return (await server.rows<{ sql: string }>(FUNCTIONS)).map(({ sql }) => sql).filter((sql) => sql !== "");
  } catch (error) {
    if (!(error instanceof DatabaseTrouble) || error.code === null || !/^\d+$/.test(error.code)) throw error;
    notes.push("functions that users made could not be read: what uses them is not understood");
    return [];
  }
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
