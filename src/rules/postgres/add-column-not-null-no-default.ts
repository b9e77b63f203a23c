import { notNullInStages } from "../advice.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf, ruleFor } from "../rule.ts";
import { rowsOf } from "../work.ts";
import { givesValue, list, named, sayTo, sentences, sqlName, sqlTable, typeName } from "../words.ts";

export const addColumnNotNullNoDefault: Rule = ruleFor("add-column", {
  id: "add-column-not-null-no-default",
  summary: "adding a NOT NULL column without a default to a table that already exists",
  check(change, statement, context) {
    const { table, column } = change;
    const existed = context.existedBefore(statement, table);
    if (!existed && !filledInRelease(statement, table, context)) return null;
    if (change.ifNotExists && context.column(statement, table, column.name) !== null) return null;
    const domain = statement.before.types.get(column.type.name);
    const filled =
      givesValue(column.default) ||
      column.identity !== null ||
      column.generated !== null ||
      change.serial ||
      (domain?.kind === "domain" && givesValue(domain.default));
    const mustHaveValue = column.notNull || (domain?.kind === "domain" && domain.notNull);
    if (!mustHaveValue || filled) return null;
    const breaks = context.breaks(statement).filter((query) => query.use === "certain");
    const versions = [...new Set(breaks.map((query) => query.version))];
    const [t, c, type] = [sqlTable(table), sqlName(column.name), typeName(column.type)];
    return {
      severity: "error",
      about: `${table}.${column.name}`,
      message: `adding NOT NULL column ${named(column.name)} without a default to ${named(table)}, which ${existed ? "already exists" : "got rows in this release"}`,
      label: "no value for the rows that already exist",
      why: sentences(
        `${rowsOf(context, table)} of ${named(table)} would have no ${named(column.name)}: Postgres refuses on the first of them with SQLSTATE 23502, after it has waited for ACCESS EXCLUSIVE.`,
        breaks.length > 0
          ? `On an empty table it passes, and then the INSERTs of ${list(versions)}, which do not name the column, fail.`
          : "On an empty table it passes, and then every INSERT that does not name the column fails: those of the old version and of other writers.",
      ).replace(/^every row of/, "Every row of"),
      help: sayTo(statement, {
        sql: `with a value that suits old rows: \`ALTER TABLE ${t} ADD COLUMN ${c} ${type} NOT NULL DEFAULT …;\` and keep the default (a constant touches no row since Postgres 11). Without one: add it nullable, release a version that writes it, backfill in batches, and then\n${notNullInStages(context, table, column.name)}`,
        django: `with a value that suits old rows: \`db_default=…\` on the field, which stays in the database. Without one: add the field with \`null=True\`, release a version that writes it, backfill in batches, and then through \`migrations.RunSQL\`\n${notNullInStages(context, table, column.name)}`,
      }),
      evidence: [...context.breakEvidence(breaks), ...context.evidence(statement, [table]), context.sizeEvidence(table)],
      liveVersions: versions,
      supersedes: ["statement-fails", "breaks-live-version"],
    };
  },
});

/** Rows that an earlier statement of the release writes into its own new table: VALUES writes some for certain. */
function filledInRelease(statement: JudgedStatement, table: string, context: RuleContext): boolean {
  return context.release
    .slice(0, context.release.indexOf(statement))
    .some((earlier) => changesOf(earlier, "write").some((write) => write.verb === "insert" && write.table === table && write.bounded));
}
