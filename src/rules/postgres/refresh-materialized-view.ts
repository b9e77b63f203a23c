import { heavyHazards } from "../heavy.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { bareName } from "../../model/schema.ts";
import { named, newName, sqlName, sqlTable } from "../words.ts";

export const refreshMaterializedView: Rule = {
  id: "refresh-materialized-view",
  summary: "REFRESH MATERIALIZED VIEW locks its readers out while its query runs, or empties the view",
  database: "postgres",
  kinds: ["refresh-materialized-view"],
  check(statement, context) {
    const refreshed = changesOf(statement, "refresh-materialized-view");
    const emptied = refreshed.filter(({ name, withData }) => !withData && context.existedBefore(statement, name));
    if (emptied.length > 0) return emptied.map(({ name }) => unreadable(name, statement, context));
    const views = refreshed.filter(({ concurrently, withData }) => !concurrently && withData);
    if (views.length === 0) return [];
    return heavyHazards(
      statement,
      context,
      views.map(({ name }) => name),
      {
        message: ({ table }) => `REFRESH of ${named(table)} makes its readers wait`,
        label: "nobody can read the view until its query has run",
        why: "How long that takes is decided by its query, not by the rows of the view.",
        help: ({ table }) => {
          if (context.table(statement, table)?.unpopulated === true)
            return "CONCURRENTLY is refused for a view without rows (SQLSTATE 55000): do not empty it first, then its old rows can be read until the new ones are there";
          return `once more with CONCURRENTLY: readers keep the old rows until the new ones are there${hasKey(statement, context, table) ? "" : "; it needs a unique index on plain columns"}\n${concurrently(statement, context, table)}`;
        },
      },
    );
  },
};

/** Measured on 13 and 18: the view stays, and each SELECT of it ends with 55000 until a REFRESH has run its query. */
function unreadable(view: string, statement: JudgedStatement, context: RuleContext): Hazard {
  const filledLater = context.release
    .slice(context.release.indexOf(statement) + 1)
    .some((later) => changesOf(later, "refresh-materialized-view").some(({ name, withData }) => name === view && withData));
  return {
    severity: filledLater ? "warning" : "error",
    about: view,
    message: `after REFRESH … WITH NO DATA every query of ${named(view)} fails`,
    label: filledLater ? "until the view is filled again" : "the view cannot be read any more",
    why: `it throws the rows away and marks the view as not populated: a SELECT ends with SQLSTATE 55000, "materialized view has not been populated", until a REFRESH has run its query. That one cannot be CONCURRENTLY`,
    help: `keep the old rows until the new ones are there, with a unique index on plain columns:\n${concurrently(statement, context, view)}`,
    evidence: context.evidence(statement, [view]),
  };
}

/** CONCURRENTLY needs a unique index on plain columns, without a condition (manual, REFRESH MATERIALIZED VIEW). */
function hasKey(statement: JudgedStatement, context: RuleContext, view: string): boolean {
  const indexes = context.table(statement, view)?.indexes ?? [];
  return indexes.some((index) => index.unique && index.predicate === null && !index.columns.includes(null));
}

function concurrently(statement: JudgedStatement, context: RuleContext, view: string): string {
  const index = `CREATE UNIQUE INDEX CONCURRENTLY ${sqlName(newName(bareName(view), "key"))} ON ${sqlTable(view)} (…);\n`;
  return `${hasKey(statement, context, view) ? "" : index}REFRESH MATERIALIZED VIEW CONCURRENTLY ${sqlTable(view)};`;
}
