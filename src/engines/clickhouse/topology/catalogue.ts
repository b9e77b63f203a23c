import type { CatalogueColumn, CatalogueReplica, CatalogueTable, HostCatalogue } from "../../../model/clickhouse/topology.ts";
import type { ReadOnlyClickHouse } from "../introspect/index.ts";
import { withoutSecrets } from "../introspect/statements.ts";
import { parseScript } from "../parse/index.ts";
import { distributedOf, kindOf } from "./engine-arguments.ts";
import { isOwnTable } from "./own-tables.ts";
import { optionalRows } from "./optional.ts";
import { QUERIES, uuidOrNull, type Dialect, type Digits } from "./queries.ts";

interface TableRow {
  readonly database: string;
  readonly name: string;
  readonly engine: string;
  readonly engine_full: string;
  readonly create_table_query: string;
  readonly uuid: string;
  readonly partition_key: string;
  readonly sorting_key: string;
  readonly primary_key: string;
  readonly sampling_key: string;
  readonly total_rows: Digits | null;
  readonly total_bytes: Digits | null;
  readonly comment: string;
}

interface ColumnsRow {
  readonly database: string;
  readonly table: string;
  /** Name, type, kind and expression of the default, codec, comment, in the sorting key, in the partition key. */
  readonly columns: readonly (readonly [string, string, string, string, string, string, Digits, Digits])[];
}

interface ReplicaRow {
  readonly database: string;
  readonly table: string;
  readonly zookeeper_path: string;
  readonly replica_name: string;
  readonly is_readonly: Digits;
}

/**
 * What a host holds, from its system tables; tread's own record of walks is left out.
 * @param name `TopologyHost.name`
 * @throws DatabaseTrouble where it stops answering; what this user may not see is a note
 */
export async function readCatalogue(
  server: ReadOnlyClickHouse,
  name: string,
  macros: Readonly<Record<string, string>>,
  dialect: Dialect = "current",
): Promise<HostCatalogue> {
  const notes: string[] = [];
  const readAt = new Date().toISOString();
  const everything = await server.rows<TableRow>(QUERIES.tables[dialect]);
  const rows = everything.filter(({ database, name: table }) => !isOwnTable({ database, table }));
  const own = rows.length < everything.length && rows.every(({ database }) => database !== "tread");
  const databases = (await server.rows<{ name: string; engine: string; uuid: string }>(QUERIES.databases[dialect])).filter(
    ({ name: database }) => !(own && database === "tread"),
  );
  const columns = columnsByTable(await server.rows<ColumnsRow>(QUERIES.columns[dialect]));
  const replicas = new Map<string, CatalogueReplica>();
  if (rows.some(({ engine }) => engine.startsWith("Replicated"))) {
    const found = await optionalRows<ReplicaRow>(server, QUERIES.replicas[dialect], "replicas (system.replicas)", notes);
    for (const row of found)
      replicas.set(`${row.database}.${row.table}`, {
        zookeeperPath: row.zookeeper_path,
        replicaName: row.replica_name,
        readOnly: Number(row.is_readonly) !== 0,
      });
  }
  const functionsQuery = QUERIES.functions[dialect];
  const functions =
    functionsQuery === null
      ? []
      : await optionalRows<{ name: string; sql: string }>(server, functionsQuery, "functions that users made (system.functions)", notes);
  const hidden = rows.filter(({ create_table_query: sql }) => sql.trim() === "").map((row) => `${row.database}.${row.name}`);
  if (hidden.length > 0)
    notes.push(
      `${hidden.length} objects are seen without their definition (${hidden.slice(0, 3).join(", ")}): GRANT SHOW TABLES, SHOW COLUMNS`,
    );
  return {
    host: name,
    version: server.version,
    readAt,
    databases: databases.map((row) => ({ name: row.name, engine: row.engine, uuid: uuidOrNull(row.uuid) })),
    tables: rows.map((row): CatalogueTable => {
      const key = `${row.database}.${row.name}`;
      const create = withoutSecrets(row.create_table_query);
      return {
        name: key,
        database: row.database,
        table: row.name,
        kind: kindOf(row.engine),
        engine: row.engine,
        engineFull: withoutSecrets(row.engine_full),
        create,
        hidesSecrets: create.includes("'[HIDDEN]'"),
        uuid: uuidOrNull(row.uuid),
        columns: columns.get(key) ?? [],
        sortingKey: row.sorting_key,
        primaryKey: row.primary_key,
        partitionKey: row.partition_key,
        samplingKey: row.sampling_key,
        replica: replicas.get(key) ?? null,
        distributed: distributedOf(row.engine, row.engine_full, row.database, macros),
        target: row.engine === "MaterializedView" ? targetOf(create, row.database) : null,
        rows: row.total_rows === null ? null : Number(row.total_rows),
        bytes: row.total_bytes === null ? null : Number(row.total_bytes),
        comment: row.comment,
      };
    }),
    functions: functions.filter(({ sql }) => sql !== "").map(({ name: each, sql }) => ({ name: each, create: sql })),
    notes,
  };
}

function columnsByTable(rows: readonly ColumnsRow[]): Map<string, readonly CatalogueColumn[]> {
  return new Map(
    rows.map(({ database, table, columns }) => [
      `${database}.${table}`,
      columns.map(([name, type, defaultKind, defaultExpression, codec, comment, inSortingKey, inPartitionKey], index): CatalogueColumn => ({
        name,
        position: index + 1,
        type,
        defaultKind,
        defaultExpression,
        codec,
        comment,
        inSortingKey: Number(inSortingKey) !== 0,
        inPartitionKey: Number(inPartitionKey) !== 0,
      })),
    ]),
  );
}

/** What a materialized view writes to; null: its own inner table. */
function targetOf(create: string, database: string): string | null {
  // As servers print it where no name needs quotes; the grammar knows the rest (it takes 3 ms for a view, this nothing).
  const plain = /^CREATE MATERIALIZED VIEW \w+\.\w+ TO (\w+)\.(\w+)\s*[(\n]/.exec(create);
  if (plain !== null) return `${plain[1]}.${plain[2]}`;
  const [parsed] = parseScript(create);
  if (parsed === undefined || parsed.statement.kind !== "create-materialized-view") return null;
  const { to } = parsed.statement;
  return to === null ? null : `${to.database?.text ?? database}.${to.name.text}`;
}
