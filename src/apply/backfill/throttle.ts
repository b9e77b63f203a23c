import { existsSync } from "node:fs";
import type { Client } from "pg";
import { quotedRelation } from "../names.ts";
import { ApplyStopped } from "../stopped.ts";
import { StandbyLag } from "./standby-lag.ts";
import type { BackfillOptions } from "./types.ts";

/** Asked at most this often while nothing throttles, ms. */
const EVERY_MS = 500;

/**
 * What a role may not see would look like nothing to wait for.
 * @throws ApplyStopped where a sign was asked for that this role cannot see
 */
export async function refuseBlindThrottle(client: Client, { maxLagMs, maxActiveSessions }: BackfillOptions): Promise<void> {
  const asked = [...(maxLagMs === null ? [] : ["--max-lag"]), ...(maxActiveSessions === null ? [] : ["--max-active"])];
  if (asked.length === 0) return;
  const { rows } = await client.query<{ sees: boolean; role: string }>(
    "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees, quote_ident(current_user) AS role",
  );
  if (rows[0]?.sees === true) return;
  throw new ApplyStopped(
    `${asked.join(" and ")}: this role sees neither what other sessions do nor how far standbys are; it would never wait`,
    `let somebody who may run: GRANT pg_read_all_stats TO ${rows[0]?.role ?? ""}; or leave the option out`,
  );
}

/** Any of several signs that the server has enough to do. */
export class Throttle {
  readonly #client: Client;
  readonly #options: BackfillOptions;
  readonly #table: string;
  readonly #lag = new StandbyLag();
  #askedAt = 0;
  #wal: { readonly bytes: number; readonly at: number } | null = null;
  #reason: string | null = null;

  constructor(client: Client, table: string, options: BackfillOptions) {
    this.#client = client;
    this.#table = table;
    this.#options = options;
  }

  /** The last answer was that there are too many dead rows. */
  waitsForDead = false;

  /** What to wait for, in words; null: go on. */
  async reason(): Promise<string | null> {
    if (this.#options.pauseFile !== null && existsSync(this.#options.pauseFile)) return `the file ${this.#options.pauseFile} is there`;
    if (this.#reason === null && Date.now() - this.#askedAt < EVERY_MS) return null;
    this.#askedAt = Date.now();
    const dead = await this.#deadRows();
    this.waitsForDead = dead !== null;
    this.#reason =
      (await this.#standbys()) ??
      (await this.#walRate()) ??
      (await this.#sessions()) ??
      dead ??
      (await this.#probe()) ??
      (await this.#condition());
    return this.#reason;
  }

  async #standbys(): Promise<string | null> {
    const { maxLagMs } = this.#options;
    if (maxLagMs === null) return null;
    const worst = await this.#lag.worst(this.#client);
    return worst !== null && worst.ms > maxLagMs
      ? `the standby ${worst.name} is ${Math.round(worst.ms)} ms behind (at most ${maxLagMs})`
      : null;
  }

  async #walRate(): Promise<string | null> {
    const { maxWalBytesPerSecond: most } = this.#options;
    if (most === null) return null;
    const { rows } = await this.#client.query<{ bytes: string }>(
      "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text AS bytes",
    );
    const now = { bytes: Number(rows[0]?.bytes ?? 0), at: Date.now() };
    const before = this.#wal;
    this.#wal = now;
    if (before === null || now.at === before.at) return null;
    const rate = ((now.bytes - before.bytes) * 1000) / (now.at - before.at);
    return rate > most ? `${(rate / 1e6).toFixed(1)} MB of WAL per second (at most ${(most / 1e6).toFixed(1)})` : null;
  }

  async #sessions(): Promise<string | null> {
    const { maxActiveSessions: most } = this.#options;
    if (most === null) return null;
    const { rows } = await this.#client.query<{ active: number }>(
      "SELECT count(*)::int AS active FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND application_name NOT LIKE 'tread apply%'",
    );
    const active = rows[0]?.active ?? 0;
    return active > most ? `${active} sessions are active (at most ${most})` : null;
  }

  async #deadRows(): Promise<string | null> {
    const { maxDeadShare: most } = this.#options;
    if (most === null) return null;
    const { rows } = await this.#client.query<{ dead: number; live: number; vacuum: boolean }>(
      `SELECT sum(n_dead_tup)::float8 AS dead, sum(n_live_tup)::float8 AS live,
              EXISTS (SELECT FROM pg_stat_progress_vacuum p WHERE p.relid = to_regclass($1)) AS vacuum
         FROM pg_stat_user_tables WHERE relid = to_regclass($1) OR relid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass($1))`,
      [quotedRelation(this.#table)],
    );
    const [row] = rows;
    if (row === undefined || row.live === null || row.live === 0) return null;
    const share = row.dead / Math.max(1, row.live);
    return share > most
      ? `${Math.round(100 * share)} % dead rows in ${this.#table} (at most ${Math.round(100 * most)} %)${row.vacuum ? ", a vacuum is at work on them" : ""}`
      : null;
  }

  async #probe(): Promise<string | null> {
    const { probe } = this.#options;
    if (probe === null) return null;
    const started = performance.now();
    await this.#client.query(probe.sql);
    const took = performance.now() - started;
    return took > probe.longestMs ? `the probe query took ${took.toFixed(1)} ms (at most ${probe.longestMs})` : null;
  }

  async #condition(): Promise<string | null> {
    const { goWhile } = this.#options;
    if (goWhile === null) return null;
    const { rows } = await this.#client.query<Record<string, unknown>>({ text: goWhile });
    return Object.values(rows[0] ?? {})[0] === true ? null : "the condition of --go-while does not hold";
  }
}
