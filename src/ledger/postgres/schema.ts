import type { Client } from "pg";
import { LedgerTrouble } from "../trouble.ts";

/** Of the tables below. A change that a reader of the old ones would misread gets a new number. */
export const LEDGER_FORMAT = 1;

/**
 * The ledger's tables (docs/ledger.md). `tread.ledger` is also what tells other tools, and `rehearse --on`, that this database is
 * looked after.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS tread.format (format integer NOT NULL, created_by text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS tread.ledger (
  source text NOT NULL,
  migration text NOT NULL,
  hash text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done', 'adopted', 'undone', 'failed')),
  position bigint GENERATED ALWAYS AS IDENTITY,
  tool text NOT NULL,
  applied_by text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  error text,
  accepted text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (source, migration)
);
CREATE TABLE IF NOT EXISTS tread.ledger_step (
  source text NOT NULL,
  migration text NOT NULL,
  first_statement integer NOT NULL,
  end_statement integer NOT NULL,
  state text NOT NULL CHECK (state IN ('intended', 'done', 'failed')),
  hash text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  lock_wait_ms double precision,
  lock_hold_ms double precision,
  attempts integer NOT NULL DEFAULT 1,
  affected_rows bigint,
  error text,
  PRIMARY KEY (source, migration, first_statement),
  FOREIGN KEY (source, migration) REFERENCES tread.ledger ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS tread.backfill (
  source text NOT NULL,
  migration text NOT NULL,
  first_statement integer NOT NULL,
  worker integer NOT NULL,
  hash text NOT NULL,
  pass integer NOT NULL DEFAULT 1,
  low text[],
  high text[],
  at text[],
  finished boolean NOT NULL DEFAULT false,
  batches bigint NOT NULL DEFAULT 0,
  affected_rows bigint NOT NULL DEFAULT 0,
  paused boolean NOT NULL DEFAULT false,
  snapshot text,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (source, migration, first_statement, worker)
);
INSERT INTO tread.format (format, created_by) SELECT ${LEDGER_FORMAT}, 'tread' WHERE NOT EXISTS (SELECT FROM tread.format);`;

/** @returns whether this database has a ledger. @throws LedgerTrouble for one that a newer tread wrote */
export async function hasLedger(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean; closed: boolean; owner: string }>(
    // to_regclass is an error (42501), and not null, in a schema that one may not use.
    `SELECT CASE WHEN has_schema_privilege(oid, 'USAGE') THEN to_regclass('tread.format') IS NOT NULL AND to_regclass('tread.ledger') IS NOT NULL ELSE false END AS there,
            NOT has_schema_privilege(oid, 'USAGE') AS closed, pg_get_userbyid(nspowner) AS owner
       FROM pg_catalog.pg_namespace WHERE nspname = 'tread'`,
  );
  if (rows[0]?.closed === true) throw await closedLedger(client, rows[0].owner);
  if (rows[0]?.there !== true) return false;
  const { owner } = rows[0];
  let formats: { readonly rows: readonly { readonly format: number }[] };
  try {
    formats = await client.query<{ format: number }>("SELECT max(format) AS format FROM tread.format");
  } catch (error) {
    throw (error as { code?: string }).code === "42501" ? await closedLedger(client, owner) : error;
  }
  const format = formats.rows[0]?.format ?? LEDGER_FORMAT;
  if (format > LEDGER_FORMAT)
    throw new LedgerTrouble(
      `the ledger of this database has format ${format}, and this tread writes ${LEDGER_FORMAT}: a newer tread looks after it`,
      "use that version: an older one would misread what ran",
    );
  return true;
}

async function closedLedger(client: Client, owner: string): Promise<LedgerTrouble> {
  const role = await roleOf(client);
  return new LedgerTrouble(
    `the ledger of this database belongs to ${owner}, and ${role} may not use it`,
    `connect as ${owner}; or let its owner run: GRANT USAGE ON SCHEMA tread TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA tread TO ${role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA tread TO ${role};`,
  );
}

/** The role, as SQL writes it. */
async function roleOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ role: string }>("SELECT quote_ident(current_user) AS role");
  return rows[0]?.role ?? "";
}

/** Makes the tables where they are missing, in one transaction. @throws LedgerTrouble when the role may not */
export async function ensureLedger(client: Client): Promise<void> {
  if (await hasLedger(client)) return;
  try {
    await client.query("BEGIN");
    // Two appliers may begin at once: `IF NOT EXISTS` alone would let them collide in the catalogue (23505).
    await client.query("SELECT pg_advisory_xact_lock(hashtext('tread'), hashtext('ledger'))");
    // Even IF NOT EXISTS asks for CREATE on the database (42501), which a role that was given the schema need not have.
    const { rows } = await client.query<{ there: boolean }>("SELECT to_regnamespace('tread') IS NOT NULL AS there");
    if (rows[0]?.there !== true) await client.query("CREATE SCHEMA tread");
    await client.query(TABLES);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    if ((error as { code?: string }).code === "42501")
      throw new LedgerTrouble(
        `the ledger cannot be made here: ${(error as Error).message}`,
        `let the owner of the database run once: CREATE SCHEMA tread AUTHORIZATION ${await roleOf(client)};`,
      );
    throw error;
  }
}
