import type { CopyStmt, Node, RangeVar, TruncateStmt } from "libpg-query";
import { foreignKeysTo } from "../../../model/apply/index.ts";
import type { Relation } from "../../../model/schema.ts";
import { BindError, type BindContext, type Outputs, type Scope } from "./scope.ts";
import { names } from "./strings.ts";
import { bindExpression, bindStatement } from "./walk.ts";
import { bindWrite } from "./writes.ts";

const NOTHING: Outputs = new Set<string>();

/** Whatever an app sends besides queries and writes. @returns undefined for what tread does not check */
export function bindOther(node: Node, outer: Scope | null, context: BindContext): Outputs | undefined {
  if ("TruncateStmt" in node) return bindTruncate(node.TruncateStmt, context);
  if ("CopyStmt" in node) return bindCopy(node.CopyStmt, context);
  if ("CallStmt" in node) {
    bindExpression(
      { FuncCall: node.CallStmt.funccall },
      { items: [], outer, ctes: new Map(), merged: new Set(), outputs: new Set() },
      context,
    );
    return NOTHING;
  }
  const inner = innerQuery(node);
  if (inner !== undefined) return bindStatement(inner, outer, context);
  const tables = tablesOf(node);
  if (tables !== null) {
    for (const range of tables) relationOf(range, context);
    return NOTHING;
  }
  return isSession(node) ? NOTHING : bindWrite(node, outer, context);
}

/** EXPLAIN, PREPARE and DECLARE hold a query. */
function innerQuery(node: Node): Node | undefined {
  if ("ExplainStmt" in node) return node.ExplainStmt.query;
  if ("PrepareStmt" in node) return node.PrepareStmt.query;
  return "DeclareCursorStmt" in node ? node.DeclareCursorStmt.query : undefined;
}

function tablesOf(node: Node): readonly RangeVar[] | null {
  if ("LockStmt" in node) return ranges(node.LockStmt.relations);
  if ("RefreshMatViewStmt" in node) return node.RefreshMatViewStmt.relation === undefined ? [] : [node.RefreshMatViewStmt.relation];
  if ("ClusterStmt" in node) return node.ClusterStmt.relation === undefined ? [] : [node.ClusterStmt.relation];
  if ("VacuumStmt" in node) {
    return (node.VacuumStmt.rels ?? []).flatMap((rel) => ("VacuumRelation" in rel ? (rel.VacuumRelation.relation ?? []) : []));
  }
  return null;
}

/** They name nothing of the schema. */
function isSession(node: Node): boolean {
  return [
    "VariableSetStmt",
    "VariableShowStmt",
    "TransactionStmt",
    "DiscardStmt",
    "ListenStmt",
    "UnlistenStmt",
    "NotifyStmt",
    "DeallocateStmt",
    "ExecuteStmt",
    "ClosePortalStmt",
    "FetchStmt",
    "ConstraintsSetStmt",
    "CheckPointStmt",
  ].some((tag) => tag in node);
}

function ranges(nodes: readonly Node[] | undefined): RangeVar[] {
  return (nodes ?? []).flatMap((node) => ("RangeVar" in node ? node.RangeVar : []));
}

function relationOf(range: RangeVar, context: BindContext): Relation | null {
  return context.catalogue.relation(range.schemaname, range.relname ?? "");
}

/** A foreign key that came after the app was written makes its TRUNCATE fail, whatever the rows are (manual, TRUNCATE). */
function bindTruncate(truncate: TruncateStmt, context: BindContext): Outputs {
  const tables = ranges(truncate.relations).flatMap((range) => relationOf(range, context) ?? []);
  const listed = new Set(tables.map((table) => table.name));
  for (const table of tables) {
    const shown = table.name.slice(table.name.indexOf(".") + 1);
    if (table.kind === "view" || table.kind === "materialized-view") throw new BindError("42809", `"${shown}" is not a table`);
    if (truncate.behavior === "DROP_CASCADE") continue;
    // The answer rests on other tables than those that were looked up: it is not to be reused.
    context.catalogue.lookups.clear();
    if (foreignKeysTo(context.catalogue.state, table.name).some((key) => !listed.has(key.table.name)))
      throw new BindError("0A000", "cannot truncate a table referenced in a foreign key constraint");
  }
  return NOTHING;
}

function bindCopy(copy: CopyStmt, context: BindContext): Outputs {
  if (copy.relation === undefined) return copy.query === undefined ? NOTHING : bindStatement(copy.query, null, context);
  const relation = relationOf(copy.relation, context);
  if (relation === null || relation.columns.length === 0) return NOTHING;
  const shown = relation.name.slice(relation.name.indexOf(".") + 1);
  for (const column of names(copy.attlist)) {
    if (!relation.columns.some((c) => c.name === column))
      throw new BindError("42703", `column "${column}" of relation "${shown}" does not exist`);
  }
  if (copy.is_from === true && (relation.kind === "view" || relation.kind === "materialized-view") && relation.triggers.length === 0)
    throw new BindError("42809", `cannot copy to view "${shown}"`);
  return NOTHING;
}
