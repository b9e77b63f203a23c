import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named } from "./words.ts";

export const nondeterministicMutation: ClickHouseRule = clickHouseRuleFor(["alter-update", "alter-delete", "lightweight-update"], {
  id: "nondeterministic-mutation",
  summary: "now() or rand() in a mutation: another value on every replica and for every part",
  check(change, statement, context): ClickHouseHazard | null {
    const assigned = "assignments" in change ? change.assignments.filter(({ expression }) => expression.volatile) : [];
    if ((assigned.length === 0 && !change.where.volatile) || context.effects(statement).error !== null) return null;
    if (!context.existedBefore(statement, change.table)) return null;
    const replicated = context.table(statement, change.table)?.engine?.replicated === true;
    return {
      severity: replicated ? "error" : "warning",
      about: change.table,
      message: `${assigned.length === 0 ? `the condition ${change.where.sql}` : assigned.map(({ column }) => named(column)).join(", ")} of ${named(change.table)} is computed anew for every part${replicated ? " and on every replica" : ""}`,
      label: replicated ? "replicas get different values" : "not one value, but one per part",
      why: replicated
        ? "Each replica runs a mutation by itself: with now() or rand() they hold different rows afterwards, or the server refuses it (allow_nondeterministic_mutations)."
        : "A mutation works part by part, as it comes to them, and again after a restart: the values are not of one moment.",
      help: "write the value into the statement (`toDateTime('2026-11-22 08:00:00')`), or compute it from columns (a hash of the key instead of rand())",
      evidence: [],
      covers: context.silents(statement),
    };
  },
});
