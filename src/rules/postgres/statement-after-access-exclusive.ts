import { blocksReads, spellLock } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { changesOf } from "../rule.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { rowsOf } from "../work.ts";
import { named, sayTo } from "../words.ts";
import { growingWrites } from "../writes.ts";

export const statementAfterAccessExclusive: Rule = {
  id: "statement-after-access-exclusive",
  summary: "work that grows with a table, in a transaction that holds a blocking lock already",
  database: "postgres",
  check(statement, context) {
    const held = context.blockingLocksHeld(statement);
    const lock = held.find((candidate) => candidate.mode === "AccessExclusive") ?? held[0];
    // A write has a rule of its own, `ddl-and-backfill-together`.
    if (lock === undefined || growingWrites(statement, context).length > 0) return [];
    const work = longWork(statement, context, lock.mode === "AccessExclusive");
    if (work === null) return [];
    const from = context
      .earlierInTransaction(statement)
      .find((earlier) => context.blockingLocks(earlier).some((taken) => taken.relation === lock.relation && taken.mode === lock.mode));
    const who = blocksReads(lock.mode) ? "reads and writes" : "writes";
    return [
      {
        severity: work.certain || context.workSeverity(work.table) === "info" ? context.workSeverity(work.table) : "warning",
        about: work.table,
        message: `${named(work.table)} is ${work.verb} while the transaction holds ${spellLock(lock.mode)} on ${named(lock.relation)}`,
        label: `${who} on ${named(lock.relation)} wait until this is done`,
        why: `locks are released only at the end of the transaction: the short lock of an earlier statement is held through this long one, for ${rowsOf(context, work.table)} of ${named(work.table)}`,
        help: sayTo(statement, {
          sql: "put this statement into a transaction of its own: COMMIT before it, or a migration of its own",
          django: "put this operation into a migration of its own; `atomic = False` lets go of each lock as soon as its statement is done",
        }),
        evidence: [
          {
            kind: "lock",
            text: `${spellLock(lock.mode)} on ${named(lock.relation)}, taken earlier in the transaction and held until it ends`,
            from: "static",
            value: { relation: lock.relation, mode: lock.mode },
          },
          ...context.evidence(statement, [work.table]),
          context.sizeEvidence(work.table),
        ],
        ...(from === undefined ? {} : { also: [{ span: from.statement.span, label: "takes the lock" }] }),
      },
    ];
  },
};

interface LongWork {
  readonly table: string;
  readonly verb: string;
  /** Known to read every row; a SELECT may be short. */
  readonly certain: boolean;
}

function longWork(statement: JudgedStatement, context: RuleContext, readsBlocked: boolean): LongWork | null {
  const effects = context.effects(statement);
  const existed = (table: string): boolean => context.existedBefore(statement, table);
  // Under its own lock just as strong, the statement's own rule has said it.
  const explained = new Set(
    context
      .blockingWork(statement)
      .filter((work) => !readsBlocked || work.mode === "AccessExclusive")
      .map((work) => work.table),
  );
  const find = (tables: readonly string[]): string | undefined => tables.find((table) => existed(table) && !explained.has(table));
  const rewritten = find(effects.rewrites);
  if (rewritten !== undefined) return { table: rewritten, verb: "rewritten", certain: true };
  const scanned = find(effects.scans);
  if (scanned !== undefined) return { table: scanned, verb: "read", certain: true };
  const fullyRead = find(changesOf(statement, "read").flatMap((change) => change.fullReads ?? []));
  if (fullyRead !== undefined) return { table: fullyRead, verb: "read", certain: true };
  const read = find([
    ...changesOf(statement, "read").flatMap((change) => change.tables),
    ...context.accesses(statement).flatMap((access) => (access.verb === "select" && access.wholeTable ? [access.table] : [])),
  ]);
  return read === undefined ? null : { table: read, verb: "queried", certain: false };
}
