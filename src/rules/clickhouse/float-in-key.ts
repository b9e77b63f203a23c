import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bareType, isFloat } from "./types.ts";
import { named } from "./words.ts";

export const floatInKey: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "float-in-key",
  summary: "a float in the sorting key: equality does not find what looks equal",
  check({ table }, statement, context) {
    if (context.effects(statement).error !== null) return null;
    const floats = table.columns.filter(({ type }) => isFloat(bareType(type))).map(({ name }) => name);
    const column = (table.orderBy ?? []).map(({ expression }) => expression).find(({ sql }) => floats.includes(sql))?.sql;
    if (column === undefined) return null;
    return {
      severity: "warning",
      about: table.name,
      message: `${named(column)} is a float in the sorting key of ${named(table.name)}`,
      why: "0.1 + 0.2 is not 0.3: rows that look the same differ in the key, not-a-number has a place of its own, and Replacing or Summing tables keep what should have become one row.",
      help: "a Decimal, or an integer in the smallest unit (cents, milliseconds)",
      evidence: [],
    };
  },
});
