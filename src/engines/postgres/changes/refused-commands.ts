import type { AlterTableCmd, AlterTableStmt, IndexStmt } from "libpg-query";
import type { Refusal } from "../../../model/change.ts";
import type { EngineError } from "../../../model/effects.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import { all, as, tagOf, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { expression } from "./expression.ts";
import { refusedExpressionKey } from "./index-expressions.ts";
import { refusedTypes } from "./refused.ts";
import { stableSince } from "./stable-over-columns.ts";
import { readType } from "./types.ts";

/** What the parse analysis of a sub-command of ALTER TABLE refuses, whatever the schema is. */
export function refusedCommand(command: AlterTableCmd, relation: Relation | undefined, context: Context): Refusal | null {
  const definition = as(command.def, "ColumnDef");
  if (command.subtype === "AT_AlterColumnType" && readType(definition?.typeName, context.state).serial)
    return { sqlstate: "42704", message: "serial is no type that a column can be changed to" };
  if (command.subtype === "AT_AddColumn") {
    const kinds = all(definition?.constraints, "Constraint").map((c) => c.contype);
    const sources = (["CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"] as const).filter((kind) => kinds.includes(kind));
    const generated = all(definition?.constraints, "Constraint").find((c) => c.contype === "CONSTR_GENERATED")?.raw_expr;
    const since = generated === undefined || relation === undefined ? null : stableSince(generated, relation.columns, context.state);
    if (since !== null) return { sqlstate: "42P17", message: "generation expression is not immutable", from: since };
    if (sources.length > 1) return { sqlstate: "42601", message: `column "${definition?.colname ?? ""}" takes its value from two places` };
  }
  const check = as(command.def, "Constraint");
  if (check?.contype === "CONSTR_CHECK" && has(check.raw_expr, "SubLink"))
    return { sqlstate: "0A000", message: "cannot use subquery in check constraint" };
  return refusedTypes(definition?.typeName === undefined ? null : { TypeName: definition.typeName }, context);
}

const KINDS: Readonly<Record<string, readonly Relation["kind"][]>> = {
  OBJECT_VIEW: ["view"],
  OBJECT_MATVIEW: ["materialized-view"],
  OBJECT_FOREIGN_TABLE: ["foreign-table"],
};

/** ALTER VIEW of a table and its like; ALTER TABLE itself is for all kinds, as far as the sub-command is. */
export function refusedKind(node: AlterTableStmt, relation: Relation | undefined): EngineError | null {
  const kinds = KINDS[node.objtype ?? ""];
  if (kinds === undefined || relation === undefined || kinds.includes(relation.kind)) return null;
  return { sqlstate: "42809", message: `"${bareName(relation.name)}" is not a ${(kinds[0] ?? "").replace("-", " ")}` };
}

/** Index expressions and predicates must be immutable, which only what is certainly not can be told of by name. */
export function refusedIndex(node: IndexStmt, context: Context): Refusal | null {
  const keys = all(node.indexParams, "IndexElem").flatMap((e) => e.expr ?? []);
  const where = node.whereClause === undefined ? [] : [node.whereClause];
  const columns = context.state.relations.get(context.relation(node.relation))?.columns ?? [];
  // The predicate is looked at first, then key by key (`DefineIndex`).
  const changing = [...where, ...keys].flatMap((part, at) => {
    const from = isChanging(part, context) ? 0 : stableSince(part, columns, context.state);
    return from === null ? [] : [{ from, place: at < where.length ? "predicate" : "expression" }];
  });
  const first = changing.toSorted((a, b) => a.from - b.from)[0];
  if (first === undefined) return refusedExpressionKey(node, context);
  return { sqlstate: "42P17", message: `functions in index ${first.place} must be marked IMMUTABLE`, from: first.from };
}

/** Volatile, or the time or user of the moment. Other stable names have immutable overloads (`date_trunc`). */
function isChanging(node: Node, context: Context): boolean {
  const { volatility } = expression(node, "", context.state);
  if (volatility === "volatile" || has(node, "SQLValueFunction")) return true;
  let now = false;
  walk(node, (tag, body) => {
    if (tag !== "FuncCall") return;
    const last = (body as { funcname?: Node[] }).funcname?.at(-1);
    if (last !== undefined && as(last, "String")?.sval === "now") now = true;
  });
  return now;
}

function has(node: Node | undefined, wanted: string): boolean {
  if (node === undefined) return false;
  let found = tagOf(node) === wanted;
  walk(node, (tag) => {
    if (tag === wanted) found = true;
  });
  return found;
}
