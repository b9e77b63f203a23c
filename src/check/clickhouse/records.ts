import type { ReadOnlyClickHouse } from "../../engines/clickhouse/introspect/index.ts";
import type { Migration, Problem } from "../../model/migration.ts";

/** The table in which a tool records what it has run on ClickHouse; shapes are those of the tools' own sources. */
interface Book {
  /** Layout or source of the migrations that it is kept for. */
  readonly tool: string;
  readonly tables: readonly string[];
  /** Columns that tell it from another tool's table of the same name. */
  readonly columns: readonly string[];
  /** Rows with `key`, and `failed` where the tool says so. */
  sql(table: string): string;
  /** The row names the newest one; all before it ran. */
  readonly newest?: boolean;
  /** The key is the file's name instead of its number. */
  readonly byName?: boolean;
}

const BOOKS: readonly Book[] = [
  // golang-migrate, database/clickhouse: a row per run, the last one counts
  {
    tool: "golang-migrate",
    tables: ["schema_migrations"],
    columns: ["version", "dirty", "sequence"],
    sql: (table) => `SELECT toString(version) AS key, dirty = 1 AS failed FROM ${table} ORDER BY sequence DESC LIMIT 1`,
    newest: true,
  },
  // dbmate, pkg/driver/clickhouse
  {
    tool: "dbmate",
    tables: ["schema_migrations"],
    columns: ["version", "applied", "ts"],
    sql: (table) => `SELECT toString(version) AS key, false AS failed FROM ${table} FINAL WHERE applied`,
  },
  // goose, internal/dialects/clickhouse.go: the last row of a version counts
  {
    tool: "goose",
    tables: ["goose_db_version"],
    columns: ["version_id", "is_applied", "tstamp"],
    sql: (table) =>
      `SELECT toString(version_id) AS key, false AS failed FROM ${table} WHERE version_id > 0 GROUP BY version_id HAVING argMax(is_applied, tstamp) = 1`,
  },
  // clickhouse-migrations of npm (src/migrate.ts) and of PyPI (migrator.py)
  {
    tool: "clickhouse-migrations",
    tables: ["_migrations"],
    columns: ["version", "checksum"],
    sql: (table) => `SELECT toString(version) AS key, false AS failed FROM ${table}`,
  },
  {
    tool: "clickhouse-migrations",
    tables: ["schema_versions"],
    columns: ["version", "md5"],
    sql: (table) => `SELECT toString(version) AS key, false AS failed FROM ${table}`,
  },
  // ariga.io/atlas, cmd/atlas/internal/migrate/ent/schema: `applied` of `total` statements
  {
    tool: "atlas",
    tables: ["atlas_schema_revisions"],
    columns: ["version", "applied", "total"],
    sql: (table) => `SELECT toString(version) AS key, applied < total AS failed FROM ${table} WHERE type != 1`,
  },
  // infi.clickhouse_orm, migrations.py: MigrationHistory, under the names that projects give it
  {
    tool: "django-clickhouse",
    tables: ["infi_clickhouse_orm_migrations", "infi_clickhouse_orm_migrations_distributed", "clickhouse_orm_migrations"],
    columns: ["package_name", "module_name"],
    sql: (table) => `SELECT DISTINCT module_name AS key, false AS failed FROM ${table}`,
    byName: true,
  },
];

export interface RecordsOnServer {
  /** Ids that are recorded as applied; null where no table of a known tool was found. */
  readonly ids: ReadonlySet<string> | null;
  /** `12 of 14 migrations are recorded in web.schema_migrations`. */
  readonly words: string;
  readonly problems: readonly Problem[];
}

/** What the tools' own tables on the server say is applied. */
export async function readClickHouseRecords(server: ReadOnlyClickHouse, migrations: readonly Migration[]): Promise<RecordsOnServer> {
  const ids = new Set<string>();
  const words: string[] = [];
  const problems: Problem[] = [];
  const names = [...new Set(BOOKS.flatMap(({ tables }) => tables))].map((name) => `'${name}'`).join(", ");
  const there = await server.rows<{ database: string; name: string; columns: string[] }>(
    `SELECT database, t AS name, groupArray(c) AS columns FROM (SELECT database, table AS t, name AS c FROM system.columns WHERE table IN (${names})) GROUP BY database, t ORDER BY database = currentDatabase() DESC, database`,
  );
  for (const tool of new Set(migrations.map((migration) => migration.layout ?? migration.source))) {
    const own = migrations.filter((migration) => (migration.layout ?? migration.source) === tool);
    const found = bookOf(tool, there);
    if (found === null) continue;
    const rows = await server.rows<{ key: string; failed: boolean | number }>(found.book.sql(found.table));
    const here = match(found.book, rows, own);
    for (const id of here.ids) ids.add(id);
    words.push(`${here.ids.length} of ${own.length} migrations are recorded in ${found.table}`);
    for (const key of here.failed) {
      problems.push({
        code: "failed-migration",
        message: `${found.table} records ${key} as begun and not ended`,
        help: "the server may be between two schemas: repair it with the tool first",
        span: null,
        fatal: true,
      });
    }
  }
  return { ids: words.length === 0 ? null : ids, words: words.join("; "), problems };
}

function bookOf(
  tool: string,
  there: readonly { readonly database: string; readonly name: string; readonly columns: readonly string[] }[],
): { readonly book: Book; readonly table: string } | null {
  // Files of no known tool may still be run by one: its table says so.
  const books = BOOKS.filter((book) => book.tool === tool || tool === "plain");
  for (const book of books) {
    const table = there.find(({ name, columns }) => book.tables.includes(name) && book.columns.every((column) => columns.includes(column)));
    if (table !== undefined) return { book, table: `\`${table.database}\`.\`${table.name}\`` };
  }
  return null;
}

function match(
  book: Book,
  rows: readonly { readonly key: string; readonly failed: boolean | number }[],
  migrations: readonly Migration[],
): { readonly ids: readonly string[]; readonly failed: readonly string[] } {
  const failed = rows.filter((row) => Boolean(row.failed)).map(({ key }) => key);
  const keys = new Set(rows.filter((row) => !row.failed).map(({ key }) => (book.byName === true ? key : normal(key))));
  if (book.newest === true) {
    const [row] = rows;
    if (row === undefined || !/^\d+$/.test(row.key)) return { ids: [], failed };
    const newest = BigInt(row.key);
    const ran = migrations.filter((migration) => {
      const number = numberOf(migration);
      return number !== null && (row.failed ? BigInt(number) < newest : BigInt(number) <= newest);
    });
    return { ids: ran.map(({ id }) => id), failed };
  }
  const ran = migrations.filter((migration) => {
    const key = book.byName === true ? (migration.path.split("/").at(-1) ?? "").replace(/\.py$/, "") : numberOf(migration);
    return key !== null && keys.has(book.byName === true ? key : normal(key));
  });
  return { ids: ran.map(({ id }) => id), failed };
}

function numberOf({ path }: Migration): string | null {
  return /^[vV]?(\d+)/.exec(path.split("/").at(-1) ?? "")?.[1] ?? null;
}

/** `0012` and `12` are one version. */
function normal(version: string): string {
  return version.replace(/^0+(?=\d)/, "");
}
