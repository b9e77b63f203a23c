import type { Client } from "pg";
import type { EngineError, PostgresEffects, TableLock } from "../../model/effects.ts";
import { withoutStubParameters } from "../../engines/postgres/embedded/extensions.ts";
import { engineError } from "../observe/errors.ts";
import { effectsBetween, isPlanned } from "../observe/effects.ts";
import { OWN_LOCKS, strongestByOid } from "../observe/locks.ts";
import { observeOwn, observeTotals, type Relations, RowCounts, tableLocks } from "../observe/relations.ts";
import { controlOf } from "./control.ts";
import { send } from "./send.ts";
import { batchesOf, type StandIn } from "./stand-in.ts";

export interface MainResult {
  readonly error: EngineError | null;
  readonly durationMs: number;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly heldAfter: readonly TableLock[];
  /** What was read at real size, for statements whose plan depends on it; null where the twin tells. */
  readonly scans: readonly string[] | null;
  /** Everything that could be seen here, for when there is no twin; null when other locks of the transaction are in the way. */
  readonly alone: PostgresEffects | null;
}

/** The connection that runs the migrations as their tool would, at full size, among the traffic. */
export class MainSession {
  readonly #client: Client;
  readonly #watch: Client;
  readonly #counts: RowCounts;
  #atStart: Relations = new Map();

  constructor(client: Client, watch: Client) {
    this.#client = client;
    this.#watch = watch;
    this.#counts = new RowCounts(watch);
  }

  /** In a transaction block, healthy or failed. */
  get inTransaction(): boolean {
    return this.#client.getTransactionStatus() !== "I";
  }

  async newSession(): Promise<void> {
    await this.#client.query("DISCARD ALL");
  }

  /** What exists before a transaction: what it creates itself is nobody's to wait for. */
  async remember(): Promise<void> {
    await this.#counts.read();
    this.#atStart = await observeTotals(this.#watch);
  }

  async control(sql: string): Promise<EngineError | null> {
    try {
      await this.#client.query(sql);
      return null;
    } catch (error) {
      return engineError(error);
    }
  }

  async standIn({ sql, batches }: StandIn): Promise<void> {
    if (batches === null || this.inTransaction) {
      await this.#attempt(sql);
      return;
    }
    const size = await this.#watch.query<{ pages: number }>("SELECT (pg_catalog.pg_relation_size($1::regclass) / 8192)::int AS pages", [
      batches,
    ]);
    for (const piece of batchesOf(sql, size.rows[0]?.pages ?? 0)) await this.#attempt(piece);
  }

  /** What may fail without taking the transaction with it. */
  async #attempt(sql: string): Promise<void> {
    const inside = this.inTransaction;
    if (inside) await this.control("SAVEPOINT tread");
    const error = await this.control(sql);
    if (inside) await this.control(error === null ? "RELEASE SAVEPOINT tread" : "ROLLBACK TO SAVEPOINT tread");
  }

  async setting(name: string): Promise<string | null> {
    const result = await this.#client.query<{ value: string | null }>("SELECT pg_catalog.current_setting($1, true) AS value", [name]);
    return result.rows[0]?.value ?? null;
  }

  /**
   * @param blind there is no twin to tell the effects, so look here at the price of some milliseconds between statements
   */
  async run(sql: string, blind: boolean, copyData?: string): Promise<MainResult> {
    const control = controlOf(sql);
    const counted = control.kind === "none" && (isPlanned(sql) || blind);
    // Counters are read in the statement's own transaction, because a session's idle moments hand them away.
    const wrapped = counted && !this.inTransaction && isPlanned(sql) && !/^\s*copy\b/i.test(sql);
    if (wrapped) await this.#client.query("BEGIN");
    const before = counted && this.inTransaction ? await observeOwn(this.#client) : null;
    const from = Date.now();
    const started = performance.now();
    let error: EngineError | null = null;
    try {
      await send(this.#client, withoutStubParameters(sql), copyData);
    } catch (thrown) {
      error = engineError(thrown);
    }
    const durationMs = Math.round((performance.now() - started) * 10) / 10;
    const to = Date.now();
    const after = before !== null && error === null ? await observeOwn(this.#client) : null;
    let heldAfter: readonly TableLock[] = [];
    // Before SET TRANSACTION no query may have run. After an error the transaction is aborted, though the client may still say "T":
    // the query rejects with ErrorResponse, and the status comes behind it.
    if (after !== null && !wrapped) heldAfter = tableLocks(this.#atStart, after.locks);
    else if (error === null && this.#client.getTransactionStatus() === "T" && control.kind !== "set" && !wrapped) {
      const locks = await this.#client.query<{ oid: number; mode: string }>(OWN_LOCKS);
      heldAfter = tableLocks(this.#atStart, strongestByOid(locks.rows));
    }
    if (wrapped) {
      const ending = await this.control(error === null ? "COMMIT" : "ROLLBACK");
      error ??= ending;
    }
    if (before === null || after === null) return { error, durationMs, from, to, heldAfter, scans: null, alone: null };
    const rows = await this.#counts.read();
    const effects = effectsBetween(before.relations, after.relations, after.locks, rows, sql, error);
    const free = tableLocks(before.relations, before.locks).length === 0;
    return { error, durationMs, from, to, heldAfter, scans: isPlanned(sql) ? effects.scans : null, alone: free ? effects : null };
  }
}
