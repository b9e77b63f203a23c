import type { ClickHouseTable, Projection } from "../../../model/clickhouse/schema.ts";
import { expressionProblem } from "../bind/expression.ts";
import { isAggregateFunction } from "../bind/functions.ts";
import { childrenOf } from "../changes/expression.ts";
import type { Expression, ProjectionDeclaration } from "../parse/ast.ts";
import { columnsNamed, refused, type Outcome, type Scene } from "./outcome.ts";

/** What the server refuses in the declaration of a projection. Measured on 26.7. */
export function projectionProblem(projection: Projection, table: ClickHouseTable, scene: Scene): Outcome | null {
  const missing = projection.columns.find((c) => c !== "*" && !c.startsWith("_") && columnsNamed(table, [c]).length === 0);
  if (missing !== undefined && table.columnsKnown) return refused(47, `Missing columns: '${missing}' while processing the projection`);
  const definition = projection.tree as ProjectionDeclaration["definition"];
  if (definition.kind === "index") return null;
  const all = [...definition.columns, ...definition.groupBy, ...definition.orderBy.map((o) => o.expression)];
  for (const tree of all) {
    const inside = expressionProblem(
      { sql: "", columns: [], functions: [], tables: [], constant: null, volatile: false, tree },
      { state: scene.state, database: table.database },
    );
    if (inside !== null) return refused(inside.code, inside.message);
  }
  const folds = definition.groupBy.length > 0 || definition.columns.some(aggregates);
  if (!folds && definition.orderBy.length === 0 && scene.since("26.7")) return refused(36, "ORDER BY cannot be empty");
  if (!folds) return null;
  const keys = new Set(definition.groupBy.flatMap((e) => (e.kind === "identifier" ? [e.parts.map((p) => p.text).join(".")] : [])));
  const loose = definition.columns.find((e) => e.kind === "identifier" && !keys.has(e.parts.map((p) => p.text).join(".")));
  return loose === undefined ? null : refused(215, "A column of the projection is not under aggregate function and not in GROUP BY keys");
}

function aggregates(e: Expression): boolean {
  return (e.kind === "function" && isAggregateFunction(e.name)) || childrenOf(e).some(aggregates);
}
