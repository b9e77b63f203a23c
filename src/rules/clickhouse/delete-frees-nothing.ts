import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named } from "./words.ts";

export const deleteFreesNothing: ClickHouseRule = clickHouseRuleFor("lightweight-delete", {
  id: "delete-frees-nothing",
  summary: "DELETE FROM a large table: rows are masked, the disk is freed by later merges only",
  check({ table }, statement, context): ClickHouseHazard | null {
    if (context.size(table).kind !== "large" || !context.existedBefore(statement, table) || context.effects(statement).error !== null)
      return null;
    const { compactParts } = context.size(table);
    return {
      severity: "info",
      about: table,
      message: `DELETE FROM ${named(table)} masks rows: nothing is freed until parts are merged`,
      why: `It writes a mask of one byte per row into every part${compactParts !== null && compactParts > 0 ? ", and compact parts are written as a whole" : ""}. system.parts goes on counting the rows, and the bytes stay until a merge drops them.`,
      help: "right for few rows; whole months go with DETACH or DROP PARTITION, what ages by TTL, and personal data that must be gone from disk needs APPLY DELETED MASK",
      evidence: [context.sizeEvidence(table)],
    };
  },
});
