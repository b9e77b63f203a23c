import type { Constraint } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { named, newName, sayTo, sqlName, sqlTable } from "../words.ts";

export const addCheckValidated: Rule = {
  id: "add-check-validated",
  summary: "a CHECK that is checked at once reads every row under ACCESS EXCLUSIVE",
  database: "postgres",
  kinds: ["add-constraint", "add-column"],
  check(statement, context) {
    const added = [
      ...changesOf(statement, "add-constraint").map((change) => ({ ...change, change, column: null })),
      ...changesOf(statement, "add-column").flatMap((change) =>
        change.constraints.map((constraint) => ({ table: change.table, constraint, change, column: change.column.name })),
      ),
    ];
    return added.flatMap(({ table, constraint, change, column }) => {
      if (constraint.kind !== "check" || !constraint.validated || !constraint.enforced) return [];
      const work = workOn(statement, context, table, change).filter((item) => item.kind === "scan");
      const [first] = work;
      if (first === undefined) return [];
      const tables = work.map((item) => item.table);
      const sql = stages(table, constraint, column);
      return [
        {
          severity: worstSeverity(context, tables),
          about: `${table}.${constraint.name}`,
          message: `CHECK on ${named(table)} is proved by reading every row under ACCESS EXCLUSIVE`,
          label: "reads and writes wait for the scan",
          why: `${whoWaits(context, first)} A row that fails it aborts the migration (SQLSTATE 23514).`,
          help: sayTo(statement, {
            sql: `in two transactions; the second lets reads and writes through (SHARE UPDATE EXCLUSIVE):\n${sql}`,
            django: `\`AddConstraintNotValid\` and, in a later migration, \`ValidateConstraint\` (both in \`django.contrib.postgres.operations\`); they run\n${sql}`,
          }),
          evidence: workEvidence(statement, context, tables),
          supersedes: GENERIC_WORK,
        },
      ];
    });
  },
};

function stages(table: string, constraint: Constraint, column: string | null): string {
  const name = sqlName(constraint.name === "" ? newName(bareName(table), column ?? "value", "check") : constraint.name);
  return [
    ...(column === null ? [] : [`ALTER TABLE ${sqlTable(table)} ADD COLUMN ${sqlName(column)} …;`]),
    `ALTER TABLE ${sqlTable(table)} ADD CONSTRAINT ${name} CHECK (${constraint.expression?.sql ?? "…"}) NOT VALID;`,
    `-- in a transaction of its own`,
    `ALTER TABLE ${sqlTable(table)} VALIDATE CONSTRAINT ${name};`,
  ].join("\n");
}
