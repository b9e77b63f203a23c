import type { Rule } from "../rule.ts";
import { counted, named, sayTo } from "../words.ts";

/** Below this the work is over before a timeout that anybody would set. */
const NOTICED = 10_000;

export const missingStatementTimeout: Rule = {
  id: "missing-statement-timeout",
  summary: "work under a blocking lock that is thought to be short, and that nothing ends when it is not",
  database: "postgres",
  // Once per migration: one line at its top is the whole remedy.
  checkMigration({ statements }, context) {
    for (const statement of statements) {
      if ((statement.before.session.statementTimeout ?? 0) > 0) continue;
      // On a table that is large, or may be, the work is an error by itself: a timeout would only make it fail.
      const work = context
        .blockingWork(statement)
        .find(({ table }) => context.size(table).kind === "small" && (context.size(table).rows ?? 0) >= NOTICED);
      if (work === undefined) continue;
      return [
        {
          severity: "info",
          statement: statement.statement.index,
          about: work.table,
          message: `work on ${counted(context.size(work.table).rows ?? 0, "row")} of ${named(work.table)} should be short, and nothing ends it when it is not`,
          label: "no statement_timeout",
          why: `the profile may be old, and another installation larger. lock_timeout ends the wait for a lock, not the work under it: without statement_timeout others on ${named(work.table)} wait until it is done or somebody notices`,
          help: sayTo(statement, {
            sql: "`SET statement_timeout = '10s';` before it, for what users may be made to wait; none (`0`) for CONCURRENTLY, VALIDATE and backfills in batches",
            django: "`migrations.RunSQL(\"SET LOCAL statement_timeout = '10s'\", migrations.RunSQL.noop)` as the first operation",
          }),
          evidence: [context.sizeEvidence(work.table)],
        },
      ];
    }
    return [];
  },
};
