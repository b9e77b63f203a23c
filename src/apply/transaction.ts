import type { Client } from "pg";
import { copyIn } from "../engines/postgres/embedded/copy-in.ts";
import { tokensOf } from "../engines/postgres/parse/lexer.ts";
import { recordHold, stepSql, type StepRecord } from "../ledger/postgres/ledger.ts";
import type { JudgedStatement } from "../model/judged.ts";
import { endPartSql } from "./end-part.ts";
import { type Attempted, FIRST_STATEMENT_LINE, lockBlock, type LockEvents, type LockRequest, untilLocked } from "./locks.ts";
import { StatementFailed } from "./statement-failed.ts";
import type { ApplyLimits, ApplySession, Unit } from "./types.ts";

/** What a step took. */
export interface StepOutcome {
  readonly lockWaitMs: number | null;
  /** Strong locks held, COMMIT included; null without strong locks. */
  readonly lockHoldMs: number | null;
  readonly queuedMs: number;
  readonly attempts: number;
}

/**
 * PL/pgSQL does not send these for us: what governs the transaction itself, cursors, and `SELECT … INTO table`, which its EXECUTE refuses
 * (0A000).
 */
function isByTheClient({ statement: { sql, copyData } }: JudgedStatement): boolean {
  if (copyData !== undefined) return true;
  const words = tokensOf(sql).filter(({ kind }) => kind === "word");
  const [first, second] = words.map(({ text }) => text);
  if (first === "set") return words.slice(1, 3).some(({ text }) => ["transaction", "constraints", "characteristics"].includes(text));
  if (first === "select" || first === "with") return words.some(({ text }) => text === "into");
  return (
    ["savepoint", "release", "rollback", "declare", "fetch", "move", "close", "copy", "call"].includes(first ?? "") ||
    (first === "abort" && second === undefined)
  );
}

/**
 * One transaction with its record in it. Under strong locks the server does everything in one message: locks, statements, record, COMMIT.
 * @throws StatementFailed with everything rolled back
 * @throws ApplyStopped when the locks could not be had in time
 */
export async function runTransaction(session: ApplySession, unit: Unit, limits: ApplyLimits, events: LockEvents): Promise<StepOutcome> {
  const startedAt = new Date();
  if (unit.locks.length === 0) {
    await session.runner.query(unit.begin);
    await byClient(session.runner, unit);
    for (const sql of records(unit, { startedAt })) await session.runner.query(sql);
    await session.runner.query("COMMIT");
    return { lockWaitMs: null, lockHoldMs: null, queuedMs: 0, attempts: 1 };
  }
  let held = 0;
  const inline = !unit.statements.some(isByTheClient);
  const attempted = await untilLocked(session, unit.locks, limits, events, async (request) => {
    const time = inline
      ? await inOneMessage(session.runner, unit, request, limits, startedAt)
      : await stepByStep(session.runner, unit, request, limits, startedAt);
    held = time ?? 0;
    return time !== null;
  });
  return await recorded(session, unit, attempted, held);
}

/**
 * How long it took is written when the locks are free again. This commit waits for the disk, and for standbys as the server is set up: only
 * with it is the step said to be done, and with it is the step's own commit, which comes before it in the WAL.
 */
async function recorded(session: ApplySession, unit: Unit, attempted: Attempted, held: number): Promise<StepOutcome> {
  const lockHoldMs = Math.max(held, attempted.queuedMs);
  for (const part of unit.parts)
    await recordHold(session.runner, part.key, part.from, { waitMs: attempted.waitMs, holdMs: lockHoldMs, attempts: attempted.attempts });
  return { lockWaitMs: attempted.waitMs, lockHoldMs, queuedMs: attempted.queuedMs, attempts: attempted.attempts };
}

/** @returns ms for which the locks were held, or null when they were not to be had */
async function inOneMessage(
  client: Client,
  unit: Unit,
  request: LockRequest,
  limits: ApplyLimits,
  startedAt: Date,
): Promise<number | null> {
  const statements = unit.statements.map(({ statement }) => statement.sql);
  const text = [unit.begin, ...settings(limits), lockBlock(request, records(unit, { startedAt }), statements), "COMMIT", HELD].join(";\n");
  try {
    return heldOf(await client.query(text));
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    if (isLockTimeout(error)) return null;
    throw failed(error, unit.statements, inlineIndex(error));
  }
}

/** For COPY and savepoints, which PL/pgSQL cannot send. */
async function stepByStep(client: Client, unit: Unit, request: LockRequest, limits: ApplyLimits, startedAt: Date): Promise<number | null> {
  try {
    await client.query([unit.begin, ...settings(limits)].join("; "));
    await client.query(lockBlock(request, [], []));
    if (heldOf(await client.query(HELD)) === null) {
      await client.query("ROLLBACK");
      return null;
    }
    await byClient(client, unit);
    for (const sql of records(unit, { startedAt })) await client.query(sql);
    await client.query("COMMIT");
    return heldOf(await client.query(HELD));
  } catch (error) {
    if (error instanceof StatementFailed && error.sqlstate === "55P03") return null;
    await client.query("ROLLBACK").catch(() => {});
    if (isLockTimeout(error)) return null;
    throw error instanceof StatementFailed ? error : failed(error, unit.statements, null);
  }
}

const HELD =
  "SELECT CASE WHEN current_setting('tread.locked', true) <> '' THEN extract(epoch FROM pg_catalog.clock_timestamp() - current_setting('tread.locked')::timestamptz)::float8 * 1000 END AS held";

function settings({ synchronousCommit }: ApplyLimits): readonly string[] {
  return [
    "SELECT pg_catalog.set_config('tread.locked', '', false)",
    // Others wait for the lock until COMMIT returns: neither a slow standby nor a slow disk must be what they wait for.
    ...(synchronousCommit === null ? [] : [`SET LOCAL synchronous_commit = ${synchronousCommit}`]),
  ];
}

/** One result per statement of the message; its last is HELD's. */
function heldOf(result: unknown): number | null {
  const last = (Array.isArray(result) ? result.at(-1) : result) as { rows: readonly { held: number | null }[] };
  return last.rows[0]?.held ?? null;
}

async function byClient(client: Client, { statements }: Unit): Promise<void> {
  for (const [index, { statement }] of statements.entries()) {
    try {
      if (statement.copyData === undefined) await client.query(statement.sql);
      else await copyIn(client, statement.sql, statement.copyData);
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      throw failed(error, statements, index);
    }
  }
}

function records(unit: Unit, facts: Pick<StepRecord, "startedAt">): readonly string[] {
  return unit.parts.flatMap((part) => [
    stepSql(part.key, "done", { from: part.from, to: part.to, hash: part.hash, ...facts }),
    ...endPartSql(part),
  ]);
}

function isLockTimeout(error: unknown): boolean {
  return (error as { code?: string }).code === "55P03";
}

/** `PL/pgSQL function inline_code_block line 12 at EXECUTE`, the last one where a statement's own function stands before it. */
function inlineIndex(error: unknown): number | null {
  const where = (error as { where?: string }).where ?? "";
  const lines = [...where.matchAll(/inline_code_block line (\d+) at EXECUTE/g)];
  const line = lines.at(-1)?.[1];
  return line === undefined ? null : Number(line) - FIRST_STATEMENT_LINE;
}

function failed(error: unknown, statements: readonly JudgedStatement[], index: number | null): unknown {
  const code = (error as { code?: string }).code;
  // What is no answer of the server (a lost connection) is another matter.
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return error;
  const at = index === null ? statements.at(-1) : statements[index];
  return at === undefined ? error : new StatementFailed(error as Error & { code: string }, at, index === null);
}
