import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bytes, counted, list, named } from "./words.ts";

export const rewritesColumns: ClickHouseRule = clickHouseRuleFor(
  ["modify-column", "alter-update", "materialize-column", "materialize-index", "materialize-projection"],
  {
    id: "rewrites-columns",
    summary: "columns of a large table are written anew by a mutation",
    check(change, statement, context): ClickHouseHazard | null {
      const { table } = change;
      const effects = context.effectsOf(statement, change);
      if (effects.class !== "mutation" || effects.error !== null || !context.existedBefore(statement, table)) return null;
      const size = context.size(table);
      if (size.kind === "small" || context.table(statement, table) === null) return null;
      const { columns } = effects;
      return {
        severity: "warning",
        about: `${table} ${change.kind} ${columns.join(",")}`,
        message: `a mutation writes ${columns.length === 0 ? "parts" : columns.length > 4 ? counted(columns.length, "column") : list(columns.map(named))} of ${named(table)} anew${effects.bytesWritten === null ? "" : `: ${bytes(effects.bytesWritten)} per replica`}`,
        label: "in the background, in every part",
        why: "Reads and inserts go on; the new type is converted while reading until its part is done. The mutations behind it wait, and one that fails stops them all.",
        help: "in a quiet hour, with `mutations_sync = 0` and an eye on system.mutations (`is_done`, `latest_fail_reason`) before the next step; the profile of an environment tells how much it is (`scale collect`)",
        evidence: [...context.evidence(statement), context.sizeEvidence(table)],
      };
    },
  },
);
