import type { Client } from "pg";
import { type EngineError, LOCK_MODES, type LockMode, type PostgresEffects, strongest, type TableLock } from "../../src/model/effects.ts";
import { effectsBetween, isPlanned } from "../../src/rehearse/observe/effects.ts";
import { databaseError } from "../../src/rehearse/observe/errors.ts";
import { observeOwn, tableLocks } from "../../src/rehearse/observe/relations.ts";
import { countRows, rowsNow, writtenBy, type Rows } from "./rows.ts";
import type { SceneDatabase } from "./scene-database.ts";

export interface Observation {
  readonly effects: PostgresEffects;
  /** Before the statement: what is prepared counts. */
  readonly rows: Rows;
}

/** A statement that prepares the one to observe fails: nothing was observed. */
export class PrepareFailed extends Error {
  override readonly name = "PrepareFailed";
}

/**
 * What a statement does inside of a transaction, after the statements that prepare it, undone afterwards unless it is to be kept.
 *
 * @param rows of the scene
 * @param known the locks that were seen when the case was last run alone: not done again where what can be seen here fits
 * @throws PrepareFailed
 */
export async function observeInTransaction(
  database: SceneDatabase,
  prepare: readonly string[],
  sql: string,
  rows: Rows,
  keep: boolean,
  known: readonly TableLock[] | null,
): Promise<Observation> {
  const { effects, held, rows: now } = await observeOnce(await database.client(), prepare, sql, rows, keep);
  if (effects.error !== null || held.length === 0) return { effects, rows: now };
  if (known !== null && fits(known, held, effects.locks)) return { effects: { ...effects, locks: known }, rows: now };
  const alone = await locksAlone(database, prepare, sql);
  return { effects: { ...effects, locks: alone ?? beyond(held, effects.locks) }, rows: now };
}

/** The same with the locks that the transaction has at the end: those `held` before the statement are among them. @throws PrepareFailed */
export async function observeOnce(
  client: Client,
  prepare: readonly string[],
  sql: string,
  rows: Rows,
  keep: boolean,
): Promise<Observation & { readonly held: readonly TableLock[] }> {
  await client.query("BEGIN");
  const written = prepare.length === 0 ? null : await writtenBy(client);
  for (const [index, statement] of prepare.entries()) {
    const error = await attempt(client, statement);
    if (error === null) continue;
    await client.query("ROLLBACK");
    throw new PrepareFailed(`statement ${index + 1} of the case, which prepares it, fails: ${error.message}`);
  }
  const before = await observeOwn(client);
  const now = written === null ? rows : await rowsNow(client, rows, written, before.relations);
  const held = tableLocks(before.relations, before.locks);
  // A few hundred rows are read one after the other; where production has an index, it is used.
  if (isPlanned(sql)) await client.query("SET LOCAL enable_seqscan = off");
  const error = await attempt(client, sql);
  if (error !== null) {
    await client.query("ROLLBACK");
    return { effects: { locks: [], rewrites: [], scans: [], indexBuilds: [], error }, held, rows: now };
  }
  const after = await observeOwn(client);
  await client.query(keep ? "COMMIT" : "ROLLBACK");
  const counts = new Map([...before.relations.values()].map((r) => [r.oid, r.kind === "p" ? 0 : (now.get(r.name) ?? 0)]));
  return { effects: effectsBetween(before.relations, after.relations, after.locks, counts, sql, null), held, rows: now };
}

/** Whether a statement that takes `alone` by itself can have turned what was `held` before it into what is `seen` after it. */
function fits(alone: readonly TableLock[], held: readonly TableLock[], seen: readonly TableLock[]): boolean {
  const together = new Map<string, LockMode>(held.map((lock) => [lock.relation, lock.mode]));
  for (const { relation, mode } of alone) together.set(relation, strongest(together.get(relation) ?? mode, mode));
  return together.size === seen.length && seen.every(({ relation, mode }) => together.get(relation) === mode);
}

/** From `public.person AccessExclusive`. */
export function readLocks(texts: readonly string[]): TableLock[] {
  return texts.flatMap((text) => {
    const space = text.lastIndexOf(" ");
    const mode = LOCK_MODES.find((one) => one === text.slice(space + 1));
    return mode === undefined ? [] : [{ relation: text.slice(0, space), mode }];
  });
}

/**
 * What the transaction held before hides what the statement takes itself: it is run once more after a commit.
 * @returns null when it does not work there: a cursor ends with its transaction
 */
async function locksAlone(database: SceneDatabase, prepare: readonly string[], sql: string): Promise<readonly TableLock[] | null> {
  return database.inCopy(async (name) => {
    const client = await database.server.connect({ role: "superuser", database: name });
    try {
      for (const statement of ["BEGIN", ...prepare, "COMMIT", "BEGIN"]) if ((await attempt(client, statement)) !== null) return null;
      const { relations } = await observeOwn(client);
      if ((await attempt(client, sql)) !== null) return null;
      const { locks } = await observeOwn(client);
      return tableLocks(relations, locks);
    } finally {
      await client.end();
    }
  });
}

/** What is stronger than what was held. */
function beyond(held: readonly TableLock[], seen: readonly TableLock[]): readonly TableLock[] {
  const before = new Map(held.map((lock) => [lock.relation, lock.mode]));
  return seen.filter(({ relation, mode }) => before.get(relation) !== mode);
}

/** The server's error, or null. @throws what is not an error of the server */
export async function attempt(client: Client, sql: string): Promise<EngineError | null> {
  try {
    await client.query(sql);
    return null;
  } catch (error) {
    const known = databaseError(error);
    if (known === null) throw error;
    return { sqlstate: known.code, message: known.message };
  }
}

export async function sceneRows(database: SceneDatabase): Promise<Rows> {
  return countRows(await database.client());
}
