import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import { isMergeTree, type ClickHouseColumn, type ClickHouseExpression, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { expressionType } from "../changes/expression-type.ts";
import { insertable, insertFate } from "../bind/inserts.ts";
import type { Expression } from "../parse/ast.ts";
import { isAggregateFunction } from "../bind/functions.ts";
import { conditionProblem, namesProblem } from "./conditions.ts";
import { casts } from "./casts.ts";
import { constantFits, constantProblem } from "./defaults.ts";
import { writtenOtherwise } from "./literals.ts";
import { partitionProblem } from "./partition-value.ts";
import { alterable } from "./engines.ts";
import { problemOf } from "./create-view.ts";
import { type Loss } from "./loss.ts";
import { lossesOf } from "./losses.ts";
import { refusedConversion } from "./conversions.ts";
import {
  count,
  engineColumns,
  find,
  hasRows,
  holdsSubquery,
  keyColumns,
  metadata,
  mutation,
  rebuild,
  refused,
  silent,
  storedColumns,
  typeIn,
  type Outcome,
  type Predictors,
  type Scene,
} from "./outcome.ts";

export const dataPredictors: Predictors<
  | "alter-update"
  | "lightweight-update"
  | "alter-delete"
  | "lightweight-delete"
  | "apply-deleted-mask"
  | "apply-patches"
  | "rewrite-parts"
  | "insert"
> = {
  "alter-update": (change, scene) => update(change, scene, false),
  "lightweight-update": (change, scene) => update(change, scene, true),
  "alter-delete": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred = alterable(table, "mutation");
    if (barred !== null) return barred;
    const bad = partitionProblem(change.partition, table) ?? conditionProblem(change.where, table, scene, "delete");
    if (bad !== null) return bad;
    // Memory, Join and their like have no parts: what they hold is replaced before the statement answers.
    if (table.kind === "table" && table.engine !== null && !isMergeTree(table))
      return rebuild(alwaysTrue(change.where) ? [everyRow(table.name)] : []);
    return mutation(table.name, storedColumns(table), {
      writes: "everything",
      partial: change.partition !== null,
      silent: alwaysTrue(change.where) ? [everyRow(table.name)] : [],
    });
  },
  "lightweight-delete": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    if (!isMergeTree(table)) {
      if (table.kind !== "table" && !table.inner)
        return refused(table.kind === "dictionary" ? 48 : 36, `DELETE query is not supported for table ${table.name}`);
      return /^(?:KeeperMap|EmbeddedRocksDB|Alias)$/.test(table.engine?.name ?? "")
        ? mutation(table.name, storedColumns(table))
        : refused(36, `DELETE query is not supported for table ${table.name}`);
    }
    const bad = partitionProblem(change.partition, table) ?? conditionProblem(change.where, table, scene, "lightweight-delete");
    if (bad !== null) return bad;
    const mode = table.settings.get("lightweight_mutation_projection_mode") ?? "throw";
    if (table.projections.length > 0 && mode === "throw") {
      return refused(
        344,
        `DELETE query is not allowed for table ${table.name} because it has projections and setting lightweight_mutation_projection_mode is set to THROW`,
      );
    }
    return mutation(table.name, ["_row_exists"], {
      partial: change.partition !== null,
      silent: alwaysTrue(change.where) ? [everyRow(table.name)] : [],
    });
  },
  "apply-deleted-mask": (change, scene) => parts(change, scene),
  "apply-patches": (change, scene) => parts(change, scene),
  "rewrite-parts": (change, scene) => parts(change, scene),
  insert: (change, scene) => {
    if (change.intoFunction) return rebuild();
    const repeated = change.columns?.find((c, i) => change.columns?.indexOf(c) !== i);
    if (repeated !== undefined) return refused(15, `Column ${repeated} in table ${change.table} specified more than once`);
    const fate = insertFate(change.table, change.columns, scene.state);
    if (fate.problem !== null) {
      const { code, message } = fate.problem;
      const after = fate.afterWrite
        ? [silent("duplicates", null, "the source has the rows although the INSERT fails: a retry doubles them")]
        : [];
      return { ...refused(code, message), silent: after };
    }
    const unread = problemOf(change.select, scene);
    if (unread !== null) return unread;
    const table = scene.state.tables.get(change.table);
    const width = table === undefined || !table.columnsKnown ? null : insertable(table).length;
    const outputs = change.select?.outputs?.length ?? null;
    const expected = change.columns?.length ?? (change.except.length > 0 ? null : width);
    if (outputs !== null && expected !== null && outputs !== expected)
      return refused(20, `Number of columns doesn't match (source: ${outputs} and result: ${expected})`);
    if (change.values !== null && expected !== null && change.values !== expected)
      return refused(62, `${change.values} values for ${expected} columns`);
    const dropped = fate.dropped.map((d) =>
      silent("drops-values", null, `${d.view} gives ${d.column}, which ${d.target} does not have`, {
        columns: [d.column],
        table: d.target,
      }),
    );
    const names = change.columns ?? (table === undefined || change.except.length > 0 ? [] : insertable(table));
    const into = names.map((name) => table?.columns.find((column) => column.name === name));
    return rebuild([
      ...dropped,
      ...writtenOtherwise(change.literals ?? [], into),
      ...casts(change.select?.outputs ?? null, change.columns ?? (table === undefined ? [] : insertable(table)), table, scene),
    ]);
  },
};

const everyRow = (table: string): SilentCorruption =>
  silent(
    "drops-values",
    count(table),
    "the condition is true for every row: the table is emptied past the guard of max_table_size_to_drop",
  );

function parts(change: { readonly table: string; readonly kind: string; readonly partition: unknown }, scene: Scene): Outcome {
  const found = find(change.table, scene);
  if (!("table" in found)) return found.outcome ?? metadata();
  const { table } = found;
  const barred = alterable(table, "mutation");
  if (barred !== null) return barred;
  return mutation(table.name, change.kind === "rewrite-parts" ? storedColumns(table) : [], {
    writes: change.kind === "rewrite-parts" ? "everything" : "nothing",
    partial: change.partition !== null,
  });
}

/** `1`, `true`, `1 = 1`, `a = a`, and what NOT, AND and OR make of them. */
export function alwaysTrue(where: ClickHouseExpression): boolean {
  return where.tree === null ? false : truth(where.tree as Expression) === true;
}

function truth(e: Expression): boolean | null {
  if (e.kind === "literal") {
    if (e.value.type === "number") return Number(e.value.text) !== 0;
    return e.value.type === "boolean" ? e.value.value : null;
  }
  if (e.kind !== "function") return null;
  const [a, b] = e.arguments;
  switch (e.name) {
    case "and":
      return e.arguments.every((x) => truth(x) === true) ? true : e.arguments.some((x) => truth(x) === false) ? false : null;
    case "or":
      return e.arguments.some((x) => truth(x) === true) ? true : null;
    case "not": {
      const inner = a === undefined ? null : truth(a);
      return inner === null ? null : !inner;
    }
    case "equals":
    case "lessOrEquals":
    case "greaterOrEquals": {
      if (a === undefined || b === undefined) return null;
      if (a.kind === "literal" && b.kind === "literal" && e.name === "equals") return JSON.stringify(a.value) === JSON.stringify(b.value);
      return a.kind === "identifier" &&
        b.kind === "identifier" &&
        a.parts.map((p) => p.text).join(".") === b.parts.map((p) => p.text).join(".")
        ? true
        : null;
    }
    default:
      return null;
  }
}

function update(
  change: Parameters<(typeof dataPredictors)["alter-update"]>[0] | Parameters<(typeof dataPredictors)["lightweight-update"]>[0],
  scene: Scene,
  light: boolean,
): Outcome {
  const found = find(change.table, scene);
  if (!("table" in found)) return found.outcome ?? metadata();
  const { table } = found;
  if (light) {
    if (!isMergeTree(table)) return refused(48, `Lightweight updates are not supported by storage ${table.engine?.name ?? table.kind}`);
    const on = (name: string): boolean => table.settings.get(name) === "1";
    if (!on("enable_block_number_column") || !on("enable_block_offset_column"))
      return refused(48, "Lightweight updates are not supported: they need enable_block_number_column and enable_block_offset_column");
  } else {
    const barred = alterable(table, "mutation");
    if (barred !== null) return barred;
  }
  if (!table.columnsKnown)
    return mutation(
      table.name,
      change.assignments.map((a) => a.column),
    );
  const keys = new Set([...keyColumns(table), ...engineColumns(table).filter((c) => !deletionMark(table, c))]);
  const dangers: SilentCorruption[] = [];
  const nowhere = partitionProblem(change.partition, table);
  if (nowhere !== null) return nowhere;
  const seen = new Set<string>();
  for (const { column, expression } of change.assignments) {
    if (seen.has(column)) return refused(419, `Multiple assignments in the single statement to column ${column}`);
    seen.add(column);
    const at = table.columns.find((c) => c.name === column);
    if (at === undefined) return refused(16, `There is no column ${column} in table ${table.name}`);
    if (keys.has(column)) return refused(420, `Cannot UPDATE key column ${column}`);
    if (at.default?.kind === "MATERIALIZED") return refused(420, `Cannot UPDATE materialized column ${column}`);
    if (at.default?.kind === "ALIAS" || at.default?.kind === "EPHEMERAL")
      return refused(16, `There is no column ${column} in table ${table.name}`);
    const wrong = valueProblem(expression, at, table, scene);
    if (wrong !== null) return wrong;
    dangers.push(...assigned(table, column, expression, change.where, scene));
  }
  const bad = conditionProblem(change.where, table, scene, "update");
  if (bad !== null) return bad;
  if (table.kind === "table" && table.engine !== null && !isMergeTree(table)) return rebuild(dangers);
  const names = new Set(change.assignments.map((a) => a.column));
  // What is MATERIALIZED from an updated column is computed again.
  const computed = table.columns.filter(
    (c) => c.default?.kind === "MATERIALIZED" && c.default.expression?.columns.some((n) => names.has(n)) === true,
  );
  // Measured: a column whose streams depend on its values is written anew together with all others.
  const whole = !light && table.columns.some((c) => names.has(c.name) && /\b(?:Map|JSON|Dynamic)\b/.test(c.type.text));
  const columns = whole ? [...storedColumns(table)].toSorted() : [...new Set([...names, ...computed.map((c) => c.name)])].toSorted();
  return mutation(table.name, columns, { silent: dangers, partial: change.partition !== null });
}

/** The column that says that a row is deleted may be updated, the version and the sign may not. */
function deletionMark(table: ClickHouseTable, column: string): boolean {
  return table.engine?.family === "ReplacingMergeTree" && table.engine.familyArgs[1]?.columns.includes(column) === true;
}

function valueProblem(expression: ClickHouseExpression, column: ClickHouseColumn, table: ClickHouseTable, scene: Scene): Outcome | null {
  // Measured: the folded value is looked for as a column.
  if (expression.functions.some(isAggregateFunction) && !holdsSubquery(expression))
    return refused(47, `Unknown expression identifier: an aggregate function in the value of ${column.name}`);
  const names = namesProblem(expression, table, scene, `the value of ${column.name}`);
  if (names !== null) return names;
  const constant = column.typeKnown ? constantProblem(expression, column.type) : null;
  if (constant !== null) return refused(constant.code, constant.message);
  // Measured: a Variant takes the types that it holds and no others, whatever could be cast.
  if (column.typeKnown && column.type.name === "Variant" && expression.tree !== null && expression.constant?.kind !== "null") {
    const type = expressionType(expression.tree as Expression, (path) => typeIn(table, path));
    const bare = type === null ? null : refusedConversion(type, column.type);
    if (bare !== null) return refused(bare.code, bare.message);
  }
  return null;
}

function assigned(
  table: ClickHouseTable,
  column: string,
  expression: ClickHouseExpression,
  where: ClickHouseExpression,
  scene: Scene,
): SilentCorruption[] {
  const at = table.columns.find((c) => c.name === column);
  if (at === undefined || !at.typeKnown || !hasRows(table.name, scene)) return [];
  const overflow = constantFits(expression, at.type);
  if (overflow !== null)
    return [silent("wraps", count(table.name, where.sql), overflow.replace("default", "value"), { columns: [column] })];
  const { tree } = expression;
  if (tree === null || expression.constant !== null) return [];
  const type = expressionType(tree as Expression, (path) => table.columns.find((c) => c.name === path.join("."))?.type ?? null);
  if (type === null || refusedConversion(type, at.type) !== null) return [];
  return lossesOf(type, at.type, `(${expression.sql})`)
    .filter((l) => l.kind !== "semantics")
    .map((l) => (isFatal(l) ? { ...l, kind: "drops-values" as const, what: notCarriedOut(l.what) } : l))
    .map((l) =>
      silent(l.kind, count(table.name, l.when === null ? where.sql : `(${where.sql}) AND (${l.when})`), l.what, { columns: [column] }),
    );
}

/** Measured: no default takes the place of NULL here (349), and what does not convert fails the mutation, not the reads. */
function isFatal(loss: Loss): boolean {
  return loss.kind === "unreadable" || loss.what.startsWith("NULL");
}

function notCarriedOut(what: string): string {
  const cause = what.startsWith("NULL") ? "NULL fails to convert" : what.replace(/, and every read of the column with it$/, "");
  return `${cause}: the mutation fails after the statement was accepted, no row is updated, and every mutation behind it waits`;
}
