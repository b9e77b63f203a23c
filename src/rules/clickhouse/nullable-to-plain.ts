import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { isNullable } from "./types.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const nullableToPlain: ClickHouseRule = refusalRule("modify-column", {
  id: "nullable-to-plain",
  summary: "a Nullable column becomes plain without a DEFAULT: refused, and on older servers stuck at the first NULL",
  words({ table, column, type }, _error, statement, context) {
    const before = context.column(statement, table, column);
    if (before === null || type === null || !isNullable(before.type) || isNullable(type)) return null;
    return {
      message: `${named(column)} of ${named(table)} goes from ${before.type.text} to ${type.text} without saying what its NULLs become`,
      why: "ClickHouse refuses this since 25.8 (and 24.8.14): older servers took it, and the mutation then hung at the first NULL.",
      help: `say it: \`ALTER TABLE ${sqlTable(table)} MODIFY COLUMN ${sqlName(column)} ${type.text} DEFAULT …\`, when \`SELECT countIf(${sqlName(column)} IS NULL) FROM ${sqlTable(table)}\` is 0 or those rows may become the default`,
    };
  },
});
