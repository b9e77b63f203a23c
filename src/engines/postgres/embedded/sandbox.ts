import type { Client } from "pg";
import { quoteIdentifier, quoteLiteral } from "../../../text/quote.ts";

/** The role that migrations and traffic run as. As superuser, `COPY … FROM PROGRAM` in somebody's migration would run a shell. */
export const OWNER = "tread_owner";

/** Where tread's observer functions live. The owner of the database may call them and cannot replace them. */
export const OBSERVER_SCHEMA = "tread_observer";

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
  await client.query(`ALTER SCHEMA public OWNER TO ${OWNER};
    CREATE SCHEMA ${OBSERVER_SCHEMA};
    GRANT USAGE ON SCHEMA ${OBSERVER_SCHEMA} TO ${OWNER};
    CREATE FUNCTION ${OBSERVER_SCHEMA}.locks(backend integer)
      RETURNS TABLE (relation oid, mode text, granted boolean)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
      AS $$ SELECT l.relation, l.mode, l.granted FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE l.pid = backend AND l.relation IS NOT NULL AND d.datname = current_database() $$;
    CREATE FUNCTION ${OBSERVER_SCHEMA}.activity()
      RETURNS TABLE (pid integer, application_name text, state text, query text, blocked_by integer[])
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
      AS $$ SELECT a.pid, a.application_name, a.state, a.query, pg_blocking_pids(a.pid) FROM pg_stat_activity a
            WHERE a.datname = current_database() $$;
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${OBSERVER_SCHEMA} FROM PUBLIC;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${OBSERVER_SCHEMA} TO ${OWNER};`);
}
