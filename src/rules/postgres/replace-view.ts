import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const replaceView: Rule = ruleFor("create-relation", {
  id: "replace-view",
  summary: "CREATE OR REPLACE VIEW locks the readers of the view out, and fails when a column goes or changes",
  check(change, statement, context) {
    const { name, kind } = change.relation;
    const before = context.table(statement, name);
    if (!change.orReplace || kind !== "view" || before === null || !context.existedBefore(statement, name)) return null;
    const { error } = context.effects(statement);
    const view = sqlTable(name);
    if (error?.sqlstate === "42P16") {
      return {
        severity: "error",
        about: name,
        message: `view ${named(name)} cannot be replaced: ${error.message}`,
        label: "columns may only be added, and only at the end",
        why: "CREATE OR REPLACE keeps the view's columns: their names, their types and their order (SQLSTATE 42P16). The migration stops here on every installation",
        help: `keep the columns and add new ones at the end; or a second view beside it for the versions that want the new form; or, when nobody reads the column any more: \`BEGIN; DROP VIEW ${view}; CREATE VIEW ${view} AS …; COMMIT;\` (its privileges and the views that depend on it must be made anew too)`,
        evidence: context.evidence(statement).filter(({ kind: evidence }) => evidence === "error"),
        supersedes: ["statement-fails"],
      };
    }
    if (error !== null) return null;
    return {
      severity: "info",
      about: name,
      message: `readers of ${named(name)} wait while it is replaced`,
      label: "ACCESS EXCLUSIVE on the view, for a moment",
      why: "it waits for every query that is reading the view, and later ones wait behind it; what the view is made of is not locked against anybody",
      help: "keep the wait short (`SET lock_timeout`) and run it again when it gives up; a view that differs from version to version is better made under a new name",
      evidence: context.evidence(statement, [name]),
    };
  },
});
