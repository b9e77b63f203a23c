import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const projectionRefused: ClickHouseRule = refusalRule(["add-projection", "create-table"], {
  id: "projection-refused",
  summary: "a projection on a table whose merges drop or combine rows: refused until it is said what becomes of it",
  codes: [344],
  words(change, error) {
    if (!/projection/i.test(error.message)) return null;
    const name = change.kind === "create-table" ? change.table.name : change.table;
    return {
      message: `a projection of ${named(name)} is refused: its merges drop or combine rows`,
      why: "a Replacing, Collapsing, Summing or Aggregating merge would leave the projection with rows that the table no longer has.",
      help: `say what a merge does with it: \`ALTER TABLE ${sqlTable(name)} MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild'\` (correct, and merges cost more) or 'drop'`,
    };
  },
});
