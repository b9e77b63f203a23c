import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const distributedBeforeLocal: ClickHouseRule = clickHouseRuleFor(["add-column", "rename-column"], {
  id: "distributed-before-local",
  summary: "a column is added to a Distributed table before the local one has it: reads and inserts through it fail",
  check(change, statement, context): ClickHouseHazard | null {
    const known = context.table(statement, change.table);
    const local = known?.forwards?.kind === "distributed" ? known.forwards.table : null;
    const behind = local === null ? undefined : statement.after.tables.get(local);
    const name = change.kind === "add-column" ? change.column.name : change.to;
    if (local === null || behind === undefined || !behind.columnsKnown || behind.columns.some((column) => column.name === name))
      return null;
    if (context.effectsOf(statement, change).error !== null || (change.kind === "add-column" && change.column.default?.kind === "ALIAS"))
      return null;
    return {
      severity: "error",
      about: `${change.table}.${name}`,
      message: `${named(change.table)} has ${named(name)} before ${named(local)} does: SELECT * fails, and so do inserts through it`,
      label: "the local table does not know the column yet",
      why: "A Distributed table sends its own columns to every shard. `SELECT *` fails with code 47; with foreground inserts every INSERT fails with code 16, also one with the old list of columns; with background inserts rows wait in the queue until the local tables have it.",
      help: `the other way round: \`ALTER TABLE ${sqlTable(local)} ADD COLUMN …\` on every shard first, then the Distributed tables for reading, then those for writing, then the view`,
      evidence: [
        {
          kind: "error",
          text: `code 47 for SELECT *, code 16 for INSERT, until ${local} has it`,
          from: "static",
          value: { codes: [47, 16] },
        },
      ],
      covers: context.silents(statement),
    };
  },
});
