import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const createPartitionLocksParent: Rule = ruleFor("create-relation", {
  id: "create-partition-locks-parent",
  summary: "CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on the whole partitioned table; ATTACH does not",
  check(change, statement, context) {
    const { relation } = change;
    const parent = relation.partitionOf;
    const lock = context.blockingLocks(statement).find((taken) => taken.relation === parent && taken.mode === "AccessExclusive");
    // On a hot table `hot-table-alter` says it, with the traffic.
    if (parent === null || lock === undefined || context.holds(statement, lock) || context.isHot(parent)) return null;
    const [p, t] = [sqlTable(parent), sqlTable(relation.name)];
    return {
      severity: "info",
      about: relation.name,
      message: `creating ${named(relation.name)} as a partition takes ACCESS EXCLUSIVE on ${named(parent)}`,
      label: "reads and writes of every partition wait",
      why: `the work is an instant, but it waits for every transaction on ${named(parent)}, and every later query on any of its partitions waits behind it. ATTACH PARTITION takes SHARE UPDATE EXCLUSIVE on ${named(parent)}, which lets reads and writes through`,
      help: `in two statements:\nCREATE TABLE ${t} (LIKE ${p} INCLUDING ALL);\nALTER TABLE ${p} ATTACH PARTITION ${t} ${relation.partitionBound === "DEFAULT" ? "DEFAULT" : (relation.partitionBound ?? "…")};`,
      evidence: context.evidence(statement, [parent]),
    };
  },
});
