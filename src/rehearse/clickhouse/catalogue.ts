import type { EmbeddedClickHouse } from "../../engines/clickhouse/embedded/index.ts";

/** A table as the engine knows it now. */
export interface TableFacts {
  readonly database: string;
  readonly table: string;
  /** `database.table`. */
  readonly name: string;
  readonly uuid: string;
  readonly engine: string;
  readonly engineFull: string;
  readonly sortingKey: string;
  readonly partitionKey: string;
  readonly create: string;
  /** Of a view: its query. */
  readonly select: string;
  readonly columns: readonly ColumnFacts[];
}

export interface ColumnFacts {
  readonly name: string;
  readonly type: string;
  /** `DEFAULT`, `MATERIALIZED`, `ALIAS`, `EPHEMERAL` or empty. */
  readonly defaultKind: string;
  readonly defaultExpression: string;
  readonly inPartitionKey: boolean;
}

/** Databases that are not the user's. */
export const OWN_DATABASES: readonly string[] = ["tread_before", "tread_twin"];
const SYSTEM = ["system", "INFORMATION_SCHEMA", "information_schema", ...OWN_DATABASES].map((name) => `'${name}'`).join(", ");

/** Everything that can stand behind FROM, by name. @param only tread's own database of copies; left out: all of the user's */
export async function readCatalogue(engine: EmbeddedClickHouse, only: string | null = null): Promise<ReadonlyMap<string, TableFacts>> {
  const where = only === null ? `database NOT IN (${SYSTEM})` : `database = ${quoteText(only)}`;
  const tables = await engine.rows<Record<string, string>>(
    `SELECT database, name AS table, toString(uuid) AS uuid, engine, engine_full AS engineFull, sorting_key AS sortingKey,
       partition_key AS partitionKey, create_table_query AS create, as_select AS select
     FROM system.tables WHERE ${where} AND NOT is_temporary ORDER BY database, name`,
  );
  const columns = await engine.rows<Record<string, string> & { inPartitionKey: number }>(
    `SELECT database, table, name, type, default_kind AS defaultKind, default_expression AS defaultExpression,
       is_in_partition_key AS inPartitionKey
     FROM system.columns WHERE ${where} ORDER BY database, table, position`,
  );
  const byTable = new Map<string, (typeof columns)[number][]>();
  for (const column of columns) {
    const key = `${column["database"]}.${column["table"]}`;
    const list = byTable.get(key);
    if (list === undefined) byTable.set(key, [column]);
    else list.push(column);
  }
  return new Map(
    tables.map((row) => {
      const name = `${row["database"]}.${row["table"]}`;
      return [
        name,
        {
          ...(row as unknown as Omit<TableFacts, "columns" | "name">),
          name,
          columns: (byTable.get(name) ?? []).map((column) => ({
            name: column["name"] ?? "",
            type: column["type"] ?? "",
            defaultKind: column["defaultKind"] ?? "",
            defaultExpression: column["defaultExpression"] ?? "",
            inPartitionKey: column.inPartitionKey === 1,
          })),
        },
      ];
    }),
  );
}

/** Rows lie in parts: mutations, snapshots and counts of written bytes exist. */
export function hasParts(table: Pick<TableFacts, "engine">): boolean {
  return table.engine.endsWith("MergeTree");
}

/** Columns that an INSERT may name. */
export function insertable(table: Pick<TableFacts, "columns">): readonly ColumnFacts[] {
  return table.columns.filter(({ defaultKind }) => defaultKind === "" || defaultKind === "DEFAULT");
}

export function quoted(table: Pick<TableFacts, "database" | "table">): string {
  return `${quoteName(table.database)}.${quoteName(table.table)}`;
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
