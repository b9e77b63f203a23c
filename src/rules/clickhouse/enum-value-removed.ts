import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { bareType, isEnum, removedLabels } from "./types.ts";
import { list, named, sqlName, sqlTable } from "./words.ts";

export const enumValueRemoved: ClickHouseRule = silentRule("modify-column", {
  id: "enum-value-removed",
  summary: "an Enum loses a value: rows that hold it can no longer be read",
  silent: ["unreadable", "drops-values", "semantics"],
  words({ table, column, type }, _silent, statement, context) {
    const before = context.column(statement, table, column);
    if (before === null || type === null || !isEnum(bareType(before.type)) || !isEnum(bareType(type))) return null;
    const removed = removedLabels(bareType(before.type), bareType(type)).map(({ label }) => `'${label}'`);
    if (removed.length === 0) return null;
    return {
      message: `${named(column)} of ${named(table)} loses ${list(removed)}: rows that hold ${removed.length === 1 ? "it" : "one of them"} can no longer be read`,
      label: "accepted, done, and reads fail",
      why: "The ALTER succeeds and its mutation is done without an error. Then every SELECT that reads such a row fails with code 691, while count() goes on working.",
      help: `keep the value in the type and stop writing it; or first \`ALTER TABLE ${sqlTable(table)} UPDATE ${sqlName(column)} = '…' WHERE ${sqlName(column)} IN (${removed.join(", ")})\` and wait until that is done. Adding the value again makes the rows readable`,
    };
  },
});
