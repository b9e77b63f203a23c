import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { connectTo } from "../../engines/postgres/introspect/connect.ts";
import { quotedRelation } from "../names.ts";
import { withoutTimeouts } from "../no-timeouts.ts";
import type { ApplySession } from "../types.ts";

/** Below this many rows a vacuum costs more than the space that it gives back. */
const LEAST_ROWS = 5000;

/** A vacuum that does not keep up is waited for, by this share of the time that the rows since its beginning took. */
const PATIENCE = 0.5;

/**
 * Vacuums the table beside the backfill, so that later batches go where earlier ones left dead rows: autovacuum begins only when a fifth
 * of the table is dead, and a table that is written whole has then grown by more than that for good.
 *
 * Measured with 1 M rows of 77 bytes, filled in the order of their key, a vacuum per 2, 5 and 10 % of the rows: the heap is 1.08, 1.12 and
 * 1.23 of what it was. What is left of the growth comes from single vacuums that the machine was too busy for. The index doubles whatever is done: a
 * batch meets every row of a leaf page, which holds both entries of each until its transaction is over.
 */
export class Sweeper {
  readonly #session: ApplySession;
  readonly #table: string;
  readonly #every: number;
  #rows = 0;
  #client: Client | null = null;
  #running: Promise<void> | null = null;
  #began = 0;
  #waited = false;

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
    this.#began = performance.now();
    this.#waited = false;
    this.#running = this.#vacuum().finally(() => {
      this.#running = null;
    });
  }

  /** Called between batches. Where so much was written since a vacuum began that the next one would be due, it is waited for, once. */
  async keepUp(): Promise<void> {
    if (this.#running === null || this.#waited || this.#rows < this.#every) return;
    this.#waited = true;
    const over = new AbortController();
    const patience = sleep((performance.now() - this.#began) * PATIENCE, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([this.#running, patience]);
    over.abort();
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
      // From 14 on a vacuum that meets dead rows in less than 2 % of the pages frees nothing of them, unless it is told to.
      await this.#client.query(`VACUUM (TRUNCATE false, SKIP_LOCKED true, INDEX_CLEANUP true) ${quotedRelation(this.#table)}`);
    } catch {
      this.#client = null;
    }
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#client?.end().catch(() => {});
  }
}
