import { bareName, type SchemaState } from "../model/schema.ts";
import type { Migration } from "../model/migration.ts";
import { RECORDS, type AppliedHere, type BookRow } from "../sources/bookkeeping/recorded.ts";

/** Rows of a tool's own table that a schema file carries along. */
interface Records {
  /** As written, without quotes: `public.schema_migrations`. */
  readonly table: string;
  /** Null: the file names no columns, and the table's own are meant. */
  readonly columns: readonly string[] | null;
  readonly rows: readonly (readonly (string | null)[])[];
}

const TABLES = [...new Set(RECORDS.flatMap((book) => book.tables))];
const NAME = String.raw`((?:"?\w+"?\.)?"?(?:${TABLES.join("|")})"?)`;
const COLUMNS = String.raw`(?:\(([\w",\s]+)\)\s*)?`;

/**
 * What a schema file says is applied: `INSERT INTO "schema_migrations" (version) VALUES ('20240101120000'), …` at the end of what Rails
 * and dbmate write, or any tool's table that was dumped with its rows (`pg_dump --data-only -t django_migrations`), as COPY or as INSERTs.
 * @param state the file folded: knows the columns of a table where an INSERT names none
 * @returns null when it says nothing
 */
export function recordedIn(sql: string, state: SchemaState, migrations: readonly Migration[]): AppliedHere | null {
  const records = [...copies(sql), ...inserts(sql)];
  if (records.length === 0 || migrations.length === 0) return null;
  const ids = new Set<string>();
  const failed: string[] = [];
  const unmatched: string[] = [];
  const tools = new Set(migrations.map((migration) => migration.layout ?? migration.source));
  let known = false;
  for (const tool of tools) {
    const own = migrations.filter((migration) => (migration.layout ?? migration.source) === tool);
    const here = matchOf(records, state, tool, own);
    if (here === null) continue;
    known = true;
    for (const id of here.ids) ids.add(id);
    failed.push(...here.failed);
    unmatched.push(...here.unmatched);
  }
  return known ? { ids, failed, unmatched } : null;
}

function matchOf(records: readonly Records[], state: SchemaState, tool: string, migrations: readonly Migration[]): AppliedHere | null {
  const own = RECORDS.filter((book) => book.tools.includes(tool));
  let best: AppliedHere | null = null;
  for (const book of own.length > 0 ? own : RECORDS) {
    const rows = records
      .filter(({ table }) => book.tables.includes(bareName(table).toLowerCase()))
      .flatMap((record) => named(record, state))
      .filter((row) => row[book.columns[0] ?? ""] !== undefined && (!book.columns.includes("dirty") || row["dirty"] !== undefined));
    if (rows.length === 0) continue;
    const here = book.match(rows, migrations);
    if (best === null || here.ids.size > best.ids.size) best = here;
  }
  return best;
}

function named({ table, columns, rows }: Records, state: SchemaState): BookRow[] {
  const qualified = table.includes(".") ? table : [...state.relations.keys()].find((name) => bareName(name) === table);
  const names = columns ?? state.relations.get(qualified ?? "")?.columns.map((column) => column.name) ?? [];
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
}

function copies(sql: string): Records[] {
  const pattern = new RegExp(String.raw`^COPY\s+${NAME}\s*${COLUMNS}FROM\s+stdin;\r?\n([\s\S]*?)^\\\.`, "gim");
  return [...sql.matchAll(pattern)].map(([, table = "", columns, body = ""]) => ({
    table: table.replaceAll('"', ""),
    columns: columnsOf(columns),
    rows: body
      .split(/\r?\n/)
      .filter((line) => line !== "")
      .map((line) => line.split("\t").map((value) => (value === String.raw`\N` ? null : value))),
  }));
}

function inserts(sql: string): Records[] {
  const pattern = new RegExp(String.raw`^[ \t]*INSERT\s+INTO\s+${NAME}\s*${COLUMNS}VALUES\s*`, "gim");
  return [...sql.matchAll(pattern)].map((match) => ({
    table: (match[1] ?? "").replaceAll('"', ""),
    columns: columnsOf(match[2]),
    rows: tuples(sql, match.index + match[0].length),
  }));
}

function columnsOf(list: string | undefined): readonly string[] | null {
  return list === undefined ? null : list.split(",").map((name) => name.trim().replaceAll('"', ""));
}

/** `('a', 1, NULL), (…);`: constants only, which is all that a dump writes. */
function tuples(sql: string, start: number): (string | null)[][] {
  const token = /\s*(?:'((?:[^']|'')*)'(?:::[\w ]+)?|([\w.+-]+)|([(),;]))/gy;
  token.lastIndex = start;
  const rows: (string | null)[][] = [];
  let row: (string | null)[] | null = null;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    const [, quoted, bare, mark] = match;
    if (mark === ";") break;
    if (mark === "(") row = [];
    else if (mark === ")") {
      if (row !== null) rows.push(row);
      row = null;
    } else if (mark === undefined) row?.push(quoted?.replaceAll("''", "'") ?? (/^null$/i.test(bare ?? "") ? null : (bare ?? null)));
  }
  return rows;
}
