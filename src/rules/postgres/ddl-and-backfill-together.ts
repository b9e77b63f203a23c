import { spellLock, blocksReads } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { rowsOf } from "../work.ts";
import { named, namedList, sayTo, sentences } from "../words.ts";
import type { GrowingWrite } from "../writes.ts";
import { growingWrites } from "../writes.ts";

export const ddlAndBackfillTogether: Rule = {
  id: "ddl-and-backfill-together",
  summary: "a schema change and a backfill in one transaction: the lock is held through the backfill",
  database: "postgres",
  check(statement, context) {
    const [write] = growingWrites(statement, context);
    if (write === undefined) return [];
    const held = lockBefore(statement, context, write) ?? lockAfter(statement, context, write);
    return held === null ? [] : [held];
  },
};

/** The lock came first: it is held for as long as the backfill takes. */
function lockBefore(statement: JudgedStatement, context: RuleContext, write: GrowingWrite): Hazard | null {
  const held = context.blockingLocksHeld(statement);
  const strongest = held.find((lock) => lock.mode === "AccessExclusive") ?? held[0];
  if (strongest === undefined) return null;
  const from = context
    .earlierInTransaction(statement)
    .find((earlier) => context.blockingLocks(earlier).some((lock) => lock.relation === strongest.relation && lock.mode === strongest.mode));
  const who = blocksReads(strongest.mode) ? "reads and writes" : "writes";
  return {
    severity: write.everyRow || context.workSeverity(write.driven) === "info" ? context.workSeverity(write.driven) : "warning",
    about: write.table,
    message: `${named(write.driven)} is gone through while ${spellLock(strongest.mode)} on ${namedList(held.filter((lock) => lock.mode === strongest.mode).map((lock) => lock.relation))} is held`,
    label: `${who} on ${named(strongest.relation)} wait until this is done`,
    why: sentences(
      `The schema change and the backfill share a transaction, and locks are released only at its end: ${who} on ${named(strongest.relation)} wait while ${rowsOf(context, write.driven)} of ${named(write.driven)} ${context.size(write.driven).rows === null ? "is" : "are"} worked on.`,
    ),
    help: help(statement),
    evidence: [...heldEvidence(held), context.sizeEvidence(write.driven)],
    ...(from === undefined ? {} : { also: [{ span: from.statement.span, label: "takes the lock" }] }),
  };
}

/** The backfill came first: the rows are still locked, and deferred checks still pending, when the schema change wants its lock. */
function lockAfter(statement: JudgedStatement, context: RuleContext, write: GrowingWrite): Hazard | null {
  const later = context
    .laterInTransaction(statement)
    .find((other) => context.blockingLocks(other).some((lock) => lock.relation === write.table));
  if (later === undefined) return null;
  const deferred = context
    .table(statement, write.table)
    ?.constraints.some((constraint) => constraint.deferrable && constraint.kind === "foreign-key");
  return {
    severity: context.workSeverity(write.driven) === "info" ? "info" : "warning",
    about: write.table,
    message: `a backfill of ${named(write.table)} and a schema change of it share a transaction`,
    label: "row locks are held while the schema change waits for its own lock",
    why: sentences(
      "The rows that the backfill touched stay locked until the schema change after it has got its lock too: others wait for both, and the two orders can deadlock.",
      deferred === true &&
        "The table has deferred foreign keys: with their checks still pending Postgres refuses to alter it (SQLSTATE 55006, pending trigger events).",
    ),
    help: help(statement),
    evidence: [context.sizeEvidence(write.driven)],
    also: [{ span: later.statement.span, label: "wants a lock on the table" }],
  };
}

function help(statement: JudgedStatement): string {
  return sayTo(statement, {
    sql: "three migrations: the schema change that adds (short), the backfill in batches (long, no lock on the table), the schema change that tightens (short)",
    django:
      "three migrations: the schema operations, then the `RunPython` alone with `atomic = False` and in batches, then what tightens the schema",
  });
}

function heldEvidence(held: ReturnType<RuleContext["blockingLocksHeld"]>): Hazard["evidence"] {
  return held.map(({ relation, mode }) => ({
    kind: "lock" as const,
    text: `${spellLock(mode)} on ${named(relation)}, taken earlier in the transaction and held until it ends`,
    from: "static" as const,
    value: { relation, mode },
  }));
}
