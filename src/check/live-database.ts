import { introspect, type LiveSchema } from "../engines/postgres/introspect/index.ts";
import { openReadOnly, type ReadOnlySession } from "../engines/postgres/introspect/session.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";
import { DatabaseTrouble } from "../engines/postgres/introspect/trouble.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import type { ScaleProfile } from "../model/environment.ts";
import { LEDGER_TABLE } from "../model/ledger.ts";
import type { Migration, Problem } from "../model/migration.ts";
import { bareName, type SchemaState } from "../model/schema.ts";
import { collect } from "../scale/collect/index.ts";
import { RECORDS, type AppliedHere, type Book, type BookRow } from "../sources/bookkeeping/recorded.ts";
import { quoteIdentifier } from "../text/quote.ts";

/** What a live database says of itself. */
export interface LiveDatabase {
  /** Without the password. */
  readonly shown: string;
  readonly major: number;
  readonly schema: LiveSchema;
  /** Ids recorded there as applied; null when no tool's record fits the migrations. */
  readonly applied: ReadonlySet<string> | null;
  /** `12 of 14 migrations are recorded in public.django_migrations`. */
  readonly recorded: string;
  /** Sizes without rates: one look, no sampling. */
  readonly profile: ScaleProfile | null;
  readonly problems: readonly Problem[];
}

/**
 * Asks a live database for its schema, for what is applied there and for the sizes of its tables, read-only.
 * @throws DatabaseTrouble when it cannot be asked
 */
export async function askDatabase(engine: PostgresEngine, target: Target, migrations: readonly Migration[]): Promise<LiveDatabase> {
  const session = await openReadOnly(target);
  try {
    const schema = await introspect(session, engine);
    const { problems, applied, recorded } = await readBooks(session, schema.state, migrations);
    return {
      shown: session.shown,
      major: session.major,
      schema,
      applied,
      recorded,
      profile: await sizes(session),
      problems: [
        ...problems,
        ...schema.notes.map((note) => problem("not-read", `${session.shown}: ${note}`, "", false)),
        ...(session.major < 13 || session.major > 18
          ? [
              problem(
                "unknown-version",
                `${session.shown} is PostgreSQL ${session.version}, and tread knows 13 to 18`,
                "say which known version is nearest: --postgres 13",
                false,
              ),
            ]
          : []),
      ],
    };
  } finally {
    await session.close();
  }
}

interface Books {
  readonly applied: ReadonlySet<string> | null;
  readonly recorded: string;
  readonly problems: readonly Problem[];
}

async function readBooks(session: ReadOnlySession, state: SchemaState, migrations: readonly Migration[]): Promise<Books> {
  const problems: Problem[] = [];
  const applied = new Set<string>();
  const said: string[] = [];
  let known = migrations.length === 0;
  for (const [tool, own] of byTool(migrations)) {
    const found = await bookOf(session, state, tool, own);
    if (found === null) continue;
    known = true;
    const { table, here } = found;
    for (const id of here.ids) applied.add(id);
    said.push(`${here.ids.size} of ${own.length} migrations are recorded in ${table}`);
    for (const failed of here.failed) {
      problems.push(
        problem(
          "failed-migration",
          `${table} records ${failed} as begun and not ended`,
          "the database may be between two schemas: repair it with the tool first",
          true,
        ),
      );
    }
    if (here.unmatched.length > 0) {
      const few = here.unmatched.slice(0, 5).join(", ") + (here.unmatched.length > 5 ? ` and ${here.unmatched.length - 5} more` : "");
      problems.push(
        problem(
          "recorded-elsewhere",
          `${table} records ${few}, which no file here is`,
          "squashed since, of another app, or of another branch: what they did is in the live schema",
          false,
        ),
      );
    }
  }
  return { applied: known ? applied : null, recorded: said.join("; "), problems };
}

function byTool(migrations: readonly Migration[]): ReadonlyMap<string, readonly Migration[]> {
  const groups = new Map<string, Migration[]>();
  for (const migration of migrations) {
    const tool = migration.layout ?? migration.source;
    groups.set(tool, [...(groups.get(tool) ?? []), migration]);
  }
  return groups;
}

/** The tool's own table; for files of no known tool, the first table of any tool that knows one of them. */
async function bookOf(
  session: ReadOnlySession,
  state: SchemaState,
  tool: string,
  migrations: readonly Migration[],
): Promise<{ readonly table: string; readonly here: AppliedHere } | null> {
  const ledger = state.relations.has(LEDGER_TABLE);
  const own = RECORDS.filter((book) => book.tools.includes(ledger ? "tread" : tool));
  for (const book of own.length > 0 ? own : RECORDS) {
    for (const table of state.relations.keys()) {
      if (!book.tables.includes(bareName(table).toLowerCase()) || book.tools.includes("tread") !== (table === LEDGER_TABLE)) continue;
      const columns = book.columns.filter((name) => state.relations.get(table)?.columns.some((column) => column.name === name) === true);
      if (columns[0] !== book.columns[0]) continue;
      // golang-migrate and Rails share a table's name; only the first has `dirty`.
      if (book.columns.includes("dirty") && !columns.includes("dirty")) continue;
      const here = book.match(await rowsOf(session, table, columns, book), migrations);
      if (own.length > 0 || here.ids.size > 0) return { table, here };
    }
  }
  return null;
}

async function rowsOf(session: ReadOnlySession, table: string, columns: readonly string[], book: Book): Promise<readonly BookRow[]> {
  const dot = table.indexOf(".");
  const from = `${quoteIdentifier(table.slice(0, dot))}.${quoteIdentifier(table.slice(dot + 1))}`;
  const list = columns.map((column) => `${quoteIdentifier(column)}::pg_catalog.text AS ${quoteIdentifier(column)}`).join(", ");
  try {
    return await session.read((query) => query<BookRow>(`SELECT ${list} FROM ${from}`));
  } catch (error) {
    if (!(error instanceof DatabaseTrouble) || error.code !== "42501") throw error;
    throw new DatabaseTrouble(
      `${session.shown}: what is applied stands in ${table}, and ${session.user} may not read it`,
      `GRANT SELECT ON ${from} TO ${quoteIdentifier(session.user)}; or say it yourself: --applied-through ID (${book.tools[0] ?? "the tool"} keeps that table)`,
      "42501",
    );
  }
}

/** Sizes are nice to have: without them the check goes on with sizes unknown. */
async function sizes(session: ReadOnlySession): Promise<ScaleProfile | null> {
  try {
    return (await collect(session, { schemas: null, seconds: 0, sinceReset: false, progress: () => {} })).profile;
  } catch (error) {
    if (error instanceof DatabaseTrouble) return null;
    throw error;
  }
}

function problem(code: string, message: string, help: string, fatal: boolean): Problem {
  return { code, message, help, span: null, fatal };
}
