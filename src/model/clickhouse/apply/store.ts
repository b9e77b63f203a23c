import type { Origin } from "../../schema.ts";
import { persistent } from "../../apply/persistent-map.ts";
import type { ClickHouseChange, ClickHouseChangeKind, ClickHouseChangeOf } from "../change.ts";
import type { ClickHouseColumn, ClickHouseState, ClickHouseTable } from "../schema.ts";

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
  return { ...state, tables: persistent(state.tables).with(table.name, table) };
}

export function removeTable(state: ClickHouseState, key: string): ClickHouseState {
  if (state.session.temporary?.has(key) === true) {
    const temporary = new Map(state.session.temporary);
    temporary.delete(key);
    return { ...state, session: { ...state.session, temporary } };
  }
  return { ...state, tables: persistent(state.tables).without(key) };
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
