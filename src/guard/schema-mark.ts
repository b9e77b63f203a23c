import type { Client } from "pg";

/** Remembers how far the server's transactions had come, and tells whether the schema has changed since. */
export class SchemaMark {
  readonly #client: Client;
  readonly #xid: string;

  private constructor(client: Client, xid: string) {
    this.#client = client;
    this.#xid = xid;
  }

  static async set(client: Client): Promise<SchemaMark> {
    const { rows } = await client.query<{ xid: string }>("SELECT txid_snapshot_xmax(txid_current_snapshot())::text AS xid");
    return new SchemaMark(client, rows[0]?.xid ?? "0");
  }

  /** A table, index or view whose entry in the catalogue is younger, or null. ANALYZE and VACUUM write theirs in place. */
  async changed(): Promise<string | null> {
    const { rows } = await this.#client.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_catalog.pg_class c
        WHERE c.relpersistence <> 't' AND c.relnamespace <> 'pg_toast'::regnamespace
          AND (c.xmin::text::bigint - ($1::bigint & 4294967295) + 4294967296) % 4294967296 < 2147483648 AND c.xmin::text::bigint >= 3
        ORDER BY c.oid LIMIT 1`,
      [this.#xid],
    );
    return rows[0]?.name ?? null;
  }
}
