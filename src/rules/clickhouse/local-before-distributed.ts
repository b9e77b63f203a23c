import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, namedList, sqlString } from "./words.ts";

export const localBeforeDistributed: ClickHouseRule = clickHouseRuleFor(["drop-column", "rename-column"], {
  id: "local-before-distributed",
  summary: "a column leaves the local table while a Distributed one over it still has it: reads fail, queued rows are stuck",
  check(change, statement, context): ClickHouseHazard | null {
    if (context.effectsOf(statement, change).error !== null) return null;
    const over = context
      .graph(statement.after)
      .distributedOver(change.table)
      .filter(({ columns }) => columns.some(({ name }) => name === change.column));
    if (over.length === 0) return null;
    const queued = `SELECT sum(data_files) FROM system.distribution_queue WHERE (database, table) IN (${over.map(({ database, table }) => `(${sqlString(database)}, ${sqlString(table)})`).join(", ")})`;
    return {
      severity: "error",
      about: `${change.table}.${change.column}`,
      message: `${namedList(over.map(({ name }) => name))} still ${over.length === 1 ? "has" : "have"} ${named(change.column)} when it leaves ${named(change.table)}: reads and inserts through ${over.length === 1 ? "it" : "them"} fail`,
      label: "the Distributed table still asks for it",
      why: "`SELECT *` fails with code 47, foreground inserts with 16. With background inserts rows that were accepted with the column block the queue behind them: in three of three runs nearly all acknowledged rows stayed unsent.",
      help: `take it away from the outside in: view, Kafka, Distributed for writing on all hosts, \`SYSTEM FLUSH DISTRIBUTED\` and an empty queue on every host (\`${queued}\` answers 0), Distributed for reading, then the local table`,
      evidence: [
        {
          kind: "error",
          text: `code 47 for SELECT *, code 16 for INSERT through ${over.map(({ name }) => name).join(", ")}`,
          from: "static",
          value: { codes: [47, 16] },
        },
      ],
      covers: context.silents(statement),
    };
  },
});
