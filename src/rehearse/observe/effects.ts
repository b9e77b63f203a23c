import type { EngineError, PostgresEffects } from "../../model/effects.ts";
import type { HeldLocks } from "./locks.ts";
import { isTable, type Relations, tableLocks } from "./relations.ts";

export interface TwinResult {
  readonly effects: PostgresEffects;
  /** What there was before it, by the names of then. */
  readonly relations: Relations;
  /** It ran outside of a transaction because Postgres wants it so. */
  readonly outside: boolean;
}

/**
 * The effects of one statement from what the catalogue, the locks and the counters were before and after it.
 *
 * @param rows that each table held before, by oid; tables that are not in it are empty or new, and nothing is read there
 * @param sql the statement. It decides how much of a table must have been read to call it a scan: utility commands either read all rows
 *   or none, and the validation of a foreign key may leave NULLs out; ordinary statements also read some rows.
 */
export function effectsBetween(
  before: Relations,
  after: Relations,
  locks: HeldLocks,
  rows: ReadonlyMap<number, number>,
  sql: string,
  error: EngineError | null,
): PostgresEffects {
  const files = new Set([...before.values()].map((relation) => relation.file));
  const rewritten = new Set<number>();
  const emptied = new Set<number>();
  for (const old of before.values()) {
    const now = after.get(old.oid);
    if (now === undefined || !isTable(old) || old.file === null || now.file === null || old.file === now.file) continue;
    // TRUNCATE also gives a table new files, and writes no row. Of a table whose rows are all gone nobody could tell.
    if (now.bytes === 0 && (rows.get(old.oid) ?? 0) > 0) emptied.add(old.oid);
    else rewritten.add(old.oid);
  }
  const builds: string[] = [];
  for (const now of after.values()) {
    if (isTable(now) || now.file === null || now.table === null || files.has(now.file)) continue;
    // What belongs to a table that the statement itself creates is left out, as its locks are.
    if (before.has(now.table) && !emptied.has(now.table)) builds.push(now.name);
  }
  return {
    locks: tableLocks(before, locks),
    rewrites: names(before, rewritten),
    scans: names(before, scanned(before, after, rows, isPlanned(sql) ? SCAN_SHARE.planned : SCAN_SHARE.utility)),
    indexBuilds: builds.sort(),
    error,
  };
}

function scanned(before: Relations, after: Relations, rows: ReadonlyMap<number, number>, share: number): Set<number> {
  const result = new Set<number>();
  for (const now of after.values()) {
    const table = now.table ?? now.oid;
    const count = rows.get(table) ?? 0;
    if (count === 0 || !before.has(table)) continue;
    const read = now.returned - (before.get(now.oid)?.returned ?? 0);
    // An index is read instead of its table: by the validation of a foreign key, for instance.
    if (read >= Math.max(1, count * share)) result.add(table);
  }
  return result;
}

function names(before: Relations, oids: ReadonlySet<number>): string[] {
  return [...oids].map((oid) => before.get(oid)?.name ?? String(oid)).sort();
}

/** Statements whose reading depends on a plan, so that only real sizes tell what they scan. */
export function isPlanned(sql: string): boolean {
  return /^\s*(?:select|insert|update|delete|merge|with|values|table|copy|create\s+(?:unlogged\s+)?table\s+.*\bas\b|declare|explain)/is.test(
    sql,
  );
}

const SCAN_SHARE = { planned: 0.9, utility: 0.1 } as const;
