import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { EngineError, LockMode, PostgresEffects, TableLock } from "../../model/effects.ts";
import { strongest } from "../../model/effects.ts";
import { effectsBetween } from "../observe/effects.ts";
import { engineError } from "../observe/errors.ts";
import { sampleLocks } from "../observe/locks.ts";
import { observeOwn, observeTotals, type Relations, RowCounts, tableLocks } from "../observe/relations.ts";
import { send } from "../run/send.ts";
import { controlOf } from "../run/control.ts";

export interface CloneResult {
  readonly error: EngineError | null;
  readonly durationMs: number;
  readonly from: number;
  readonly to: number;
  readonly heldAfter: readonly TableLock[];
  /** Null for what has no effects of its own (SET, BEGIN). Locks that the transaction held before are not seen again. */
  readonly effects: PostgresEffects | null;
  /** Tables that the transaction had locked before. */
  readonly heldBefore: readonly TableLock[];
  /** Why its effects could not be seen; absent: they were. */
  readonly unseen?: string;
}

/** Locks of a statement outside of a transaction are looked at so often, and more often while it is young: it may take 10 ms in all. */
const LOOK_MS = 20;

/**
 * Runs statements on the clone as their tool would, and looks before and after each: there is no second copy to try them on. A statement
 * on its own gets a transaction around it, which is what Postgres does too; what refuses one (CONCURRENTLY, VACUUM) is watched from outside.
 */
export class CloneSession {
  readonly #client: Client;
  readonly #watch: Client;
  readonly #counts: RowCounts;
  readonly #pid: number;
  readonly #major: number;

  private constructor(client: Client, watch: Client, pid: number, major: number) {
    this.#client = client;
    this.#watch = watch;
    this.#counts = new RowCounts(watch);
    this.#pid = pid;
    this.#major = major;
  }

  static async open(client: Client, watch: Client, major: number): Promise<CloneSession> {
    const { rows } = await client.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
    return new CloneSession(client, watch, rows[0]?.pid ?? 0, major);
  }

  get pid(): number {
    return this.#pid;
  }

  get inTransaction(): boolean {
    return this.#client.getTransactionStatus() !== "I";
  }

  async newSession(): Promise<void> {
    await this.#client.query("DISCARD ALL");
  }

  async control(sql: string): Promise<EngineError | null> {
    return attempt(this.#client, sql);
  }

  /** @param copyData rows of a `COPY … FROM stdin` */
  async run(sql: string, copyData?: string): Promise<CloneResult> {
    const control = controlOf(sql);
    if (control.kind !== "none") return this.#plain(sql);
    const rows = await this.#counts.read();
    const alone = !this.inTransaction;
    if (alone) await this.#client.query("BEGIN");
    const before = await observeOwn(this.#client);
    const from = Date.now();
    const started = performance.now();
    let error = await attempt(this.#client, sql, copyData);
    if (alone && error !== null && (error.sqlstate === "25001" || error.sqlstate === "2D000")) {
      await this.#client.query("ROLLBACK");
      return this.#outside(sql, rows);
    }
    let durationMs = performance.now() - started;
    const heldBefore = tableLocks(before.relations, before.locks);
    const after = error === null ? await observeOwn(this.#client) : null;
    if (alone) {
      // The commit is part of what a statement on its own takes.
      const ending = performance.now();
      const late = await attempt(this.#client, error === null ? "COMMIT" : "ROLLBACK");
      if (error === null) error = late;
      durationMs += performance.now() - ending;
      if (late !== null) await attempt(this.#client, "ROLLBACK");
    }
    const to = Date.now();
    const base = { error, durationMs: tenth(durationMs), from, to, heldBefore };
    if (after === null) return { ...base, heldAfter: [], effects: { locks: [], rewrites: [], scans: [], indexBuilds: [], error } };
    // What was locked before in the same mode says nothing about this statement.
    const gained = new Map<number, LockMode>();
    for (const [oid, mode] of after.locks) {
      const held = before.locks.get(oid);
      if (held === undefined || (strongest(held, mode) === mode && held !== mode)) gained.set(oid, mode);
    }
    const effects = effectsBetween(before.relations, after.relations, gained, rows, sql, error);
    return { ...base, heldAfter: alone ? [] : tableLocks(before.relations, after.locks), effects };
  }

  async #plain(sql: string): Promise<CloneResult> {
    const from = Date.now();
    const started = performance.now();
    const error = await attempt(this.#client, sql);
    const durationMs = tenth(performance.now() - started);
    return { error, durationMs, from, to: Date.now(), heldAfter: [], heldBefore: [], effects: null };
  }

  async #outside(sql: string, rows: ReadonlyMap<number, number>): Promise<CloneResult> {
    await this.#flush();
    const before = await observeTotals(this.#watch);
    const seen = new Map<number, LockMode>();
    const from = Date.now();
    const started = performance.now();
    const state = { done: false };
    const running = attempt(this.#client, sql).finally(() => {
      state.done = true;
    });
    while (!state.done) {
      await sampleLocks(this.#watch, this.#pid, seen);
      await Promise.race([running, sleep(Math.min(LOOK_MS, (performance.now() - started) / 20))]);
    }
    const error = await running;
    const durationMs = tenth(performance.now() - started);
    const to = Date.now();
    await this.#flush();
    const after = await this.#settled(before, error);
    const effects = effectsBetween(before, after, seen, rows, sql, error);
    // The totals also count what the traffic reads meanwhile: only of tables that the statement itself has locked do they speak.
    const scans = effects.scans.filter((table) => effects.locks.some(({ relation }) => relation === table));
    const result = { error, durationMs, from, to, heldAfter: [], heldBefore: [], effects: { ...effects, scans } };
    const worked = effects.indexBuilds.length + effects.rewrites.length > 0;
    if (!worked || effects.locks.length > 0) return result;
    return { ...result, unseen: "it ended before its locks could be looked at" };
  }

  /** Counters of this session so far go to the totals. Before 15 they come by themselves, a little later. */
  async #flush(): Promise<void> {
    if (this.#major >= 15) await attempt(this.#client, "SELECT pg_catalog.pg_stat_force_next_flush()");
  }

  async #settled(before: Relations, error: EngineError | null): Promise<Relations> {
    let after = await observeTotals(this.#watch);
    if (error !== null || this.#major >= 15) return after;
    for (let tries = 0; tries < 8; tries++) {
      if ([...after.values()].some((now) => now.returned > (before.get(now.oid)?.returned ?? 0))) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
      after = await observeTotals(this.#watch);
    }
    return after;
  }
}

async function attempt(client: Client, sql: string, copyData?: string): Promise<EngineError | null> {
  try {
    await send(client, sql, copyData);
    return null;
  } catch (error) {
    return engineError(error);
  }
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}
