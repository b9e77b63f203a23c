import { bareName } from "../../model/schema.ts";
import { boundCondition } from "../bounds.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { whoWaits, workEvidence, workOn } from "../work.ts";
import { named, newName, sentences, sqlName, sqlTable } from "../words.ts";

export const attachPartitionScan: Rule = ruleFor("attach-partition", {
  id: "attach-partition-scan",
  summary: "ATTACH PARTITION reads the whole new partition, or builds indexes on it, under ACCESS EXCLUSIVE",
  check(change, statement, context) {
    const { table, partition, bound } = change;
    const work = workOn(statement, context, partition, change);
    const [first] = work;
    if (first === undefined) return null;
    const [p, t] = [sqlTable(partition), sqlTable(table)];
    const name = sqlName(newName(bareName(partition), "bound"));
    const builds = work.some((item) => item.kind === "index-build");
    const check = [
      `ALTER TABLE ${p} ADD CONSTRAINT ${name} CHECK (${boundCondition(bound, context.table(statement, table)?.partitionKey)}) NOT VALID;`,
      `-- in a transaction of its own`,
      `ALTER TABLE ${p} VALIDATE CONSTRAINT ${name};`,
    ];
    const steps = [
      ...(builds
        ? [
            `CREATE INDEX CONCURRENTLY … ON ${p} (…);   -- one for each index of ${named(table).replaceAll("`", "")}, unique where that one is`,
          ]
        : []),
      ...check,
      `ALTER TABLE ${t} ATTACH PARTITION ${p} ${bound};`,
      `ALTER TABLE ${p} DROP CONSTRAINT ${name};`,
    ].join("\n");
    // What is read of other tables, of a default partition, has a rule of its own.
    const rest = context.blockingWork(statement).filter((item) => !work.includes(item));
    return {
      severity: context.workSeverity(first.table),
      about: partition,
      message: builds
        ? `attaching ${named(partition)} builds the indexes of ${named(table)} that it lacks, under ACCESS EXCLUSIVE`
        : `attaching ${named(partition)} reads every row of it under ACCESS EXCLUSIVE`,
      label: builds ? "an index of the parent that the partition does not have" : "nothing proves yet that its rows are within the bound",
      why: sentences(
        whoWaits(context, first),
        builds
          ? "Postgres gives a partition every index of its parent; those that it has already, valid and alike, are only linked."
          : "Postgres reads the rows to prove the bound, unless a validated CHECK implies it.",
        `${named(table)} itself is only under SHARE UPDATE EXCLUSIVE, which lets reads and writes through.`,
      ),
      help: `do before, without a long lock, what ATTACH would do under one:\n${steps}`,
      evidence: workEvidence(
        statement,
        context,
        work.map((item) => item.table),
      ),
      supersedes: rest.every((item) => isDefault(item.table)) ? ["scan-under-lock"] : [],
    };

    function isDefault(name_: string): boolean {
      return context.table(statement, name_)?.partitionBound === "DEFAULT";
    }
  },
});
