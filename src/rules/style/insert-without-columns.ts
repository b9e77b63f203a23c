import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { list, named, sqlName, sqlTable } from "../words.ts";

export const insertWithoutColumns: Rule = ruleFor("write", {
  id: "insert-without-columns",
  summary: "an INSERT whose values go by the position of the columns",
  preset: "style",
  check(change) {
    if (change.byPosition !== true) return null;
    const columns = change.columns.length === 0 ? "…" : list(change.columns.map(sqlName)).replace(" and ", ", ");
    return {
      severity: "info",
      about: change.table,
      message: `INSERT into ${named(change.table)} names no columns`,
      label: "values go by position",
      why: "an installation whose columns stand in another order, because they were added in another order, gets the values in the wrong columns or an error",
      help: `name them: \`INSERT INTO ${sqlTable(change.table)} (${columns}) …\``,
      evidence: [],
    };
  },
});
