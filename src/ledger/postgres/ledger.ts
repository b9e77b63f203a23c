import type { Client } from "pg";
import type { LedgerEntry, LedgerState, LedgerStep } from "../../model/ledger.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { hasLedger } from "./schema.ts";

/** What identifies a migration in the ledger. */
export interface LedgerKey {
  readonly source: string;
  readonly migration: string;
}

/** A step as it is written when it is begun or done. */
export interface StepRecord {
  readonly from: number;
  readonly to: number;
  readonly hash: string;
  readonly startedAt: Date;
  readonly lockWaitMs?: number | null;
  readonly lockHoldMs?: number | null;
  readonly attempts?: number;
  readonly rows?: number | null;
}

interface EntryRow {
  readonly source: string;
  readonly migration: string;
  readonly hash: string;
  readonly state: LedgerState;
  readonly tool: string;
  readonly applied_by: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly error: string | null;
  readonly accepted: readonly string[];
}

interface StepRow {
  readonly source: string;
  readonly migration: string;
  readonly first_statement: number;
  readonly end_statement: number;
  readonly state: LedgerStep["state"];
  readonly hash: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly lock_wait_ms: number | null;
  readonly lock_hold_ms: number | null;
  readonly attempts: number;
  readonly affected_rows: string | null;
  readonly error: string | null;
}

/** Everything that is recorded, in the order in which it began; empty where there is no ledger. */
export async function readLedger(client: Client): Promise<readonly LedgerEntry[]> {
  if (!(await hasLedger(client))) return [];
  const { rows } = await client.query<EntryRow>(
    "SELECT source, migration, hash, state, tool, applied_by, started_at, finished_at, error, accepted FROM tread.ledger ORDER BY position",
  );
  const steps = await client.query<StepRow>(
    "SELECT source, migration, first_statement, end_statement, state, hash, started_at, finished_at, lock_wait_ms, lock_hold_ms, attempts, affected_rows, error FROM tread.ledger_step ORDER BY first_statement",
  );
  const byMigration = new Map<string, LedgerStep[]>();
  for (const row of steps.rows) {
    const key = keyOf(row);
    byMigration.set(key, [...(byMigration.get(key) ?? []), stepOf(row)]);
  }
  return rows.map((row) => ({
    source: row.source,
    migration: row.migration,
    hash: row.hash,
    state: row.state,
    tool: row.tool,
    by: row.applied_by,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    error: row.error,
    accepted: row.accepted,
    steps: byMigration.get(keyOf(row)) ?? [],
  }));
}

function keyOf({ source, migration }: LedgerKey): string {
  return `${source}\0${migration}`;
}

function stepOf(row: StepRow): LedgerStep {
  return {
    from: row.first_statement,
    to: row.end_statement,
    state: row.state,
    hash: row.hash,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    lockWaitMs: row.lock_wait_ms,
    lockHoldMs: row.lock_hold_ms,
    attempts: row.attempts,
    rows: row.affected_rows === null ? null : Number(row.affected_rows),
    error: row.error,
  };
}

/**
 * A migration is begun, or gone on with: the hash of what runs now is the one that counts. One that had ended and was changed since (Flyway's
 * R__) begins anew: a step of the former run must not be taken for one of this.
 */
export async function beginMigration(
  client: Client,
  key: LedgerKey,
  facts: { readonly hash: string; readonly tool: string; readonly by: string; readonly accepted: readonly string[] },
): Promise<void> {
  await client.query(
    `WITH former AS (DELETE FROM tread.ledger_step s USING tread.ledger l
        WHERE s.source = $1 AND s.migration = $2 AND l.source = s.source AND l.migration = s.migration AND l.state IN ('done', 'adopted') AND l.hash <> $3)
     INSERT INTO tread.ledger (source, migration, hash, state, tool, applied_by, accepted) VALUES ($1, $2, $3, 'running', $4, $5, $6)
     ON CONFLICT (source, migration) DO UPDATE
       SET hash = excluded.hash, state = 'running', started_at = CASE WHEN tread.ledger.state = 'undone' THEN clock_timestamp() ELSE tread.ledger.started_at END, tool = excluded.tool, applied_by = excluded.applied_by, error = NULL, finished_at = NULL,
           accepted = (SELECT coalesce(array_agg(DISTINCT a), '{}') FROM unnest(tread.ledger.accepted || excluded.accepted) a)`,
    [key.source, key.migration, facts.hash, facts.tool, facts.by, [...facts.accepted]],
  );
}

/** Written in the transaction of the step itself wherever there is one: then it is true exactly when the step is. */
export async function recordStep(
  client: Client,
  key: LedgerKey,
  state: LedgerStep["state"],
  step: StepRecord,
  error: string | null = null,
): Promise<void> {
  await client.query(stepSql(key, state, step, error));
}

/** `recordStep` as text, to be sent together with the step. */
export function stepSql(key: LedgerKey, state: LedgerStep["state"], step: StepRecord, error: string | null = null): string {
  const text = (value: string | null): string => (value === null ? "NULL" : quoteLiteral(value));
  const number = (value: number | null | undefined): string => (value === null || value === undefined ? "NULL" : String(value));
  const finished = state === "intended" ? "NULL" : "pg_catalog.clock_timestamp()";
  return `INSERT INTO tread.ledger_step AS known (source, migration, first_statement, end_statement, state, hash, started_at, finished_at, lock_wait_ms, lock_hold_ms, attempts, affected_rows, error)
     VALUES (${text(key.source)}, ${text(key.migration)}, ${step.from}, ${step.to}, ${text(state)}, ${text(step.hash)}, ${text(step.startedAt.toISOString())}, ${finished},
             ${number(step.lockWaitMs)}, ${number(step.lockHoldMs)}, ${number(step.attempts ?? 1)}, ${number(step.rows)}, ${text(error)})
     ON CONFLICT (source, migration, first_statement) DO UPDATE
       SET end_statement = excluded.end_statement, state = excluded.state, hash = excluded.hash, finished_at = excluded.finished_at,
           started_at = CASE WHEN known.state = 'intended' THEN known.started_at ELSE excluded.started_at END,
           lock_wait_ms = excluded.lock_wait_ms, lock_hold_ms = excluded.lock_hold_ms,
           attempts = CASE WHEN known.state = 'intended' AND excluded.state <> 'intended' THEN known.attempts ELSE known.attempts + excluded.attempts END,
           affected_rows = excluded.affected_rows, error = excluded.error`;
}

/** How long the locks were held is known only after the COMMIT of the step, which was recorded before it ran. Milliseconds. */
export async function recordHold(
  client: Client,
  key: LedgerKey,
  from: number,
  took: { readonly waitMs: number; readonly holdMs: number; readonly attempts: number },
): Promise<void> {
  await client.query(
    `WITH migration AS (UPDATE tread.ledger SET finished_at = pg_catalog.clock_timestamp() WHERE source = $1 AND migration = $2 AND finished_at IS NOT NULL)
     UPDATE tread.ledger_step SET lock_wait_ms = $4, lock_hold_ms = $5, attempts = $6, finished_at = pg_catalog.clock_timestamp() WHERE source = $1 AND migration = $2 AND first_statement = $3`,
    [key.source, key.migration, from, took.waitMs, took.holdMs, took.attempts],
  );
}

export async function endMigration(
  client: Client,
  key: LedgerKey,
  state: "done" | "failed" | "undone",
  error: string | null = null,
): Promise<void> {
  for (const sql of endSql(key, state, error)) await client.query(sql);
}

/** `endMigration` as text, to be sent together with the last step. */
export function endSql(key: LedgerKey, state: "done" | "failed" | "undone", error: string | null = null): readonly string[] {
  const where = `WHERE source = ${quoteLiteral(key.source)} AND migration = ${quoteLiteral(key.migration)}`;
  const update = `UPDATE tread.ledger SET state = '${state}', error = ${error === null ? "NULL" : quoteLiteral(error)}, finished_at = pg_catalog.clock_timestamp() ${where}`;
  return state === "undone" ? [update, `DELETE FROM tread.ledger_step ${where}`] : [update];
}

/** How the ledger has a step now: how an unknown COMMIT is decided. Null: it has never been begun, or was rolled back. */
export async function stepState(client: Client, key: LedgerKey, from: number): Promise<LedgerStep["state"] | null> {
  const { rows } = await client.query<{ state: LedgerStep["state"] }>(
    "SELECT state FROM tread.ledger_step WHERE source = $1 AND migration = $2 AND first_statement = $3",
    [key.source, key.migration, from],
  );
  return rows[0]?.state ?? null;
}

/** Just this step, and not one of the same number in a file that was changed since, is recorded as done. */
export async function isStepDone(client: Client, key: LedgerKey, from: number, hash: string): Promise<boolean> {
  const { rows } = await client.query(
    "SELECT FROM tread.ledger_step WHERE source = $1 AND migration = $2 AND first_statement = $3 AND hash = $4 AND state = 'done'",
    [key.source, key.migration, from, hash],
  );
  return rows.length > 0;
}

/** Migrations that ran before tread kept the ledger. */
export async function adopt(
  client: Client,
  entries: readonly (LedgerKey & { readonly hash: string })[],
  facts: { readonly tool: string; readonly by: string; readonly from: string },
): Promise<number> {
  let adopted = 0;
  await client.query("BEGIN");
  try {
    for (const { source, migration, hash } of entries) {
      const { rowCount } = await client.query(
        `INSERT INTO tread.ledger (source, migration, hash, state, tool, applied_by, finished_at, accepted)
         VALUES ($1, $2, $3, 'adopted', $4, $5, clock_timestamp(), $6) ON CONFLICT (source, migration) DO NOTHING`,
        [source, migration, hash, facts.tool, facts.by, [facts.from]],
      );
      adopted += rowCount ?? 0;
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
  return adopted;
}

/** The way back of a migration is recorded under a key of its own, so that both stay on record: `0007_price#down-1`. */
const DOWN = /^(.*)#down-(\d+)$/;

/** The migration whose way back this is; null: it is none. */
export function isDownOf({ migration }: Pick<LedgerKey, "migration">): string | null {
  return DOWN.exec(migration)?.[1] ?? null;
}

/** Which time it is that the migration is taken back: one that was begun and has not ended is gone on with. */
export function downNumber(entries: readonly LedgerEntry[], { source, migration }: LedgerKey): number {
  const ended = entries.filter((entry) => entry.source === source && isDownOf(entry) === migration && entry.state === "done");
  return ended.length + 1;
}

/** `ledger repair`: a person has looked, and says how it stands. */
export async function repair(client: Client, key: LedgerKey, to: { readonly hash: string } | "forget" | "done"): Promise<boolean> {
  const where = "WHERE source = $1 AND migration = $2";
  const values = [key.source, key.migration];
  const { rowCount } =
    to === "forget"
      ? await client.query(`DELETE FROM tread.ledger ${where}`, values)
      : to === "done"
        ? await client.query(`UPDATE tread.ledger SET state = 'done', error = NULL, finished_at = clock_timestamp() ${where}`, values)
        : await client.query(`UPDATE tread.ledger SET hash = $3 ${where}`, [...values, to.hash]);
  return (rowCount ?? 0) > 0;
}
