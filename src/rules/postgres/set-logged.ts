import { heavyHazards } from "../heavy.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const setLogged: Rule = {
  id: "set-logged",
  summary: "SET LOGGED and SET UNLOGGED write the whole table anew",
  database: "postgres",
  kinds: ["alter-table-other"],
  check(statement, context) {
    const changes = changesOf(statement, "alter-table-other").filter(({ action }) => action === "SET LOGGED" || action === "SET UNLOGGED");
    if (changes.length === 0) return [];
    return heavyHazards(
      statement,
      context,
      changes.map(({ table }) => table),
      {
        message: ({ table }) => `${changes[0]?.action ?? ""} writes ${named(table)} anew`,
        label: "every row and every index is written again",
        why: "To LOGGED all of it goes through the write-ahead log to every replica; UNLOGGED loses the rows at the next crash and is empty on replicas.",
        help: ({ table }) =>
          `a second table of the wanted kind (\`CREATE TABLE … (LIKE ${sqlTable(table)} INCLUDING ALL)\`), filled in batches and kept in step by a trigger, then swapped by name in one short transaction; or a maintenance window`,
      },
    );
  },
};
