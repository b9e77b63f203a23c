import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { staged } from "../staged.ts";
import { isRolledBack, unreadUses, usage } from "../usage.ts";
import { capital, givesValue, groupBy, named, namedList, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const dropColumn: Rule = {
  id: "drop-column",
  summary: "dropping a column that a version of the app may still name",
  database: "postgres",
  kinds: ["drop-column", "drop-type"],
  check(statement, context) {
    const dropped = groupBy(
      [
        ...changesOf(statement, "drop-column").filter((change) => !isRolledBack(statement, context, change.table)),
        ...lostWithType(statement, context),
      ].filter((change) => context.columnExistedBefore(statement, change.table, change.column)),
      (change) => change.table,
    );
    // Columns of one statement are one cause: a query that names two of them fails on the first and says nothing of the second.
    return [...dropped].map(([table, changes]) =>
      judge(
        statement,
        context,
        table,
        changes.map((change) => change.column),
      ),
    );
  },
};

/** DROP TYPE … CASCADE takes the columns of that type with it, which the statement does not name. */
function lostWithType(statement: JudgedStatement, context: RuleContext): readonly { readonly table: string; readonly column: string }[] {
  const types = new Set(changesOf(statement, "drop-type").map((change) => change.name));
  // Without CASCADE it fails (2BP01) while a column has the type.
  if (types.size === 0 || context.effects(statement).error !== null) return [];
  return [...statement.before.relations.values()]
    .filter((relation) => relation.kind === "table" || relation.kind === "partitioned-table")
    .flatMap((relation) =>
      relation.columns.filter((column) => types.has(column.type.name)).map((column) => ({ table: relation.name, column: column.name })),
    );
}

function judge(statement: JudgedStatement, context: RuleContext, table: string, columns: readonly string[]): Hazard {
  const used = usage(statement, context, columns.length === 1 ? "the column" : "the columns", [table, ...columns]);
  const unread = unreadUses(context, [table]);
  const stages = staged(statement, context, used, unread !== null, [table], columns);
  const what = columns.length === 1 ? `column ${named(columns[0] ?? "")}` : `columns ${namedList(columns)}`;
  const goesAlong = indexesLost(statement, context, table, columns);
  return {
    severity: stages.severity,
    about: table,
    message: `dropping ${what} of ${named(table)}${used.breaks ? ", which a live version still names" : ""}`,
    label: used.breaks ? "queries that name it fail from here on" : "the values are gone for good",
    why: sentences(
      `${capital(stages.sentence)}.`,
      unread !== null && `${capital(unread.sentence)}.`,
      "An ORM names every column in every SELECT and INSERT, whether the code uses it or not.",
      goesAlong,
      "The values cannot be brought back: a way back adds the column empty.",
    ),
    help: stages.help ?? help(statement, context, table, columns, stages.severity),
    evidence: [...stages.evidence, ...(unread?.evidence ?? []), ...context.evidence(statement, [table])],
    liveVersions: used.liveVersions,
    supersedes: ["breaks-live-version"],
  };
}

function help(
  statement: JudgedStatement,
  context: RuleContext,
  table: string,
  columns: readonly string[],
  severity: Hazard["severity"],
): string {
  const drop = columns.map((column) => `DROP COLUMN ${sqlName(column)}`).join(", ");
  // A tool may drop the key in a statement of its own before the column.
  const first = context.siblings(statement)[0] ?? statement;
  const keys = (context.table(first, table)?.constraints ?? []).filter(
    (constraint) => constraint.references !== null && constraint.columns.some((column) => columns.includes(column)),
  );
  const mustBeFilled = columns.filter((name) => {
    const column = context.column(statement, table, name);
    return column !== null && column.notNull && !givesValue(column.default) && column.identity === null && column.generated === null;
  });
  const relax =
    mustBeFilled.length === 0
      ? ""
      : `Before that release: \`ALTER TABLE ${sqlTable(table)} ${mustBeFilled.map((name) => `ALTER COLUMN ${sqlName(name)} DROP NOT NULL`).join(", ")};\`, because a version that does not know the column cannot fill it. `;
  if (severity === "warning") {
    return `right when the last version that used it has been retired everywhere, also the one a rollback would deploy; \`-- tread-ignore drop-column: <reason>\` records that it has`;
  }
  return sayTo(statement, {
    sql: `${relax}first release a version that neither reads nor writes ${namedList(columns)}; when the last server of the old one is gone, a later migration runs \`ALTER TABLE ${sqlTable(table)} ${drop};\``,
    django: `${relax}take the field out of the model's state only, in this release: \`migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(…)])\`${keys.length === 0 ? "" : `, and drop its foreign key with it (${keys.map(({ name }) => `\`migrations.RunSQL("ALTER TABLE ${sqlTable(table)} DROP CONSTRAINT ${sqlName(name)}", migrations.RunSQL.noop)\``).join(", ")}): the models no longer know the key, so nobody clears these rows and a delete of what they refer to fails with SQLSTATE 23503`}; when the last server of the old version is gone, a later migration drops it: \`migrations.RunSQL("ALTER TABLE ${sqlTable(table)} ${drop}", migrations.RunSQL.noop)\``,
  });
}

function indexesLost(statement: JudgedStatement, context: RuleContext, table: string, columns: readonly string[]): string | null {
  const lost = (context.table(statement, table)?.indexes ?? []).filter((index) => index.mentions.some((name) => columns.includes(name)));
  if (lost.length === 0) return null;
  return `With it ${lost.length === 1 ? "goes the index" : "go the indexes"} ${namedList(lost.map((index) => index.name))}.`;
}
