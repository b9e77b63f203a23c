import { createHash } from "node:crypto";
import { blocksWrites, strongest, type LockMode, type TableLock } from "../model/effects.ts";
import type { JudgedStatement } from "../model/judged.ts";
import { transactionsOf } from "../model/transactions.ts";
import type { LedgerKey } from "../ledger/postgres/ledger.ts";
import { backfillOf, BadDirective } from "./backfill/directive.ts";
import type { Backfill } from "./backfill/prepare.ts";
import type { Strategy, Unit, UnitPart } from "./types.ts";

/**
 * LOCK TABLE takes these, a view with what it reads: who reads a view locks it before its tables, so asking for the view while one holds the
 * tables is a deadlock (met with DROP VIEW beside an ALTER TABLE). What else a statement locks is waited for by the statement itself, within
 * the budget.
 */
const LOCKABLE = new Set(["table", "partitioned-table", "view"]);

export interface UnitContext {
  readonly keyOf: (statement: JudgedStatement) => LedgerKey;
  /** For a way back: what it takes back. */
  readonly undoes?: (statement: JudgedStatement) => LedgerKey;
  /** Postgres refuses the statement inside a transaction (25001). */
  readonly needsNoTransaction: (statement: JudgedStatement) => boolean;
  /** @throws BadDirective for one that cannot be run in batches */
  readonly prepare: (statement: JudgedStatement) => Backfill;
}

/** What runs together, in order. A statement that may stand in a transaction always does, so that its record is as true as it is. */
export function unitsOf(judged: readonly JudgedStatement[], context: UnitContext): readonly Unit[] {
  const last = new Map<string, number>();
  for (const { migration, statement } of judged) last.set(migration.id, statement.index);
  return transactionsOf(judged).map((group) => {
    const parts = partsOf(group, context, last);
    const statements = group.filter(({ statement }) => !statement.changes.some(({ kind }) => kind === "begin" || kind === "commit"));
    const strategy = strategyOf(group, context);
    refuseRollback(group);
    const opened = group.find(({ statement }) => statement.changes.some(({ kind }) => kind === "begin"))?.statement.sql;
    const walked = group.find((judged) => backfillOf(judged) !== null);
    return {
      strategy,
      parts,
      statements,
      // `BEGIN ISOLATION LEVEL SERIALIZABLE` says more than that a transaction begins.
      begin: opened !== undefined && /^(?:begin|start)\b/i.test(opened) ? opened.replace(/\s*;\s*$/, "") : "BEGIN",
      locks: strategy === "alone" || strategy === "backfill" ? [] : locksOf(group),
      // One that stands in a transaction is refused by its preparation.
      ...(walked === undefined ? {} : { backfill: context.prepare(walked) }),
    };
  });
}

/** What takes itself back leaves a ledger that says it was done. @throws BadDirective */
function refuseRollback(group: readonly JudgedStatement[]): void {
  const back = group.find(({ statement }) => statement.changes.some(({ kind }) => kind === "rollback"));
  if (back === undefined) return;
  const { file, line } = back.statement.span;
  throw new BadDirective(`${file}:${line}: the migration takes itself back with ROLLBACK`, "leave the statements out that it takes back");
}

function strategyOf(group: readonly JudgedStatement[], { needsNoTransaction }: UnitContext): Strategy {
  const [first] = group;
  if (group.length === 1 && first !== undefined && first.statement.transaction === null) {
    if (first.statement.changes.length > 0 && first.statement.changes.every(({ kind }) => kind === "set")) return "session";
    if (backfillOf(first) !== null) return "backfill";
    if (needsNoTransaction(first)) return "alone";
  }
  return locksOf(group).length > 0 ? "locks-first" : "transaction";
}

function partsOf(
  group: readonly JudgedStatement[],
  { keyOf, undoes }: UnitContext,
  last: ReadonlyMap<string, number>,
): readonly UnitPart[] {
  const byMigration = groupBy(group);
  return [...byMigration.values()].flatMap((own) => {
    const [first, end] = [own[0], own.at(-1)];
    if (first === undefined || end === undefined) return [];
    return [
      {
        key: keyOf(first),
        migration: first.migration,
        from: first.statement.index,
        to: end.statement.index + 1,
        hash: hashOf(own.map(({ statement }) => statement.sql)),
        last: last.get(first.migration.id) === end.statement.index,
        ...(undoes === undefined ? {} : { undoes: undoes(first) }),
      },
    ];
  });
}

/** (`Map.groupBy` came with Node 21.) */
function groupBy(group: readonly JudgedStatement[]): Map<string, JudgedStatement[]> {
  const byMigration = new Map<string, JudgedStatement[]>();
  for (const judged of group) byMigration.set(judged.migration.id, [...(byMigration.get(judged.migration.id) ?? []), judged]);
  return byMigration;
}

export function hashOf(texts: readonly string[]): string {
  return createHash("sha256").update(texts.join("\0")).digest("hex");
}

/** The strongest lock per table over the whole unit: taking a weaker one first and a stronger one later is how deadlocks are made. */
function locksOf(group: readonly JudgedStatement[]): readonly TableLock[] {
  const before = group[0]?.before.relations;
  const modes = new Map<string, LockMode>();
  for (const { predicted } of group) {
    for (const { relation, mode } of predicted?.locks ?? []) {
      if (!blocksWrites(mode) || !LOCKABLE.has(before?.get(relation)?.kind ?? "")) continue;
      const known = modes.get(relation);
      modes.set(relation, known === undefined ? mode : strongest(known, mode));
    }
  }
  return [...modes].map(([relation, mode]) => ({ relation, mode })).sort((a, b) => (a.relation < b.relation ? -1 : 1));
}
