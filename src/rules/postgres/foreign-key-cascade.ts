import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named } from "../words.ts";

export const foreignKeyCascade: Rule = {
  id: "foreign-key-cascade",
  summary: "ON DELETE CASCADE on a table that has rows: one delete may take any number along",
  database: "postgres",
  kinds: ["add-constraint", "add-column"],
  check(statement, context) {
    const added = [
      ...changesOf(statement, "add-constraint"),
      ...changesOf(statement, "add-column").flatMap(({ table, constraints }) => constraints.map((constraint) => ({ table, constraint }))),
    ];
    return added.flatMap(({ table, constraint }) => {
      if (constraint.references === null || !/cascade/i.test(constraint.references.onDelete) || !context.existedBefore(statement, table))
        return [];
      const parent = constraint.references.relation;
      return [
        {
          severity: "info" as const,
          about: `${table}.${constraint.name}`,
          message: `from here on a delete on ${named(parent)} deletes rows of ${named(table)} too`,
          label: "for every version that serves, without a word",
          why: `versions that serve delete from ${named(parent)} as they always did, and were refused, or left rows behind, where rows of ${named(table)} referred to it; now those rows go with it. One DELETE may become any number of deletes in one transaction, each with its row lock, and no trigger of the app sees them`,
          help: "right when nobody needs those rows without their parent; else leave ON DELETE out, so that the database refuses, and let the app delete in batches first",
          evidence: [context.sizeEvidence(table)],
        },
      ];
    });
  },
};
