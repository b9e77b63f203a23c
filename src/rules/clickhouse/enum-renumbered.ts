import { silentsOf } from "./predicted.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bareType, isEnum, removedLabels, renumberedLabels } from "./types.ts";
import { silentHazard } from "./untold.ts";
import { list, named } from "./words.ts";

export const enumRenumbered: ClickHouseRule = clickHouseRuleFor("modify-column", {
  id: "enum-renumbered",
  summary: "an Enum's values get other numbers: refused, or old rows read as another value",
  check(change, statement, context): ClickHouseHazard | null {
    const { table, column, type } = change;
    const before = context.column(statement, table, column);
    if (before === null || type === null || !isEnum(bareType(before.type)) || !isEnum(bareType(type))) return null;
    const moved = renumberedLabels(bareType(before.type), bareType(type));
    const { error } = context.effectsOf(statement, change);
    if (moved.length === 0 || (error === null && removedLabels(bareType(before.type), bareType(type)).length > 0)) return null;
    const silents = silentsOf(change, statement, context).filter(({ decidedBy }) => context.decide(decidedBy).kind !== "cleared");
    if (error === null && silents.length === 0) return null;
    return {
      ...silentHazard(silents, context, {
        about: `${table}.${column}`,
        message: `${named(column)} of ${named(table)}: ${list(moved.map(({ label, from, to }) => `'${label}' goes from ${from} to ${to}`))}`,
        label: error === null ? "rows hold the number, not the label" : `code ${error.code}: rows hold the number, not the label`,
        why: "Parts hold the old numbers. Depending on the version the server refuses, the mutation fails and reads fail with it (code 70), or old rows silently read as another label (ClickHouse#116182).",
        help: "give new labels new numbers and leave every old pair as it is: appending and renaming (same number, other label) only change metadata",
      }),
      ...(error === null ? {} : { evidence: context.evidence(statement), supersedes: ["refused", "change-type-refused"] }),
    };
  },
});
