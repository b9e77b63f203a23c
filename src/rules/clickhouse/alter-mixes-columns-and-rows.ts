import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

const DATA = new Set(["alter-update", "alter-delete", "materialize-column", "materialize-index", "materialize-projection"]);

export const alterMixesColumnsAndRows: ClickHouseRule = {
  id: "alter-mixes-columns-and-rows",
  summary: "columns and rows changed by one ALTER of a Replicated table: refused there",
  kinds: ["alter-update", "alter-delete", "materialize-column", "materialize-index", "materialize-projection"],
  check(statement, context) {
    const { changes } = statement.statement;
    const data = changes.find(({ kind }) => DATA.has(kind));
    const other = changes.find(({ kind }) => !DATA.has(kind));
    const table = data !== undefined && "table" in data && typeof data.table === "string" ? data.table : null;
    if (other === undefined || table === null || context.effects(statement).error !== null) return [];
    if (context.table(statement, table)?.engine?.replicated !== true) return [];
    return [
      {
        severity: "warning",
        about: table,
        message: `one ALTER changes both the columns and the rows of ${named(table)}, which is replicated`,
        why: "A Replicated table sends column changes and mutations down different queues, and may refuse a statement that holds both; a plain MergeTree takes it.",
        help: "two statements: first the columns, then the rows",
        evidence: [],
      },
    ];
  },
};
