import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule } from "../rule.ts";
import { ownTransactions } from "../transactions.ts";

export const nestedTransaction: Rule = {
  id: "nested-transaction",
  summary: "BEGIN or COMMIT inside of a transaction that is open already",
  database: "postgres",
  checkMigration({ migration, statements }) {
    const own = ownTransactions(statements);
    const isWrapped = migration.transaction === "per-migration" || migration.transaction === "all-pending";
    const [begin] = isWrapped ? own.begins : own.nested;
    const [end] = isWrapped ? [...own.stray, ...statements.filter(endsOne)] : own.stray;
    if (isWrapped && end !== undefined) return [ends(end, begin)];
    if (begin !== undefined) return [begins(begin, isWrapped)];
    return end === undefined ? [] : [nothingToEnd(end)];
  },
};

function endsOne({ statement }: JudgedStatement): boolean {
  return statement.changes.some(({ kind }) => kind === "commit" || kind === "rollback");
}

/** The one that does harm: the tool's transaction is gone before its migration is recorded. */
function ends(end: JudgedStatement, begin: JudgedStatement | undefined): Hazard {
  const rolledBack = end.statement.changes.some(({ kind }) => kind === "rollback");
  return {
    severity: "warning",
    statement: end.statement.index,
    message: `this ${rolledBack ? "ROLLBACK" : "COMMIT"} ends the transaction that the tool has opened`,
    label: "what follows runs by itself",
    why: `${begin === undefined ? "" : "BEGIN inside of a transaction does nothing but warn (SQLSTATE 25001), so there is only one to end. "}Statements after this one are each committed at once, and when one fails, or the tool cannot record the migration, what came before stays: the next run begins in the middle`,
    help: "leave BEGIN and COMMIT to the tool; where a statement must run outside of a transaction, use the tool's own mark for that (`-- +goose NO TRANSACTION`, `atomic = False`, `executeInTransaction=false`)",
    evidence: [],
    ...(begin === undefined ? {} : { also: [{ span: begin.statement.span, label: "opens none: there is one" }] }),
  };
}

function begins(begin: JudgedStatement, isWrapped: boolean): Hazard {
  return {
    severity: "warning",
    statement: begin.statement.index,
    message: `BEGIN inside of a transaction${isWrapped ? " that the tool has opened" : ""} opens none`,
    label: "warns (25001) and does nothing",
    why: "Postgres has no nested transactions: the next COMMIT or ROLLBACK ends all of it, also what came before this BEGIN",
    help: "`SAVEPOINT name;` and `ROLLBACK TO name;` for a part that may fail; otherwise leave it out",
    evidence: [],
  };
}

function nothingToEnd(end: JudgedStatement): Hazard {
  return {
    severity: "info",
    statement: end.statement.index,
    message: "there is no transaction to end here",
    label: "warns (25P01) and does nothing",
    why: "no BEGIN precedes it, and the file runs statement by statement: what stands before it has been committed already, each by itself",
    help: "BEGIN at the beginning, when the statements belong together; otherwise leave it out",
    evidence: [],
  };
}
