import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named } from "../words.ts";

export const createRule: Rule = {
  id: "create-rule",
  summary: "a rule rewrites the statements of the versions that serve",
  database: "postgres",
  kinds: ["alter-table-other"],
  check(statement, context) {
    return changesOf(statement, "alter-table-other").flatMap(({ table, action }) => {
      if (action !== "CREATE RULE" || !context.existedBefore(statement, table)) return [];
      // A view may only be written through a rule or a trigger.
      if (context.table(statement, table)?.kind === "view") return [];
      return [
        {
          severity: "info" as const,
          about: table,
          message: `a rule on ${named(table)} rewrites statements of the versions that serve`,
          label: "what they send is not what runs",
          why: "a rule replaces or doubles the statement before it is planned: volatile expressions run twice, the count of rows that comes back is another one, and INSERT … RETURNING fails where the rule returns nothing (SQLSTATE 0A000)",
          help: "a trigger does the same per row and sees the values; a partitioned table distributes rows by itself",
          evidence: context.evidence(statement, [table]),
        },
      ];
    });
  },
};
