import type { ClickHouseColumn, ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { expressionType } from "../changes/expression-type.ts";
import { suspiciousLowCardinality } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { checkCodec } from "./codecs.ts";
import { refusedConversion } from "./conversions.ts";
import { constantFits } from "./defaults.ts";
import { find, metadata, refused, type Outcome, type Scene } from "./outcome.ts";
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
  const bad = defaultProblem(column, table);
  if (bad !== null) return bad;
  return columnTtlProblem(column, table);
}

function defaultProblem(column: ClickHouseColumn, table: ClickHouseTable): Outcome | null {
  const expression = column.default?.expression ?? null;
  if (expression === null) return null;
  const known = new Set([...table.columns.map((c) => c.name), column.name]);
  const missing = expression.columns.find(
    (c) => !known.has(c) && !known.has(c.split(".")[0] ?? "") && !table.columns.some((t) => t.name.startsWith(`${c}.`)),
  );
  if (missing !== undefined && table.columnsKnown)
    return refused(47, `Missing columns: '${missing}' while processing the default of ${column.name}`);
  if (constantFits(expression, column.type) === "fails")
    return refused(6, `Cannot parse the default of ${column.name} as ${column.type.text}`);
  if (expression.tree !== null && expression.constant === null && column.typeKnown) {
    const type = expressionType(
      expression.tree as Expression,
      (path) => table.columns.find((c) => c.name === path.join("."))?.type ?? null,
    );
    const bare = type === null ? null : refusedConversion(type, column.type);
    if (bare !== null) return refused(bare.code, bare.message);
  }
  return null;
}
