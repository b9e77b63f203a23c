import type { ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import type { ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { bareType } from "../changes/types.ts";
import { refused, type Outcome, type Scene } from "./outcome.ts";

const TYPES = new Set(["basic", "countmin", "count_min", "minmax", "tdigest", "uniq", "uniq_v2"]);

/** What the server refuses in ADD, MODIFY and DROP STATISTICS. Measured on 26.7. */
export function statisticsProblem(change: ClickHouseChangeOf<"statistics">, table: ClickHouseTable, scene: Scene): Outcome | null {
  const unknown = change.types.find((type) => !TYPES.has(type));
  if (unknown !== undefined && scene.since("25.1")) return refused(80, `Unknown statistics type: ${unknown}`);
  for (const name of change.columns) {
    const column = table.columns.find((c) => c.name === name);
    if (column === undefined) continue;
    if (change.action === "drop" && column.statistics.length === 0 && !change.lenient)
      return refused(708, `Wrong statistics name. Cannot find statistics ${name} to drop`);
    const numeric = /^(?:U?Int\d+|Float\d+|BFloat16|Decimal|Date|Date32|DateTime|DateTime64|Enum\d+|Bool|IPv4)$/.test(
      bareType(column.type).name,
    );
    const digest = change.types.find((type) => type === "tdigest" || type === "minmax");
    if (digest !== undefined && column.typeKnown && !numeric)
      return refused(708, `Statistics of type '${digest}' does not support data type ${column.type.text}`);
  }
  return null;
}
