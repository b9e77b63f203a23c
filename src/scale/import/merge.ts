import type { ColumnScale, ScaleProfile, TableScale } from "../../model/environment.ts";
import { ImportTrouble, type Field, type Mapping } from "./columns.ts";
import { readBytes, readCount, readFraction, readSeconds } from "./numbers.ts";
import type { Row } from "./rows.ts";

export interface Imported {
  readonly tables: readonly TableScale[];
  /** What a reader should know of single rows: left out, or not a number. */
  readonly notes: readonly string[];
}

type Numbers = Pick<TableScale, "rows" | "bytes" | "indexBytes" | "readsPerSecond" | "writesPerSecond" | "longestTransactionSeconds">;

/**
 * Tables from rows. One row per table, or several of one table where a column's name is mapped (statistics of columns).
 * @param name of the file or question, for messages
 * @param schema for names without one
 * @throws ImportTrouble when a value cannot be read: its row, its column, what it is
 */
export function tablesOf(name: string, rows: readonly Row[], mapping: Mapping, schema: string): Imported {
  const tables = new Map<string, TableScale>();
  const notes: string[] = [];
  let nameless = 0;
  for (const [index, row] of rows.entries()) {
    const table = nameOf(row, mapping, schema);
    if (table === null) {
      nameless++;
      continue;
    }
    const value = (field: Field, read: (value: unknown) => number | null): number | null => {
      const column = mapping[field];
      if (column === undefined) return null;
      const raw = row[column];
      // reltuples of a table that was never analyzed.
      if (field === "rows" && Number(raw) === -1) return null;
      try {
        return read(raw);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new ImportTrouble(
          `${name}, row ${index + 1} (${table}), column ${column}: ${why}`,
          `it stands for ${field}; another column: --column ${field}=NAME`,
        );
      }
    };
    const indexBytes = value("indexBytes", readBytes);
    const total = value("totalBytes", readBytes);
    const rowCount = value("rows", readCount);
    const numbers: Numbers = {
      rows: rowCount === null ? null : Math.round(rowCount),
      bytes: value("bytes", readBytes) ?? (total === null || indexBytes === null ? null : Math.max(0, total - indexBytes)),
      indexBytes,
      readsPerSecond: value("readsPerSecond", readCount),
      writesPerSecond: value("writesPerSecond", readCount),
      longestTransactionSeconds: value("longestTransactionSeconds", readSeconds),
    };
    const column = mapping.column === undefined ? null : textOf(row[mapping.column]);
    const columns: ColumnScale[] =
      column === null || column === ""
        ? []
        : [
            {
              column,
              type: mapping.type === undefined ? null : textOf(row[mapping.type]),
              nullFraction: value("nullFraction", readFraction),
              distinct: distinctOf(mapping.distinct === undefined ? null : row[mapping.distinct], numbers.rows, () =>
                value("distinct", readCount),
              ),
              averageBytes: value("averageBytes", readBytes),
            },
          ];
    const known = tables.get(table);
    if (known !== undefined && mapping.column === undefined) {
      throw new ImportTrouble(
        `${name}, row ${index + 1}: ${table} is there twice`,
        mapping.schema === undefined
          ? "tables of several schemas need a column with the schema: --column schema=NAME"
          : "one row per table is expected; partitions have names of their own",
      );
    }
    tables.set(table, merged(known, { table, ...numbers, columns }));
  }
  if (tables.size === 0)
    throw new ImportTrouble(
      `${name}: no row names a table`,
      `the names are looked for in ${mapping.table ?? "?"}; another column: --column table=NAME`,
      3,
    );
  if (nameless > 0)
    notes.push(`${nameless} row${nameless === 1 ? "" : "s"} without a table's name ${nameless === 1 ? "was" : "were"} left out`);
  if (mapping.totalBytes !== undefined && mapping.bytes === undefined && mapping.indexBytes === undefined)
    notes.push(`${mapping.totalBytes} is taken as size with indexes; without the indexes' own size, bytes are null`);
  return { tables: [...tables.values()], notes };
}

/** What `pg_stats` says of itself: negative is a fraction of the rows. */
function distinctOf(raw: unknown, rows: number | null, positive: () => number | null): number | null {
  const number = Number(raw);
  if (raw !== null && raw !== "" && number < 0) return rows === null ? null : Math.round(-number * rows);
  return positive();
}

function nameOf(row: Row, mapping: Mapping, schema: string): string | null {
  const table = textOf(row[mapping.table ?? ""])?.replaceAll('"', "") ?? "";
  if (table === "") return null;
  const own = mapping.schema === undefined ? null : textOf(row[mapping.schema]);
  if (own !== null && own !== "") return table.startsWith(`${own}.`) ? table : `${own}.${table}`;
  return table.includes(".") ? table : `${schema}.${table}`;
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).trim();
}

/** What is newly known goes over what was; what it does not say stays. */
function merged(known: TableScale | undefined, fresh: TableScale): TableScale {
  if (known === undefined) return fresh;
  const columns = new Map(known.columns.map((column) => [column.column, column]));
  for (const column of fresh.columns) columns.set(column.column, known === undefined ? column : over(columns.get(column.column), column));
  return { ...over(known, fresh), columns: [...columns.values()] };
}

function over<T extends object>(old: T | undefined, fresh: T): T {
  if (old === undefined) return fresh;
  const set = Object.fromEntries(Object.entries(fresh).filter(([, value]) => value !== null && value !== undefined));
  return { ...old, ...set };
}

/** An imported profile, or one that was there with the imported numbers on top. */
export function intoProfile(
  into: ScaleProfile | null,
  tables: readonly TableScale[],
  server: ScaleProfile["server"],
  collectedAt: string,
): { readonly profile: ScaleProfile; readonly added: number; readonly updated: number } {
  const byName = new Map((into?.tables ?? []).map((table) => [table.table, table]));
  let updated = 0;
  for (const table of tables) {
    if (byName.has(table.table)) updated++;
    byName.set(table.table, merged(byName.get(table.table), table));
  }
  // The older of two dates would call fresh numbers old, the newer would call old ones fresh: the newest number's date is the profile's.
  const profile = { format: "tread.scale/1" as const, collectedAt, server, tables: [...byName.values()] };
  return { profile, added: tables.length - updated, updated };
}
