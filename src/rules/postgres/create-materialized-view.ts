import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, namedList, sqlTable } from "../words.ts";

export const createMaterializedView: Rule = {
  id: "create-materialized-view",
  summary: "CREATE MATERIALIZED VIEW runs its query at once, and the migration waits for it",
  database: "postgres",
  kinds: ["create-relation"],
  check(statement, context) {
    return changesOf(statement, "create-relation").flatMap(({ relation }) => {
      if (relation.kind !== "materialized-view" || relation.unpopulated === true) return [];
      const sources = [...new Set((relation.reads ?? []).map((read) => read.relation))].filter(
        (table) => context.existedBefore(statement, table) && context.size(table).kind !== "small",
      );
      if (sources.length === 0) return [];
      return [
        {
          severity: "info" as const,
          about: relation.name,
          message: `materialized view ${named(relation.name)} is filled at once, from ${namedList(sources)}`,
          label: "the migration waits until its query has run",
          why: `nobody else waits: ${namedList(sources)} can be read and written meanwhile. But one long transaction holds back vacuum everywhere, and what the same transaction has locked before stays locked`,
          help: `\`CREATE MATERIALIZED VIEW ${sqlTable(relation.name)} AS … WITH NO DATA;\` in the migration, its indexes while it is empty, and REFRESH as a job after the deploy`,
          evidence: sources.slice(0, 3).map((table) => context.sizeEvidence(table)),
        },
      ];
    });
  },
};
