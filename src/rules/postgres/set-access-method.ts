import { heavyHazards } from "../heavy.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const setAccessMethod: Rule = {
  id: "set-access-method",
  summary: "SET ACCESS METHOD writes the whole table anew",
  database: "postgres",
  kinds: ["alter-table-other"],
  check(statement, context) {
    const changes = changesOf(statement, "alter-table-other").filter(({ action }) => action.startsWith("SET ACCESS METHOD"));
    if (changes.length === 0) return [];
    return heavyHazards(
      statement,
      context,
      changes.map(({ table }) => table),
      {
        message: ({ table }) => `${changes[0]?.action ?? ""} writes ${named(table)} anew`,
        label: "every row and every index is written again",
        why: "It needs free disk space for a second copy meanwhile.",
        help: ({ table }) =>
          `a second table of the wanted method (\`CREATE TABLE … (LIKE ${sqlTable(table)} INCLUDING ALL) USING …\`), filled in batches, kept in step by a trigger and swapped by name; or give only new partitions the method`,
      },
    );
  },
};
