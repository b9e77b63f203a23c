import type { Rule } from "../rule.ts";
import { milliseconds, named } from "../words.ts";

/** What a user takes for a page that hangs. */
const LONGEST_MS = 5000;

export const lockTimeoutTooLong: Rule = {
  id: "lock-timeout-too-long",
  summary: "a lock timeout so long that everybody behind the statement notices",
  database: "postgres",
  checkMigration({ statements }, context) {
    for (const statement of statements) {
      const [lock] = context.blockingLocks(statement);
      const timeout = context.lockTimeout(statement);
      if (lock === undefined || timeout === null || timeout <= LONGEST_MS || context.holds(statement, lock)) continue;
      return [
        {
          severity: context.environment.assume === "small" ? ("info" as const) : ("warning" as const),
          statement: statement.statement.index,
          about: lock.relation,
          message: `lock_timeout = ${milliseconds(timeout)}: queries on ${named(lock.relation)} may wait that long behind this statement`,
          label: "everybody who comes after it waits as long",
          why: "the statement waits for the transactions that were there before, and every query that its lock excludes waits behind it until the timeout: to users that is an outage of that length, at every try",
          help: `2 s or less, and more tries: \`SET lock_timeout = '2s';\` with a deploy that runs the migration again when it gives up (SQLSTATE 55P03)`,
          evidence: [
            ...context.evidence(statement, [lock.relation]).filter(({ kind }) => kind === "lock"),
            ...context.trafficEvidence(lock.relation),
          ],
        },
      ];
    }
    return [];
  },
};
