import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const deletesEverything: ClickHouseRule = clickHouseRuleFor(["alter-delete", "lightweight-delete"], {
  id: "deletes-everything",
  summary: "DELETE with a condition that is always true: every row goes, past the guard against it",
  check(change, statement, context): ClickHouseHazard | null {
    const { constant, sql } = change.where;
    const always =
      (constant?.kind === "number" && Number(constant.text) !== 0) ||
      (constant?.kind === "bool" && constant.value) ||
      /^\(?\s*(\d+)\s*=\s*\1\s*\)?$/.test(sql);
    if (!always || !context.existedBefore(statement, change.table) || context.effects(statement).error !== null) return null;
    return {
      severity: "error",
      about: change.table,
      message: `every row of ${named(change.table)} is deleted: WHERE ${sql} is always true`,
      label: "past max_table_size_to_drop",
      why: "TRUNCATE and DROP of a table above 50 GB are refused; a DELETE is not, and there is no way back.",
      help: `where all rows are to go: \`TRUNCATE TABLE ${sqlTable(change.table)}\`, which is guarded, or EXCHANGE with an empty table, which can be undone`,
      evidence: [context.sizeEvidence(change.table)],
      covers: context.silents(statement),
      supersedes: ["rewrites-whole-table"],
    };
  },
});
