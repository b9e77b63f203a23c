import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseColumn } from "../../../model/clickhouse/schema.ts";
import { bareType, isNullable } from "../changes/types.ts";
import { rangeOf } from "./loss.ts";
import { silent } from "./outcome.ts";

/** Days that a type holds. Measured: a day beyond them becomes the first or the last. */
const DAYS: Readonly<Record<string, readonly [string, string]>> = {
  Date: ["1970-01-01", "2149-06-06"],
  Date32: ["1900-01-01", "2299-12-31"],
};

/** What INSERT … VALUES stores as another value than the one that is written there. Measured on 26.7: 300 in a UInt8 is 44, NULL is 0. */
export function writtenOtherwise(
  rows: readonly (readonly string[])[],
  columns: readonly (ClickHouseColumn | undefined)[],
): SilentCorruption[] {
  return columns.flatMap((column, at): SilentCorruption[] => {
    if (column?.typeKnown !== true) return [];
    const bare = bareType(column.type);
    const texts = rows.flatMap((row) => (row[at] === undefined ? [] : [row[at]]));
    const range = rangeOf(bare.name);
    const days = DAYS[bare.name];
    const wraps = texts.find((text) => {
      if (range !== null && /^-?\d{1,80}$/.test(text)) return BigInt(text) < range.min || BigInt(text) > range.max;
      const day = /^'(\d{4}-\d\d-\d\d)'$/.exec(text)?.[1];
      return days !== undefined && day !== undefined && (day < days[0] || day > days[1]);
    });
    const holdsNull = isNullable(column.type) || /^(?:Variant|Dynamic|JSON|Nothing)$/.test(bare.name);
    const becomesDefault = !holdsNull && texts.some((text) => /^NULL$/i.test(text));
    const hits = { columns: [column.name] };
    return [
      ...(wraps === undefined
        ? []
        : [silent("wraps", null, `${wraps} does not fit ${column.type.text} and is stored as another value`, hits)]),
      ...(becomesDefault ? [silent("drops-values", null, "NULL is stored as the default value", hits)] : []),
    ];
  });
}
