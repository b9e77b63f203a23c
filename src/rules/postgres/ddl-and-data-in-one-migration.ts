import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule } from "../rule.ts";
import type { GrowingWrite } from "../writes.ts";
import { growingWrites } from "../writes.ts";
import { named } from "../words.ts";

export const ddlAndDataInOneMigration: Rule = {
  id: "ddl-and-data-in-one-migration",
  summary: "schema changes and a long data change in one migration, statement by statement",
  database: "postgres",
  checkMigration({ statements }, context) {
    const alone = statements.filter((statement) => !context.inTransaction(statement));
    // What goes through every row at once is an error of its own, `row-by-row`, and says as much.
    const long = (statement: JudgedStatement): readonly GrowingWrite[] =>
      growingWrites(statement, context).filter((one) => (one.batched || !one.everyRow) && context.size(one.driven).kind !== "small");
    const write = alone.find((statement) => long(statement).length > 0);
    const schema = alone.filter((statement) => statement !== write && isSchemaChange(statement));
    const [first] = schema;
    // In one transaction it is a hazard of its own, `ddl-and-backfill-together`.
    if (write === undefined || first === undefined) return [];
    const [table] = long(write).map((one) => one.driven);
    return [
      {
        severity: "info" as const,
        statement: write.statement.index,
        message: `one migration changes the schema and goes through ${named(table ?? "")}`,
        label: "the deploy waits for it",
        why: "when the long part fails or is cancelled, the schema change beside it has been made already, and the migration counts as not run: the next run begins with a statement that fails, or does the whole data change again",
        help: "a migration for the schema, and another one, or a job that can be stopped and resumed, for the rows",
        evidence: table === undefined ? [] : [context.sizeEvidence(table)],
        also: [{ span: first.statement.span, label: "changes the schema" }],
      },
    ];
  },
};

function isSchemaChange({ before, after, statement }: JudgedStatement): boolean {
  return statement.kind === "sql" && (before.relations !== after.relations || before.types !== after.types);
}
