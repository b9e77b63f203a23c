import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { stagedUsageOf } from "./usage.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const columnDropped: ClickHouseRule = clickHouseRuleFor(["drop-column", "clear-column"], {
  id: "column-dropped",
  summary: "dropping or clearing a column: the values cannot be brought back",
  check(change, statement, context): ClickHouseHazard | null {
    const { table, column } = change;
    if (!context.existedBefore(statement, table) || context.effectsOf(statement, change).error !== null) return null;
    const known = context.table(statement, table);
    const there = context.column(statement, table, column);
    if (known !== null && known.columnsKnown && there === null && !known.columns.some(({ name }) => name.startsWith(`${column}.`)))
      return null;
    // What is never stored can be added again as it was.
    if (there?.default?.kind === "ALIAS" || there?.default?.kind === "EPHEMERAL" || (known?.forwards ?? null) !== null) return null;
    const usage = stagedUsageOf(statement, change, context, "the column");
    const size = context.size(table).columns.get(column)?.compressedBytes ?? null;
    return {
      severity: usage.severity,
      about: `${table}.${column}`,
      message: `${change.kind === "drop-column" ? "dropping" : "clearing"} ${named(column)} of ${named(table)}${usage.breaks ? ", which a live version still names" : ""}`,
      label: usage.breaks ? "queries that name it fail from here on" : "the values are gone for good",
      why: `${usage.sentence} There is no UNDROP for a column: a way back adds it empty.${size === null ? "" : ` It takes ${Math.round(size / 1e6)} MB on disk.`}`,
      help:
        usage.help ??
        `stop writing and reading it in a release of its own; \`RENAME COLUMN ${sqlName(column)} TO ${sqlName(`${column}_deprecated`)}\` shows who still does; keep a copy where it cannot be computed again: \`ALTER TABLE ${sqlTable(table)} FREEZE\``,
      evidence: [...usage.evidence, ...context.evidence(statement)],
      liveVersions: usage.liveVersions,
      supersedes: usage.breaks ? ["breaks-live-version"] : [],
      covers: context
        .silents(statement)
        .filter(({ kind, columns, table: other }) => kind === "drops-values" && other === undefined && (columns ?? []).includes(column)),
    };
  },
});
