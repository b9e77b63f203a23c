import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { bareType, isEnum, isText } from "./types.ts";
import { named } from "./words.ts";

export const sameBytesOtherMeaning: ClickHouseRule = silentRule("modify-column", {
  id: "same-bytes-other-meaning",
  summary: "a type with the same storage and another meaning: every reader sees other values at once",
  silent: ["semantics"],
  words({ table, column, type }, _silent, statement, context) {
    const before = context.column(statement, table, column);
    if (before === null || type === null || (isEnum(bareType(before.type)) && isEnum(bareType(type)))) return null;
    // What becomes of text is told by `unparsable-values`.
    if (isText(bareType(before.type)) && !isText(bareType(type))) return null;
    return {
      severity: "warning",
      message: `${named(column)} of ${named(table)} goes from ${before.type.text} to ${type.text}: the same bytes mean something else to every reader`,
      label: "nothing is lost, every row reads differently",
      help: "add a column of the new type with the value converted, and move readers over one by one; where every reader is ready for it, say so: `-- tread-ignore same-bytes-other-meaning: <who checked which readers>`",
    };
  },
});
