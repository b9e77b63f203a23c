import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseChanges, clickHouseRuleFor } from "./rule.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const indexNotMaterialised: ClickHouseRule = clickHouseRuleFor(["add-index", "add-projection"], {
  id: "index-not-materialised",
  summary: "an index or projection added to a large table and never materialized: old parts do not have it",
  check(change, statement, context): ClickHouseHazard | null {
    const { table } = change;
    const name = change.kind === "add-index" ? change.index.name : change.projection.name;
    // Where nobody knows how much is there, there may be nothing to materialize.
    if (!context.existedBefore(statement, table) || context.size(table).kind !== "large") return null;
    if (context.effectsOf(statement, change).error !== null) return null;
    const made = [statement, ...context.later(statement)].some((one) =>
      clickHouseChanges(one, "materialize-index", "materialize-projection").some((later) => later.table === table && later.name === name),
    );
    if (made) return null;
    const what = change.kind === "add-index" ? "INDEX" : "PROJECTION";
    return {
      severity: "info",
      about: `${table} ${name}`,
      message: `${named(name)} is built for new parts of ${named(table)} only`,
      why: "Parts that exist do not have it and are read as before: 25 of 25 granules before MATERIALIZE, 1 of 25 after. Merges build it over time, for what they merge.",
      help: `in a quiet hour, partition by partition: \`ALTER TABLE ${sqlTable(table)} MATERIALIZE ${what} ${sqlName(name)} IN PARTITION …\``,
      evidence: [context.sizeEvidence(table)],
    };
  },
});
