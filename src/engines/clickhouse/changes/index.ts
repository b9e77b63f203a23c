import type { ClickHouseChange } from "../../../model/clickhouse/change.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { ClickHouseChangesOptions, RawClickHouseStatement } from "../engine.ts";

/** What a statement changes, its names and types resolved against the schema before it. */
export function readClickHouseChanges(
  statement: RawClickHouseStatement,
  _before: ClickHouseState,
  _options: ClickHouseChangesOptions,
): ClickHouseChange[] {
  return [{ kind: "opaque", span: statement.span, cluster: null, reason: statement.opaque ?? "not read yet", mayTouch: null }];
}
