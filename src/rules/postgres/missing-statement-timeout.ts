import type { Rule } from "../rule.ts";
import { named, sayTo } from "../words.ts";

export const missingStatementTimeout: Rule = {
  id: "missing-statement-timeout",
  summary: "work under a blocking lock that nothing ends when it takes longer than thought",
  database: "postgres",
  // Once per migration: one line at its top is the whole remedy.
  checkMigration({ statements }, context) {
    for (const statement of statements) {
      const work = context.blockingWork(statement).find(({ table }) => context.size(table).kind !== "small");
      // Half of the precaution is taken. Where neither is, `missing-lock-timeout` says so.
      if (work === undefined || context.lockTimeout(statement) === null || (statement.before.session.statementTimeout ?? 0) > 0) continue;
      return [
        {
          severity: "info",
          statement: statement.statement.index,
          about: work.table,
          message: `nothing ends the work on ${named(work.table)} when it takes longer than thought`,
          label: "no statement_timeout",
          why: `lock_timeout ends the wait for a lock, not the work under it. Without statement_timeout others on ${named(work.table)} wait until it is done or somebody notices and cancels it`,
          help: sayTo(statement, {
            sql: "`SET statement_timeout = '30s';` before it, for what users may be made to wait; none (`0`) for CONCURRENTLY, VALIDATE and backfills in batches",
            django: "`migrations.RunSQL(\"SET LOCAL statement_timeout = '30s'\", migrations.RunSQL.noop)` as the first operation",
          }),
          evidence: [],
        },
      ];
    }
    return [];
  },
};
