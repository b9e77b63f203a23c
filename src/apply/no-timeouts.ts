import type { Client } from "pg";

/**
 * A role or a database may bring along times after which the server ends a statement, a transaction (17), or a session in which nothing
 * happens (14). They are meant for the application: an index of an hour ends as an invalid one under `transaction_timeout`, and the
 * connection that holds the lock of the one applier would end as idle. What a migration sets for itself afterwards, holds.
 */
export async function withoutTimeouts(client: Client): Promise<void> {
  await client.query(
    `SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
      WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')`,
  );
}
