import type { Rule } from "../rule.ts";
import { counted } from "../words.ts";
import { ownTransactions } from "../transactions.ts";

export const unclosedTransaction: Rule = {
  id: "unclosed-transaction",
  summary: "BEGIN without COMMIT: nothing after it is kept",
  database: "postgres",
  checkMigration({ migration, statements }) {
    const { unclosed } = ownTransactions(statements);
    // A tool's own transaction ends with its COMMIT, which ends this one too.
    if (unclosed === null || migration.transaction === "per-migration" || migration.transaction === "all-pending") return [];
    const after = statements.length - 1 - statements.indexOf(unclosed);
    return [
      {
        severity: "error",
        statement: unclosed.statement.index,
        message: `this BEGIN has no COMMIT: ${after === 0 ? "the transaction stays open" : `${counted(after, "statement")} after it ${after === 1 ? "is" : "are"} rolled back`}`,
        label: "open until the session ends, and then undone",
        why: "at the end of the file the session ends or goes back to its pool: what is not committed is rolled back, the migration has succeeded as far as its tool can tell, and until then its locks are held",
        help: "`COMMIT;` at the end of the file",
        evidence: [],
      },
    ];
  },
};
