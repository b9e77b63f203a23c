import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { silentsOf } from "./predicted.ts";
import { askFirst, named, preCheck, rowsOf, sqlName, sqlTable } from "./words.ts";

export const constraintOldRows: ClickHouseRule = clickHouseRuleFor("add-constraint", {
  id: "constraint-old-rows",
  summary: "a constraint is not checked against rows that exist: writers that send such rows fail from now on",
  check(change, statement, context): ClickHouseHazard | null {
    const { table, constraint } = change;
    if (!context.existedBefore(statement, table) || context.effectsOf(statement, change).error !== null) return null;
    if (change.ifNotExists && context.table(statement, table)?.constraints.some(({ name }) => name === constraint.name) === true)
      return null;
    const silents = silentsOf(change, statement, context);
    const query =
      silents.find(({ decidedBy }) => decidedBy !== null)?.decidedBy ??
      `SELECT countIf(NOT (${constraint.expression.sql})) FROM ${sqlTable(table)}`;
    const decision = context.decide(query);
    if (decision.kind === "cleared") return null;
    const assume = constraint.kind === "assume";
    return {
      severity: "error",
      about: `${table} ${constraint.name}`,
      message: `${named(constraint.name)} of ${named(table)} is not checked against rows that exist${decision.kind === "confirmed" ? `: ${rowsOf(decision.rows)} break it` : ""}`,
      label: assume ? "ASSUME: queries rely on it, true or not" : "inserts that break it fail with code 469",
      why: assume
        ? "The server takes it for true and leaves conditions out: with rows that break it queries answer wrongly."
        : "Old rows stay as they are. A writer that goes on sending what is in the table already fails with code 469 from this statement on, also through a materialized view.",
      help: `${askFirst(query)}\nWhere it is not 0: mend the rows and their writer first; \`ALTER TABLE ${sqlTable(table)} DROP CONSTRAINT ${sqlName(constraint.name)}\` takes it back at once`,
      evidence: [preCheck(query), ...(decision.kind === "confirmed" ? [decision.evidence] : [])],
      covers: silents,
    };
  },
});
