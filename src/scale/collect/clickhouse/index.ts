import type { ReadOnlyClickHouse } from "../../../engines/clickhouse/introspect/index.ts";
import { DatabaseTrouble } from "../../../engines/postgres/introspect/trouble.ts";
import type { ColumnScale, ScaleProfile, TableScale } from "../../../model/environment.ts";
import * as sql from "./sql.ts";

export interface CollectClickHouseOptions {
  /** Databases; null: all that are not the server's own. */
  readonly databases: readonly string[] | null;
  /** Ask every host of this cluster; null: only the server that answers. */
  readonly cluster: string | null;
  /** Smallest and largest values of numbers and dates: data, and the columns are read for them. */
  readonly withRanges: boolean;
  readonly progress: (message: string) => void;
}

export interface CollectedClickHouse {
  readonly profile: ScaleProfile;
  /** What could not be read, and what to do about it. */
  readonly notes: readonly string[];
}

/**
 * Reads the statistics of a server, or of every host of a cluster: system tables only, and with `withRanges` the columns themselves.
 * @throws DatabaseTrouble
 */
export async function collectClickHouse(server: ReadOnlyClickHouse, options: CollectClickHouseOptions): Promise<CollectedClickHouse> {
  const { cluster, progress } = options;
  const notes: string[] = [];
  progress(`reading the statistics of ${server.shown}`);
  const tables = (
    await server.rows<sql.TableRow>(sql.tables(cluster)).catch((error: unknown) => {
      throw withoutCluster(error, cluster, server.shown);
    })
  ).filter(({ database }) => options.databases === null || options.databases.includes(database));
  const missing = (options.databases ?? []).filter((name) => !tables.some(({ database }) => database === name));
  if (missing.length > 0)
    throw new DatabaseTrouble(
      `there is no table in ${missing.join(", ")} on ${server.shown}`,
      "correct --schema, or leave it out",
      null,
      2,
    );
  if (tables.length === 0)
    throw new DatabaseTrouble(
      `${server.shown} shows this user no table`,
      "GRANT SHOW TABLES, SHOW COLUMNS ON the databases, SELECT ON system.*",
    );
  const optional = async <T>(query: string, what: string): Promise<readonly T[]> => {
    try {
      return await server.rows<T>(query);
    } catch (error) {
      if (!(error instanceof DatabaseTrouble)) throw error;
      notes.push(`${what}: not known (${error.message.replace(`${server.shown}: `, "")})`);
      return [];
    }
  };
  const parts = byTable(await server.rows<sql.PartsRow>(sql.parts(cluster)));
  const columns = byTable(await server.rows<sql.ColumnRow>(sql.columns(cluster)));
  const macros = await optional<sql.MacroRow>(sql.macros(cluster), "shards and replicas");
  const free = await optional<sql.FreeRow>(sql.free(cluster), "free space");
  progress("reading how often each table is asked (system.query_log, last day)");
  const rates = await optional<sql.RateRow>(sql.rates(cluster), "reads and writes per second");
  if (cluster === null) await mentionClusters(server, notes);
  const macro = (host: string, name: string): string | null =>
    macros.find((row) => row.host === host && row.macro === name)?.substitution ?? null;
  const ranges = options.withRanges ? await rangesOf(server, tables, columns, notes, progress) : new Map<string, Range>();
  const entries = tables
    .filter(({ engine }) => !/View$|^Dictionary$/.test(engine))
    .map((table): TableScale => {
      const key = keyOf(table);
      const [own] = parts.get(key) ?? [];
      const qualified = `${table.database}.${table.name}`;
      const asked = rates.find((row) => row.host === table.host && row.table === qualified);
      const rate = (count: sql.Counted | undefined): number | null =>
        rates.length === 0 ? null : Math.round((Number(count ?? 0) / Number(asked?.seconds ?? 1)) * 1000) / 1000;
      const inParts = table.engine.endsWith("MergeTree");
      const rows = numberOf(own?.rows ?? (inParts ? 0 : table.rows));
      return {
        table: qualified,
        host: table.host,
        shard: macro(table.host, "shard"),
        replica: macro(table.host, "replica"),
        engine: table.engine,
        rows,
        bytes: numberOf(own?.bytes ?? (inParts ? 0 : table.bytes)),
        indexBytes: null,
        parts: inParts ? numberOf(own?.parts ?? 0) : null,
        wideParts: inParts ? numberOf(own?.wide ?? 0) : null,
        compactParts: inParts ? numberOf(own?.compact ?? 0) : null,
        partitions: inParts ? numberOf(own?.partitions ?? 0) : null,
        largestPartitionBytes: inParts ? numberOf(own?.largest ?? 0) : null,
        insertsPerSecond: rate(asked?.inserts),
        selectsPerSecond: rate(asked?.selects),
        freeBytes: numberOf(free.find((row) => row.host === table.host && row.policy === table.policy)?.free ?? null),
        readsPerSecond: null,
        writesPerSecond: null,
        longestTransactionSeconds: null,
        columns: (columns.get(key) ?? []).map((column) => columnOf(column, rows, ranges.get(`${key}\0${column.column}`))),
      };
    });
  return {
    profile: {
      format: "tread.scale/1",
      collectedAt: `${new Date().toISOString().slice(0, 19)}Z`,
      server: { engine: "clickhouse", version: server.version },
      tables: entries,
    },
    notes,
  };
}

function columnOf(row: sql.ColumnRow, rows: number | null, range: Range | undefined): ColumnScale {
  const uncompressed = numberOf(row.uncompressed);
  return {
    column: row.column,
    type: row.type,
    nullFraction: null,
    distinct: enumSize(row.type),
    averageBytes: uncompressed === null || rows === null || rows === 0 ? null : Math.round((uncompressed / rows) * 100) / 100,
    compressedBytes: numberOf(row.compressed),
    uncompressedBytes: uncompressed,
    ...range,
  };
}

/** An Enum says itself how many values there can be. */
function enumSize(type: string): number | null {
  return /^(?:Nullable\()?Enum\d*\(/.test(type) ? type.split("=").length - 1 : null;
}

interface Range {
  readonly minimum: string;
  readonly maximum: string;
}

async function rangesOf(
  server: ReadOnlyClickHouse,
  tables: readonly sql.TableRow[],
  columns: ReadonlyMap<string, readonly sql.ColumnRow[]>,
  notes: string[],
  progress: (message: string) => void,
): Promise<ReadonlyMap<string, Range>> {
  const found = new Map<string, Range>();
  const seen = new Set<string>();
  for (const table of tables.filter(({ engine }) => engine.endsWith("MergeTree"))) {
    const name = `${table.database}.${table.name}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const ranged = (columns.get(keyOf(table)) ?? []).filter(({ type }) => sql.RANGED.test(type));
    if (ranged.length === 0) continue;
    progress(`reading the smallest and largest values of ${name}`);
    try {
      const query = sql.ranges(
        `${sql.quoted(table.database)}.${sql.quoted(table.name)}`,
        ranged.map(({ column }) => sql.quoted(column)),
      );
      const [row] = await server.rows<Record<string, string>>(query);
      for (const [i, { column }] of ranged.entries()) {
        const [minimum, maximum] = [row?.[`n${i}`], row?.[`x${i}`]];
        if (typeof minimum === "string" && typeof maximum === "string")
          for (const host of tables.filter((one) => one.database === table.database && one.name === table.name))
            found.set(`${keyOf(host)}\0${column}`, { minimum, maximum });
      }
    } catch (error) {
      if (!(error instanceof DatabaseTrouble)) throw error;
      notes.push(`smallest and largest values of ${name}: not known (${error.message.replace(`${server.shown}: `, "")})`);
    }
  }
  return found;
}

async function mentionClusters(server: ReadOnlyClickHouse, notes: string[]): Promise<void> {
  const clusters = await server.rows<{ cluster: string; hosts: number }>(sql.CLUSTERS).catch(() => []);
  const [first] = clusters;
  if (first !== undefined)
    notes.push(`this is one host of the cluster ${first.cluster} (${first.hosts} hosts): --cluster ${first.cluster} asks all of them`);
}

function withoutCluster(error: unknown, cluster: string | null, shown: string): unknown {
  return error instanceof DatabaseTrouble && error.code === "701"
    ? new DatabaseTrouble(
        `${shown} knows no cluster ${cluster ?? ""}`,
        "SELECT DISTINCT cluster FROM system.clusters lists them",
        error.code,
        2,
      )
    : error;
}

function keyOf(row: { readonly host: string; readonly database: string; readonly name: string }): string {
  return `${row.host}\0${row.database}\0${row.name}`;
}

function byTable<T extends { readonly host: string; readonly database: string; readonly name: string }>(
  rows: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const tables = new Map<string, T[]>();
  for (const row of rows) {
    const own = tables.get(keyOf(row));
    if (own === undefined) tables.set(keyOf(row), [row]);
    else own.push(row);
  }
  return tables;
}

function numberOf(value: sql.Counted | null): number | null {
  return value === null ? null : Number(value);
}
