import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

export const partitionRefused: ClickHouseRule = refusalRule("partition", {
  id: "partition-refused",
  summary: "parts that do not fit the other table: other columns, sorting key or partition key",
  words({ table, other, action }, error) {
    if (!["attach-from", "replace-from", "move-to-table"].includes(action)) return null;
    return {
      message: `parts cannot go between ${named(table)} and ${other === null ? "the other table" : named(other)}: ${error.message}`,
      why: "parts are moved as they lie on disk, so columns, sorting key, partition key and storage policy of the two must be the same.",
      help: "to change a key or a type, rows must be written anew: INSERT … SELECT, partition by partition, into a staging table with the new definition",
    };
  },
});
