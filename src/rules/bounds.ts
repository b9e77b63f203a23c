/**
 * A partition's bound as a CHECK that implies it, `<key>` standing for the partition key: `FOR VALUES FROM ('2025-01-01') TO
 * ('2026-01-01')` → `<key> IS NOT NULL AND <key> >= '2025-01-01' AND <key> < '2026-01-01'`. `…` where the bound has several columns.
 * Postgres takes only a CHECK that excludes NULL as proof (manual, section 5.12.2.2).
 */
export function boundCondition(bound: string): string {
  const range = /FROM \((?<from>[^(),]+)\) TO \((?<to>[^(),]+)\)/i.exec(bound)?.groups;
  const limit = (value: string | undefined, open: string): string[] =>
    value === undefined || /^(minvalue|maxvalue)$/i.test(value.trim()) ? [] : [`<key> ${open} ${value.trim()}`];
  if (range !== undefined) return ["<key> IS NOT NULL", ...limit(range["from"], ">="), ...limit(range["to"], "<")].join(" AND ");
  const list = /IN \((?<values>[^()]+)\)/i.exec(bound)?.groups;
  if (list !== undefined) return `<key> IS NOT NULL AND <key> IN (${list["values"] ?? "…"})`;
  return "…";
}
