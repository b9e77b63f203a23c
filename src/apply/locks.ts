import { setTimeout as sleep } from "node:timers/promises";
import type { TableLock } from "../model/effects.ts";
import { spellLock } from "../model/effects.ts";
import { quoteLiteral } from "../text/quote.ts";
import { type Blocker, blockersOf, describeBlocker, helpAgainst } from "./blockers.ts";
import { quotedRelation } from "./names.ts";
import { pidOf } from "./session.ts";
import { ApplyStopped } from "./stopped.ts";
import type { ApplyLimits, ApplySession } from "./types.ts";

/** How long one request polls inside the server before tread looks around again, ms. */
const ROUND_MS = 150;
/** A holder older than this will not be gone within a budget: waiting behind it only makes a queue. ms */
const LONG_MS = 40;
/** Between two waits that stand in the queue at least this many times the budget passes. */
const REST = 12;

export interface LockEvents {
  /** Said now and then while the right moment is looked for. */
  readonly waiting: (blockers: readonly Blocker[], sinceMs: number) => void;
  /** Something was done about a blocker. */
  readonly acted: (what: string) => void;
  readonly signal: AbortSignal;
}

export interface Attempted {
  /** From the first request until the locks were had, ms. */
  readonly waitMs: number;
  readonly attempts: number;
  /** Longest time for which a request stood in the queue, ms: others may have waited behind it. */
  readonly queuedMs: number;
}

/**
 * Looks for the moment in which all locks can be had at once, and calls `attempt` until it says that they were had.
 *
 * Most attempts only poll with NOWAIT, inside the server, and never stand in a queue. Where there is never a gap, though everything
 * that holds the tables is short, an attempt may wait in the queue for a part of the budget, seldom and with jitter; behind a long
 * transaction never. Measured with 2 long and 8 fast readers on one table (docs/apply.md, `npm run bench:hot-table`).
 *
 * @throws ApplyStopped (exit code 4) when the time is over: nothing was changed, and who blocked is told
 */
export async function untilLocked(
  session: ApplySession,
  locks: readonly TableLock[],
  limits: ApplyLimits,
  events: LockEvents,
  attempt: (request: LockRequest) => Promise<boolean>,
): Promise<Attempted> {
  const started = performance.now();
  let attempts = 0;
  let queuedMs = 0;
  let mayQueueAt = started + 1000;
  let lastSaid = started;
  let blockers: readonly Blocker[] = [];
  for (;;) {
    attempts++;
    const now = performance.now();
    const short = blockers.length > 0 && blockers.every(({ granted, ageMs }) => granted && ageMs !== null && ageMs < LONG_MS);
    const queue = now >= mayQueueAt && short ? queueMs(limits) : 0;
    if (queue > 0) mayQueueAt = now + limits.stallMs * REST * (0.5 + Math.random());
    if (await attempt({ locks, pollMs: ROUND_MS, queueMs: queue, stallMs: limits.stallMs })) {
      return { waitMs: performance.now() - started, attempts, queuedMs: Math.max(queuedMs, queue) };
    }
    queuedMs = Math.max(queuedMs, queue);
    if (events.signal.aborted)
      throw new ApplyStopped("stopped while looking for the right moment; nothing of this step was changed", "run the same command again");
    blockers = await blockersOf(session.watcher, locks, [pidOf(session.runner)]);
    await actOn(session, blockers, limits, events);
    const since = performance.now() - started;
    if (since > limits.lockLimitMs) throw tooLong(locks, blockers, limits, since);
    if (performance.now() - lastSaid > 2000) {
      events.waiting(blockers, since);
      lastSaid = performance.now();
    }
    await sleep(5 + Math.random() * 20);
  }
}

/** Part of the budget that may be spent in a queue; the rest is for the work under the lock. */
function queueMs({ stallMs }: ApplyLimits): number {
  return Math.floor(stallMs * 0.5);
}

export interface LockRequest {
  readonly locks: readonly TableLock[];
  /** Milliseconds to poll for with NOWAIT. */
  readonly pollMs: number;
  /** Milliseconds that one request may stand in the queue; 0: none may. */
  readonly queueMs: number;
  /** Milliseconds that the statements themselves may wait for what LOCK TABLE cannot take (views, indexes, sequences). */
  readonly stallMs: number;
}

/**
 * One attempt as SQL: what needs no lock, the locks, and what is to be done under them at once, so that no network and no scheduling of this
 * machine lies between the lock and its release. `tread.locked` of the session then tells when the locks were had; a transaction that fails
 * takes it back.
 *
 * A DO block, because an error that PL/pgSQL catches is not written to the server's log, and because its handler gives back what was
 * already locked when the next one is not to be had, and what was written before (the record of the step: its parsing, planning and foreign
 * key would otherwise be a third of the time for which the locks of an ADD COLUMN are held).
 *
 * @param before what is done first, and stays only where the locks were had
 * @param statements what to run under the locks; each stands on a line of its own, from `FIRST_STATEMENT_LINE` on
 */
export function lockBlock(
  { locks, pollMs, queueMs, stallMs }: LockRequest,
  before: readonly string[],
  statements: readonly string[],
): string {
  const take = locks.map(({ relation, mode }) => `LOCK TABLE ONLY ${quotedRelation(relation)} IN ${spellLock(mode)} MODE`);
  const nowait = take.map((lock) => `${lock} NOWAIT;`).join(" ");
  // One table may be waited for. Waiting for a second one would hold the first for as long, and the budget is one for all.
  const [first = "", ...rest] = take;
  const queued = [`${first};`, ...rest.map((lock) => `${lock} NOWAIT;`)].join(" ");
  const waiting = queueMs === 0 ? null : `PERFORM pg_catalog.set_config('lock_timeout', '${queueMs}', true); ${queued}`;
  const head = [
    "DECLARE until timestamptz := pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => " + String(pollMs / 1000) + ");",
    `BEGIN BEGIN ${before.map((sql) => `EXECUTE ${literalLine(sql)};`).join(" ")} LOOP BEGIN`,
    waiting ?? nowait,
    "PERFORM pg_catalog.set_config('tread.locked', pg_catalog.clock_timestamp()::text, false);",
    "EXIT; EXCEPTION WHEN lock_not_available THEN NULL; END;",
    `IF ${waiting === null ? "pg_catalog.clock_timestamp() > until" : "true"} THEN RAISE SQLSTATE '${NO_LOCKS}'; END IF;`,
    "PERFORM pg_catalog.pg_sleep(0.0005 + 0.0015 * pg_catalog.random()); END LOOP;",
    `PERFORM pg_catalog.set_config('lock_timeout', '${Math.max(1, Math.round(stallMs))}', true);`,
  ];
  const body = statements.map((sql) => `EXECUTE ${literalLine(sql)};`);
  return `DO ${quoteLiteral(["", ...head, ...body, `EXCEPTION WHEN SQLSTATE '${NO_LOCKS}' THEN NULL; END; END`].join("\n"))}`;
}

/** Raised and caught within the block. */
const NO_LOCKS = "TRD01";

/** Line of the first statement in the block, as PL/pgSQL counts them in the context of an error. */
export const FIRST_STATEMENT_LINE = 10;

/** On one line, so that the line of an error tells the statement. */
function literalLine(sql: string): string {
  return `E'${sql.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\r", "\\r").replaceAll("\n", "\\n")}'`;
}

/** Deals with who stands in the way, as far as the limits allow. */
export async function actOn(
  session: Pick<ApplySession, "watcher">,
  blockers: readonly Blocker[],
  limits: ApplyLimits,
  events: Pick<LockEvents, "acted">,
): Promise<void> {
  for (const blocker of blockers) {
    if (blocker.backend === "autovacuum worker" && !blocker.wraparound && limits.cancelAutovacuum) {
      // Polling never makes it yield: Postgres cancels it only for whoever has waited in the queue for deadlock_timeout (measured: 551 tries in 6 s).
      if (await signal(session, "pg_cancel_backend", blocker.pid))
        events.acted(`ended the autovacuum of ${blocker.relation} (process ${blocker.pid}); it begins again by itself`);
    }
    const idle = blocker.state?.startsWith("idle in transaction") === true;
    if (idle && limits.endIdleAfterMs !== null && (blocker.ageMs ?? 0) > limits.endIdleAfterMs) {
      if (await signal(session, "pg_terminate_backend", blocker.pid)) events.acted(`ended ${describeBlocker(blocker)}`);
    }
  }
}

/** @returns false where this role may not */
async function signal(
  { watcher }: Pick<ApplySession, "watcher">,
  how: "pg_cancel_backend" | "pg_terminate_backend",
  pid: number,
): Promise<boolean> {
  try {
    const { rows } = await watcher.query<{ done: boolean }>(`SELECT ${how}($1) AS done`, [pid]);
    return rows[0]?.done === true;
  } catch {
    return false;
  }
}

/** Who was in the way, and what to do about it. */
export function tooLong(locks: readonly TableLock[], blockers: readonly Blocker[], limits: ApplyLimits, since: number): ApplyStopped {
  const tables = locks.map(({ relation, mode }) => `${relation} (${spellLock(mode)})`).join(", ");
  const oldest = blockers[0];
  const help =
    oldest === undefined
      ? "nobody held the table for long, and there was never a gap: a larger --stall-budget, or a quieter hour"
      : helpAgainst(oldest);
  const shown = blockers
    .slice(0, 5)
    .map((blocker) => `\n  ${describeBlocker(blocker)}`)
    .join("");
  return new ApplyStopped(
    `no moment in ${Math.round(since / 1000)} s (--lock-limit ${Math.round(limits.lockLimitMs / 1000)} s) in which ${tables} could be had; nothing of this step was changed${shown === "" ? "" : `. In the way:${shown}`}`,
    help,
    4,
    blockers,
  );
}
