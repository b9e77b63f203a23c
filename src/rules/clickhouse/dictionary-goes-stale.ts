import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, namedList, sqlTable } from "./words.ts";

export const dictionaryGoesStale: ClickHouseRule = clickHouseRuleFor(["rename-column", "drop-column", "rename-table", "drop-table"], {
  id: "dictionary-goes-stale",
  summary: "what a dictionary is filled from changes its name or is gone: it goes on serving old values",
  check(change, statement, context): ClickHouseHazard | null {
    if (context.effectsOf(statement, change).error !== null) return null;
    const table = change.kind === "rename-table" || change.kind === "drop-table" ? change.name : change.table;
    const dictionaries = context.graph(statement.after).dictionariesOf(table);
    const hit =
      change.kind === "rename-column" || change.kind === "drop-column"
        ? dictionaries.filter(({ columns }) => columns.some(({ name }) => name === change.column))
        : dictionaries;
    const [first] = hit;
    if (first === undefined || (change.kind !== "rename-column" && change.kind !== "drop-column" && statement.after.tables.has(table)))
      return null;
    return {
      severity: "error",
      about: table,
      message: `${namedList(hit.map(({ name }) => name))} ${hit.length === 1 ? "is" : "are"} filled from ${named(table)}: ${hit.length === 1 ? "it goes" : "they go"} on serving old values`,
      label: "the next reload fails, and nobody is told",
      why: "A reload fails (code 47 or 60) and the values from before stay: lookups succeed with data that no longer changes.",
      help: `\`CREATE OR REPLACE DICTIONARY ${sqlTable(first.name)} …\` over the new name in the same migration, then \`SYSTEM RELOAD DICTIONARY ${sqlTable(first.name)}\`; last_exception in system.dictionaries must be empty`,
      evidence: [],
      covers: context.silents(statement),
    };
  },
});
