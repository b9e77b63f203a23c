import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named } from "../words.ts";

/** strong_migrations' limit: beyond three columns an index rarely pays for what it costs every write. */
const MANY = 3;

export const indexManyColumns: Rule = ruleFor("create-index", {
  id: "index-many-columns",
  summary: "an index of more than three columns that is not unique rarely pays for its cost",
  check(change, statement, context) {
    const { index, table } = change;
    if (index.unique || index.method !== "btree" || index.columns.length <= MANY || !context.existedBefore(statement, table)) return null;
    return {
      severity: "info",
      about: index.name,
      message: `index ${named(bareName(index.name))} has ${index.columns.length} columns`,
      label: "every write to any of them writes the index too",
      why: `a btree narrows a search by its first columns; those behind them help few queries, make the index large, and turn updates of ${named(table)} that touch only them into updates of the index (no HOT update)`,
      help: "keep the columns that queries compare with `=`, at most one more for a range or an order, and put what is only returned into INCLUDE",
      evidence: [context.sizeEvidence(table)],
    };
  },
});
