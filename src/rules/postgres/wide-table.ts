import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

/**
 * From here on a table is called wide. Postgres itself refuses the 1601st (SQLSTATE 54011; dropped columns count for ever); in
 * between an ORM that names all of them in every SELECT and UPDATE makes each row version larger.
 */
const WIDE = 100;

export const wideTable: Rule = ruleFor("add-column", {
  id: "wide-table",
  summary: "one more column on a table that has a hundred or more",
  check(change, statement, context) {
    const { table } = change;
    const columns = context.table(statement, table)?.columns.length ?? 0;
    if (columns < WIDE || !context.existedBefore(statement, table)) return null;
    return {
      severity: "info",
      about: table,
      message: `${named(change.column.name)} is column ${columns + 1} of ${named(table)}`,
      label: "every row version holds all of them",
      why: `an UPDATE of one column writes the whole row again, and an ORM reads all of them in every SELECT. Postgres ends at 1600 columns, among them every one that was ever dropped (SQLSTATE 54011)`,
      help: `put what belongs together into a table of its own, one row per row of ${named(table)}: \`CREATE TABLE … (… PRIMARY KEY REFERENCES ${sqlTable(table)});\``,
      evidence: [context.sizeEvidence(table)],
    };
  },
});
