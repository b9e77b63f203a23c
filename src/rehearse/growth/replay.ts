import type { Client } from "pg";
import { withoutStubParameters } from "../../engines/postgres/embedded/extensions.ts";
import type { EngineError } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { isPlanned } from "../observe/effects.ts";
import { engineError } from "../observe/errors.ts";
import { keyOf } from "../run/effects-of.ts";
import { leftOut } from "../run/left-out.ts";
import { send } from "../run/send.ts";
import { batchesOf, standIn } from "../run/stand-in.ts";
import type { Candidate } from "./candidates.ts";
import { timeOf } from "./clock.ts";

/** Size of one table before a statement ran. */
export interface Met {
  readonly rows: number;
  readonly bytes: number;
  readonly indexBytes: number;
}

export interface Timed {
  readonly runs: readonly number[];
  /** By table name; only asked for where it is wanted. */
  readonly met: ReadonlyMap<string, Met>;
}

/** A statement that ran in the rehearsal and does not here, so that nothing after it means anything. */
export class ReplayFailed extends Error {
  readonly key: string;
  /** What was measured before it. */
  readonly times: ReadonlyMap<string, Timed>;

  constructor(key: string, error: EngineError, times: ReadonlyMap<string, Timed>) {
    super(`${error.sqlstate}: ${error.message}`);
    this.key = key;
    this.times = times;
  }
}

export interface Replay {
  readonly transactions: readonly (readonly JudgedStatement[])[];
  /** Statements to take the time of, by key. */
  readonly wanted: ReadonlyMap<string, Candidate>;
  /** What ran earlier in the same release, for code that must be stood in for. */
  readonly before: readonly JudgedStatement[];
  /** Share of Postgres' default memory for sorts, builds and joins. */
  readonly memory: number;
  readonly signal: AbortSignal;
}

/** Postgres' defaults in kB, and the least that every major accepts. */
const MEMORY = { maintenance_work_mem: { standard: 65_536, least: 1024 }, work_mem: { standard: 4096, least: 64 } } as const;

/**
 * Runs statements in the transactions of their tool, alone on the server, and takes the time of those that are asked for.
 * @throws ReplayFailed
 */
export async function replay(client: Client, { transactions, wanted, before, memory, signal }: Replay): Promise<Map<string, Timed>> {
  const times = new Map<string, Timed>();
  const sofar = [...before];
  const rows = new Map<number, number>();
  const pid = (await client.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid")).rows[0]?.pid ?? 0;
  let migration: string | null = null;
  for (const entries of transactions) {
    const first = entries[0];
    if (first === undefined) continue;
    if (first.migration.id !== migration) {
      if (client.getTransactionStatus() !== "I") await client.query("ROLLBACK");
      await client.query("DISCARD ALL");
      for (const [name, { standard, least }] of Object.entries(MEMORY))
        await client.query(`SET ${name} = ${Math.max(least, Math.round(standard * memory))}`);
      migration = first.migration.id;
    }
    const opens =
      first.statement.transaction !== null && client.getTransactionStatus() === "I" && !/^(?:begin|start)\b/i.test(first.statement.sql);
    if (opens) await client.query("BEGIN");
    for (const entry of entries) {
      signal.throwIfAborted();
      const key = keyOf(entry);
      sofar.push(entry);
      if (entry.statement.kind === "code") {
        await fill(client, entry, sofar);
        continue;
      }
      if ((await leftOut(entry.statement, key)) !== null) continue;
      const candidate = wanted.get(key);
      const met = candidate === undefined ? new Map<string, Met>() : await sizes(client, [candidate.table, ...candidate.others], rows);
      try {
        const sql = withoutStubParameters(entry.statement.sql);
        const tried = candidate === undefined || !leavesNothing(sql) ? [] : await tries(client, pid, sql);
        const ms = await timeOf(pid, () => send(client, sql, entry.statement.copyData));
        if (candidate !== undefined) times.set(key, { runs: [...tried, ms], met });
      } catch (error) {
        throw new ReplayFailed(key, engineError(error), times);
      }
    }
    if (!opens || client.getTransactionStatus() === "I") continue;
    try {
      await client.query("COMMIT");
    } catch (error) {
      throw new ReplayFailed(keyOf(entries.at(-1) ?? first), engineError(error), times);
    }
  }
  return times;
}

/** Undone, it has left no dead rows in the table: DDL makes new files or none. */
function leavesNothing(sql: string): boolean {
  return !isPlanned(sql) && !/^\s*(?:do|call)\b/i.test(sql);
}

/** A statement that takes longer than this is long enough to be told from noise. */
const LONG_MS = 2000;

/**
 * Runs that are undone, so that the statement then meets the same state again: all but a write of rows leaves nothing behind in the table.
 * Cheaper than another copy of the database, and the first run finds the table in the caches as the later ones do.
 */
async function tries(client: Client, pid: number, sql: string): Promise<number[]> {
  const found: number[] = [];
  const inside = client.getTransactionStatus() !== "I";
  for (let i = 0; i < 2; i++) {
    await client.query(inside ? "SAVEPOINT tread" : "BEGIN");
    try {
      found.push(await timeOf(pid, () => client.query(sql)));
    } catch (error) {
      // What must run outside of a transaction, or fails: the real run tells.
      engineError(error);
      return found;
    } finally {
      await client.query(inside ? "ROLLBACK TO SAVEPOINT tread" : "ROLLBACK");
    }
    if ((found[0] ?? 0) > LONG_MS) break;
  }
  return found;
}

/** What code would have left behind; what cannot be filled stays empty, as in the rehearsal. */
async function fill(client: Client, entry: JudgedStatement, sofar: readonly JudgedStatement[]): Promise<void> {
  for (const { sql, batches } of await standIn(client, entry, sofar)) {
    const inside = client.getTransactionStatus() !== "I";
    let pieces = [sql];
    if (batches !== null && !inside) {
      const size = await client.query<{ pages: number }>("SELECT (pg_catalog.pg_relation_size($1::regclass) / 8192)::int AS pages", [
        batches,
      ]);
      pieces = batchesOf(sql, size.rows[0]?.pages ?? 0);
    }
    for (const piece of pieces) {
      if (inside) await client.query("SAVEPOINT tread");
      try {
        await client.query(piece);
        if (inside) await client.query("RELEASE SAVEPOINT tread");
      } catch (error) {
        engineError(error);
        if (inside) await client.query("ROLLBACK TO SAVEPOINT tread");
      }
    }
  }
}

/**
 * Sizes as the statement will find them, changes of its own transaction included. A partitioned table is all of its partitions. A rewrite
 * forgets how many rows there were, so that is remembered by oid.
 */
async function sizes(client: Client, tables: readonly string[], remembered: Map<number, number>): Promise<Map<string, Met>> {
  const result = await client.query<{ table: string; oid: number; rows: number; bytes: number; indexBytes: number }>(
    `WITH RECURSIVE wanted AS (
       SELECT n.nspname || '.' || c.relname AS "table", c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname || '.' || c.relname = ANY ($1)
     UNION
       SELECT w."table", i.inhrelid FROM wanted w JOIN pg_catalog.pg_inherits i ON i.inhparent = w.oid)
     SELECT w."table", w.oid::int AS oid, c.reltuples::float8 AS rows, pg_catalog.pg_table_size(c.oid)::float8 AS bytes,
       pg_catalog.pg_indexes_size(c.oid)::float8 AS "indexBytes"
     FROM wanted w JOIN pg_catalog.pg_class c ON c.oid = w.oid WHERE c.relkind IN ('r', 'm')`,
    [tables],
  );
  const met = new Map<string, Met>();
  for (const { table, oid, rows, bytes, indexBytes } of result.rows) {
    const known = Math.max(rows, remembered.get(oid) ?? 0, 0);
    remembered.set(oid, known);
    const sum = met.get(table) ?? { rows: 0, bytes: 0, indexBytes: 0 };
    met.set(table, { rows: sum.rows + known, bytes: sum.bytes + bytes, indexBytes: sum.indexBytes + indexBytes });
  }
  return met;
}
