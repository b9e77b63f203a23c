import type { PartitionKey } from "../model/schema.ts";
import { sqlName } from "./words.ts";

/**
 * A partition's bound as a CHECK that implies it: `FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')` of a table that is partitioned by
 * `at` → `at IS NOT NULL AND at >= '2025-01-01' AND at < '2026-01-01'`. `<key>` stands for a key that the schema does not tell or that
 * is an expression, `…` for a bound of several columns. Postgres takes only a CHECK that excludes NULL as proof (manual, section
 * 5.12.2.2).
 * @param excludesNull false for the CHECK of a default partition, which is the opposite and need not speak of NULL
 */
export function boundCondition(bound: string, partitionKey: PartitionKey | undefined, excludesNull = true): string {
  const [column] = partitionKey?.columns ?? [];
  const key = partitionKey?.columns.length === 1 && typeof column === "string" ? sqlName(column) : "<key>";
  const range = /FROM \((?<from>[^(),]+)\) TO \((?<to>[^(),]+)\)/i.exec(bound)?.groups;
  const limit = (value: string | undefined, comparison: string): string[] =>
    value === undefined || /^(minvalue|maxvalue)$/i.test(value.trim()) ? [] : [`${key} ${comparison} ${value.trim()}`];
  const present = excludesNull ? [`${key} IS NOT NULL`] : [];
  if (range !== undefined) return [...present, ...limit(range["from"], ">="), ...limit(range["to"], "<")].join(" AND ");
  const list = /IN \((?<values>[^()]+)\)/i.exec(bound)?.groups;
  return list === undefined ? "…" : [...present, `${key} IN (${list["values"] ?? "…"})`].join(" AND ");
}
