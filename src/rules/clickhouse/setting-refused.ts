import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

export const settingRefused: ClickHouseRule = refusalRule(["modify-setting", "reset-setting", "create-table"], {
  id: "setting-refused",
  summary: "a table setting that does not exist, or that can only be given when the table is created",
  codes: [36, 115, 472, 478],
  words(change, error) {
    if (error.code === 36 && change.kind === "create-table") return null;
    const name = change.kind === "create-table" ? change.table.name : change.table;
    return {
      message: `a setting of ${named(name)} is refused: ${error.message}`,
      why:
        error.code === 472
          ? "parts on disk are laid out by it: index_granularity and its like are for life"
          : error.code === 478
            ? "the policy is not in the configuration of the server"
            : "no version of the server that this is judged for knows it",
      help:
        error.code === 472
          ? "give it in CREATE TABLE; for a table with rows: a new one, the rows copied, EXCHANGE"
          : error.code === 478
            ? "add the storage policy to the configuration of every server first, and restart"
            : "check the spelling in `system.merge_tree_settings` of the server",
    };
  },
});
