import type { ClickHouseColumn, ClickHouseTable, ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { expressionProblem } from "../bind/expression.ts";
import { expressionType } from "../changes/expression-type.ts";
import { isAggregateFunction } from "../bind/functions.ts";
import { operandProblem } from "../bind/operands.ts";
import { bareType, suspiciousLowCardinality } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { checkCodec } from "./codecs.ts";
import { refusedConversion } from "./conversions.ts";
import { constantProblem } from "./defaults.ts";
import { find, holdsSubquery, metadata, overWindow, refused, type Outcome, type Scene, typeIn } from "./outcome.ts";
import { columnTtlProblem } from "./ttl.ts";

type Existing = { readonly table: ClickHouseTable; readonly column: ClickHouseColumn };

/** The column that an ALTER is about, or what the server answers where it is not there. */
export function existingColumn(name: string, column: string, ifExists: boolean, scene: Scene): Existing | { readonly outcome: Outcome } {
  const found = find(name, scene);
  if (!("table" in found)) return { outcome: found.outcome ?? metadata() };
  const at = found.table.columns.find((c) => c.name === column);
  if (at !== undefined) return { table: found.table, column: at };
  if (ifExists || !found.table.columnsKnown) return { outcome: metadata() };
  return { outcome: refused(10, `Wrong column name. Cannot find column ${column} in ${name}`) };
}

/** What the server refuses in the declaration of a column. */
export function declared(column: ClickHouseColumn, table: ClickHouseTable, scene: Scene): Outcome | null {
  const suspicious = suspiciousLowCardinality(column.type);
  if (suspicious !== null && scene.state.session.settings.get("allow_suspicious_low_cardinality_types") !== "1") {
    return refused(455, `Creating columns of type ${suspicious.text} is prohibited by default (SUSPICIOUS_TYPE_FOR_LOW_CARDINALITY)`);
  }
  const codec = column.codec === null ? null : checkCodec(column.codec, column.type);
  if (codec !== null) return refused(codec.code, codec.message);
  const bad = defaultProblem(column, table, scene);
  if (bad !== null) return bad;
  return columnTtlProblem(column, table, scene);
}

/** What the server refuses in a default, whatever its kind. */
export function defaultProblem(column: ClickHouseColumn, table: ClickHouseTable, scene: Scene): Outcome | null {
  const expression = column.default?.expression ?? null;
  if (expression === null) return null;
  // Columns that the same statement adds count, in whatever order.
  const together = scene.together.flatMap((c) => (c.kind === "add-column" && c.table === table.name ? [c.column.name] : []));
  const known = new Set([...table.columns.map((c) => c.name), column.name, ...together]);
  const missing = expression.columns.find(
    (c) => !known.has(c) && !known.has(c.split(".")[0] ?? "") && !table.columns.some((t) => t.name.startsWith(`${c}.`)),
  );
  if (missing !== undefined && table.columnsKnown)
    return refused(47, `Missing columns: '${missing}' while processing the default of ${column.name}`);
  const inside = expressionProblem(expression, { state: scene.state, database: table.database });
  if (inside !== null) return refused(inside.code, inside.message);
  if (holdsSubquery(expression)) return refused(116, "Select query is not allowed in columns DEFAULT expression");
  if (expression.functions.some(isAggregateFunction) && !overWindow(expression))
    return refused(184, "Aggregate function is found in column DEFAULT expression in query");
  if (expression.columns.includes(column.name)) return refused(174, `Cyclic alias detected in column DEFAULT expressions: ${column.name}`);
  const types = (path: readonly string[]): ClickHouseType | null => typeIn(table, path);
  const operands = expression.tree === null ? null : operandProblem(expression.tree as Expression, types);
  if (operands !== null) return refused(operands.code, operands.message);
  const constant = column.typeKnown ? constantProblem(expression, column.type) : null;
  if (constant !== null) return refused(constant.code, constant.message);
  if (expression.tree !== null && expression.constant === null && column.typeKnown) {
    const type = expressionType(expression.tree as Expression, types);
    const bare = type === null ? null : refusedConversion(type, column.type);
    // Measured: a default that is cast from an array is taken, and fails at the first INSERT.
    if (bare !== null && bareType(type ?? column.type).name !== "Array") return refused(bare.code, bare.message);
  }
  return null;
}
