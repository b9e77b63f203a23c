import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { list, named } from "../words.ts";

export const dropNotNull: Rule = ruleFor("drop-not-null", {
  id: "drop-not-null",
  summary: "a column that was never NULL may be from here on, and versions that read it did not expect that",
  check(change, statement, context) {
    const { table, column } = change;
    if (!context.columnExistedBefore(statement, table, column) || context.column(statement, table, column)?.notNull === false) return null;
    const versions = context.liveVersions;
    return {
      severity: "info",
      about: `${table}.${column}`,
      message: `${named(column)} of ${named(table)} may be NULL from here on`,
      label: "versions that read it expect a value",
      why: `the change itself is instant and no query fails. But as soon as one writer leaves it NULL, ${versions.length === 0 ? "a version" : list(versions)} that was written when it never was meets a value it does not expect: an error in the app, or a row that a comparison leaves out`,
      help: "first release a version that reads NULL, and let others write NULL only when it has replaced every older one. The way back (SET NOT NULL) is a scan, and fails once a NULL is there",
      evidence: context.evidence(statement, [table]),
    };
  },
});
