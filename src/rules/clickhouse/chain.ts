import type { ClickHouseState, ClickHouseTable } from "../../model/clickhouse/schema.ts";
import type { Graph } from "./graph.ts";

/** Something that a view reads or writes and that is not there. */
export interface Gap {
  readonly view: ClickHouseTable;
  readonly column: string;
  /** The source that lacks it, or the target that does not take it. */
  readonly table: string;
}

/** Columns that a view names of a table which does not have them: reading the view, or inserting into its source, fails. */
export function missingReads(view: ClickHouseTable, state: ClickHouseState): readonly Gap[] {
  return (view.select?.reads ?? []).flatMap(({ table, columns }) => {
    const known = state.tables.get(table);
    if (known === undefined || !known.columnsKnown) return [];
    const there = new Set(known.columns.map(({ name }) => name));
    return columns.filter((column) => !has(there, column)).map((column) => ({ view, column, table }));
  });
}

/** Output columns of a materialized view that its target lacks: their values go nowhere. */
export function lostOutputs(view: ClickHouseTable, state: ClickHouseState): readonly Gap[] {
  const target = view.target === null ? undefined : state.tables.get(view.target);
  if (target === undefined || !target.columnsKnown || view.select?.outputs == null) return [];
  const there = new Set(target.columns.map(({ name }) => name));
  return view.select.outputs.filter(({ name }) => !there.has(name)).map(({ name }) => ({ view, column: name, table: target.name }));
}

/** What a statement has made missing: gaps after it that were none before. */
export function newGaps(
  find: (view: ClickHouseTable, state: ClickHouseState) => readonly Gap[],
  views: readonly ClickHouseTable[],
  before: ClickHouseState,
  after: ClickHouseState,
): readonly Gap[] {
  return views.flatMap((view) => {
    const now = after.tables.get(view.name);
    if (now === undefined) return [];
    const old = new Set(find(before.tables.get(view.name) ?? now, before).map(({ column, table }) => `${table}.${column}`));
    return find(now, after).filter(({ column, table }) => !old.has(`${table}.${column}`));
  });
}

/** Subcolumns and flattened Nested columns are named with a dot. */
function has(columns: ReadonlySet<string>, name: string): boolean {
  if (columns.has(name) || name.startsWith("_")) return true;
  const dot = name.indexOf(".");
  if (dot !== -1 && columns.has(name.slice(0, dot))) return true;
  return [...columns].some((column) => column.startsWith(`${name}.`));
}

/** Views that an insert into the table feeds, and those behind their targets. */
export function feeds(table: string, graph: Graph): readonly ClickHouseTable[] {
  return graph.chain(table).flatMap((name) => graph.fedBy(name));
}
