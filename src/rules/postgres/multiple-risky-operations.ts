import { spellLock } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule } from "../rule.ts";
import { counted, groupBy, named, namedList, sayTo } from "../words.ts";

export const multipleRiskyOperations: Rule = {
  id: "multiple-risky-operations",
  summary: "one transaction collects blocking locks on several tables",
  database: "postgres",
  checkMigration(migration, context) {
    const inTransactions = migration.statements.filter((statement) => context.inTransaction(statement));
    return [...groupBy(inTransactions, (statement) => statement.statement.transaction).values()].flatMap((statements) => {
      const taken = new Map<string, JudgedStatement>();
      for (const statement of statements) {
        for (const { relation } of context.blockingLocks(statement)) if (!taken.has(relation)) taken.set(relation, statement);
      }
      const takers = [...new Set(taken.values())];
      const last = takers.at(-1);
      // One statement that locks two tables, as a foreign key does, cannot be split.
      if (takers.length < 2 || last === undefined) return [];
      const tables = [...taken.keys()];
      const hazard: Hazard = {
        severity: tables.every((table) => context.size(table).kind === "small" && !context.isHot(table)) ? "info" : "warning",
        statement: last.statement.index,
        message: `one transaction takes blocking locks on ${counted(tables.length, "table")}: ${namedList(tables)}`,
        label: "all of them are held until the end",
        why: `the first lock is held while the statement waits for the next: users wait on ${namedList(tables)} together, and a query that takes the same tables in another order deadlocks with the migration (one of the two is cancelled, SQLSTATE 40P01)`,
        help: sayTo(last, {
          sql: "one such statement per transaction: a migration for each, each safe to run again",
          django: "one such operation per migration, so that a deploy that tries again repeats only what failed",
        }),
        evidence: takers.flatMap((statement) =>
          context.blockingLocks(statement).map(({ relation, mode }) => ({
            kind: "lock" as const,
            text: `statement ${statement.statement.index + 1}: ${spellLock(mode)} on ${named(relation)}`,
            from: statement.observed === null ? ("static" as const) : ("rehearsed" as const),
            value: { relation, mode, statement: statement.statement.index },
          })),
        ),
        also: takers.slice(0, -1).map((statement) => ({ span: statement.statement.span, label: "takes one of the locks" })),
      };
      return [hazard];
    });
  },
};
