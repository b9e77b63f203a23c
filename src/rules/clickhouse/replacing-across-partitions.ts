import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { keyText, list, named } from "./words.ts";

export const replacingAcrossPartitions: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "replacing-across-partitions",
  summary: "a Replacing or Collapsing table partitioned by what is not in its key: duplicates in different partitions stay",
  check({ table }, statement, context) {
    const { partitionBy, orderBy, engine } = table;
    if (partitionBy === null || orderBy === null || context.effects(statement).error !== null) return null;
    if (!/^(?:Replacing|Collapsing|VersionedCollapsing|Summing|Aggregating|Coalescing)/.test(engine?.family ?? "")) return null;
    const inKey = new Set(
      orderBy.flatMap(({ expression }) => [expression.sql, ...(expression.functions.length === 0 ? expression.columns : [])]),
    );
    const keys = orderBy.map(({ expression }) => expression.sql);
    const outside = keys.includes(partitionBy.sql) ? [] : partitionBy.columns.filter((column) => !inKey.has(column));
    if (outside.length === 0) return null;
    const summing = /^(?:Summing|Aggregating)/.test(engine?.family ?? "");
    return {
      // Sums over several partitions are added up by the query; a replaced row that stays is wrong.
      severity: summing ? "info" : "error",
      about: table.name,
      message: `${named(table.name)} is partitioned by ${partitionBy.sql}, and ${list(outside.map(named))} ${outside.length === 1 ? "is" : "are"} not in the key ${keyText(orderBy)}: rows that should become one lie in different partitions`,
      label: "parts of different partitions never merge",
      why: summing
        ? "Rows with one key stay apart for ever where they lie in different partitions: every query must sum."
        : "OPTIMIZE FINAL leaves both rows. FINAL shows one, unless do_not_merge_across_partitions_select_final is on, which many set for speed: then it shows two.",
      help: `put ${list(outside.map(named))} into the sorting key where it never changes for one row; or partition by something that is a function of the key (a hash of the id), or not at all`,
      evidence: [],
      covers: context.silents(statement).filter(({ kind }) => kind === "duplicates"),
    };
  },
});
