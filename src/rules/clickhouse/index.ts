import type { ClickHouseRule } from "./rule.ts";

/** Every rule about ClickHouse, in alphabetical order. */
export const CLICKHOUSE_RULES: readonly ClickHouseRule[] = [];
