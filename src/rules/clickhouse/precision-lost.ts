import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { isEnum, isText, bareType, isNullable } from "./types.ts";
import { named } from "./words.ts";

export const precisionLost: ClickHouseRule = silentRule("modify-column", {
  id: "precision-lost",
  summary: "a type that holds less of each value: fractions, digits or the time of day are cut off, without an error",
  silent: ["drops-values"],
  words({ table, column, type }, _silent, statement, context) {
    const before = context.column(statement, table, column);
    if (before === null || type === null) return null;
    if (isNullable(before.type) && !isNullable(type) && bareType(before.type).text === bareType(type).text) return null;
    if (isEnum(bareType(before.type)) || isText(bareType(before.type))) return null;
    return {
      message: `${named(column)} of ${named(table)} goes from ${before.type.text} to ${type.text}: part of each value is cut off`,
      label: "what is cut off is gone",
      help: "keep the type; or add a column of the new type beside it and switch readers over, so that the exact values stay",
    };
  },
});
