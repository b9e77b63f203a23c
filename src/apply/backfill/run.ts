import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { withCondition } from "../../engines/postgres/batch/index.ts";
import { connectTo } from "../../engines/postgres/introspect/connect.ts";
import { endMigration, recordStep, type LedgerKey } from "../../ledger/postgres/ledger.ts";
import { quoteIdentifier, quoteLiteral } from "../../text/quote.ts";
import { quotedRelation } from "../names.ts";
import { pidOf } from "../session.ts";
import { StatementFailed } from "../statement-failed.ts";
import { ApplyStopped } from "../stopped.ts";
import type { StepOutcome } from "../transaction.ts";
import type { ApplySession, Unit, UnitPart } from "../types.ts";
import { cursorsOf, type CursorRow, startCursors } from "./cursors.ts";
import { type KeySql, keySql } from "./key.ts";
import type { Backfill } from "./prepare.ts";
import { Steer } from "./steer.ts";
import { Throttle } from "./throttle.ts";
import type { BackfillEvents, BackfillOptions, BackfillProgress } from "./types.ts";
import { Sweeper } from "./vacuum.ts";

interface Walk {
  readonly session: ApplySession;
  readonly backfill: Backfill;
  readonly key: LedgerKey;
  readonly part: UnitPart;
  readonly sql: KeySql;
  readonly options: BackfillOptions;
  readonly events: BackfillEvents & { readonly signal: AbortSignal };
  readonly meter: Meter;
  readonly sweeper: Sweeper;
  /** Added to the statement's own condition in the second pass. */
  readonly only: string | null;
}

/** Settings that cursors as text rest upon, whatever the role or the database has set. */
const TEXT_SETTINGS =
  "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'; SET row_security = off; SET lock_timeout = 0; SET statement_timeout = 0";
/** Server errors after which the same batch is tried again: a deadlock, a serialization failure, a lock that somebody held, our own cancel. */
const AGAIN = new Set(["40P01", "40001", "55P03", "57014"]);
const WATCH_MS = 40;

/**
 * Walks a table by its key in batches, each a transaction that begins by locking its cursor row and ends with the new cursor in it:
 * what a lost connection has done cannot be done again, and an unknown COMMIT is decided by the cursor.
 *
 * @throws ApplyStopped (4) when it is stopped; (5) when rows are left that it should have done
 */
export async function runBackfill(
  session: ApplySession,
  unit: Unit,
  options: BackfillOptions,
  events: BackfillEvents & { readonly signal: AbortSignal; readonly acted: (what: string) => void },
): Promise<StepOutcome> {
  const [part] = unit.parts;
  const { backfill } = unit;
  if (part === undefined || backfill === undefined) throw new Error("a backfill that was not prepared");
  const { runner } = session;
  const startedAt = new Date();
  const [judged] = unit.statements;
  if (judged === undefined) throw new Error("a backfill without a statement");
  let meter: Meter;
  try {
    meter = await walkTable(session, part, backfill, options, events);
  } catch (error) {
    const cause = error instanceof BatchFailed ? error.cause : error;
    const code = (cause as { code?: string }).code ?? "";
    if (cause instanceof ApplyStopped || !/^[0-9A-Z]{5}$/.test(code) || /^(?:57P|08)/.test(code)) throw error;
    await runner.query("ROLLBACK").catch(() => {});
    throw new StatementFailed(cause as Error & { code: string }, judged);
  }
  await runner.query("BEGIN");
  await recordStep(runner, part.key, "done", { from: part.from, to: part.to, hash: part.hash, startedAt, rows: meter.affected });
  await runner.query("DELETE FROM tread.backfill WHERE source = $1 AND migration = $2 AND first_statement = $3", [
    part.key.source,
    part.key.migration,
    part.from,
  ]);
  if (part.last) await endMigration(runner, part.key, "done");
  await runner.query("COMMIT");
  return { lockWaitMs: null, lockHoldMs: null, queuedMs: 0, attempts: 1 };
}

/** Both passes, up to the point at which nothing is left to be done. */
async function walkTable(
  session: ApplySession,
  part: UnitPart,
  backfill: Backfill,
  options: BackfillOptions,
  events: BackfillEvents & { readonly signal: AbortSignal },
): Promise<Meter> {
  const { runner, watcher } = session;
  await runner.query(TEXT_SETTINGS);
  const sql = await keySql(runner, backfill, quoteLiteral);
  const rows = await startCursors(runner, part, backfill, sql, backfill.directive.workers ?? options.workers);
  const meter = new Meter(backfill.table, await estimate(watcher, backfill.table), sum(rows));
  const sweeper = new Sweeper(session, backfill.table, options.vacuumShare, meter.of);
  const walk: Walk = { session, backfill, key: part.key, part, sql, options, events, meter, sweeper, only: null };
  try {
    await bothPasses(walk, rows);
  } finally {
    await sweeper.close();
  }
  return meter;
}

async function bothPasses(walk: Walk, rows: readonly CursorRow[]): Promise<void> {
  const {
    backfill,
    meter,
    part,
    session: { runner },
  } = walk;
  if (rows.some((row) => row.pass === 1)) {
    await pass(
      walk,
      rows.filter((row) => row.pass === 1),
    );
    await untilOlderEnded(walk);
  }
  const left = await remaining(walk);
  if (left !== null && left > 0) {
    meter.phase = "second pass";
    await runner.query(
      "UPDATE tread.backfill SET pass = 2, at = NULL, low = NULL, high = NULL, finished = false WHERE source = $1 AND migration = $2 AND first_statement = $3 AND worker = 0",
      [part.key.source, part.key.migration, part.from],
    );
    const first = (await cursorsOf(runner, part)).filter((row) => row.worker === 0);
    await pass({ ...walk, only: `(${backfill.verify ?? "true"}\n)` }, first);
    const still = await remaining(walk);
    if (still !== null && still > 0)
      throw new ApplyStopped(
        `${still >= MANY ? `at least ${MANY}` : still} rows of ${backfill.table} are still not done after the backfill (${backfill.verify ?? ""})`,
        "somebody writes such rows while it runs: make new writes right first (a default, a trigger, a version of the app), then run the same command again",
        5,
      );
  }
}

class BatchFailed extends Error {}

/** One worker per range, each on a connection of its own but the first. */
async function pass(walk: Walk, rows: readonly CursorRow[]): Promise<void> {
  const open = rows.filter((row) => !row.finished);
  walk.meter.workers = open.length;
  const stop = new AbortController();
  const throttle = new Throttle(walk.session.watcher, walk.backfill.table, walk.options);
  const work = async (row: CursorRow, at: number): Promise<void> => {
    const client =
      at === 0
        ? walk.session.runner
        : await connectTo(walk.session.target, { settings: {}, connectTimeoutMs: 15_000, applicationName: "tread apply" });
    try {
      if (at > 0) await client.query(TEXT_SETTINGS);
      await walkRange(walk, client, row.worker, throttle, stop.signal);
    } catch (error) {
      stop.abort();
      throw error;
    } finally {
      if (at > 0) await client.end().catch(() => {});
    }
  };
  const results = await Promise.allSettled(open.map(work));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function walkRange(walk: Walk, client: Client, worker: number, throttle: Throttle, stop: AbortSignal): Promise<void> {
  const { options, meter, events } = walk;
  const steer = new Steer(options.targetMs, walk.backfill.directive.batch);
  let failures = 0;
  for (;;) {
    if (stop.aborted) return;
    if (events.signal.aborted)
      throw new ApplyStopped(
        `stopped after a batch of ${walk.backfill.table}; the cursor is recorded`,
        "run the same command again: it goes on from there",
      );
    const reason = await throttle.reason();
    meter.throttledBy = reason;
    if (reason !== null) {
      events.backfill(meter.now(steer.rows));
      await sleep(250);
      continue;
    }
    const started = performance.now();
    try {
      const done = await batch(walk, client, worker, steer.rows);
      failures = 0;
      if (done === "paused") {
        meter.throttledBy = "it is paused (`tread resume`)";
        events.backfill(meter.now(steer.rows));
        await sleep(500);
        continue;
      }
      if (done === "finished") return;
      const took = performance.now() - started;
      steer.took(took, done.walked);
      meter.add(done.walked, done.affected);
      walk.sweeper.add(done.affected);
      events.backfill(meter.now(steer.rows));
      await sleep(took * options.rest);
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      const code = (error as { code?: string }).code ?? "";
      if (!/^[0-9A-Z]{5}$/.test(code) || /^57P|^08/.test(code)) throw error;
      if (!AGAIN.has(code)) throw new BatchFailed(String(error), { cause: error });
      steer.halve();
      failures++;
      meter.throttledBy =
        code === "57014"
          ? "an application waited for a batch: it was ended, the next is smaller"
          : `somebody holds rows of the batch (${code})`;
      events.backfill(meter.now(steer.rows));
      await sleep(Math.min(2000, 20 * 2 ** Math.min(failures, 7)) * (0.5 + Math.random()));
    }
  }
}

type BatchResult = { readonly walked: number; readonly affected: number } | "finished" | "paused";

async function batch(
  { backfill, sql, part, key, options, only, session }: Walk,
  client: Client,
  worker: number,
  size: number,
): Promise<BatchResult> {
  const mine = "source = $1 AND migration = $2 AND first_statement = $3 AND worker = $4";
  const values = [key.source, key.migration, part.from, worker];
  await client.query("BEGIN");
  // Somebody else's row lock is not worth more than a batch: whoever waits for us waits as long as we do.
  await client.query(`SET LOCAL lock_timeout = ${Math.max(10, Math.round(options.targetMs))}`);
  const { rows } = await client.query<CursorRow>(
    `SELECT worker, pass, low, high, at, finished, affected_rows, paused FROM tread.backfill WHERE ${mine} FOR UPDATE`,
    values,
  );
  const [cursor] = rows;
  if (cursor === undefined)
    throw new ApplyStopped(
      "the cursor of this backfill is gone from tread.backfill",
      "somebody has deleted it: `tread ledger repair` says what is recorded",
      5,
    );
  if (cursor.paused || cursor.finished) {
    await client.query("COMMIT");
    return cursor.finished ? "finished" : "paused";
  }
  const from = cursor.at ?? cursor.low;
  const bounds = [...(from === null ? [] : [sql.compare(">", from)]), ...(cursor.high === null ? [] : [sql.compare("<=", cursor.high)])];
  const table = `${quotedRelation(backfill.table)} AS ${quoteIdentifier(backfill.batch.alias)}`;
  const found = await client.query<{ at: string[]; walked: number }>(
    `SELECT ${sql.asText} AS at, (count(*) OVER ())::int AS walked FROM (SELECT ${sql.columns} FROM ${table}${bounds.length === 0 ? "" : ` WHERE ${bounds.join(" AND ")}`} ORDER BY ${sql.order("ASC")} LIMIT ${size}) AS walked ORDER BY ${sql.order("DESC")} LIMIT 1`,
  );
  const [next] = found.rows;
  if (next === undefined) {
    await client.query(`UPDATE tread.backfill SET finished = true, changed_at = clock_timestamp() WHERE ${mine}`, values);
    await client.query("COMMIT");
    return "finished";
  }
  const range = [...(from === null ? [] : [sql.compare(">", from)]), sql.compare("<=", next.at), ...(only === null ? [] : [only])].join(
    " AND ",
  );
  const unwatch = watch(session, client);
  let affected = 0;
  try {
    affected = (await client.query(withCondition(backfill.batch, range))).rowCount ?? 0;
    await client.query(
      `UPDATE tread.backfill SET at = $5, batches = batches + 1, affected_rows = affected_rows + $6, changed_at = clock_timestamp() WHERE ${mine}`,
      [...values, next.at, affected],
    );
  } finally {
    await unwatch();
  }
  await client.query("COMMIT");
  return { walked: next.walked, affected };
}

/** Ends the batch when an application waits for one of its rows and goes on waiting. */
function watch({ watcher }: ApplySession, client: Client): () => Promise<void> {
  const pid = pidOf(client);
  let waited = 0;
  let over = false;
  let asking: Promise<void> = Promise.resolve();
  const ask = async (): Promise<void> => {
    const { rows } = await watcher.query(
      "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name NOT LIKE 'tread apply%' AND $1 = ANY (pg_blocking_pids(pid)) LIMIT 1",
      [pid],
    );
    waited = rows.length > 0 ? waited + 1 : 0;
    // Between the answer and the cancel the batch may have ended by itself: then nothing of it may be cancelled.
    if (waited >= 2 && !over) await watcher.query("SELECT pg_cancel_backend($1)", [pid]);
  };
  const timer = setInterval(() => {
    asking = asking.then(ask).catch(() => {});
  }, WATCH_MS);
  return async () => {
    over = true;
    clearInterval(timer);
    await asking;
  };
}

/**
 * A row that was written before the pass came by and committed after it is not done. Once every transaction that was open at the end of
 * the pass has ended, there can be no more of them.
 */
async function untilOlderEnded({ session: { watcher }, meter, events }: Walk): Promise<void> {
  const { rows } = await watcher.query<{ xmax: string }>("SELECT txid_snapshot_xmax(txid_current_snapshot())::text AS xmax");
  const end = BigInt(rows[0]?.xmax ?? 0);
  meter.phase = "waiting for older transactions";
  for (;;) {
    const now = await watcher.query<{ xmin: string; who: string | null }>(
      `SELECT txid_snapshot_xmin(txid_current_snapshot())::text AS xmin,
              (SELECT format('process %s of %s, for %s s', pid, usename, round(extract(epoch FROM clock_timestamp() - xact_start))) FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY xact_start LIMIT 1) AS who`,
    );
    if (BigInt(now.rows[0]?.xmin ?? 0) >= end) break;
    if (events.signal.aborted)
      throw new ApplyStopped("stopped while waiting for transactions that are older than the pass", "run the same command again");
    meter.throttledBy = `a transaction older than the pass: ${now.rows[0]?.who ?? "prepared (pg_prepared_xacts)"}`;
    events.backfill(meter.now(0));
    await sleep(100);
  }
  meter.throttledBy = null;
  meter.phase = "verifying";
  events.backfill(meter.now(0));
}

const MANY = 10_000;

/** Rows that are still to be done; null where nothing tells which these are. Under `row_security = off` hidden rows are an error, not zero. */
async function remaining({ backfill, session }: Walk): Promise<number | null> {
  if (backfill.verify === null) return null;
  const { batch } = backfill;
  const others = batch.verb === "insert" || batch.slices.from === null ? "" : `, ${batch.slices.from}`;
  const { rows } = await session.runner.query<{ left: number }>(
    `SELECT count(*)::int AS left FROM (SELECT FROM ${quotedRelation(backfill.table)} AS ${quoteIdentifier(batch.alias)}${others} WHERE ${backfill.verify}\n LIMIT ${MANY}) AS rest`,
  );
  return rows[0]?.left ?? 0;
}

async function estimate(client: Client, table: string): Promise<number | null> {
  const { rows } = await client.query<{ rows: number }>(
    `SELECT sum(c.reltuples)::float8 AS rows FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.reltuples >= 0
        AND (c.oid = to_regclass($1) OR c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass($1))))`,
    [quotedRelation(table)],
  );
  const known = rows[0]?.rows ?? 0;
  return known > 0 ? known : null;
}

function sum(rows: readonly CursorRow[]): number {
  return rows.reduce((all, row) => all + Number(row.affected_rows), 0);
}

/** How far it is, and how fast. */
class Meter {
  phase: BackfillProgress["phase"] = "backfill";
  throttledBy: string | null = null;
  workers = 1;
  affected: number;
  readonly of: number | null;
  readonly #table: string;
  readonly #started = performance.now();
  #walked = 0;

  constructor(table: string, of: number | null, affected: number) {
    this.#table = table;
    this.of = of;
    this.affected = affected;
  }

  add(walked: number, affected: number): void {
    this.#walked += walked;
    this.affected += affected;
  }

  now(batchRows: number): BackfillProgress {
    const seconds = (performance.now() - this.#started) / 1000;
    const rowsPerSecond = seconds > 0 ? this.#walked / seconds : 0;
    const left = this.of === null || rowsPerSecond === 0 ? null : (Math.max(0, this.of - this.#walked) / rowsPerSecond) * 1000;
    return {
      table: this.#table,
      rows: this.#walked,
      of: this.of,
      rowsPerSecond,
      leftMs: left,
      batchRows,
      workers: this.workers,
      throttledBy: this.throttledBy,
      phase: this.phase,
    };
  }
}
