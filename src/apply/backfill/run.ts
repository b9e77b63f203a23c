import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { recordStep } from "../../ledger/postgres/ledger.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import { quotedRelation } from "../names.ts";
import { endPart } from "../end-part.ts";
import { StatementFailed } from "../statement-failed.ts";
import { ApplyStopped } from "../stopped.ts";
import type { StepOutcome } from "../transaction.ts";
import type { ApplySession, Unit, UnitPart } from "../types.ts";
import { runBatch } from "./batch.ts";
import { cursorsOf, type CursorRow, startCursors } from "./cursors.ts";
import { type KeySql, keySql } from "./key.ts";
import { estimatedRows, MANY, rowsLeft, whyNotVerified } from "./left.ts";
import { Meter } from "./meter.ts";
import { untilOlderEnded } from "./older-transactions.ts";
import type { Backfill } from "./prepare.ts";
import { Steer } from "./steer.ts";
import { refuseBlindThrottle, Throttle } from "./throttle.ts";
import type { BackfillEvents, BackfillOptions } from "./types.ts";
import { Sweeper } from "./vacuum.ts";
import { endWhenWaitedFor } from "./watch.ts";

interface Walk {
  readonly session: ApplySession;
  readonly backfill: Backfill;
  readonly part: UnitPart;
  readonly sql: KeySql;
  readonly options: BackfillOptions;
  readonly events: BackfillEvents & { readonly signal: AbortSignal };
  readonly meter: Meter;
  readonly sweeper: Sweeper;
  /** A connection with the settings that the migration has made. */
  readonly connect: () => Promise<Client>;
  /** Added to the statement's own condition in the second pass. */
  readonly only: string | null;
}

/** Server errors after which the same batch is tried again: a deadlock, a serialization failure, a lock that somebody held, our own cancel. */
const AGAIN = new Set(["40P01", "40001", "55P03", "57014"]);

/**
 * Walks a table by its key in batches, each a transaction that begins by locking its cursor row and ends with the new cursor in it:
 * what a lost connection has done cannot be done again, and an unknown COMMIT is decided by the cursor.
 *
 * @param connect for further workers: a connection with the settings that the migration has made
 * @throws ApplyStopped (4) when it is stopped; (5) when rows are left that it should have done
 */
export async function runBackfill(
  session: ApplySession,
  unit: Unit,
  options: BackfillOptions,
  events: BackfillEvents & { readonly signal: AbortSignal; readonly acted: (what: string) => void },
  connect: () => Promise<Client>,
): Promise<StepOutcome> {
  const [part] = unit.parts;
  const { backfill } = unit;
  if (part === undefined || backfill === undefined) throw new Error("a backfill that was not prepared");
  const { runner } = session;
  const startedAt = new Date();
  const [judged] = unit.statements;
  if (judged === undefined) throw new Error("a backfill without a statement");
  try {
    await walkTable(session, part, backfill, options, events, connect);
  } catch (error) {
    const cause = error instanceof BatchFailed ? error.cause : error;
    const code = (cause as { code?: string }).code ?? "";
    if (cause instanceof ApplyStopped || !/^[0-9A-Z]{5}$/.test(code) || /^(?:57P|08)/.test(code)) throw error;
    await runner.query("ROLLBACK").catch(() => {});
    throw new StatementFailed(cause as Error & { code: string }, judged);
  }
  const done = await cursorsOf(runner, part);
  const rows = done.reduce((all, row) => all + Number(row.affected_rows), 0);
  await runner.query("BEGIN");
  await recordStep(runner, part.key, "done", { from: part.from, to: part.to, hash: part.hash, startedAt, rows });
  await runner.query("DELETE FROM tread.backfill WHERE source = $1 AND migration = $2 AND first_statement = $3", [
    part.key.source,
    part.key.migration,
    part.from,
  ]);
  await endPart(runner, part);
  await runner.query("COMMIT");
  return { lockWaitMs: null, lockHoldMs: null, queuedMs: 0, attempts: 1 };
}

/** Both passes, up to the point at which nothing is left to be done. */
async function walkTable(
  session: ApplySession,
  part: UnitPart,
  prepared: Backfill,
  options: BackfillOptions,
  events: BackfillEvents & { readonly signal: AbortSignal; readonly acted: (what: string) => void },
  connect: () => Promise<Client>,
): Promise<void> {
  const { runner, watcher } = session;
  await refuseOtherTable(runner, prepared);
  await refuseBlindThrottle(watcher, options);
  const backfill = await verifiable(runner, prepared, events.acted);
  const sql = await keySql(runner, backfill);
  const rows = await startCursors(runner, part, backfill, sql, backfill.directive.workers ?? options.workers);
  const before = rows.reduce((all, row) => all + Number(row.affected_rows), 0);
  const meter = new Meter(backfill.table, await estimatedRows(watcher, backfill.table), before);
  const sweeper = new Sweeper(session, backfill.table, options.vacuumShare, meter.of);
  try {
    await bothPasses({ session, backfill, part, sql, options, events, meter, sweeper, connect, only: null }, rows);
  } finally {
    await sweeper.close();
  }
}

/** The statement names its table as it likes; what is walked is qualified. They must be one. @throws ApplyStopped */
async function refuseOtherTable(client: Client, { batch, table }: Backfill): Promise<void> {
  const { schema, name } = batch.table;
  const written = schema === null ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  const { rows } = await client.query<{ same: boolean; means: string | null }>(
    "SELECT to_regclass($1) IS NOT DISTINCT FROM to_regclass($2) AS same, to_regclass($1)::text AS means",
    [written, quotedRelation(table)],
  );
  if (rows[0]?.same === true) return;
  throw new ApplyStopped(
    `the backfill means ${rows[0]?.means ?? "a table that is not there"} on this connection, and ${table} was judged: the search path of this role is another`,
    `write the schema: ${table}`,
    5,
  );
}

/** What cannot be compared (json, a column whose value is of another type) ends without verification; what a person has written must be right. */
async function verifiable(client: Client, backfill: Backfill, acted: (what: string) => void): Promise<Backfill> {
  const why = await whyNotVerified(client, backfill);
  if (why === null) return backfill;
  if (backfill.directive.verify !== null)
    throw new ApplyStopped(
      `verify='${backfill.directive.verify}' cannot be asked of ${backfill.table}: ${why}`,
      "correct it; nothing was changed",
      5,
    );
  acted(`${backfill.table} cannot be verified at the end (${why}): give verify='…' to have it looked at`);
  return { ...backfill, verify: null };
}

async function bothPasses(walk: Walk, rows: readonly CursorRow[]): Promise<void> {
  const {
    backfill,
    meter,
    part,
    events,
    session: { runner, watcher },
  } = walk;
  if (rows.some((row) => row.pass === 1)) {
    await pass(
      walk,
      rows.filter((row) => row.pass === 1),
    );
    meter.phase = "waiting for older transactions";
    await untilOlderEnded(watcher, events.signal, (forWhom) => {
      meter.throttledBy = `a transaction older than the pass: ${forWhom}`;
      events.backfill(meter.now(0));
    });
    meter.throttledBy = null;
  }
  meter.phase = "verifying";
  events.backfill(meter.now(0));
  const left = await rowsLeft(runner, backfill);
  if (left !== null && left > 0) {
    meter.phase = "second pass";
    await runner.query(
      "UPDATE tread.backfill SET pass = 2, at = NULL, low = NULL, high = NULL, finished = false WHERE source = $1 AND migration = $2 AND first_statement = $3 AND worker = 0",
      [part.key.source, part.key.migration, part.from],
    );
    const first = (await cursorsOf(runner, part)).filter((row) => row.worker === 0);
    await pass({ ...walk, only: `(${backfill.verify ?? "true"}\n)` }, first);
    const still = await rowsLeft(runner, backfill);
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
    const client = at === 0 ? walk.session.runner : await walk.connect();
    try {
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
  const { options, meter, events, backfill, part, sql, only } = walk;
  const steer = new Steer(options.targetMs, backfill.directive.batch, meter.of);
  const lockTimeoutMs = Math.max(10, Math.round(options.targetMs));
  const batch = { part, backfill, sql, only, worker, lockTimeoutMs, durable: options.durable };
  let failures = 0;
  for (;;) {
    if (stop.aborted) return;
    if (events.signal.aborted)
      throw new ApplyStopped(
        `stopped after a batch of ${backfill.table}; the cursor is recorded`,
        "run the same command again: it goes on from there",
      );
    const reason = await throttle.reason();
    meter.throttledBy = reason;
    if (reason !== null) {
      // Where dead rows are what it waits for, nobody else may be about to take them away.
      if (throttle.waitsForDead) walk.sweeper.now();
      events.backfill(meter.now(steer.rows));
      await sleep(250);
      continue;
    }
    const started = performance.now();
    const unwatch = endWhenWaitedFor(walk.session.watcher, client);
    try {
      const done = await runBatch(client, batch, steer.rows);
      failures = 0;
      if (done.state === "paused") {
        meter.throttledBy = "it is paused (`tread resume`)";
        events.backfill(meter.now(steer.rows));
        await sleep(500);
        continue;
      }
      if (done.state !== "done") return;
      const took = performance.now() - started;
      steer.took(took, done.walked);
      meter.add(done.walked);
      walk.sweeper.add(done.affected);
      await walk.sweeper.keepUp();
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
    } finally {
      await unwatch();
    }
  }
}
