import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

export const renameColumnInUse: ClickHouseRule = refusalRule("rename-column", {
  id: "rename-column-in-use",
  summary: "renaming a column of a key, of a projection, or into another Nested: refused",
  words({ table, column, to }, _error, statement, context) {
    if (context.column(statement, table, column) === null) return null;
    return {
      message: `${named(column)} of ${named(table)} cannot be renamed to ${named(to)}`,
      why: "the names of key columns and of columns in projections are part of what parts on disk refer to; defaults and skip indexes are rewritten with the name, keys and projections are not.",
      help: "leave the name; or add a column with the new name as `ALIAS` of the old one, so that readers can use either",
    };
  },
});
