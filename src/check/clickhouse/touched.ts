import type { ClickHouseChange } from "../../model/clickhouse/change.ts";

/** Tables that must exist for the change to have an effect: what it alters, empties, drops without IF EXISTS, or feeds from. */
export function needsTables(change: ClickHouseChange): readonly string[] {
  if ("table" in change && typeof change.table === "string") {
    if (change.kind === "insert") return change.intoFunction ? [] : [change.table];
    return change.kind === "system" ? [] : [change.table];
  }
  switch (change.kind) {
    case "drop-table":
    case "detach-table":
    case "truncate":
    case "rename-table":
      return change.ifExists ? [] : [change.name];
    case "exchange-tables":
      return [change.name, change.with];
    case "create-table": {
      const { select, target, kind, forwards } = change.table;
      if (kind === "materialized-view" || kind === "refreshable-view")
        return [...(target === null ? [] : [target]), ...(select?.reads.slice(0, 1).map(({ table }) => table) ?? [])];
      // A Distributed table may stand on hosts that do not hold the local one.
      return forwards?.kind === "buffer" && forwards.table !== null ? [forwards.table] : [];
    }
    default:
      return [];
  }
}

/** Tables of which a change takes something away that a version may still use. */
export function takesAway(change: ClickHouseChange): readonly string[] {
  switch (change.kind) {
    case "drop-table":
    case "detach-table":
    case "rename-table":
      return [change.name];
    case "exchange-tables":
      return [change.name, change.with];
    case "drop-column":
    case "rename-column":
    case "modify-column":
    case "clear-column":
      return [change.table];
    default:
      return [];
  }
}
