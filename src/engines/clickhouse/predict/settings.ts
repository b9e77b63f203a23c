import type { ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { MERGE_TREE_CHOICES, MERGE_TREE_SETTINGS } from "./merge-tree-settings.ts";
import { refused, type Outcome } from "./outcome.ts";
import { SESSION_SETTINGS } from "./session-settings.ts";

/** Settings that are fixed when the table is made. Measured on 26.7. */
const FIXED = new Set([
  "index_granularity",
  "index_granularity_bytes",
  "enable_mixed_granularity_parts",
  "add_minmax_index_for_numeric_columns",
  "add_minmax_index_for_string_columns",
  "add_minmax_index_for_temporal_columns",
  "add_minmax_index_for_block_number_column",
  "add_minmax_index_for_block_offset_column",
  "allow_tuple_element_aggregation",
  "share_nested_offsets",
  "table_disk",
]);

/** Numbers that may be below zero. */
const SIGNED = new Set(["priority", "os_threads_nice_value_query", "zstd_window_log_max", "filesystem_cache_segments_batch_size"]);

type Takes = "boolean" | "number" | "positive" | "fraction" | "time" | "other";

const read = new Map<string, ReadonlyMap<string, Takes>>();

function namesOf(text: string): ReadonlyMap<string, Takes> {
  let names = read.get(text);
  if (names === undefined) {
    names = new Map(
      text
        .split("\n:")
        .slice(1)
        .flatMap((block) => {
          const [takes = "other", ...found] = block.split(/\s+/).filter((word) => word !== "");
          return found.map((name) => [name, takes as Takes] as const);
        }),
    );
    read.set(text, names);
  }
  return names;
}

/** What the server answers to a setting of SET or of a statement's SETTINGS. Settings of the server's own (`custom_…`, `SQL_…`) have a prefix. */
export function sessionSettingProblem(name: string, value: string): Outcome | null {
  // \`param_x\` is a query's parameter; prefixes of custom settings are the server's own choice, and custom_settings_prefixes is \`SQL_\` by default.
  if (/^(?:param_|SQL_)/.test(name) || name === "profile") return null;
  const takes = namesOf(SESSION_SETTINGS).get(name);
  if (takes === undefined) return refused(115, `Unknown setting '${name}'`);
  return valueProblem(name, value, takes);
}

/** Settings of a statement in order; what another engine's table takes is not looked at. */
export function statementSettingsProblem(settings: ReadonlyMap<string, string> | undefined): Outcome | null {
  for (const [name, value] of settings ?? []) {
    const bad = sessionSettingProblem(name, value);
    if (bad !== null) return bad;
  }
  return null;
}

/** Whether SETTINGS of a CREATE may be settings of the query as well: measured, those are taken out before the engine sees them. */
export function isSessionSetting(name: string): boolean {
  return namesOf(SESSION_SETTINGS).has(name);
}

/** What the server answers to MODIFY SETTING (value) or RESET SETTING (null). */
export function settingProblem(name: string, value: string | null, table: ClickHouseTable): Outcome | null {
  if (table.engine?.family.endsWith("MergeTree") !== true) return null;
  const takes = namesOf(MERGE_TREE_SETTINGS).get(name);
  if (takes === undefined && name !== "disk" && name !== "storage_policy")
    return value === null ? refused(36, `Unknown setting '${name}'`) : refused(115, `Unknown setting '${name}'`);
  if (FIXED.has(name) && (value === null || table.settings.get(name) !== value))
    return refused(472, `Setting '${name}' is readonly for storage '${table.engine.name}'`);
  if (name === "disk" && value !== null && value !== "default") return refused(479, `Unknown disk ${value}`);
  if (name === "storage_policy" && value !== "default") return refused(478, `Unknown storage policy ${value ?? ""}`);
  return value === null || takes === undefined ? null : valueProblem(name, value, takes);
}

/** What a setting of a new MergeTree table is refused for. */
export function newTableSettingProblem(name: string, value: string): Outcome | null {
  const takes = namesOf(MERGE_TREE_SETTINGS).get(name);
  if (takes === undefined) return isSessionSetting(name) || name === "disk" ? null : refused(115, `Unknown setting '${name}'`);
  if (name === "index_granularity" && /^0+$/.test(value)) return refused(36, "index_granularity: value 0 makes no sense");
  return valueProblem(name, value, takes);
}

/** Text that is no number where one is asked for. Measured on 26.7. */
function valueProblem(name: string, value: string, takes: Takes): Outcome | null {
  switch (takes) {
    case "number":
    case "positive":
      if (/^(?:auto|\{\w+\}|DEFAULT)$/i.test(value)) return null;
      if (!/^\s*[+-]?\d/.test(value) && !/^0x/i.test(value))
        return refused(27, `Cannot parse input: expected a number for ${name}: '${value}'`);
      if (value.startsWith("-") && !SIGNED.has(name))
        return refused(70, `Field value ${value} is out of range of unsigned long type: ${name}`);
      return takes === "positive" && /^0+$/.test(value) ? refused(36, `A setting's value must be greater than 0: ${name}`) : null;
    case "boolean":
      if (/^\d+$/.test(value)) return Number(value) > 1 ? refused(70, `Field value ${value} is out of range of bool type: ${name}`) : null;
      return /^(?:true|false|auto|\{\w+\})$/i.test(value) ? null : refused(467, `Cannot parse bool from string '${value}': ${name}`);
    case "fraction":
    case "time":
      return /^\s*[+-]?[\d.]/.test(value) || /^(?:auto|inf|nan|\{\w+\})$/i.test(value)
        ? null
        : refused(72, `Cannot read floating point value here: ${value}: ${name}`);
    case "other": {
      const choices = MERGE_TREE_CHOICES.get(name);
      // Words are known where somebody wrote a word: a number or a substituted value is the server's to judge.
      if (choices === undefined || choices.includes(value) || !/^[A-Za-z]\w*$/.test(value) || value === "DEFAULT") return null;
      return refused(36, `Unexpected value of ${name}: '${value}'. Must be one of ${choices.join(", ")}`);
    }
    default:
      return takes satisfies never;
  }
}
