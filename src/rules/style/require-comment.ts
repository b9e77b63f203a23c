import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { isTemporary } from "../new-columns.ts";
import { named, sqlTable } from "../words.ts";

export const requireComment: Rule = {
  id: "require-comment",
  summary: "a new table that no COMMENT explains",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation"],
  check(statement, context) {
    return changesOf(statement, "create-relation").flatMap(({ relation }) => {
      const { name, kind } = relation;
      if ((kind !== "table" && kind !== "partitioned-table") || relation.partitionOf !== null || isTemporary(name)) return [];
      const commented = context.release.some((other) =>
        changesOf(other, "maintenance").some(({ command, table }) => command === "COMMENT" && table === name),
      );
      if (commented) return [];
      return [
        {
          severity: "info" as const,
          about: name,
          message: `table ${named(name)} has no comment`,
          label: "what a row stands for is not said",
          why: "who meets the table in psql, in a dashboard or in a dump has nothing but its name to go by; a comment travels with the schema",
          help: `\`COMMENT ON TABLE ${sqlTable(name)} IS 'what one row stands for, and who writes it';\``,
          evidence: [],
        },
      ];
    });
  },
};
