import type { Rule } from "../rule.ts";
import { counted, isDjango } from "../words.ts";

export const irreversibleMigration: Rule = {
  id: "irreversible-migration",
  summary: "the migration has no way back",
  database: "any",
  checkMigration({ migration, statements }) {
    const missing = statements.filter(({ statement }) => statement.reverse === "missing");
    const first = missing[0] ?? statements[0];
    if (first === undefined || (missing.length === 0 && migration.down !== "missing")) return [];
    const django = isDjango(first);
    return [
      {
        severity: "warning",
        statement: missing.length === 0 ? null : first.statement.index,
        message:
          missing.length === 0
            ? `${migration.id} has no way back`
            : `${first.statement.operation ?? `statement ${first.statement.index + 1}`} has no way back${missing.length > 1 ? `, nor ${missing.length === 2 ? "has" : "have"} ${counted(missing.length - 1, "other")} in this migration` : ""}`,
        why: "when the release must be rolled back, the schema stays ahead of the app; if the older version does not fit it, only a person can help",
        help: django
          ? "`reverse_code=migrations.RunPython.noop` or `reverse_sql=migrations.RunSQL.noop` where going back needs nothing done (an added column, a backfill); a real reverse where it does"
          : "write the down migration that the tool expects, or a statement that does nothing where going back needs nothing done",
        evidence: [],
      },
    ];
  },
};
