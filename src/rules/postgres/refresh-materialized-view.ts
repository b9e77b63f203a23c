import { heavyHazards } from "../heavy.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { bareName } from "../../model/schema.ts";
import { named, newName, sqlName, sqlTable } from "../words.ts";

export const refreshMaterializedView: Rule = {
  id: "refresh-materialized-view",
  summary: "REFRESH MATERIALIZED VIEW locks its readers out while its query runs",
  database: "postgres",
  kinds: ["refresh-materialized-view"],
  check(statement, context) {
    const views = changesOf(statement, "refresh-materialized-view").filter(({ concurrently }) => !concurrently);
    if (views.length === 0) return [];
    return heavyHazards(
      statement,
      context,
      views.map(({ name }) => name),
      {
        message: ({ table }) => `REFRESH of ${named(table)} makes its readers wait`,
        label: "nobody can read the view until its query has run",
        why: "How long that takes is decided by its query, not by the rows of the view.",
        help: ({ table }) => {
          const unique = context
            .table(statement, table)
            ?.indexes.some((index) => index.unique && index.predicate === null && !index.columns.includes(null));
          const first =
            unique === true
              ? ""
              : `CREATE UNIQUE INDEX CONCURRENTLY ${sqlName(newName(bareName(table), "key"))} ON ${sqlTable(table)} (…);\n`;
          return `once more with CONCURRENTLY: readers keep the old rows until the new ones are there${unique === true ? "" : "; it needs a unique index on plain columns"}\n${first}REFRESH MATERIALIZED VIEW CONCURRENTLY ${sqlTable(table)};`;
        },
      },
    );
  },
};
