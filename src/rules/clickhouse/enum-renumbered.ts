import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { bareType, isEnum, removedLabels, renumberedLabels } from "./types.ts";
import { list, named } from "./words.ts";

export const enumRenumbered: ClickHouseRule = silentRule("modify-column", {
  id: "enum-renumbered",
  summary: "an Enum's values get other numbers: old rows cannot be read, or read as another value",
  silent: ["unreadable", "semantics", "wraps", "drops-values"],
  words({ table, column, type }, _silent, statement, context) {
    const before = context.column(statement, table, column);
    if (before === null || type === null || !isEnum(bareType(before.type)) || !isEnum(bareType(type))) return null;
    if (removedLabels(bareType(before.type), bareType(type)).length > 0) return null;
    const moved = renumberedLabels(bareType(before.type), bareType(type));
    if (moved.length === 0) return null;
    return {
      message: `${named(column)} of ${named(table)}: ${list(moved.map(({ label, from, to }) => `'${label}' goes from ${from} to ${to}`))}`,
      label: "rows hold the number, not the label",
      why: "Parts hold the old numbers. Depending on the version the mutation fails and reads fail with it (code 70), or old rows silently read as another label.",
      help: "give new labels new numbers and leave every old pair as it is: appending and renaming (same number, other label) only change metadata",
    };
  },
});
