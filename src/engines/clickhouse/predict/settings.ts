import type { ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { MERGE_TREE_SETTINGS } from "./merge-tree-settings.ts";
import { refused, type Outcome } from "./outcome.ts";

/** Settings that are fixed when the table is made. Measured on 26.7. */
const FIXED = new Set([
  "index_granularity",
  "index_granularity_bytes",
  "enable_mixed_granularity_parts",
  "add_minmax_index_for_numeric_columns",
  "add_minmax_index_for_string_columns",
  "table_disk",
]);

/** What the server answers to MODIFY SETTING (value) or RESET SETTING (null). */
export function settingProblem(name: string, value: string | null, table: ClickHouseTable): Outcome | null {
  if (table.engine?.family.endsWith("MergeTree") !== true) return null;
  if (!MERGE_TREE_SETTINGS.has(name))
    return value === null ? refused(36, `Unknown setting '${name}'`) : refused(115, `Unknown setting '${name}'`);
  if (FIXED.has(name) && (value === null || table.settings.get(name) !== value))
    return refused(472, `Setting '${name}' is readonly for storage '${table.engine.name}'`);
  if (name === "storage_policy" && value !== "default") return refused(478, `Unknown storage policy ${value ?? ""}`);
  return null;
}
