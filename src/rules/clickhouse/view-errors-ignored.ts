import type { ClickHouseRule } from "./rule.ts";

export const viewErrorsIgnored: ClickHouseRule = {
  id: "view-errors-ignored",
  summary: "materialized_views_ignore_errors: a view that fails leaves a gap, and nobody is told",
  check(statement) {
    const set = statement.statement.changes.some(
      (change) =>
        change.settings?.get("materialized_views_ignore_errors") === "1" ||
        ((change.kind === "set" || change.kind === "modify-setting") && change.set.get("materialized_views_ignore_errors") === "1"),
    );
    if (!set) return [];
    return [
      {
        severity: "error",
        message: "errors of materialized views are ignored: what a view cannot write is missing from its target",
        label: "inserts succeed, rows do not arrive",
        why: "The source gets the row, the view fails, and the INSERT answers success: the target has a gap that only a comparison finds.",
        help: "leave it at 0, and mend the view; where a view may fail, let a writer of its own fill the target",
        evidence: [],
      },
    ];
  },
};
