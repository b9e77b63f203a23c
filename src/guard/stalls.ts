import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { GuardLimits, Stall } from "./types.ts";

/** A backend of the command's, as the watch meets it. */
export interface Suspect {
  readonly pid: number;
  /** What it is doing, or did last in its open transaction. */
  readonly statement: string;
  /** Ends what makes others wait. `waiting`: it stands in a queue itself and holds nothing that it works with. */
  stop(why: string, waiting: boolean): Promise<Stall["done"]>;
  /** For a statement that must not be ended: it is told only. */
  readonly spared: boolean;
}

interface Row {
  readonly pid: number;
  readonly by: readonly number[];
  readonly locktype: string;
  readonly mode: string;
  readonly relation: string | null;
  readonly ms: number | null;
  readonly usename: string | null;
  readonly application_name: string | null;
  readonly query: string | null;
}

// pg_locks tells everybody who waits; who it is and what it asks is shown to pg_read_all_stats only. `waitstart` came with 14.
const WAITING = `SELECT w.pid, pg_catalog.pg_blocking_pids(w.pid) AS by, w.locktype, w.mode, w.relation::regclass::text AS relation,
        (extract(epoch FROM clock_timestamp() - (to_jsonb(w) ->> 'waitstart')::timestamptz) * 1000)::float8 AS ms,
        a.usename, a.application_name, left(regexp_replace(a.query, '\\s+', ' ', 'g'), 100) AS query
   FROM pg_catalog.pg_locks w LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = w.pid
  WHERE NOT w.granted AND w.locktype <> 'virtualxid'`;

/** Waits for rows of a table, not for the table. */
const ROWS = new Set(["transactionid", "tuple"]);

/**
 * Looks all the time who waits for whom, while the command has something open, and ends what of the command's makes others wait longer
 * than the budget.
 */
export class StallWatch {
  readonly #stalls = new Map<string, Stall>();
  readonly #client: Client;
  readonly #limits: GuardLimits;
  readonly #suspects: () => readonly Suspect[];
  readonly #seen = new Map<number, number>();
  readonly #acted = new Map<number, number>();
  #stopped = false;
  #loop: Promise<void> | null = null;
  looks = 0;
  failure: Error | null = null;

  constructor(client: Client, limits: GuardLimits, suspects: () => readonly Suspect[]) {
    this.#client = client;
    this.#limits = limits;
    this.#suspects = suspects;
  }

  start(): void {
    this.#loop = this.#watch().catch((error: unknown) => {
      this.failure = error instanceof Error ? error : new Error(String(error));
    });
  }

  async stop(): Promise<readonly Stall[]> {
    this.#stopped = true;
    await this.#loop;
    return this.stalls;
  }

  /** Longest first. */
  get stalls(): readonly Stall[] {
    return [...this.#stalls.values()].sort((a, b) => b.ms - a.ms);
  }

  async #watch(): Promise<void> {
    const pause = Math.min(20, Math.max(1, this.#limits.stallMs / 8));
    while (!this.#stopped) {
      const suspects = this.#suspects();
      if (suspects.length > 0) await this.#look(suspects);
      else this.#seen.clear();
      await sleep(pause);
    }
  }

  async #look(suspects: readonly Suspect[]): Promise<void> {
    const { rows } = await this.#client.query<Row>(WAITING);
    this.looks++;
    const now = performance.now();
    const waiting = new Set(rows.map(({ pid }) => pid));
    for (const pid of this.#seen.keys()) if (!waiting.has(pid)) this.#seen.delete(pid);
    for (const row of rows) {
      if (suspects.some(({ pid }) => pid === row.pid)) continue;
      const suspect = suspects.find(({ pid }) => row.by.includes(pid));
      if (suspect === undefined) continue;
      const first = this.#seen.get(row.pid) ?? now;
      this.#seen.set(row.pid, first);
      const ms = row.ms ?? now - first;
      const stall = this.#note(row, suspect, ms);
      // One look may take as long as a fifth of the budget: what is nearly over counts as over.
      const budget = ROWS.has(row.locktype) ? this.#limits.rowStallMs : this.#limits.stallMs;
      if (ms < budget * 0.8 || suspect.spared) continue;
      if (now - (this.#acted.get(suspect.pid) ?? -1000) < 25) continue;
      this.#acted.set(suspect.pid, now);
      const who = `${stall.waiter} waited for ${stall.waitedFor}`;
      const done = await suspect.stop(`${who} for ${Math.round(ms)} ms because of it`, waiting.has(suspect.pid));
      if (done !== "nothing") this.#stalls.set(key(row, suspect), { ...stall, done });
    }
  }

  #note(row: Row, suspect: Suspect, ms: number): Stall {
    const at = key(row, suspect);
    const before = this.#stalls.get(at);
    const who = `process ${row.pid}${row.usename === null ? "" : ` of ${row.usename}`}${row.application_name ? ` (${row.application_name})` : ""}`;
    const stall = {
      waiter: row.query === null || row.query.startsWith("<insuff") ? who : `${who}: ${row.query}`,
      waitedFor: ROWS.has(row.locktype)
        ? row.relation === null
          ? "a row"
          : `a row of ${row.relation}`
        : `${row.mode
            .replace(/Lock$/, "")
            .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
            .toUpperCase()}${row.relation === null ? "" : ` on ${row.relation}`}`,
      statement: suspect.statement,
      ms: Math.max(ms, before?.ms ?? 0),
      done: before?.done ?? "nothing",
    } as const;
    this.#stalls.set(at, stall);
    return stall;
  }
}

function key(row: Row, suspect: Suspect): string {
  return `${row.pid} ${suspect.pid} ${suspect.statement}`;
}
