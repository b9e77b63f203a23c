import type { Position } from "../change.ts";
import type { ClickHouseState } from "../schema.ts";
import { editTable, type Handlers } from "./store.ts";

type PropertyKind =
  | "modify-order-by"
  | "modify-sample-by"
  | "remove-sample-by"
  | "modify-ttl"
  | "remove-ttl"
  | "materialize-ttl"
  | "modify-setting"
  | "reset-setting"
  | "modify-table-comment"
  | "modify-query"
  | "modify-refresh"
  | "modify-sql-security"
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
  | "drop-constraint";

export const propertyHandlers: Handlers<PropertyKind> = {
  "modify-order-by": (change, state) =>
    // The primary key stays what it was: stated from now on where it was the sorting key.
    editTable(state, change.table, (table) => ({ ...table, primaryKey: table.primaryKey ?? table.orderBy, orderBy: change.orderBy })),
  "modify-sample-by": (change, state) => editTable(state, change.table, (table) => ({ ...table, sampleBy: change.sampleBy })),
  "remove-sample-by": (change, state) => editTable(state, change.table, (table) => ({ ...table, sampleBy: null })),
  "modify-ttl": (change, state) => editTable(state, change.table, (table) => ({ ...table, ttl: change.ttl })),
  "remove-ttl": (change, state) => editTable(state, change.table, (table) => ({ ...table, ttl: [] })),
  "materialize-ttl": (_change, state) => state,
  "modify-setting": (change, state) =>
    editTable(state, change.table, (table) => ({ ...table, settings: new Map([...table.settings, ...change.set]) })),
  "reset-setting": (change, state) =>
    editTable(state, change.table, (table) => ({
      ...table,
      settings: new Map([...table.settings].filter(([name]) => !change.names.includes(name))),
    })),
  "modify-table-comment": (change, state) => editTable(state, change.table, (table) => ({ ...table, comment: change.comment })),
  "modify-query": (change, state) =>
    // Measured: the new query subscribes to its own source (reference CH124).
    editTable(state, change.table, (table) => ({ ...table, select: change.select, unsubscribed: false })),
  "modify-refresh": (change, state) => editTable(state, change.table, (table) => ({ ...table, refresh: change.refresh })),
  "modify-sql-security": (_change, state) => state,
  "add-index": (change, state) =>
    editTable(state, change.table, (table) =>
      table.indexes.some((i) => i.name === change.index.name)
        ? table
        : {
            ...table,
            indexes: placed(table.indexes, change.index, change.position),
            unmaterialised: new Set([...(table.unmaterialised ?? []), change.index.name]),
          },
    ),
  "drop-index": (change, state) =>
    editTable(state, change.table, (table) => ({ ...table, indexes: table.indexes.filter((i) => i.name !== change.name) })),
  "clear-index": (_change, state) => state,
  "materialize-index": (change, state) => materialised(state, change),
  "add-projection": (change, state) =>
    editTable(state, change.table, (table) =>
      table.projections.some((p) => p.name === change.projection.name)
        ? table
        : {
            ...table,
            projections: placed(table.projections, change.projection, change.position),
            unmaterialised: new Set([...(table.unmaterialised ?? []), change.projection.name]),
          },
    ),
  "drop-projection": (change, state) =>
    editTable(state, change.table, (table) => ({ ...table, projections: table.projections.filter((p) => p.name !== change.name) })),
  "clear-projection": (_change, state) => state,
  "materialize-projection": (change, state) => materialised(state, change),
  "add-constraint": (change, state) =>
    editTable(state, change.table, (table) =>
      table.constraints.some((c) => c.name === change.constraint.name)
        ? table
        : { ...table, constraints: [...table.constraints, change.constraint] },
    ),
  "modify-constraint": (change, state) =>
    editTable(state, change.table, (table) => ({
      ...table,
      constraints: table.constraints.map((c) => (c.name === change.constraint.name ? change.constraint : c)),
    })),
  "drop-constraint": (change, state) =>
    editTable(state, change.table, (table) => ({ ...table, constraints: table.constraints.filter((c) => c.name !== change.name) })),
};

function materialised(
  state: ClickHouseState,
  change: { readonly table: string; readonly name: string; readonly partition: unknown },
): ClickHouseState {
  if (change.partition !== null) return state;
  return editTable(state, change.table, (table) => ({
    ...table,
    unmaterialised: new Set([...(table.unmaterialised ?? [])].filter((n) => n !== change.name)),
  }));
}

function placed<T extends { readonly name: string }>(items: readonly T[], item: T, position: Position): readonly T[] {
  if (position === "first") return [item, ...items];
  const at = position === null ? -1 : items.findIndex((i) => i.name === position.after);
  return at === -1 ? [...items, item] : [...items.slice(0, at + 1), item, ...items.slice(at + 1)];
}
