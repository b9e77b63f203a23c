import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseState, ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { tableOf } from "../changes/context.ts";
import { viewsFedBy } from "../graph/index.ts";
import { viewAnalysis } from "./query.ts";

export interface InsertFate {
  readonly problem: ClickHouseError | null;
  readonly unclear: string | null;
  /** The rows are in the source already when the INSERT fails: a retry doubles them. */
  readonly afterWrite: boolean;
  /** Outputs of views that have no column to arrive in: their values are dropped. */
  readonly dropped: readonly { readonly view: string; readonly column: string; readonly target: string }[];
}

const fine: InsertFate = { problem: null, unclear: null, afterWrite: false, dropped: [] };
const fails = (code: number, message: string, afterWrite = false): InsertFate => ({
  problem: { code, message },
  unclear: null,
  afterWrite,
  dropped: [],
});

/** Columns that an INSERT without a list gives a value. */
export function insertable(table: ClickHouseTable): readonly string[] {
  return table.columns.filter((c) => c.default === null || c.default.kind === "DEFAULT").map((c) => c.name);
}

/**
 * What an INSERT of these columns meets, through every materialized view that it runs and every table that it is sent on to.
 * @param columns null: no list
 */
export function insertFate(
  name: string,
  columns: readonly string[] | null,
  state: ClickHouseState,
  path: readonly string[] = [],
): InsertFate {
  if (path.includes(name)) return fine;
  const table = tableOf(state, name);
  if (table === undefined) {
    if (!state.complete) return { ...fine, unclear: `table ${name} is created by no migration that is known here` };
    const database = name.slice(0, name.indexOf("."));
    return state.databases.has(database) ? fails(60, `Table ${name} does not exist`) : fails(81, `Database ${database} does not exist`);
  }
  if (table.kind === "view" || table.kind === "dictionary")
    return fails(48, `Method write is not supported by storage ${table.kind === "view" ? "View" : "Dictionary"}`);
  if (columns !== null && table.columnsKnown) {
    for (const column of columns) {
      const at = table.columns.find((c) => c.name === column);
      if (at === undefined) {
        if (table.columns.some((c) => c.name.startsWith(`${column}.`))) continue;
        return fails(16, `No such column ${column} in table ${name}`);
      }
      if (at.default?.kind === "MATERIALIZED" || at.default?.kind === "ALIAS") {
        return fails(44, `Cannot insert column ${column}, because it is ${at.default.kind} column`);
      }
    }
  }
  const onward = forwarded(table, state, [...path, name]);
  if (onward.problem !== null) return onward;
  return through(table, state, [...path, name], onward);
}

/** A Distributed or Buffer table sends every column that it has, whatever the INSERT names. */
function forwarded(table: ClickHouseTable, state: ClickHouseState, path: readonly string[]): InsertFate {
  const { forwards } = table;
  if (forwards === null || forwards.table === null || forwards.kind === "merge") return fine;
  const sent = forwards.kind === "alias" ? null : insertable(table);
  const behind = tableOf(state, forwards.table);
  if (behind === undefined) return insertFate(forwards.table, null, state, path);
  // Measured (CH129): a Buffer drops what the table behind it does not have.
  if (forwards.kind === "buffer") {
    const dropped = (sent ?? []).filter((c) => behind.columnsKnown && !behind.columns.some((b) => b.name === c));
    const after = insertFate(forwards.table, null, state, path);
    return { ...after, dropped: [...after.dropped, ...dropped.map((column) => ({ view: table.name, column, target: behind.name }))] };
  }
  return insertFate(forwards.table, sent, state, path);
}

function through(table: ClickHouseTable, state: ClickHouseState, path: readonly string[], before: InsertFate): InsertFate {
  let { unclear } = before;
  const dropped = [...before.dropped];
  for (const view of viewsFedBy(table.name, state)) {
    const analysis = viewAnalysis(view, state);
    const target = view.target === null ? null : tableOf(state, view.target);
    // Measured (CH058): a missing target fails the INSERT before anything is written.
    if (target === undefined && state.complete)
      return fails(60, `Target table ${view.target ?? ""} of the view ${view.name} does not exist`);
    const first = analysis?.problems[0];
    if (first !== undefined) return fails(first.code, `${first.message}: while pushing to view ${view.name}`, true);
    if (analysis === null) unclear ??= `the query of the view ${view.name} is not known`;
    else unclear ??= analysis.unclear;
    if (target === null || target === undefined) continue;
    const outputs = analysis?.outputs?.map((o) => o.name) ?? null;
    if (outputs !== null && target.columnsKnown) {
      for (const column of outputs) {
        if (!target.columns.some((c) => c.name === column)) dropped.push({ view: view.name, column, target: target.name });
      }
    }
    const into = outputs === null || !target.columnsKnown ? null : outputs.filter((o) => insertable(target).includes(o));
    const onward = insertFate(target.name, into, state, path);
    if (onward.problem !== null) return { ...onward, afterWrite: true };
    unclear ??= onward.unclear;
    dropped.push(...onward.dropped);
  }
  return { problem: null, unclear, afterWrite: false, dropped };
}
