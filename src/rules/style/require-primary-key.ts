import { changesOf } from "../rule.ts";
import type { Rule } from "../rule.ts";
import { isTemporary } from "../new-columns.ts";
import { named, sqlTable } from "../words.ts";

export const requirePrimaryKey: Rule = {
  id: "require-primary-key",
  summary: "a new table without a primary key",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation"],
  check(statement, context) {
    const end = (context.release.at(-1) ?? statement).after.relations;
    return changesOf(statement, "create-relation").flatMap(({ relation }) => {
      const { name, kind } = relation;
      if ((kind !== "table" && kind !== "partitioned-table") || relation.partitionOf !== null || isTemporary(name)) return [];
      const left = end.get(name);
      // Another statement of the release may add it, or take the table away again.
      if (left === undefined || left.constraints.some((constraint) => constraint.kind === "primary-key")) return [];
      return [
        {
          severity: "info" as const,
          about: name,
          message: `table ${named(name)} has no primary key`,
          label: "rows cannot be told apart",
          why: "two equal rows cannot be told apart, logical replication refuses their UPDATE and DELETE (no replica identity), and a backfill has nothing to go by in batches",
          help: `\`ALTER TABLE ${sqlTable(name)} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;\`, or a key of the columns that are unique: free of charge as long as the table is empty`,
          evidence: [],
        },
      ];
    });
  },
};
