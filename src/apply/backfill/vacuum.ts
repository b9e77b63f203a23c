import type { Client } from "pg";
import { connectTo } from "../../engines/postgres/introspect/connect.ts";
import { quotedRelation } from "../names.ts";
import { withoutTimeouts } from "../no-timeouts.ts";
import type { ApplySession } from "../types.ts";

/** Below this many rows a vacuum costs more than the space that it gives back. */
const LEAST_ROWS = 20_000;

/**
 * Vacuums the table beside the backfill, so that later batches go where earlier ones left dead rows: autovacuum begins only when a fifth
 * of the table is dead, and a table that is written whole has then grown by more than that for good.
 */
export class Sweeper {
  readonly #session: ApplySession;
  readonly #table: string;
  readonly #every: number;
  #rows = 0;
  #client: Client | null = null;
  #running: Promise<void> | null = null;

  /** @param share of the table's rows after which to vacuum again; null: never */
  constructor(session: ApplySession, table: string, share: number | null, of: number | null) {
    this.#session = session;
    this.#table = table;
    this.#every = share === null ? Infinity : Math.max(LEAST_ROWS, (of ?? 0) * share);
  }

  add(rows: number): void {
    this.#rows += rows;
    if (this.#rows >= this.#every) this.now();
  }

  /** At once, unless it never may, or is at it. */
  now(): void {
    if (this.#every === Infinity || this.#running !== null) return;
    this.#rows = 0;
    this.#running = this.#vacuum().finally(() => {
      this.#running = null;
    });
  }

  /** Its failure is no failure of the backfill: a role that may not vacuum has autovacuum. */
  async #vacuum(): Promise<void> {
    try {
      this.#client ??= await connectTo(this.#session.target, {
        settings: {},
        connectTimeoutMs: 15_000,
        applicationName: "tread apply (vacuum)",
      });
      await withoutTimeouts(this.#client);
      // Gentle, and without the ACCESS EXCLUSIVE that truncating the table's end takes.
      await this.#client.query("SET vacuum_cost_delay = '1ms'; SET vacuum_cost_limit = 2000; SET lock_timeout = '1s'");
      await this.#client.query(`VACUUM (TRUNCATE false, SKIP_LOCKED true) ${quotedRelation(this.#table)}`);
    } catch {
      this.#client = null;
    }
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#client?.end().catch(() => {});
  }
}
