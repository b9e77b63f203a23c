import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sayTo, sqlTable } from "../words.ts";

export const dropPartitionLocksParent: Rule = ruleFor("drop-relation", {
  id: "drop-partition-locks-parent",
  summary: "dropping a partition takes ACCESS EXCLUSIVE on the whole partitioned table",
  check(change, statement, context) {
    const parent = context.table(statement, change.name)?.partitionOf ?? null;
    if (parent === null || !context.existedBefore(statement, parent)) return null;
    const lock = context.blockingLocks(statement).find(({ relation, mode }) => relation === parent && mode === "AccessExclusive");
    // On a hot table `hot-table-alter` says it, with the traffic.
    if (lock === undefined || context.holds(statement, lock) || context.isHot(parent)) return null;
    const [p, t] = [sqlTable(parent), sqlTable(change.name)];
    const sql =
      context.environment.postgres >= 14
        ? `ALTER TABLE ${p} DETACH PARTITION ${t} CONCURRENTLY;   -- outside of a transaction; waits for others, nobody waits for it\nDROP TABLE ${t};`
        : `SET lock_timeout = '2s';\nDROP TABLE ${t};   -- again, until it gets its lock; CONCURRENTLY exists from Postgres 14 on`;
    return {
      severity: "info",
      about: parent,
      message: `dropping partition ${named(change.name)} takes ACCESS EXCLUSIVE on ${named(parent)}, of which it is a part`,
      label: "reads and writes of every partition wait",
      why: `the drop is instant, but it waits for every transaction on ${named(parent)}, and meanwhile every later query on any of its partitions waits behind it`,
      help: sayTo(statement, {
        sql: `take it out first:\n${sql}`,
        django: `through \`migrations.RunSQL\` in a migration with \`atomic = False\`:\n${sql}`,
      }),
      evidence: context.evidence(statement, [parent]),
    };
  },
});
