import type { Client } from "pg";
import { quoteIdentifier, quoteLiteral } from "../../../text/quote.ts";

/** The role that migrations and traffic run as. As superuser, `COPY … FROM PROGRAM` in somebody's migration would run a shell. */
export const OWNER = "tread_owner";

/** Gives tread's own role a new password and creates the sandbox role, with none of the rights that reach outside the database. */
export async function secureRoles(client: Client, passwords: { readonly superuser: string; readonly owner: string }): Promise<void> {
  await client.query(`ALTER ROLE CURRENT_USER PASSWORD ${quoteLiteral(passwords.superuser)}`);
  await client.query(
    `CREATE ROLE ${OWNER} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS PASSWORD ${quoteLiteral(passwords.owner)}`,
  );
  // Neither is a place for a migration, and both are copied or read by what tread does later.
  await client.query("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC");
}

/** `client` is tread's own, connected to any other database. */
export async function createSandboxDatabase(client: Client, name: string): Promise<void> {
  await client.query(`CREATE DATABASE ${quoteIdentifier(name)} OWNER ${OWNER}`);
  await client.query(`REVOKE ALL ON DATABASE ${quoteIdentifier(name)} FROM PUBLIC`);
}

/**
 * Run in the new database as tread. The public schema goes to the owner: since 15 it would belong to `pg_database_owner`, before it to
 * the superuser with CREATE for everybody, and a migration may create and drop in it either way.
 */
export async function furnishDatabase(client: Client): Promise<void> {
  await client.query(`ALTER SCHEMA public OWNER TO ${OWNER}`);
}
