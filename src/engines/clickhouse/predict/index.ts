import type { ClickHouseChange } from "../../../model/clickhouse/change.ts";
import { NO_CLICKHOUSE_EFFECTS, type ClickHouseEffects } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { ClickHousePredictOptions } from "../engine.ts";

/** What a statement does on a server of a version. */
export function predictClickHouse(
  _changes: readonly ClickHouseChange[],
  _before: ClickHouseState,
  _options: ClickHousePredictOptions,
): ClickHouseEffects {
  return NO_CLICKHOUSE_EFFECTS;
}
