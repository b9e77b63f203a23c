import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, namedList, sqlTable } from "./words.ts";
import { ruledOut } from "./untold.ts";

export const createOrReplaceDropsRows: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "create-or-replace-drops-rows",
  summary: "CREATE OR REPLACE of a table with rows: they are gone",
  check(change, statement, context): ClickHouseHazard | null {
    const { name } = change.table;
    const known = context.table(statement, name);
    if (!change.orReplace || known === null || !context.existedBefore(statement, name) || context.effects(statement).error !== null)
      return null;
    const holds =
      (known.kind === "table" && known.forwards === null && !/^(?:Kafka|Null|Merge)$/.test(known.engine?.family ?? "")) || known.inner;
    if (!holds) return null;
    if (ruledOut(statement, context)) return null;
    const views = context.graph(statement.before).fedBy(name);
    return {
      severity: "error",
      about: name,
      message: `CREATE OR REPLACE takes the rows of ${named(name)} with it`,
      label: "a new, empty table under the old name",
      why: `It drops the table and creates another: the rows are gone without a word${views.length === 0 ? "" : `, and ${namedList(views.map((view) => view.name))} go${views.length === 1 ? "es" : ""} on reading the new one by name`}.`,
      help: `create it as ${sqlTable(`${name}_new`)}, copy the rows, and \`EXCHANGE TABLES ${sqlTable(name)} AND ${sqlTable(`${name}_new`)}\`; the old one stays until somebody drops it`,
      evidence: [context.sizeEvidence(name)],
      covers: context.silents(statement),
    };
  },
});
