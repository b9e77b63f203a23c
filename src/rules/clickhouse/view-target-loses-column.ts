import { lostOutputs, newGaps } from "./chain.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const viewTargetLosesColumn: ClickHouseRule = clickHouseRuleFor(["drop-column", "rename-column", "modify-query"], {
  id: "view-target-loses-column",
  summary: "a materialized view writes a column that its target does not have (any more): inserts succeed, the value is lost",
  check(change, statement, context): readonly ClickHouseHazard[] {
    const { table, kind } = change;
    const graph = context.graph(statement.after);
    const views = kind === "modify-query" ? [statement.after.tables.get(table)].filter((view) => view !== undefined) : graph.into(table);
    const gaps = newGaps(lostOutputs, views, statement.before, statement.after);
    return gaps.map(({ view, column, table: target }) => ({
      severity: "error",
      about: `${view.name} ${column}`,
      message: `${named(view.name)} writes ${named(column)}, which ${named(target)} ${kind === "modify-query" ? "does not have" : "has no longer"}: every new value of it is lost`,
      label: kind === "rename-column" ? "a view writes by name: the renamed column gets its default" : "inserts go on succeeding",
      why: `A materialized view matches columns by name. INSERTs into its source succeed as before, the value of ${named(column)} is dropped, and ${kind === "rename-column" ? "the renamed column gets its default for every new row" : "nothing says so"}.`,
      help:
        kind === "modify-query"
          ? `first \`ALTER TABLE ${sqlTable(target)} ADD COLUMN …\` on every host (local, then Distributed), then the view`
          : `in this order: \`ALTER TABLE ${sqlTable(view.name)} MODIFY QUERY …\` ${kind === "rename-column" ? "with both names (the new column added beside the old one)" : "without the column"}, then the target`,
      evidence: context.evidence(statement),
      covers: context.silents(statement),
    }));
  },
});
