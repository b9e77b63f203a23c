import { bareName } from "../../model/schema.ts";
import type { Constraint } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { GENERIC_WORK, rowsOf, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { givesValue, named, newName, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const addForeignKeyValidated: Rule = {
  id: "add-foreign-key-validated",
  summary: "a foreign key that is checked at once reads the table while writes to both tables wait",
  database: "postgres",
  kinds: ["add-constraint", "add-column"],
  check(statement, context) {
    const added = [
      ...changesOf(statement, "add-constraint").map((change) => ({ table: change.table, constraint: change.constraint, change })),
      ...changesOf(statement, "add-column").flatMap((change) =>
        change.constraints.map((constraint) => ({ table: change.table, constraint, change })),
      ),
    ];
    return added.flatMap(({ table, constraint, change }) => {
      if (constraint.kind !== "foreign-key" || !constraint.validated || !constraint.enforced || constraint.references === null) return [];
      // What else the statement does may rewrite the table: the columns that are there already are looked up all the same.
      const isThere = constraint.columns.every((name) => context.column(statement, table, name) !== null);
      const isNewAndNull = changesOf(statement, "add-column").some(
        (other) => other.table === table && constraint.columns.includes(other.column.name) && !givesValue(other.column.default),
      );
      // Nothing is looked up for NULL; what is read then is read for another part of the statement.
      if (isNewAndNull) return [];
      const work = workOn(statement, context, table, change).filter((item) => item.kind === "scan" || (item.kind === "rewrite" && isThere));
      const [first] = work;
      if (first === undefined) return [];
      const parent = constraint.references.relation;
      const tables = work.map((item) => item.table);
      const sql = stages(table, constraint, constraint.references);
      return [
        {
          severity: worstSeverity(context, tables),
          about: `${table}.${constraint.columns.join(",")}`,
          message: `foreign key from ${named(table)} to ${named(parent)} is checked for every row while writes to both tables wait`,
          label: `locks ${named(parent)} too`,
          why: sentences(
            whoWaits(context, first),
            context.existedBefore(statement, parent) &&
              `The same lock is held on ${named(parent)} for as long: ${rowsOf(context, table)} of ${named(table)} ${context.size(table).rows === null ? "is" : "are"} looked up there.`,
          ),
          help: sayTo(statement, {
            sql: `in two transactions; the second lets writes through (SHARE UPDATE EXCLUSIVE on ${named(table)}, ROW SHARE on ${named(parent)}):\n${sql}`,
            django: `\`db_constraint=False\` on the field, then the constraint through \`migrations.RunSQL\` in two migrations:\n${sql}`,
          }),
          evidence: workEvidence(statement, context, [...new Set([...tables, parent])]),
          supersedes: GENERIC_WORK,
        },
      ];
    });
  },
};

function stages(table: string, constraint: Constraint, references: NonNullable<Constraint["references"]>): string {
  const name = sqlName(constraint.name === "" ? newName(bareName(table), ...constraint.columns, "fkey") : constraint.name);
  const columns = constraint.columns.map(sqlName).join(", ");
  const target = references.columns.length === 0 ? "" : ` (${references.columns.map(sqlName).join(", ")})`;
  return [
    `ALTER TABLE ${sqlTable(table)} ADD CONSTRAINT ${name} FOREIGN KEY (${columns}) REFERENCES ${sqlTable(references.relation)}${target} NOT VALID;`,
    `-- in a transaction of its own`,
    `ALTER TABLE ${sqlTable(table)} VALIDATE CONSTRAINT ${name};`,
  ].join("\n");
}
