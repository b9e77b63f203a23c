import type { Change } from "../model/change.ts";
import { bareName } from "../model/schema.ts";

/** What a tool does with its record of migrations, and whether it goes on by itself after a failure. */
interface History {
  readonly tool: string;
  /** Null: run again, it goes on behind what it has recorded. Else why it does not. */
  readonly stuck: string | null;
}

/** By the table's name. Tools that write down a migration before it has run refuse to go on after a failure. */
const HISTORIES: Readonly<Record<string, History>> = {
  django_migrations: { tool: "Django", stuck: null },
  alembic_version: { tool: "Alembic", stuck: null },
  goose_db_version: { tool: "goose", stuck: null },
  knex_migrations: { tool: "Knex", stuck: null },
  flyway_schema_history: { tool: "Flyway", stuck: null },
  __drizzle_migrations: { tool: "Drizzle", stuck: null },
  schema_migrations: { tool: "Rails, dbmate or another", stuck: null },
  pgmigrations: { tool: "node-pg-migrate", stuck: null },
  kysely_migration: { tool: "Kysely", stuck: null },
  sequelizemeta: { tool: "Sequelize", stuck: null },
  __efmigrationshistory: { tool: "Entity Framework", stuck: null },
  _sqlx_migrations: { tool: "sqlx", stuck: null },
  __diesel_schema_migrations: { tool: "Diesel", stuck: null },
  _prisma_migrations: {
    tool: "Prisma",
    stuck: "Prisma has the failed migration on record and refuses to go on (P3009): prisma migrate resolve --rolled-back NAME",
  },
};

const DIRTY: History = {
  tool: "golang-migrate",
  stuck: "golang-migrate has marked its version dirty: look what ran, then migrate force VERSION",
};

/** The tool whose record the statement is about, or null. */
export function historyOf(sql: string, changes: readonly Change[]): History | null {
  for (const change of changes) {
    const table = change.kind === "write" ? change.table : change.kind === "create-relation" ? change.relation.name : null;
    const known = table === null ? undefined : HISTORIES[bareName(table).toLowerCase()];
    if (known !== undefined) return known.tool.startsWith("Rails") && /\bdirty\b/i.test(sql) ? DIRTY : known;
  }
  return null;
}

/** What of a command has been committed, and whether running it again would go on there. */
export class Progress {
  /** Committed changes of the schema or of rows that no record of a tool's has followed. */
  #unrecorded = 0;
  #recorded = 0;
  #history: History | null = null;
  #unanswered: string | null = null;

  /** A transaction, or a statement of its own, was committed. */
  committed(wrote: { readonly changes: number; readonly history: History | null }): void {
    if (wrote.history !== null) {
      this.#history = wrote.history;
      this.#recorded++;
      this.#unrecorded = 0;
    } else this.#unrecorded += wrote.changes;
  }

  /** The connection was lost before the server said what became of it. */
  unanswered(sql: string): void {
    this.#unanswered ??= sql;
  }

  get nothing(): boolean {
    return this.#recorded === 0 && this.#unrecorded === 0;
  }

  /** `safe`: the same command goes on where it stopped. */
  again(): { readonly safe: boolean; readonly why: string } {
    if (this.#unanswered !== null)
      return { safe: false, why: `the connection was lost before it was known what became of \`${this.#unanswered}\`` };
    if (this.#history !== null && this.#history.stuck !== null) return { safe: false, why: this.#history.stuck };
    if (this.nothing) return { safe: true, why: "nothing of it was committed" };
    if (this.#unrecorded === 0 && this.#history !== null)
      return { safe: true, why: `everything that was committed is in the record of ${this.#history.tool}, which goes on behind it` };
    const count = `${this.#unrecorded} change${this.#unrecorded === 1 ? "" : "s"}`;
    return {
      safe: false,
      why: `${count} had been committed that no record of migrations tells of: run again, the command would repeat them`,
    };
  }
}
