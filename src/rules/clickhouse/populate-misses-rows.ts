import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named } from "./words.ts";

export const populateMissesRows: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "populate-misses-rows",
  summary: "POPULATE: rows inserted while it runs are in neither",
  check(change, statement, context) {
    const source = change.table.select?.reads[0]?.table;
    if (!change.populate || source === undefined || !context.existedBefore(statement, source)) return null;
    if (context.effects(statement).error !== null) return null;
    return {
      severity: "error",
      about: change.table.name,
      message: `POPULATE of ${named(change.table.name)} misses what is inserted into ${named(source)} while it runs`,
      label: "rows between the two are lost",
      why: "POPULATE reads what is there when it starts, and the view sees inserts from when it is created: rows in between are in neither, and no query finds out which.",
      help: "create the view without POPULATE and `TO` a table, then insert the past: INSERT INTO <target> SELECT … WHERE <time> < <when the view was created>",
      evidence: [context.sizeEvidence(source)],
      covers: context.silents(statement),
    };
  },
});
