import type { Client } from "pg";
import { bareName } from "../../model/schema.ts";

/** Tables in which migration tools record what they have run. Statements on them are the tool's business and not judged. */
const TABLES: ReadonlySet<string> = new Set([
  "django_migrations",
  "_prisma_migrations",
  "__drizzle_migrations",
  "schema_migrations",
  "schema_migrations_lock",
  "ar_internal_metadata",
  "flyway_schema_history",
  "schema_version",
  "databasechangelog",
  "databasechangeloglock",
  "alembic_version",
  "knex_migrations",
  "knex_migrations_lock",
  "goose_db_version",
  "gorp_migrations",
  "atlas_schema_revisions",
  "_sqlx_migrations",
  "__diesel_schema_migrations",
  "sequelizemeta",
  "pgmigrations",
  "kysely_migration",
  "kysely_migration_lock",
  "mikro_orm_migrations",
  "typeorm_migrations",
  "refinery_schema_history",
  "__efmigrationshistory",
  "graphile_migrate",
]);

/** @param table qualified or bare */
export function isBookkeeping(table: string): boolean {
  return TABLES.has(bareName(table).toLowerCase());
}

/** The statement names a tool's record and nothing shows that it is about anything else. */
export function isAboutBookkeeping(sql: string): boolean {
  const named =
    sql
      .toLowerCase()
      .match(/\b(?:from|into|update|table(?:\s+if\s+(?:not\s+)?exists)?|on|lock(?:\s+table)?)\s+(?:only\s+)?[a-z_"0-9.]+/g) ?? [];
  const tables = named.map((match) => match.split(/\s+/).at(-1)?.replaceAll('"', "") ?? "");
  return tables.length > 0 && tables.every((table) => isBookkeeping(table.includes(".") ? table : `public.${table}`));
}

/**
 * Tells the tool which migrations are applied, in its own record, so that it runs only those under rehearsal.
 *
 * @returns limits: where it is not known how the tool keeps its record
 */
export async function writeBookkeeping(
  client: Client,
  bookkeeping: { readonly sql: readonly string[]; readonly unknown: string | null },
): Promise<readonly string[]> {
  for (const statement of bookkeeping.sql) await client.query(statement);
  if (bookkeeping.unknown === null) return [];
  return [`${bookkeeping.unknown}: the command may run applied migrations again and meet what they have made`];
}
