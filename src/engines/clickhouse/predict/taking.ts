import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import { isMergeTree } from "../../../model/clickhouse/schema.ts";
import { dependentsOf } from "../graph/index.ts";
import { quoteIdentifier } from "../changes/render.ts";
import { differs } from "./read-otherwise.ts";
import { usersOf } from "./column-users.ts";
import { partitionProblem } from "./partition-value.ts";
import { existingColumn } from "./declared.ts";
import { alterable } from "./engines.ts";
import { columnsNamed, count, hasRows, metadata, mutation, refused, silent, type Outcome, type Predictors, type Scene } from "./outcome.ts";

/** DROP, CLEAR, RENAME and MATERIALIZE COLUMN. */
export const takingPredictors: Predictors<"drop-column" | "clear-column" | "rename-column" | "materialize-column"> = {
  "drop-column": (change, scene) => {
    const whole = nestedColumns(change.table, change.column, scene);
    const found = existingColumn(change.table, whole[0] ?? change.column, change.ifExists, scene);
    if ("outcome" in found) return found.outcome;
    const { table } = found;
    const barred = alterable(table, "drop-column");
    if (barred !== null) return barred;
    // Columns that are computed from it are asked for before the keys.
    const gone = new Set(scene.together.flatMap((c) => (c.kind === "drop-column" ? [c.column] : [])));
    const computed = usersOf(table, change.column).find((u) => u.kind === "default" && !gone.has(/ of (.+)$/.exec(u.name)?.[1] ?? ""));
    if (computed !== undefined)
      return refused(44, `Cannot drop column ${quoteIdentifier(change.column)}, because ${computed.name} depends on it`);
    for (const column of whole.length > 0 ? whole : [change.column]) {
      const used = stillUsed(table.name, column, scene);
      if (used !== null) return used;
    }
    const reader = dependentsOf(table.name, change.column, scene.state).find(
      (d) =>
        d.kind === "materialized-view" && d.select?.reads.some((r) => r.table === table.name && r.columns.includes(change.column)) === true,
    );
    if (reader !== undefined) {
      return refused(524, `Trying to ALTER DROP column ${change.column} that is referenced by materialized view ${reader.name}`);
    }
    if (found.column.default?.kind === "EPHEMERAL") return metadata();
    // Added by the same statement: no part has ever held it.
    if (
      scene.together.some(
        (c) => c.kind === "add-column" && c.column.name === change.column && scene.together.indexOf(c) < scene.together.indexOf(change),
      )
    )
      return mutation(table.name, []);
    if (table.columns.length === Math.max(1, whole.length)) return refused(36, "Cannot drop or clear all columns");
    if (!isMergeTree(table)) return metadata();
    const dangers: SilentCorruption[] = scene.together.some((c) => c.kind === "add-column" && c.column.name === change.column)
      ? [
          silent("drops-values", count(table.name), `the values of ${change.column} are gone, every row reads the default`, {
            columns: [change.column],
          }),
        ]
      : [];
    // Measured on 26.7: of a Nested that is dropped as a whole the files stay until the next merge.
    const columns = whole.length > 0 ? [] : [change.column];
    // A column that no part holds has nothing to take away.
    if (found.column.since !== null && !hasRows(table.name, scene)) return metadata(dangers);
    return found.column.default?.kind === "ALIAS" ? metadata(dangers) : mutation(table.name, columns, { silent: dangers });
  },
  "clear-column": (change, scene) => {
    const found = existingColumn(change.table, change.column, change.ifExists, scene);
    if ("outcome" in found) return found.outcome;
    const { table } = found;
    const barred = alterable(table, "drop-column");
    if (barred !== null) return barred;
    const user = usersOf(table, change.column).find((u) => u.kind === "key" || u.kind === "engine");
    if (user !== undefined) return refused(524, `Trying to clear ${user.kind} column ${change.column}`);
    const nowhere = partitionProblem(change.partition, table);
    if (nowhere !== null) return nowhere;
    return mutation(table.name, [change.column], {
      partial: change.partition !== null,
      silent: hasRows(table.name, scene)
        ? [
            silent("drops-values", count(table.name, differs(found.column)), `${change.column} reads its default in every row`, {
              columns: [change.column],
            }),
          ]
        : [],
    });
  },
  "rename-column": (change, scene) => {
    const found = existingColumn(change.table, change.column, change.ifExists, scene);
    if ("outcome" in found) return found.outcome;
    const { table } = found;
    const barred = alterable(table, "rename-column");
    if (barred !== null) return barred;
    if (table.columns.some((c) => c.name === change.to))
      return refused(15, `Cannot rename to ${change.to}: column with this name already exists`);
    const nested = (name: string): string | null => (name.includes(".") ? name.slice(0, name.indexOf(".")) : null);
    if (nested(change.column) !== nested(change.to))
      return refused(36, "Cannot rename column from one nested name to another or to a simple name");
    const users = usersOf(table, change.column);
    const projection = users.find((u) => u.kind === "projection");
    if (projection !== undefined) return refused(47, `Missing columns: '${change.column}' in ${projection.name}`);
    if (users.some((u) => u.kind === "key" || u.kind === "engine"))
      return refused(524, `Trying to ALTER RENAME key ${change.column} column`);
    if (!isMergeTree(table)) return metadata();
    const held = found.column.default?.kind !== "ALIAS" && found.column.default?.kind !== "EPHEMERAL";
    return mutation(table.name, held ? [change.column, change.to].toSorted() : []);
  },
  "materialize-column": (change, scene) => {
    const found = existingColumn(change.table, change.column, false, scene);
    if ("outcome" in found) return found.outcome;
    const { table, column } = found;
    const barred = table.engine?.name === "Join" ? alterable(table, "property") : alterable(table, "mutation");
    if (barred !== null) return barred;
    if (column.default === null || column.default.expression === null)
      return refused(36, `Cannot materialize column ${column.name} because it doesn't have default expression`);
    // Measured: of an ALIAS nothing is written, and nothing is said.
    if (column.default.kind === "ALIAS") return mutation(table.name, []);
    if (column.default.kind === "EPHEMERAL") return refused(36, `Cannot materialize column ${column.name} of kind ${column.default.kind}`);
    const again =
      column.default.kind === "MATERIALIZED" && hasRows(table.name, scene) && (column.since === null || differs(column) !== undefined);
    return mutation(table.name, [column.name], {
      partial: change.partition !== null,
      silent: again
        ? [
            silent("semantics", count(table.name, differs(column)), "values that are stored are computed anew and become others", {
              columns: [column.name],
            }),
          ]
        : [],
    });
  },
};

/** `n.a`, `n.b` for a flattened Nested `n`; empty for a plain column. */
function nestedColumns(name: string, column: string, scene: Scene): readonly string[] {
  const table = scene.state.tables.get(name);
  if (table === undefined || table.columns.some((c) => c.name === column)) return [];
  return table.columns.filter((c) => c.name.startsWith(`${column}.`)).map((c) => c.name);
}

const CODES = { key: 47, engine: 524, default: 44, index: 47, projection: 47, constraint: 47, ttl: 47 } as const;

/** What of the table's own definition keeps a column from being dropped; commands of the same statement may have freed it. */
function stillUsed(name: string, column: string, scene: Scene): Outcome | null {
  const table = scene.state.tables.get(name);
  if (table === undefined) return null;
  const dropped = new Set(scene.together.flatMap((c) => (c.kind === "drop-column" ? [c.column] : [])));
  for (const user of usersOf(table, column)) {
    // A default or constraint of a column that goes in the same statement goes along.
    const owner = user.kind === "default" || user.kind === "ttl" ? / of (.+)$/.exec(user.name)?.[1] : undefined;
    if (owner !== undefined && dropped.has(owner)) continue;
    return refused(
      CODES[user.kind],
      `Cannot drop column ${quoteIdentifier(column)}: it is used in ${user.name} (${columnsNamed(table, [column]).join()})`,
    );
  }
  return null;
}
