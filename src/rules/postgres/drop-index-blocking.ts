import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sayTo, sqlTable } from "../words.ts";

export const dropIndexBlocking: Rule = ruleFor("drop-index", {
  id: "drop-index-blocking",
  summary: "DROP INDEX without CONCURRENTLY takes ACCESS EXCLUSIVE on the table",
  check(change, statement, context) {
    if (change.concurrently) return null;
    const lock = context
      .blockingLocks(statement)
      .find(({ relation }) => context.table(statement, relation)?.indexes.some((index) => index.name === change.name) === true);
    if (lock === undefined) return null;
    const table = lock.relation;
    // On a hot table `hot-table-alter` says it, with the traffic.
    if (context.isHot(table) || context.holds(statement, lock)) return null;
    const partitioned = context.table(statement, table)?.kind === "partitioned-table";
    return {
      // The work is an instant; the wait for the lock is what `missing-lock-timeout` and `hot-table-alter` warn of.
      severity: "info",
      about: change.name,
      message: `dropping index ${named(bareName(change.name))} takes ACCESS EXCLUSIVE on ${named(table)}`,
      label: "reads and writes wait for it, behind every query that is running",
      why: "the drop itself is instant, but it waits for every transaction on the table, and every later query waits for it. Queries of versions that still serve may have needed the index: look at `pg_stat_user_indexes.idx_scan` first.",
      help: partitioned
        ? "CONCURRENTLY is refused for an index of a partitioned table: `SET lock_timeout` before it and try again"
        : sayTo(statement, {
            sql: `outside of a transaction: \`DROP INDEX CONCURRENTLY ${sqlTable(change.name)};\``,
            django: "`RemoveIndexConcurrently` from `django.contrib.postgres.operations`, in a migration of its own with `atomic = False`",
          }),
      evidence: context.evidence(statement, [table]),
    };
  },
});
