import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, sqlTable } from "./words.ts";
import { ruledOut } from "./untold.ts";

export const partitionDropped: ClickHouseRule = clickHouseRuleFor("partition", {
  id: "partition-dropped",
  summary: "a partition is dropped or replaced: its rows are gone, and a wrong name is a silent success",
  check({ table, action, partition, other }, statement, context): ClickHouseHazard | null {
    if (action !== "drop" && action !== "drop-detached" && action !== "replace-from") return null;
    if (ruledOut(statement, context)) return null;
    if (!context.existedBefore(statement, table) || context.effects(statement).error !== null) return null;
    const what =
      partition === null ? "all partitions" : partition.kind === "all" ? "every partition" : `${partition.kind} ${partition.text}`;
    return {
      severity: action === "drop-detached" ? "warning" : "error",
      about: `${table} ${partition?.text ?? ""}`,
      message:
        action === "replace-from"
          ? `${what} of ${named(table)} is replaced by that of ${other === null ? "another table" : named(other)}`
          : `${what} of ${named(table)} is dropped`,
      label: "no way back",
      why: "There is no UNDROP for a partition, and a partition that does not exist is dropped without an error: whether the name was right shows only in what is missing.",
      help:
        action === "drop"
          ? `\`ALTER TABLE ${sqlTable(table)} DETACH PARTITION …\` first: it can be attached again; DROP DETACHED PARTITION when nothing was missed`
          : action === "drop-detached"
            ? "what is detached is the only copy: look at system.detached_parts first (the server asks for allow_drop_detached)"
            : "count both before: `SELECT count() FROM … WHERE _partition_id = …`; keep the old rows with ATTACH PARTITION … FROM into a table beside it",
      evidence: [context.sizeEvidence(table)],
      covers: context.silents(statement),
    };
  },
});
