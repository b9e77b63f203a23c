import type { Change } from "../../model/change.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { counted, sayTo } from "../words.ts";

export const notRepeatable: Rule = {
  id: "not-repeatable",
  summary: "a migration without a transaction that cannot be run again after it has stopped half-way",
  database: "postgres",
  checkMigration({ statements }, context) {
    const first = statements.find((statement) => !context.inTransaction(statement) && statement.statement.changes.some(failsAgain));
    if (first === undefined) return [];
    const later = statements
      .slice(statements.indexOf(first) + 1)
      .find((statement) => !context.inTransaction(statement) && mayStop(statement, context));
    if (later === undefined) return [];
    const again = statements
      .slice(0, statements.indexOf(later))
      .filter((statement) => !context.inTransaction(statement) && statement.statement.changes.some(failsAgain));
    return [
      {
        severity: "info",
        statement: first.statement.index,
        message: `when statement ${later.statement.index + 1} gives up, the migration cannot be run again: this one has been done`,
        label: again.length > 1 ? `and ${counted(again.length - 1, "other")}` : "fails the second time",
        why: "outside of a transaction each statement stays done. A lock timeout, a cancelled build or a lost connection stops the migration in the middle; a deploy that tries again begins at the top and fails here, until somebody mends it by hand",
        help: sayTo(first, {
          django:
            "one such operation per migration, so that each is recorded by itself; `atomic = False` only on the migration whose operation needs it",
          sql: "IF NOT EXISTS and IF EXISTS where the statement has them (for an index that is built CONCURRENTLY rather `DROP INDEX CONCURRENTLY IF EXISTS` before it, because a broken one exists too); or one such statement per migration",
        }),
        evidence: [],
        also: [{ span: later.statement.span, label: "may stop the migration" }],
      },
    ];
  },
};

/** Done twice, it is an error. */
function failsAgain(change: Change): boolean {
  switch (change.kind) {
    case "create-relation":
      return !change.ifNotExists && !change.orReplace;
    case "add-column":
    case "create-index":
      return !change.ifNotExists;
    case "drop-relation":
    case "drop-column":
    case "drop-constraint":
    case "drop-index":
    case "drop-type":
      return !change.ifExists;
    case "create-type":
    case "add-constraint":
    case "rename-column":
    case "rename-relation":
    case "rename-constraint":
      return true;
    case "add-enum-value":
      return !change.ifNotExists;
    case "create-trigger":
      return change.orReplace !== true;
    default:
      return false;
  }
}

/** It waits for others, or takes long. */
function mayStop(statement: JudgedStatement, context: RuleContext): boolean {
  const concurrent = statement.statement.changes.some((change) => "concurrently" in change && change.concurrently);
  return (
    concurrent ||
    (context.lockTimeout(statement) !== null && context.blockingLocks(statement).length > 0) ||
    statement.statement.kind === "code"
  );
}
