import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { bareType, isText } from "./types.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const unparsableValues: ClickHouseRule = silentRule("modify-column", {
  id: "unparsable-values",
  summary: "text becomes another type: one value that does not parse makes every read of the column fail",
  silent: ["unreadable", "drops-values", "wraps", "semantics"],
  words({ table, column, type }, _silent, statement, context) {
    const before = context.column(statement, table, column);
    if (before === null || type === null || !isText(bareType(before.type)) || isText(bareType(type))) return null;
    return {
      message: `${named(column)} of ${named(table)} goes from ${before.type.text} to ${type.text}: one value that does not parse breaks every read of it`,
      label: "the type changes first, the rows afterwards",
      why: "The table's description changes at once, then the mutation meets the value and fails (code 341). From then on every read of the column fails, later mutations wait behind it, and KILL MUTATION does not bring the old type back.",
      help: `\`ALTER TABLE ${sqlTable(table)} MODIFY COLUMN ${sqlName(column)} ${before.type.text}\` brings it back without loss. To go on: a new column filled with \`to…OrNull(${sqlName(column)})\`, which says what did not parse`,
    };
  },
});
