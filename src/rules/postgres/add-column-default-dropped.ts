import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf, ruleFor } from "../rule.ts";
import { givesValue, list, named, sayTo, sqlName, sqlTable } from "../words.ts";

export const addColumnDefaultDropped: Rule = ruleFor("set-default", {
  id: "add-column-default-dropped",
  summary: "a new NOT NULL column loses its default again, so that the old version's INSERTs fail",
  check(change, statement, context) {
    const { table } = change;
    const column = context.column(statement, table, change.column);
    if (change.default !== null || column === null || !column.notNull || !givesValue(column.default)) return null;
    if (!context.existedBefore(statement, table) || context.columnExistedBefore(statement, table, change.column)) return null;
    const later = context
      .visibleAfter(statement)
      .relations.get(table)
      ?.columns.find((candidate) => candidate.name === change.column);
    // An identity that takes the place of the default gives a value as well.
    if (later === undefined || givesValue(later.default) || later.identity !== null || !later.notNull) return null;

    const breaks = context.breaks(statement).filter((query) => query.use === "certain");
    const versions = [...new Set(breaks.map((query) => query.version))];
    const added = additionOf(statement, context, table, change.column);
    const [t, c] = [sqlTable(table), sqlName(change.column)];
    const known = context.liveVersions.length > 0;
    return {
      severity: breaks.length > 0 || !known ? "error" : "warning",
      about: `${table}.${change.column}`,
      message: `the default of new NOT NULL column ${named(change.column)} of ${named(table)} is dropped again`,
      label: "from here on an INSERT must name the column",
      why:
        breaks.length > 0
          ? `the INSERTs of ${list(versions)} were written before the column existed and do not name it: they fail with SQLSTATE 23502 until the last server of that version is gone`
          : known
            ? `no INSERT of ${list(context.liveVersions)} into ${named(table)} is known, but any writer that does not name the column (a worker, a script) fails with SQLSTATE 23502`
            : `no live version is known; an INSERT of the version before this migration cannot name a column that did not exist, and fails with SQLSTATE 23502`,
      help: sayTo(statement, {
        sql: `keep the default: leave out \`ALTER TABLE ${t} ALTER COLUMN ${c} DROP DEFAULT\`, and drop it in a later migration, when every version that serves names the column`,
        django: `Django's \`default=\` lives in Python only: it is dropped from the database directly after ADD COLUMN. Write \`db_default=${column.default.sql}\` on the field (Django 5.0 and newer), which stays in the database; or add the field with \`null=True\` first`,
      }),
      evidence: [...context.breakEvidence(breaks), ...context.evidence(statement, [table])],
      liveVersions: versions,
      supersedes: ["breaks-live-version"],
      ...(added === null ? {} : { also: [{ span: added.statement.span, label: "added with a default here" }] }),
    };
  },
});

function additionOf(statement: JudgedStatement, context: RuleContext, table: string, column: string): JudgedStatement | null {
  return (
    context.release.find(
      (other) =>
        other !== statement && changesOf(other, "add-column").some((added) => added.table === table && added.column.name === column),
    ) ?? null
  );
}
