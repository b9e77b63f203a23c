import type { ClickHouseChange, ClickHouseChangeKind, ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import type { ClickHouseClass, ClickHouseError, SilentCorruption, SilentKind } from "../../../model/clickhouse/effects.ts";
import {
  isMergeTree,
  type ClickHouseExpression,
  type ClickHouseState,
  type ClickHouseTable,
  type ClickHouseType,
} from "../../../model/clickhouse/schema.ts";
import type { ClickHousePredictOptions } from "../engine.ts";
import { tableOf } from "../changes/context.ts";
import { childrenOf } from "../changes/expression.ts";
import type { Expression } from "../parse/ast.ts";
import { quoteTable } from "../changes/render.ts";

/** What one change does. */
export interface Outcome {
  readonly class: ClickHouseClass;
  readonly silent: readonly SilentCorruption[];
  readonly columns: readonly string[];
  /** What is written: the named columns, every column, or nothing that counts. */
  readonly writes: "columns" | "everything" | "nothing";
  /** The table whose parts get a new version. */
  readonly table: string | null;
  /** Only a part of the table: how much is not known. */
  readonly partial: boolean;
  readonly error: ClickHouseError | null;
}

export interface Scene {
  readonly state: ClickHouseState;
  readonly options: ClickHousePredictOptions;
  /** `a.b` of the server is at least this. */
  readonly since: (version: string) => boolean;
  /** The other changes of the statement. */
  readonly together: readonly ClickHouseChange[];
}

export type Predictor<K extends ClickHouseChangeKind> = (change: ClickHouseChangeOf<K>, scene: Scene) => Outcome;
export type Predictors<K extends ClickHouseChangeKind> = { readonly [Kind in K]: Predictor<Kind> };

const NOTHING: Outcome = { class: "metadata", silent: [], columns: [], writes: "nothing", table: null, partial: false, error: null };

export const metadata = (silent: readonly SilentCorruption[] = []): Outcome => ({ ...NOTHING, silent });

export const refused = (code: number, message: string): Outcome => ({ ...NOTHING, class: "refused", error: { code, message } });

export function mutation(table: string, columns: readonly string[], more: Partial<Outcome> = {}): Outcome {
  return { ...NOTHING, class: "mutation", table, columns, writes: columns.length > 0 ? "columns" : "nothing", ...more };
}

export function rebuild(silent: readonly SilentCorruption[] = [], more: Partial<Outcome> = {}): Outcome {
  return { ...NOTHING, class: "rebuild", silent, ...more };
}

export function silent(kind: SilentKind, decidedBy: string | null, what: string, more: Partial<SilentCorruption> = {}): SilentCorruption {
  return { kind, decidedBy, what, ...more };
}

/** `SELECT countIf(…) FROM db.table`, or `count()` without a condition. */
export function count(table: string, when: string | null = null): string {
  return `SELECT ${when === null ? "count()" : `countIf(${when})`} FROM ${quoteTable(table)}`;
}

/**
 * The table that a statement changes, or what the server answers where it is not there; null where it cannot be told (the base
 * schema is not known).
 */
export function find(name: string, scene: Scene): { readonly table: ClickHouseTable } | { readonly outcome: Outcome | null } {
  const table = tableOf(scene.state, name);
  if (table !== undefined) return { table };
  if (!scene.state.complete) return { outcome: null };
  const database = name.slice(0, Math.max(0, name.indexOf(".")));
  if (database !== "" && !scene.state.databases.has(database)) return { outcome: refused(81, `Database ${database} does not exist`) };
  return { outcome: refused(60, `Table ${name} does not exist`) };
}

export const hasRows = (name: string, scene: Scene): boolean => !scene.options.isEmpty(name);

/** Columns that are stored: not ALIAS, not EPHEMERAL. */
export function storedColumns(table: ClickHouseTable): readonly string[] {
  return table.columns.filter((c) => c.default?.kind !== "ALIAS" && c.default?.kind !== "EPHEMERAL").map((c) => c.name);
}

/** The type of a column by its path, where both are known. */
export function typeIn(table: Pick<ClickHouseTable, "columns">, path: readonly string[]): ClickHouseType | null {
  const column = table.columns.find((c) => c.name === path.join("."));
  return column?.typeKnown === true ? column.type : null;
}

function holds(expression: ClickHouseExpression, what: (e: Expression) => boolean): boolean {
  const within = (e: Expression): boolean => what(e) || childrenOf(e).some(within);
  return expression.tree !== null && within(expression.tree as Expression);
}

export function holdsSubquery(expression: ClickHouseExpression): boolean {
  return holds(expression, (e) => e.kind === "subquery");
}

/** An aggregate function with OVER is none. */
export function overWindow(expression: ClickHouseExpression): boolean {
  return holds(expression, (e) => e.kind === "function" && e.over !== null);
}

/** Columns that a set of expressions names, subcolumns as their column. */
export function columnsNamed(table: ClickHouseTable, names: readonly string[]): readonly string[] {
  const all = new Set(table.columns.map((c) => c.name));
  return names.flatMap((n) => {
    if (all.has(n)) return [n];
    const parts = n.split(".");
    for (let length = parts.length - 1; length > 0; length--) {
      const prefix = parts.slice(0, length).join(".");
      if (all.has(prefix)) return [prefix];
    }
    return [];
  });
}

/** Sorting key as it stands: ORDER BY, else PRIMARY KEY. */
export function sortingKey(table: ClickHouseTable): NonNullable<ClickHouseTable["orderBy"]> {
  return table.orderBy ?? table.primaryKey ?? [];
}

const keyNames = (table: ClickHouseTable, names: readonly string[]): Set<string> => new Set(columnsNamed(table, names));

/** Columns of the sorting, primary, partition and sampling keys. */
export function keyColumns(table: ClickHouseTable): ReadonlySet<string> {
  return keyNames(table, [
    ...sortingKey(table).flatMap((k) => k.expression.columns),
    ...(table.primaryKey ?? []).flatMap((k) => k.expression.columns),
    ...(table.partitionBy?.columns ?? []),
    ...(table.sampleBy?.columns ?? []),
  ]);
}

/** Columns that the engine itself goes by: version, sign, is_deleted, summed columns. */
export function engineColumns(table: ClickHouseTable): readonly string[] {
  if (table.engine === null || !isMergeTree(table)) return [];
  return table.engine.familyArgs.flatMap((a) => a.columns);
}
