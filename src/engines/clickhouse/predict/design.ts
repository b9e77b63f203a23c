import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import { isMergeTree, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { mergesRows } from "./keys.ts";
import { columnsNamed, silent, sortingKey } from "./outcome.ts";
import { constantFits } from "./defaults.ts";

/** What goes wrong without a word in a table that is made this way, whatever rows arrive. */
export function designDangers(table: ClickHouseTable): SilentCorruption[] {
  if (table.kind !== "table" || !isMergeTree(table)) return [];
  const dangers: SilentCorruption[] = [];
  for (const column of table.columns) {
    const expression = column.default?.expression ?? null;
    const overflow = expression === null || !column.typeKnown ? null : constantFits(expression, column.type);
    if (overflow !== null) dangers.push(silent("wraps", null, overflow, { columns: [column.name] }));
  }
  const { partitionBy } = table;
  if (partitionBy === null || !mergesRows(table)) return dangers;
  // Rows are merged within a partition only: it must follow from the key (measured: reference CH067, OPTIMIZE FINAL leaves both rows).
  const key = new Set(
    columnsNamed(
      table,
      sortingKey(table).flatMap((k) => k.expression.columns),
    ),
  );
  const apart = columnsNamed(table, partitionBy.columns).filter((c) => !key.has(c));
  if (apart.length > 0) {
    dangers.push(
      silent(
        "duplicates",
        null,
        `rows of one key in two partitions are never merged: PARTITION BY goes by ${apart.join(", ")}, which the sorting key does not hold`,
        {
          columns: apart,
        },
      ),
    );
  }
  return dangers;
}
