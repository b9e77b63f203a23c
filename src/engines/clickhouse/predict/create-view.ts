import type { ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import type { ClickHouseSelect, ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { analyseQuery } from "../bind/query.ts";
import { tableOf } from "../changes/context.ts";
import type { Query } from "../parse/ast.ts";
import { refusedConversion } from "./conversions.ts";
import { bareType } from "../changes/types.ts";
import { isMergeTree } from "../../../model/clickhouse/schema.ts";
import { mergeTreeProblem } from "./create-merge-tree.ts";
import { refused, type Outcome, type Scene } from "./outcome.ts";

/** What the server refuses in the definition of a view. Measured on 26.7. */
export function viewProblem(change: ClickHouseChangeOf<"create-table">, table: ClickHouseTable, scene: Scene): Outcome | null {
  const { select } = table;
  if (select === null) return null;
  const first = problemOf(select, scene);
  if (first !== null) return first;
  if (table.kind === "view") return null;
  if (change.populate && table.target !== null) return refused(62, "Syntax error: POPULATE cannot be used with TO");
  if (table.target === null) return isMergeTree(table) ? mergeTreeProblem(table, change, scene) : null;
  const target = tableOf(scene.state, table.target);
  if (target === undefined) return scene.state.complete ? refused(60, `Table ${table.target} does not exist`) : null;
  if (!target.columnsKnown || select.outputs === null) return null;
  const missing = select.outputs.find((o) => !target.columns.some((c) => c.name === o.name));
  // Since 25.x the columns are compared when the view is made; before, what the target lacks is dropped.
  if (missing !== undefined && scene.since("25.1")) {
    // A query with a star is not held to it: measured, columns of * that the target lacks are left out.
    return select.star ? null : refused(8, `There is no column ${missing.name} in the target table ${table.target}`);
  }
  for (const output of select.outputs) {
    const column = target.columns.find((c) => c.name === output.name);
    if (column === undefined || !column.typeKnown || output.type === null) continue;
    const states = [bareType(output.type).name, bareType(column.type).name].includes("AggregateFunction");
    if (states && output.type.text !== column.type.text && refusedConversion(output.type, column.type) !== null) {
      return refused(70, `Conversion from ${output.type.text} to ${column.type.text} is not supported`);
    }
  }
  return null;
}

/** What a query fails with as it stands, or null. */
export function problemOf(select: ClickHouseSelect | null, scene: Scene): Outcome | null {
  if (select === null || select.tree === null) return null;
  const { database } = select;
  const first = analyseQuery(select.tree as Query, { state: scene.state, database }).problems[0];
  return first === undefined ? null : refused(first.code, first.message);
}
