import type { JudgedStatement } from "../../model/judged.ts";
import { bareName } from "../../model/schema.ts";
import { boundCondition } from "../bounds.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { whoWaits, workEvidence } from "../work.ts";
import { named, newName, sentences, sqlName, sqlTable } from "../words.ts";

export const defaultPartitionScan: Rule = {
  id: "default-partition-scan",
  summary: "a new partition reads the whole default partition under ACCESS EXCLUSIVE",
  database: "postgres",
  kinds: ["attach-partition", "create-relation"],
  check(statement, context) {
    const added = [
      ...changesOf(statement, "attach-partition").map(({ table, partition, bound }) => ({ parent: table, partition, bound })),
      ...changesOf(statement, "create-relation").flatMap(({ relation }) =>
        relation.partitionOf === null
          ? []
          : [{ parent: relation.partitionOf, partition: relation.name, bound: relation.partitionBound ?? "" }],
      ),
    ];
    return added.flatMap(({ parent, partition, bound }) => {
      const all = context.blockingWork(statement);
      const work = all.filter((item) => isUnderDefault(statement, context, item.table, parent) && item.table !== partition);
      const [first] = work;
      if (first === undefined) return [];
      const table = first.table;
      const name = sqlName(newName(bareName(table), "not", bareName(partition)));
      const t = sqlTable(table);
      return [
        {
          severity: context.workSeverity(table),
          about: table,
          message: `${named(partition)} takes its bound from default partition ${named(table)}, which is read from end to end under ACCESS EXCLUSIVE`,
          label: "no row of the default partition may belong to the new one",
          why: sentences(
            whoWaits(context, first),
            `Rows that belong to the new partition may be in ${named(table)}: Postgres reads it to find out, and fails on the first one (SQLSTATE 23514).`,
            !changesOf(statement, "attach-partition").some((change) => change.partition === partition) &&
              `CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on ${named(parent)} as well, so that all of it waits.`,
          ),
          help: `prove first, without a long lock, that the default partition has no such row; move those that it has:\nALTER TABLE ${t} ADD CONSTRAINT ${name} CHECK (NOT (${boundCondition(bound, context.table(statement, parent)?.partitionKey, false)})) NOT VALID;\n-- in a transaction of its own\nALTER TABLE ${t} VALIDATE CONSTRAINT ${name};\n-- the new partition, made by itself and then attached:\nCREATE TABLE ${sqlTable(partition)} (LIKE ${sqlTable(parent)} INCLUDING ALL);\nALTER TABLE ${sqlTable(parent)} ATTACH PARTITION ${sqlTable(partition)} ${bound};\nALTER TABLE ${t} DROP CONSTRAINT ${name};`,
          evidence: workEvidence(
            statement,
            context,
            work.map((item) => item.table),
          ),
          supersedes: all.every((item) => work.includes(item) || item.table === partition)
            ? ["scan-under-lock", "create-partition-locks-parent"]
            : [],
        },
      ];
    });
  },
};

/** The default partition, or a part of it where it is partitioned itself. */
function isUnderDefault(statement: JudgedStatement, context: RuleContext, table: string, parent: string): boolean {
  const relation = context.table(statement, table);
  if (relation === null || relation.partitionOf === null) return false;
  if (relation.partitionOf === parent) return relation.partitionBound === "DEFAULT";
  return isUnderDefault(statement, context, relation.partitionOf, parent);
}
