import type { Client } from "pg";
import { recordStep, stepState } from "../ledger/postgres/ledger.ts";
import type { JudgedStatement } from "../model/judged.ts";
import { endPart } from "./end-part.ts";
import { quotedRelation } from "./names.ts";
import { withoutTimeouts } from "./no-timeouts.ts";
import { watchProgress, type ProgressEvents } from "./progress.ts";
import { StatementFailed } from "./statement-failed.ts";
import { ApplyStopped } from "./stopped.ts";
import type { StepOutcome } from "./transaction.ts";
import type { ApplySession, Unit } from "./types.ts";

/**
 * A statement that Postgres allows only outside of a transaction. Its record cannot be written together with it: first what is intended,
 * then what became of it. After a crash in between the catalogue tells.
 *
 * `lock_timeout` is 0: CREATE INDEX CONCURRENTLY waits for every transaction that is open, and one that is ended in this wait leaves an
 * invalid index behind. Nobody queues behind that wait.
 *
 * @throws StatementFailed after repairing what it left behind
 * @throws ApplyStopped (exit code 5) when the catalogue cannot tell what became of an earlier attempt
 */
export async function runAlone(
  session: ApplySession,
  unit: Unit,
  events: ProgressEvents & { readonly acted: (what: string) => void },
): Promise<StepOutcome> {
  const [judged] = unit.statements;
  const [part] = unit.parts;
  if (judged === undefined || part === undefined) throw new Error("a unit without a statement");
  const { runner } = session;
  const startedAt = new Date();
  const step = { from: part.from, to: part.to, hash: part.hash, startedAt };
  const done = async (): Promise<StepOutcome> => {
    await recordStep(runner, part.key, "done", step);
    await endPart(runner, part);
    return { lockWaitMs: null, lockHoldMs: null, queuedMs: 0, attempts: 1 };
  };
  const effect = effectOf(judged);
  if ((await stepState(runner, part.key, part.from)) === "intended") {
    const became = await effect.became(runner);
    if (became === "done") {
      events.acted("an earlier run began this and was interrupted; the catalogue shows that it has ended well");
      return await done();
    }
    if (became === "unknown")
      throw new ApplyStopped(
        `an earlier run began \`${firstLine(judged)}\` outside of a transaction and was interrupted; the catalogue cannot tell whether it ran`,
        `look, and say which: tread ledger repair ${part.key.migration} --done, or --forget to run the migration again`,
        5,
      );
  }
  for (const repaired of await effect.repair(runner)) events.acted(repaired);
  await recordStep(runner, part.key, "intended", step);
  await withoutTimeouts(runner);
  const stop = watchProgress(session, events);
  try {
    await runner.query(judged.statement.sql);
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (!/^[0-9A-Z]{5}$/.test(code) || code.startsWith("57P")) throw error;
    for (const repaired of await effect.repair(runner)) events.acted(repaired);
    await recordStep(runner, part.key, "failed", step, (error as Error).message);
    throw new StatementFailed(error as Error & { code: string }, judged);
  } finally {
    await stop();
  }
  return await done();
}

export interface OutsideEffect {
  /** What the catalogue says of an attempt whose end is not known. */
  became(client: Client): Promise<"done" | "not-done" | "unknown">;
  /** Takes away what an attempt left behind. @returns what was done, in words */
  repair(client: Client): Promise<readonly string[]>;
}

function effectOf({ statement, before, after }: JudgedStatement): OutsideEffect {
  const [change] = statement.changes;
  if (change?.kind === "create-index") {
    const known = new Set(before.relations.get(change.table)?.indexes.map(({ name }) => name));
    const made = after.relations.get(change.table)?.indexes.find(({ name }) => !known.has(name))?.name ?? change.index.name;
    return newIndex(made);
  }
  if (change?.kind === "drop-index") return goneIndexes(statement.changes.flatMap((one) => (one.kind === "drop-index" ? [one.name] : [])));
  if (change?.kind === "reindex") return rebuiltIndexes();
  if (change?.kind === "detach-partition") return detached(change.table, change.partition);
  // Running them again does what running them once does.
  if (change?.kind === "maintenance" && /^(?:VACUUM|ANALYZE|CLUSTER|CHECKPOINT)/i.test(change.command))
    return { became: async () => "not-done", repair: async () => [] };
  return { became: async () => "unknown", repair: async () => [] };
}

async function indexState(client: Client, name: string): Promise<"missing" | "valid" | "invalid"> {
  const { rows } = await client.query<{ valid: boolean }>(
    "SELECT indisvalid AND indisready AS valid FROM pg_index WHERE indexrelid = to_regclass($1)",
    [quotedRelation(name)],
  );
  return rows[0] === undefined ? "missing" : rows[0].valid ? "valid" : "invalid";
}

/** An invalid index of this name is what a failed CREATE INDEX CONCURRENTLY left: it is no use to anyone, and every write pays for it. */
export function newIndex(name: string): OutsideEffect {
  return {
    became: async (client) => ((await indexState(client, name)) === "valid" ? "done" : "not-done"),
    repair: async (client) => {
      if ((await indexState(client, name)) !== "invalid") return [];
      const building = await client.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_progress_create_index WHERE index_relid = to_regclass($1)",
        [quotedRelation(name)],
      );
      const builder = building.rows[0]?.pid;
      if (builder !== undefined)
        throw new ApplyStopped(
          `process ${builder} is building the index ${name} at this moment`,
          "wait for its end, then run the same command again",
        );
      await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${quotedRelation(name)}`);
      return [`dropped the invalid index ${name} that an attempt had left behind`];
    },
  };
}

function goneIndexes(names: readonly string[]): OutsideEffect {
  return {
    became: async (client) => {
      for (const name of names) if ((await indexState(client, name)) !== "missing") return "not-done";
      return "done";
    },
    repair: async () => [],
  };
}

/** What REINDEX CONCURRENTLY leaves: `…_ccnew`, and `…_ccold` once they were swapped (manual, REINDEX, Rebuilding Indexes Concurrently). */
export function rebuiltIndexes(): OutsideEffect {
  return {
    became: async () => "not-done",
    repair: async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
          WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND c.relkind = 'i'
            AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid OR p.relid = i.indrelid)`,
      );
      for (const { name } of rows) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      return rows.map(({ name }) => `dropped the invalid index ${name} that a REINDEX CONCURRENTLY had left behind`);
    },
  };
}

function detached(parent: string, partition: string): OutsideEffect {
  const names = [quotedRelation(parent), quotedRelation(partition)];
  const pending = async (client: Client): Promise<boolean | null> => {
    const { rows } = await client.query<{ pending: boolean }>(
      "SELECT to_jsonb(i) ->> 'inhdetachpending' = 'true' AS pending FROM pg_inherits i WHERE inhparent = to_regclass($1) AND inhrelid = to_regclass($2)",
      names,
    );
    return rows[0]?.pending ?? null;
  };
  return {
    became: async (client) => ((await pending(client)) === null ? "done" : "not-done"),
    repair: async (client) => {
      if ((await pending(client)) !== true) return [];
      await client.query(`ALTER TABLE ${names[0] ?? ""} DETACH PARTITION ${names[1] ?? ""} FINALIZE`);
      return [`finished the detaching of ${partition} that was interrupted (FINALIZE)`];
    },
  };
}

function firstLine({ statement }: JudgedStatement): string {
  const [line = ""] = statement.sql.split("\n");
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}
