import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const insertByPosition: ClickHouseRule = clickHouseRuleFor(["add-column", "modify-column"], {
  id: "insert-by-position",
  summary: "FIRST or AFTER moves columns under writers that insert by position",
  check(change, statement, context) {
    const { table, position } = change;
    if (position === null || !context.existedBefore(statement, table) || context.effectsOf(statement, change).error !== null) return null;
    const known = context.table(statement, table);
    const name = change.kind === "add-column" ? change.column.name : change.column;
    // AFTER the last column is where it would go anyway.
    if (position !== "first" && known?.columns.at(-1)?.name === position.after) return null;
    return {
      severity: "warning",
      about: `${table}.${name}`,
      message: `${named(name)} goes into the middle of ${named(table)}: what inserts without a list of columns writes into the wrong ones`,
      label: position === "first" ? "FIRST" : `AFTER ${position.after}`,
      why: "INSERT … VALUES and INSERT … SELECT without a list go by position. They fail (62, 20) where the numbers differ, and shift every value silently where they fit.",
      help: `leave FIRST and AFTER out: the order of columns means nothing to ClickHouse; and give every writer a list (\`INSERT INTO ${sqlTable(table)} (…)\`)`,
      evidence: [],
      supersedes: [],
    };
  },
});
