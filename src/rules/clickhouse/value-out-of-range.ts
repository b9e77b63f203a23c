import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { bareType, isEnum, isText } from "./types.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const valueOutOfRange: ClickHouseRule = silentRule("modify-column", {
  id: "value-out-of-range",
  summary: "a narrower type that refuses values which do not fit: one of them makes every read of the column fail",
  silent: ["unreadable"],
  words({ table, column, type }, _silent, statement, context) {
    const before = context.column(statement, table, column);
    if (before === null || type === null || isText(bareType(before.type)) || isEnum(bareType(before.type))) return null;
    return {
      message: `${named(column)} of ${named(table)} goes from ${before.type.text} to ${type.text}: one value that does not fit breaks every read of it`,
      label: "the type changes first, the rows afterwards",
      why: "The table's description changes at once, then the mutation meets the value and fails; reads of the column fail from then on, and later mutations wait behind it.",
      help: `\`ALTER TABLE ${sqlTable(table)} MODIFY COLUMN ${sqlName(column)} ${before.type.text}\` brings it back without loss; keep the wider type, or correct those rows first`,
    };
  },
});
