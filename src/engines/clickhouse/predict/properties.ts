import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import { isMergeTree, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { expressionProblem } from "../bind/expression.ts";
import { expressionType } from "../changes/expression-type.ts";
import { bareType } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { alterable } from "./engines.ts";
import {
  columnsNamed,
  count,
  find,
  hasRows,
  metadata,
  mutation,
  refused,
  silent,
  storedColumns,
  typeIn,
  type Outcome,
  type Predictors,
  type Scene,
} from "./outcome.ts";
import { statisticsProblem } from "./statistics.ts";
import { indexProblem } from "./indexes.ts";
import { projectionProblem } from "./projections.ts";
import { settingProblem } from "./settings.ts";
import { tableTtlProblem } from "./ttl.ts";

export const propertyPredictors: Predictors<
  | "modify-ttl"
  | "remove-ttl"
  | "materialize-ttl"
  | "modify-setting"
  | "reset-setting"
  | "modify-table-comment"
  | "add-index"
  | "drop-index"
  | "clear-index"
  | "materialize-index"
  | "add-projection"
  | "drop-projection"
  | "clear-projection"
  | "materialize-projection"
  | "add-constraint"
  | "modify-constraint"
  | "drop-constraint"
  | "statistics"
> = {
  "modify-ttl": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred = isMergeTree(table) ? null : refused(36, `Engine ${table.engine?.name ?? ""} doesn't support TTL clause`);
    // Measured on every engine: 36 comes before the engine is asked. A view answers 48 as to everything.
    if (barred !== null) return table.kind === "table" ? barred : (alterable(table, "property") ?? barred);
    for (const ttl of change.ttl) {
      const bad = tableTtlProblem(ttl, table, scene);
      if (bad !== null) return bad;
    }
    const same = change.ttl.map((t) => t.text).join() === table.ttl.map((t) => t.text).join();
    if (same) return metadata();
    const setting =
      change.settings?.get("materialize_ttl_after_modify") ?? scene.state.session.settings.get("materialize_ttl_after_modify");
    const expiring = change.ttl.filter((t) => t.action === "delete" || t.action === "group-by");
    const dangers: SilentCorruption[] = hasRows(table.name, scene)
      ? expiring.map((t) =>
          silent(
            "drops-values",
            count(table.name, `${t.expression.sql} < now()${t.where === null ? "" : ` AND (${t.where.sql})`}`),
            t.action === "delete" ? "rows that have expired are deleted" : "rows that have expired are folded into one per group",
          ),
        )
      : [];
    if (setting === "0") return { ...metadata(dangers), class: "at-merge" };
    // Measured: without rows to take away only the expiry of each part is computed, and the columns that it goes by are written again.
    if (expiring.length === 0) {
      const read = columnsNamed(
        table,
        change.ttl.flatMap((t) => t.expression.columns),
      );
      return mutation(table.name, change.ttl.some((t) => t.action === "recompress") ? [...new Set(read)].toSorted() : storedColumns(table));
    }
    return mutation(table.name, storedColumns(table), { silent: dangers, writes: "everything" });
  },
  "remove-ttl": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    if (found.table.ttl.length === 0) return refused(36, "Table doesn't have any table TTL expression, cannot remove");
    return alterable(found.table, "property") ?? metadata();
  },
  "materialize-ttl": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred = alterable(table, "mutation");
    if (barred !== null) return barred;
    if (table.ttl.length === 0 && !table.columns.some((c) => c.ttl !== null))
      return refused(80, "Cannot MATERIALIZE TTL as there is no TTL set for table");
    const dangers = hasRows(table.name, scene)
      ? table.ttl.flatMap((t) =>
          t.action === "delete"
            ? [silent("drops-values", count(table.name, `${t.expression.sql} < now()`), "rows that have expired are deleted")]
            : [],
        )
      : [];
    return mutation(table.name, storedColumns(table), { silent: dangers, writes: "everything", partial: change.partition !== null });
  },
  "modify-setting": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const barred = alterable(found.table, "settings");
    if (barred !== null) return barred;
    for (const [name, value] of change.set) {
      const bad = settingProblem(name, value, found.table);
      if (bad !== null) return bad;
    }
    return metadata();
  },
  "reset-setting": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const barred = alterable(found.table, "settings");
    if (barred !== null) return barred;
    for (const name of change.names) {
      const bad = settingProblem(name, null, found.table);
      if (bad !== null) return bad;
    }
    return metadata();
  },
  "modify-table-comment": (change, scene) => {
    const found = find(change.table, scene);
    return "table" in found ? metadata() : (found.outcome ?? metadata());
  },
  "add-index": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred = alterable(table, "property");
    if (barred !== null) return barred;
    const existing = table.indexes.find((i) => i.name === change.index.name);
    if (existing !== undefined) {
      if (!change.ifNotExists) return refused(44, `Cannot add index ${existing.name}: index with this name already exists`);
      const other = existing.expression.sql !== change.index.expression.sql || existing.type !== change.index.type;
      return metadata(other ? [silent("semantics", null, `index ${existing.name} exists with another definition and stays so`)] : []);
    }
    return indexProblem(change.index, table, scene) ?? metadata();
  },
  "drop-index": (change, scene) => named(change, scene, "index", "property"),
  "clear-index": (change, scene) => named(change, scene, "index", "property", true),
  "materialize-index": (change, scene) => named(change, scene, "index", "mutation"),
  "add-projection": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred = alterable(table, "property");
    if (barred !== null) return barred;
    const existing = table.projections.find((p) => p.name === change.projection.name);
    if (existing !== undefined) {
      if (!change.ifNotExists) return refused(583, `Cannot add projection ${existing.name}: projection with this name already exists`);
      return metadata(
        existing.text !== change.projection.text
          ? [silent("semantics", null, `projection ${existing.name} exists with another definition and stays so`)]
          : [],
      );
    }
    const bad = projectionProblem(change.projection, table, scene);
    if (bad !== null) return bad;
    const mode = table.settings.get("deduplicate_merge_projection_mode") ?? "throw";
    if (
      /^(?:Replacing|Collapsing|VersionedCollapsing|Summing|Aggregating|Graphite|Coalescing)/.test(table.engine?.family ?? "") &&
      mode === "throw"
    ) {
      return refused(344, `Projection is not supported in ${table.engine?.name ?? ""} with deduplicate_merge_projection_mode = throw`);
    }
    return metadata();
  },
  "drop-projection": (change, scene) => named(change, scene, "projection", "property"),
  "clear-projection": (change, scene) => named(change, scene, "projection", "property", true),
  "materialize-projection": (change, scene) => named(change, scene, "projection", "mutation"),
  "add-constraint": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const { constraint } = change;
    const barred = alterable(table, "property");
    if (barred !== null) return barred;
    const existing = table.constraints.find((c) => c.name === constraint.name);
    if (existing !== undefined) {
      if (!change.ifNotExists) return refused(44, `Cannot add constraint ${constraint.name}: constraint with this name already exists`);
      return metadata(
        existing.expression.sql !== constraint.expression.sql
          ? [silent("semantics", null, `constraint ${constraint.name} exists with another condition and stays so`)]
          : [],
      );
    }
    return constraintOutcome(constraint, table, scene);
  },
  "modify-constraint": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    if (!table.constraints.some((c) => c.name === change.constraint.name)) {
      return change.ifExists
        ? metadata()
        : refused(36, `Wrong constraint name. Cannot find constraint ${change.constraint.name} to modify`);
    }
    return alterable(table, "property") ?? constraintOutcome(change.constraint, table, scene);
  },
  "drop-constraint": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const barred = alterable(found.table, "property");
    if (barred !== null) return barred;
    if (found.table.constraints.some((c) => c.name === change.name) || change.ifExists) return metadata();
    return refused(36, `Wrong constraint name. Cannot find constraint ${change.name} to drop`);
  },
  statistics: (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred = alterable(table, change.action === "materialize" ? "mutation" : "property");
    if (barred !== null) return barred;
    const missing = change.columns.find((c) => table.columnsKnown && !table.columns.some((t) => t.name === c));
    if (missing !== undefined) return change.lenient ? metadata() : refused(708, `Cannot find column ${missing} for statistics`);
    const bad = statisticsProblem(change, table, scene);
    if (bad !== null) return bad;
    if (change.action === "materialize" || change.action === "clear" || change.action === "drop") return mutation(table.name, []);
    return metadata();
  },
};

function constraintOutcome(constraint: ClickHouseTable["constraints"][number], table: ClickHouseTable, scene: Scene): Outcome {
  const missing = constraint.expression.columns.find((c) => columnsNamed(table, [c]).length === 0);
  if (missing !== undefined && table.columnsKnown) return refused(47, `Missing columns: '${missing}' while processing the constraint`);
  const inside = expressionProblem(constraint.expression, { state: scene.state, database: table.database });
  if (inside !== null) {
    // Measured: the condition is not looked at before the first INSERT.
    return metadata([silent("semantics", null, `every INSERT fails with ${inside.code} from now on: ${inside.message}`)]);
  }
  const type =
    constraint.expression.tree === null ? null : expressionType(constraint.expression.tree as Expression, (path) => typeIn(table, path));
  if (type !== null && !/^(?:U?Int\d+|Bool|Float\d+|Nothing)$/.test(bareType(type).name))
    return metadata([silent("semantics", null, `every INSERT fails from now on: the condition is of type ${type.text}`)]);
  if (!hasRows(table.name, scene)) return metadata();
  const what =
    constraint.kind === "assume" ? "rows that do not hold it are lost from answers of queries that trust it" : "rows that break it stay";
  return metadata([silent("semantics", count(table.name, `NOT (${constraint.expression.sql})`), what)]);
}

function named(
  change: { readonly table: string; readonly name: string; readonly ifExists: boolean; readonly partition?: unknown },
  scene: Parameters<typeof find>[1],
  what: "index" | "projection",
  kind: "property" | "mutation",
  lenient = kind === "mutation",
): Outcome {
  const found = find(change.table, scene);
  if (!("table" in found)) return found.outcome ?? metadata();
  const { table } = found;
  const barred = alterable(table, kind);
  if (barred !== null) return barred;
  const all = what === "index" ? table.indexes : table.projections;
  if (!all.some((i) => i.name === change.name)) {
    // Measured: MATERIALIZE and CLEAR of a name that is not there, and DROP … IF EXISTS, are mutations that do nothing.
    if (lenient || change.ifExists) return mutation(table.name, []);
    return refused(what === "index" ? 36 : 582, `Wrong ${what} name. Cannot find ${what} ${change.name}`);
  }
  return mutation(table.name, [], { partial: (change.partition ?? null) !== null });
}
