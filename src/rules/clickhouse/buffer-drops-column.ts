import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, namedList, sqlTable } from "./words.ts";

export const bufferDropsColumn: ClickHouseRule = clickHouseRuleFor(["drop-column", "rename-column", "modify-column"], {
  id: "buffer-drops-column",
  summary: "a table changes under its Buffer: what is buffered is flushed without the column",
  check(change, statement, context): ClickHouseHazard | null {
    if (change.kind === "modify-column" && change.type === null) return null;
    const buffers = context
      .graph(statement.before)
      .buffersOver(change.table)
      .filter(({ columns }) => columns.some(({ name }) => name === change.column));
    const [first] = buffers;
    if (first === undefined || context.effectsOf(statement, change).error !== null) return null;
    return {
      severity: "error",
      about: `${change.table}.${change.column}`,
      message: `${namedList(buffers.map(({ name }) => name))} still ${buffers.length === 1 ? "has" : "have"} ${named(change.column)}: rows in memory are flushed into ${named(change.table)} without it`,
      label: "values in the buffer are dropped",
      why: "A Buffer keeps columns of its own. A flush writes what both have, so the value is lost without an error, for what is buffered and for everything that follows.",
      help: `\`OPTIMIZE TABLE ${sqlTable(first.name)}\` flushes it; then drop the Buffer, change the table, and create the Buffer with the new columns`,
      evidence: [],
      covers: context.silents(statement),
    };
  },
});
