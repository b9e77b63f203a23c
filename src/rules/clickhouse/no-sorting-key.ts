import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named } from "./words.ts";

export const noSortingKey: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "no-sorting-key",
  summary: "a MergeTree table without ORDER BY: every query reads all of it",
  check({ table, attach, like }, statement, context) {
    if (attach || like !== null || table.engine?.family.endsWith("MergeTree") !== true || context.effects(statement).error !== null)
      return null;
    const isTuple = table.orderBy !== null && table.orderBy.length === 0;
    if (table.orderBy !== null && !isTuple) return null;
    if ((table.primaryKey ?? []).length > 0) return null;
    return {
      severity: isTuple ? "warning" : "error",
      about: table.name,
      message: `${named(table.name)} has ${isTuple ? "an empty sorting key" : "no ORDER BY"}: every query reads every row`,
      label: isTuple ? "ORDER BY tuple()" : "accepted since 26.x, with the empty key",
      why: "The sorting key is the only index that a MergeTree has, and it can hardly be changed later.",
      help: "ORDER BY the columns that queries filter by, those with few values first, a time last; `tread advise` measures which order is best. Where every query really reads everything, say so with a suppression",
      evidence: [],
    };
  },
});
