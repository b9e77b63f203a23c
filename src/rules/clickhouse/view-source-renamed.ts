import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, namedList } from "./words.ts";

export const viewSourceRenamed: ClickHouseRule = clickHouseRuleFor(["rename-table"], {
  id: "view-source-renamed",
  summary: "the source of a materialized view is renamed: the view is no longer fed, and nothing says so",
  check(change, statement, context): ClickHouseHazard | null {
    const views = context.graph(statement.before).fedBy(change.name);
    if (views.length === 0 || context.effectsOf(statement, change).error !== null) return null;
    const targets = views.flatMap(({ target }) => (target === null ? [] : [target]));
    return {
      severity: "error",
      about: change.name,
      message: `renaming ${named(change.name)} cuts off ${namedList(views.map(({ name }) => name))}: inserts into ${named(change.to)} no longer reach ${targets.length === 0 ? "its rows" : namedList(targets)}`,
      label: "rows are lost without an error",
      why: "A view follows the name of its source. Inserts into the renamed table do not feed it, and those into a new table under the old name do not either, until the view is detached and attached.",
      help: "use EXCHANGE TABLES, which keeps the name; or create the view anew over the new name in the same window, and insert one row as a probe",
      evidence: [],
      covers: context.silents(statement),
    };
  },
});
