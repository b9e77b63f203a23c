import type { Origin } from "../../schema.ts";
import { persistent } from "../../persistent.ts";
import type { ClickHouseChange, ClickHouseChangeKind, ClickHouseChangeOf } from "../change.ts";
import { namedTables, type ClickHouseColumn, type ClickHouseState, type ClickHouseTable } from "../schema.ts";

export type Handler<K extends ClickHouseChangeKind> = (
  change: ClickHouseChangeOf<K> & ClickHouseChange,
  state: ClickHouseState,
  origin: Origin,
) => ClickHouseState;
export type Handlers<K extends ClickHouseChangeKind> = { readonly [Kind in K]: Handler<Kind> };

export function getTable(state: ClickHouseState, key: string): ClickHouseTable | undefined {
  return state.tables.get(key) ?? state.session.temporary?.get(key);
}

export function putTable(state: ClickHouseState, table: ClickHouseTable): ClickHouseState {
  if (table.temporary === true) {
    const temporary = new Map([...(state.session.temporary ?? []), [table.name, table] as const]);
    return { ...state, session: { ...state.session, temporary } };
  }
  const before = state.tables.get(table.name);
  const dependents =
    before !== undefined &&
    before.select === table.select &&
    before.target === table.target &&
    before.forwards === table.forwards &&
    before.dictionary === table.dictionary
      ? state.dependents
      : linked(before === undefined ? state.dependents : unlinked(state.dependents, before), table);
  return { ...state, dependents, tables: persistent(state.tables).with(table.name, table) };
}

type Dependents = ClickHouseState["dependents"];

function linked(dependents: Dependents, table: ClickHouseTable): Dependents {
  let map = dependents;
  for (const named of namedTables(table)) map = persistent(map).with(named, new Set([...(map.get(named) ?? []), table.name]));
  return map;
}

function unlinked(dependents: Dependents, table: ClickHouseTable): Dependents {
  let map = dependents;
  for (const named of namedTables(table)) {
    const left = new Set(map.get(named));
    left.delete(table.name);
    map = persistent(map).with(named, left);
  }
  return map;
}

export function removeTable(state: ClickHouseState, key: string): ClickHouseState {
  if (state.session.temporary?.has(key) === true) {
    const temporary = new Map(state.session.temporary);
    temporary.delete(key);
    return { ...state, session: { ...state.session, temporary } };
  }
  const table = state.tables.get(key);
  if (table === undefined) return state;
  return { ...state, dependents: unlinked(state.dependents, table), tables: persistent(state.tables).without(key) };
}

/** The state with one table changed; as it is where the table is not known. */
export function editTable(state: ClickHouseState, key: string, edit: (table: ClickHouseTable) => ClickHouseTable): ClickHouseState {
  const table = getTable(state, key);
  return table === undefined ? state : putTable(state, edit(table));
}

export function editColumn(table: ClickHouseTable, name: string, edit: (column: ClickHouseColumn) => ClickHouseColumn): ClickHouseTable {
  if (!table.columns.some((c) => c.name === name)) return table;
  return { ...table, columns: table.columns.map((c) => (c.name === name ? edit(c) : c)) };
}
