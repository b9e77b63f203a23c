import { isMergeTree, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { alterable } from "./engines.ts";
import { columnsNamed, count, find, hasRows, metadata, refused, silent, sortingKey, type Outcome, type Predictors } from "./outcome.ts";
import { isNullable } from "../changes/types.ts";

/** Engines whose merges go by the sorting key: rows with the same key become one. */
export function mergesRows(table: Pick<ClickHouseTable, "engine">): boolean {
  return /^(?:Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Coalescing|Graphite)/.test(table.engine?.family ?? "");
}

export const keyPredictors: Predictors<"modify-order-by" | "modify-sample-by" | "remove-sample-by"> = {
  "modify-order-by": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred = alterable(table, "property");
    if (barred !== null) return barred;
    if (!isMergeTree(table)) return refused(48, "ALTER MODIFY ORDER BY is not supported");
    const before = sortingKey(table).map((k) => k.expression.sql);
    const after = change.orderBy.map((k) => k.expression.sql);
    const primary = (table.primaryKey ?? table.orderBy ?? []).map((k) => k.expression.sql);
    if (after.length < primary.length || primary.some((p, i) => after[i] !== p)) {
      return refused(36, "Primary key must be a prefix of the sorting key, but the new key does not begin with it");
    }
    const kept = before.filter((_, i) => after[i] === before[i]).length;
    const suffix = change.orderBy.slice(Math.min(kept, after.length));
    const added = new Map(scene.together.flatMap((c) => (c.kind === "add-column" ? [[c.column.name, c.column] as const] : [])));
    for (const part of suffix) {
      for (const column of part.expression.columns) {
        if (columnsNamed(table, [column]).length === 0) return refused(47, `Missing columns: '${column}' in the sorting key`);
        const fresh = added.get(column);
        if (fresh === undefined)
          return refused(36, `Existing column ${column} is used in the expression that was added to the sorting key`);
        if (fresh.default !== null)
          return refused(
            36,
            `Newly added column ${column} has a default expression, so adding expressions that use it to the sorting key is forbidden`,
          );
        if (isNullable(fresh.type) && table.settings.get("allow_nullable_key") !== "1")
          return refused(44, "Sorting key contains nullable columns, but merge tree setting `allow_nullable_key` is disabled");
      }
    }
    if (after.join() === before.join()) return metadata();
    if (!mergesRows(table)) return metadata();
    return metadata([
      silent(
        "duplicates",
        count(table.name),
        "rows are one by another key from now on: what collapsed no longer does, or what did not now does",
        {
          columns: columnsNamed(
            table,
            suffix.flatMap((s) => s.expression.columns),
          ),
        },
      ),
    ]);
  },
  "modify-sample-by": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred = alterable(table, "property");
    if (barred !== null) return barred;
    const missing = change.sampleBy.columns.find((c) => columnsNamed(table, [c]).length === 0);
    if (missing !== undefined) return refused(47, `Missing columns: '${missing}' in the sampling expression`);
    return (
      sampleProblem(table, change.sampleBy) ??
      metadata(
        hasRows(table.name, scene) && table.sampleBy !== null
          ? [silent("semantics", count(table.name), "SAMPLE takes other rows from now on")]
          : [],
      )
    );
  },
  "remove-sample-by": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const barred = alterable(found.table, "property");
    if (barred !== null) return barred;
    return found.table.sampleBy === null ? refused(36, "Table doesn't have SAMPLE BY, cannot remove") : metadata();
  },
};

/** The sampling expression must be in the primary key (36) and an unsigned integer (59). */
export function sampleProblem(
  table: Pick<ClickHouseTable, "primaryKey" | "orderBy" | "columns">,
  sample: NonNullable<ClickHouseTable["sampleBy"]>,
): Outcome | null {
  const primary = table.primaryKey ?? table.orderBy ?? [];
  if (!primary.some((k) => k.expression.sql === sample.sql)) return refused(36, "Sampling expression must be present in the primary key");
  const column = table.columns.find((c) => c.name === sample.sql);
  if (column?.typeKnown === true && !/^UInt(?:8|16|32|64)$/.test(column.type.name))
    return refused(59, `Invalid sampling column type in storage parameters: ${column.type.text}`);
  return null;
}
