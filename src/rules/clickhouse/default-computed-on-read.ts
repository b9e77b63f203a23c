import { silentsOf } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { clickHouseChanges } from "./rule.ts";
import { ruledOut } from "./untold.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const defaultComputedOnRead: ClickHouseRule = clickHouseRuleFor(["add-column", "modify-column"], {
  id: "default-computed-on-read",
  summary: "a default such as now() or generateUUIDv4() on rows that exist: another value at every read",
  check(change, statement, context) {
    const { table } = change;
    const name = change.kind === "add-column" ? change.column.name : change.column;
    const given = change.kind === "add-column" ? change.column.default : change.default;
    if (given === null || given.expression?.volatile !== true || given.kind === "ALIAS" || given.kind === "EPHEMERAL") return null;
    // Of a column that parts hold, a new default is for new rows.
    if (change.kind === "modify-column" && context.column(statement, table, name)?.since == null) return null;
    if (ruledOut(statement, context) && statement.statement.changes.length === 1) return null;
    if (!context.existedBefore(statement, table) || context.effectsOf(statement, change).error !== null) return null;
    const later = [statement, ...context.later(statement)];
    const written = later.some((one) =>
      clickHouseChanges(one, "materialize-column").some((made) => made.table === table && made.column === name && made.partition === null),
    );
    if (written) return null;
    return {
      severity: "error",
      about: `${table}.${name}`,
      message: `rows of ${named(table)} that exist get another ${named(name)} at every read: ${given.expression.sql} is computed when it is read`,
      label: "stored for new rows, computed for old ones",
      why: "ADD COLUMN writes nothing: parts from before do not hold the column, and its default is computed each time. Two SELECTs of one row differ, and so do two replicas.",
      help: `write the values down in the same migration: \`ALTER TABLE ${sqlTable(table)} MATERIALIZE COLUMN ${sqlName(name)}\` (a mutation); or give old rows a fixed value (\`DEFAULT if(at < '…', …, ${given.expression.sql})\`)`,
      evidence: context.evidence(statement),
      covers: silentsOf(change, statement, context),
    };
  },
});
