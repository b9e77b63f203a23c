import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { givesValue, list, named } from "../words.ts";

export const changeColumnDefault: Rule = ruleFor("set-default", {
  id: "change-column-default",
  summary: "rows of versions that leave a column to its default get another value from here on",
  check(change, statement, context) {
    const { table, column } = change;
    const old = context.column(statement, table, column)?.default ?? null;
    if (!givesValue(old) || !givesValue(change.default) || old.sql === change.default.sql) return null;
    if (!context.columnExistedBefore(statement, table, column)) return null;
    const versions = context.liveVersions;
    return {
      severity: "info",
      about: `${table}.${column}`,
      message: `the default of ${named(column)} of ${named(table)} changes from ${old.sql} to ${change.default.sql}`,
      label: "for every version at once",
      why: `an INSERT of ${versions.length === 0 ? "a version that serves" : list(versions)} that does not name ${named(column)} gets the new value from here on, though that version was written for the old one. An ORM that read the default at its start sends the old one until it is started again`,
      help: "right when both values mean the same to the versions that serve; else let the app name the value in its INSERTs first, and change the default when the last older server is gone. Rows that are there keep what they have",
      evidence: context.evidence(statement, [table]),
    };
  },
});
