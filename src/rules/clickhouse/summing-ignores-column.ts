import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bareType, isFloat, isInteger } from "./types.ts";
import { named } from "./words.ts";

export const summingIgnoresColumn: ClickHouseRule = clickHouseRuleFor("add-column", {
  id: "summing-ignores-column",
  summary: "a metric added to a SummingMergeTree that lists its columns: it is not summed",
  check({ table, column }, statement, context): ClickHouseHazard | null {
    const known = context.table(statement, table);
    if (known?.engine?.family !== "SummingMergeTree" || known.engine.familyArgs.length === 0) return null;
    const type = bareType(column.type);
    const numeric = isInteger(type) || isFloat(type) || type.name === "Decimal";
    if (!numeric || known.engine.familyArgs.some(({ columns }) => columns.includes(column.name))) return null;
    if (context.effects(statement).error !== null || column.default?.kind === "ALIAS") return null;
    return {
      severity: "error",
      about: `${table}.${column.name}`,
      message: `${named(column.name)} is not summed: ${known.engine.name} of ${named(table)} lists ${known.engine.familyArgs.map(({ sql }) => sql).join(", ")} only`,
      label: "merges keep the value of any one row",
      why: "Rows with the same key become one row. Listed columns are added up; of the others an arbitrary row's value stays: 5, where the sum is 12.",
      help: "the list cannot be changed: a new table with the column in the list (or without a list: then every number outside of the key is summed), the rows copied, EXCHANGE; or the type SimpleAggregateFunction(sum, …)",
      evidence: [],
      covers: context.silents(statement).filter(({ columns }) => columns?.includes(column.name) === true),
    };
  },
});
