import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { keyText, named } from "./words.ts";

const MERGES = /^(?:Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Coalescing|Graphite)/;

export const sortingKeyIsIdentity: ClickHouseRule = clickHouseRuleFor("modify-order-by", {
  id: "sorting-key-is-identity",
  summary: "another sorting key of a Replacing, Summing, Aggregating or Collapsing table: other rows are the same row",
  check(change, statement, context): ClickHouseHazard | null {
    const known = context.table(statement, change.table);
    const family = known?.engine?.family ?? "";
    if (known === null || !MERGES.test(family) || context.effectsOf(statement, change).error !== null) return null;
    if (!context.existedBefore(statement, change.table)) return null;
    if (known.orderBy !== null && keyText(known.orderBy) === keyText(change.orderBy)) return null;
    return {
      severity: "error",
      about: change.table,
      message: `the sorting key of ${named(change.table)} is what makes two rows one: ${known.orderBy === null ? "none" : keyText(known.orderBy)} becomes ${keyText(change.orderBy)}`,
      label: `${family}: rows that were one are several from now on, or the reverse`,
      why: `A merge of ${family} combines rows with the same sorting key. With another key rows that replaced or added to each other no longer do, and no error tells.`,
      help: "a new table with the key, filled from a query that has combined the rows already (FINAL, or GROUP BY), and EXCHANGE; where the new column is a function of the old key nothing changes: say so with a suppression",
      evidence: [],
      covers: context.silents(statement),
    };
  },
});
