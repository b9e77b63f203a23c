import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

export const viewRefused: ClickHouseRule = refusalRule(["create-table", "modify-query", "modify-refresh"], {
  id: "view-refused",
  summary: "a materialized view that does not fit what it reads or where it writes",
  words(change, error) {
    const isView = change.kind !== "create-table" || (change.table.kind !== "table" && change.table.kind !== "dictionary");
    if (!isView) return null;
    const name = change.kind === "create-table" ? change.table.name : change.table;
    const populate = change.kind === "create-table" && change.populate;
    return {
      message: `the view ${named(name)} is refused: ${error.message}`,
      why:
        error.code === 8
          ? "every column that the query gives must exist in the target under that name: a view writes by name."
          : error.code === 70
            ? "the states of two aggregate functions are different bytes: one cannot be merged into the other."
            : "the server reads the query against the tables as they are at this moment.",
      help: populate
        ? "create the view without POPULATE, then fill the past with an INSERT … SELECT that is bounded by a time before the view existed"
        : error.code === 47 || error.code === 60
          ? "create or change the source first (a Kafka table cannot be changed: it is dropped and created anew); then the view"
          : "order: `ALTER TABLE <target> ADD COLUMN …` (local, then Distributed), then the view with the column under that name (`expression AS name`)",
    };
  },
});
