import type { Client } from "pg";
import { connectTo } from "../engines/postgres/introspect/connect.ts";
import { beginMigration, endMigration, isStepDone, recordStep } from "../ledger/postgres/ledger.ts";
import { endPart } from "./end-part.ts";
import { runAlone } from "./alone.ts";
import { runBackfill } from "./backfill/run.ts";
import type { BackfillEvents, BackfillOptions } from "./backfill/types.ts";
import type { LockEvents } from "./locks.ts";
import { withoutTimeouts } from "./no-timeouts.ts";
import { isConnectionLoss } from "./session.ts";
import { StatementFailed } from "./statement-failed.ts";
import { ApplyStopped } from "./stopped.ts";
import { runTransaction, type StepOutcome } from "./transaction.ts";
import type { ApplyLimits, ApplySession, Unit } from "./types.ts";

export interface ApplyContext {
  readonly limits: ApplyLimits;
  readonly backfill: BackfillOptions;
  /** Version of tread, and who runs it, for the ledger. */
  readonly tool: string;
  readonly by: string;
  /** What was accepted, per migration, as `rule: reason`. */
  readonly acceptedOf: (migration: string) => readonly string[];
}

export interface ApplyEvents extends LockEvents, BackfillEvents {
  readonly unitStarts: (unit: Unit, at: number, of: number) => void;
  readonly unitDone: (unit: Unit, outcome: StepOutcome, ms: number) => void;
  readonly progress: (text: string) => void;
}

/** How often a step is begun again after a lost connection. */
const RETRIES = 5;

/**
 * Runs the units in order, each recorded in the ledger as it is done.
 * @throws StatementFailed, ApplyStopped; what ran before stays done, and the same command goes on
 */
export async function runUnits(first: ApplySession, units: readonly Unit[], context: ApplyContext, events: ApplyEvents): Promise<void> {
  let session = first;
  let migration: string | null = null;
  try {
    for (const [at, unit] of units.entries()) {
      if (events.signal.aborted)
        throw new ApplyStopped("stopped between two steps; what was done is recorded", "run the same command again");
      for (const part of unit.parts) {
        if (migration === part.migration.id) continue;
        migration = part.migration.id;
        await freshSession(session.runner, session.user);
        await beginMigration(session.runner, part.key, {
          hash: part.migration.hash,
          tool: context.tool,
          by: context.by,
          accepted: context.acceptedOf(part.migration.id),
        });
      }
      events.unitStarts(unit, at + 1, units.length);
      const started = performance.now();
      for (let tries = 1; ; tries++) {
        try {
          // The watcher holds the lock of the one applier. Where it was lost meanwhile, somebody else may have become the applier.
          await session.watcher.query("SELECT");
          if (await isDone(session, unit)) {
            events.acted("the step had been committed on a connection that was lost");
            events.unitDone(unit, NOTHING, performance.now() - started);
            break;
          }
          const outcome = await runUnit(session, units, at, context, events);
          events.unitDone(unit, outcome, performance.now() - started);
          break;
        } catch (error) {
          if (!isConnectionLoss(error) || tries > RETRIES) throw await ended(session, unit, error);
          events.acted("the connection was lost; connecting again to see what became of the step");
          session = await session.reconnect();
          await freshSession(session.runner, session.user);
          await replaySettings(session.runner, units, at);
        }
      }
    }
  } finally {
    await session.close();
  }
}

const NOTHING: StepOutcome = { lockWaitMs: null, lockHoldMs: null, queuedMs: 0, attempts: 0 };

async function runUnit(
  session: ApplySession,
  units: readonly Unit[],
  at: number,
  context: ApplyContext,
  events: ApplyEvents,
): Promise<StepOutcome> {
  const unit = units[at];
  if (unit === undefined) return NOTHING;
  const [part] = unit.parts;
  switch (unit.strategy) {
    case "session": {
      await sendSettings(session.runner, unit);
      if (part !== undefined) await endPart(session.runner, part);
      return NOTHING;
    }
    case "locks-first":
    case "transaction":
      return await runTransaction(session, unit, context.limits, events);
    case "alone":
      return await runAlone(session, unit, events);
    case "backfill":
      return await runBackfill(session, unit, context.backfill, events, () => furtherWorker(session, units, at));
    default:
      return unit.strategy satisfies never;
  }
}

async function isDone(session: ApplySession, unit: Unit): Promise<boolean> {
  for (const part of unit.parts) if (!(await isStepDone(session.runner, part.key, part.from, part.hash))) return false;
  return unit.parts.length > 0 && unit.strategy !== "session";
}

/** A migration meets the session that its tool would give it: nothing that an earlier one has set, and no time that ends long work. */
async function freshSession(runner: Client, user: string): Promise<void> {
  await runner.query("DISCARD ALL");
  await withoutTimeouts(runner);
  if (user !== "tread") return;
  // For a role of this name `"$user"` in the search path means the ledger's own schema: its tables would be made there.
  await runner.query(
    `SELECT set_config('search_path', coalesce((SELECT string_agg(part, ',' ORDER BY at) FROM regexp_split_to_table(current_setting('search_path'), ',\\s*') WITH ORDINALITY AS t (part, at) WHERE part <> '"$user"'), ''), false)`,
  );
}

/** A new connection has none of the settings that the migration made before the step. */
async function replaySettings(runner: Client, units: readonly Unit[], at: number): Promise<void> {
  const migration = units[at]?.parts[0]?.migration.id;
  for (const unit of units.slice(0, at)) {
    if (unit.strategy !== "session" || unit.parts[0]?.migration.id !== migration) continue;
    await sendSettings(runner, unit);
  }
}

/** Without the migration's own settings (a search path, a role) a worker's statement might mean another table. */
async function furtherWorker({ target, user }: ApplySession, units: readonly Unit[], at: number): Promise<Client> {
  const client = await connectTo(target, { settings: {}, connectTimeoutMs: 15_000, applicationName: "tread apply" });
  await freshSession(client, user);
  await replaySettings(client, units, at);
  return client;
}

/** @throws StatementFailed for a setting that the server does not take */
async function sendSettings(runner: Client, { statements }: Unit): Promise<void> {
  for (const judged of statements) {
    try {
      await runner.query(judged.statement.sql);
    } catch (error) {
      if (isConnectionLoss(error)) throw error;
      throw new StatementFailed(error as Error & { code: string }, judged);
    }
  }
}

/** Writes down why it ended; the failure itself is what the caller gets. */
async function ended(session: ApplySession, unit: Unit, error: unknown): Promise<unknown> {
  if (isConnectionLoss(error))
    return new ApplyStopped(
      "the connection was lost again and again; what the ledger does not record as done was rolled back by the server",
      "run the same command again when the server can be reached",
    );
  if (!(error instanceof StatementFailed)) return error;
  try {
    for (const part of unit.parts) {
      const ran = part.migration.id === error.statement.migration.id;
      if (unit.strategy !== "alone" && ran)
        await recordStep(
          session.runner,
          part.key,
          "failed",
          { from: part.from, to: part.to, hash: part.hash, startedAt: new Date() },
          error.message,
        );
      await endMigration(session.runner, part.key, "failed", ran ? error.message : "rolled back with a later migration of its transaction");
    }
  } catch {
    // The failure is told; the ledger still says `running`, which is as true.
  }
  return error;
}
