import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlName, sqlTable } from "../words.ts";

export const dropUniqueConstraint: Rule = {
  id: "drop-unique-constraint",
  summary: "a table loses a unique constraint: duplicates are no longer refused, and its index goes",
  database: "postgres",
  kinds: ["drop-constraint", "drop-index"],
  check(statement, context) {
    // A query that fails for it says more.
    if (context.effects(statement).error !== null || context.breaks(statement).length > 0) return [];
    const end = (context.release.at(-1) ?? statement).after.relations;
    const byName = changesOf(statement, "drop-constraint").flatMap(({ table, name }) => {
      const constraint = context.table(statement, table)?.constraints.find((candidate) => candidate.name === name);
      return constraint?.kind === "unique" ? [{ table, name, columns: constraint.columns }] : [];
    });
    const byIndex = changesOf(statement, "drop-index").flatMap((change) => {
      for (const lock of context.effects(statement).locks) {
        const index = context.table(statement, lock.relation)?.indexes.find((candidate) => candidate.name === change.name);
        if (index?.unique === true && index.predicate === null && index.valid && !index.columns.includes(null))
          return [{ table: lock.relation, name: bareName(change.name), columns: index.columns.map(String) }];
      }
      return [];
    });
    return [...byName, ...byIndex].flatMap(({ table, name, columns }) => {
      if (!context.existedBefore(statement, table)) return [];
      const still = end
        .get(table)
        ?.indexes.some(
          (index) =>
            index.unique &&
            index.predicate === null &&
            index.columns.length === columns.length &&
            columns.every((column) => index.columns.includes(column)),
        );
      if (still === true) return [];
      const keys = columns.map(sqlName).join(", ");
      return [
        {
          severity: "info" as const,
          about: `${table}.${name}`,
          message: `${named(table)} no longer keeps (${columns.join(", ")}) unique`,
          label: "its index goes with it",
          why: `versions that serve rely on it: a get-or-create that two requests run at once leaves two rows, and the next query that expects one fails in the app. Queries that find rows by (${columns.join(", ")}) lose the index. The way back fails with SQLSTATE 23505 as soon as one duplicate is there`,
          help: `when only the constraint is to go and lookups stay: \`CREATE INDEX CONCURRENTLY ON ${sqlTable(table)} (${keys});\` before it; when another constraint takes its place, create that one first`,
          evidence: context.evidence(statement, [table]),
        },
      ];
    });
  },
};
