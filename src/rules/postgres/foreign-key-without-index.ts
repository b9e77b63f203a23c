import type { Constraint, Relation } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { constraintsAdded } from "../rule.ts";
import { named, newName, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const foreignKeyWithoutIndex: Rule = {
  id: "foreign-key-without-index",
  summary: "a foreign key without an index on its columns: every delete of what it points to reads the whole table",
  database: "postgres",
  kinds: ["create-relation", "add-constraint", "add-column"],
  check(statement, context) {
    return constraintsAdded(statement).flatMap(({ table, constraint }) => {
      if (constraint.kind !== "foreign-key" || constraint.references === null || constraint.columns.length === 0) return [];
      // The index may come later in the release.
      const relation = (context.release.at(-1) ?? statement).after.relations.get(table);
      if (relation === undefined || isIndexed(relation, constraint)) return [];
      const parent = constraint.references.relation;
      const columns = constraint.columns.map(sqlName).join(", ");
      const name = sqlName(newName(bareName(table), ...constraint.columns, "idx"));
      const isNew = !context.existedBefore(statement, table);
      return [
        {
          severity: "info" as const,
          about: `${table}.${constraint.columns.join(",")}`,
          message: `no index on (${constraint.columns.join(", ")}) of ${named(table)}, which points to ${named(parent)}`,
          label: `a delete on ${named(parent)} looks for it`,
          why: sentences(
            `Postgres indexes the key that is pointed to, not the column that points.`,
            `Each DELETE on ${named(parent)}, and each UPDATE of its key, looks in ${named(table)} for rows that refer to it and reads the whole table for that, holding its row locks meanwhile.`,
          ),
          help: sayTo(statement, {
            sql: isNew
              ? `in the same migration, while the table is empty: \`CREATE INDEX ${name} ON ${sqlTable(table)} (${columns});\``
              : `before the constraint, outside of a transaction: \`CREATE INDEX CONCURRENTLY ${name} ON ${sqlTable(table)} (${columns});\``,
            django:
              "`db_index=True`, the default of a ForeignKey; on an existing table `db_index=False` and `AddIndexConcurrently` instead",
          }),
          evidence: isNew ? [] : [context.sizeEvidence(table)],
        },
      ];
    });
  },
};

/** Some index begins with the columns, in any order. */
function isIndexed(relation: Relation, { columns }: Constraint): boolean {
  return relation.indexes.some(
    (index) =>
      index.valid && index.predicate === null && columns.every((column) => index.columns.slice(0, columns.length).includes(column)),
  );
}
