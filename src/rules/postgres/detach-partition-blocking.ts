import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sayTo, sentences, sqlTable } from "../words.ts";

export const detachPartitionBlocking: Rule = ruleFor("detach-partition", {
  id: "detach-partition-blocking",
  summary: "DETACH PARTITION without CONCURRENTLY takes ACCESS EXCLUSIVE on the partitioned table",
  check(change, statement, context) {
    if (change.concurrently) return null;
    const { table, partition } = change;
    const lock = context.blockingLocks(statement).find(({ relation, mode }) => relation === table && mode === "AccessExclusive");
    // On a hot table `hot-table-alter` says it, with the traffic.
    if (lock === undefined || context.holds(statement, lock) || context.isHot(table)) return null;
    const hasDefault = [...statement.before.relations.values()].some(
      (relation) => relation.partitionOf === table && relation.partitionBound === "DEFAULT",
    );
    const concurrently = context.environment.postgres >= 14 && !hasDefault;
    const sql = `ALTER TABLE ${sqlTable(table)} DETACH PARTITION ${sqlTable(partition)} CONCURRENTLY;`;
    return {
      severity: "info",
      about: partition,
      message: `detaching ${named(partition)} takes ACCESS EXCLUSIVE on ${named(table)}`,
      label: "reads and writes of every partition wait",
      why: sentences(
        `The work is an instant, but it waits for every transaction on ${named(table)}, and every later query on any of its partitions waits behind it.`,
        hasDefault && "CONCURRENTLY is refused while there is a default partition (SQLSTATE 55000).",
        context.environment.postgres < 14 && "CONCURRENTLY exists from Postgres 14 on.",
      ),
      help: concurrently
        ? sayTo(statement, {
            sql: `outside of a transaction, in a migration of its own: \`${sql}\`. If it is interrupted, \`… DETACH PARTITION ${sqlTable(partition)} FINALIZE;\` completes it`,
            django: `through \`migrations.RunSQL\` in a migration of its own with \`atomic = False\`: \`${sql}\``,
          })
        : "`SET lock_timeout = '2s';` before it, and try again until it gets its lock",
      evidence: context.evidence(statement, [table, partition]),
    };
  },
});
