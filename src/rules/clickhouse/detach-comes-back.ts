import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const detachComesBack: ClickHouseRule = clickHouseRuleFor(["detach-table", "detach-database"], {
  id: "detach-comes-back",
  summary: "DETACH without PERMANENTLY: the table is back after the next restart",
  check(change, statement, context) {
    if (change.permanently || context.effects(statement).error !== null) return null;
    const again = context
      .later(statement)
      .some((one) =>
        one.statement.changes.some(
          (later) => (later.kind === "attach-table" || later.kind === "attach-database") && later.name === change.name,
        ),
      );
    if (again || (change.kind === "detach-table" && !context.existedBefore(statement, change.name))) return null;
    return {
      severity: "warning",
      about: change.name,
      message: `${named(change.name)} is detached until the next restart only`,
      label: "not PERMANENTLY",
      why: "Its metadata stays on disk, so a restart attaches it again, and CREATE TABLE IF NOT EXISTS of that name does nothing meanwhile.",
      help: `\`DETACH ${change.kind === "detach-table" ? "TABLE" : "DATABASE"} ${change.kind === "detach-table" ? sqlTable(change.name) : change.name} PERMANENTLY\`, or ATTACH it again in the same migration`,
      evidence: [],
    };
  },
});
