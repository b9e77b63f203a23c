import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { isNullable } from "./types.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const nullsBecomeDefault: ClickHouseRule = silentRule("modify-column", {
  id: "nulls-become-default",
  summary: "a Nullable column becomes plain: every NULL becomes the default, for good",
  silent: ["drops-values", "semantics", "unreadable"],
  words({ table, column, type }, _silent, statement, context) {
    const before = context.column(statement, table, column);
    if (before === null || type === null || !isNullable(before.type) || isNullable(type)) return null;
    return {
      message: `${named(column)} of ${named(table)} goes from ${before.type.text} to ${type.text}: its NULLs become the default`,
      label: "which rows were NULL is gone afterwards",
      help: `decide what they are to be, and write it first: \`ALTER TABLE ${sqlTable(table)} UPDATE ${sqlName(column)} = … WHERE ${sqlName(column)} IS NULL\`; or keep Nullable`,
    };
  },
});
