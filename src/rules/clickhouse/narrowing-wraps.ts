import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const narrowingWraps: ClickHouseRule = silentRule("modify-column", {
  id: "narrowing-wraps",
  summary: "a narrower number: values that do not fit wrap around, without an error",
  silent: ["wraps"],
  words({ table, column, type }, _silent, statement, context) {
    const before = context.column(statement, table, column);
    // A Distributed table that has another type casts on the way: `distributed-type-mismatch` tells that, of whatever types they are.
    if (before === null || type === null || isEnum(before.type.text) || isEnum(type.text)) return null;
    return {
      message: `${named(column)} of ${named(table)} goes from ${before.type.text} to ${type.text}: values that do not fit wrap around`,
      label: "the mutation succeeds, and the values are other values",
      why: "3,000,000,000 as Int32 is -1294967296.",
      help: `keep the wider type; or add \`${sqlName(`${column}_new`)} ${type.text}\` to ${sqlTable(table)}, write both, fill it with what fits, and switch readers over`,
    };
  },
});

function isEnum(type: string): boolean {
  return /^(?:Nullable\()?(?:LowCardinality\()?(?:Nullable\()?Enum/.test(type);
}
