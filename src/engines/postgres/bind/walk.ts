import type { A_Indirection, Node, RangeVar, SelectStmt, WithClause } from "libpg-query";
import type { SchemaState, TypeRef, UserType } from "../../../model/schema.ts";
import { checkNamedRelation } from "./names.ts";
import { names, stringOf } from "./strings.ts";
import {
  BindError,
  childScope,
  offered,
  resolveColumn,
  typeOfColumn,
  Unknowable,
  type BindContext,
  type Catalogue,
  type FromItem,
  type Outputs,
  type Scope,
} from "./scope.ts";

/** Binds a statement that may stand in a CTE or at the top. @returns the columns it gives to whoever reads from it. */
export function bindStatement(node: Node, outer: Scope | null, context: BindContext): Outputs {
  if ("SelectStmt" in node) return bindSelect(node.SelectStmt, outer, context);
  const outputs = context.write(node, outer, context);
  if (outputs !== undefined) return outputs;
  throw new Unknowable(`${Object.keys(node)[0] ?? "this statement"} is no query that tread checks`);
}

export function bindSelect(select: SelectStmt, outer: Scope | null, context: BindContext): Outputs {
  const scope = childScope(outer);
  bindWith(select.withClause, scope, context);
  if (select.larg !== undefined && select.rarg !== undefined) {
    const left = bindSelect(select.larg, scope, context);
    bindSelect(select.rarg, scope, context);
    bindTail(select, { ...scope, outputs: left ?? new Set() }, left === null, context);
    return left;
  }
  for (const item of select.fromClause ?? []) bindFrom(item, scope, context);
  const outputs = bindTargets(select.targetList, scope, context);
  for (const row of select.valuesLists ?? []) bindExpression(row, scope, context);
  bindExpression(select.whereClause, scope, context);
  const withOutputs: Scope = { ...scope, outputs: outputs ?? new Set() };
  for (const node of [...(select.groupClause ?? []), ...(select.distinctClause ?? [])]) bindExpression(node, withOutputs, context);
  bindExpression(select.havingClause, scope, context);
  for (const node of select.windowClause ?? []) bindExpression(node, scope, context);
  bindTail(select, withOutputs, false, context);
  if (select.valuesLists !== undefined) {
    const first = select.valuesLists[0];
    const width = first !== undefined && "List" in first ? (first.List.items?.length ?? 0) : 0;
    return new Set(Array.from({ length: width }, (_, i) => `column${i + 1}`));
  }
  return outputs;
}

function bindTail(select: SelectStmt, scope: Scope, open: boolean, context: BindContext): void {
  // ORDER BY of a set operation sees output columns only; where those are unknown, nothing can be said about it.
  if (!open) for (const node of select.sortClause ?? []) bindExpression(node, scope, context);
  bindExpression(select.limitCount, scope, context);
  bindExpression(select.limitOffset, scope, context);
}

export function bindWith(clause: WithClause | undefined, scope: Scope, context: BindContext): void {
  for (const node of clause?.ctes ?? []) {
    if (!("CommonTableExpr" in node)) continue;
    const cte = node.CommonTableExpr;
    const name = cte.ctename ?? "";
    const named = names(cte.aliascolnames);
    // A recursive term reads itself before its columns are known.
    if (clause?.recursive === true) scope.ctes.set(name, named.length > 0 ? new Set(named) : null);
    const outputs = cte.ctequery === undefined ? null : bindStatement(cte.ctequery, scope, context);
    scope.ctes.set(name, renamed(outputs, named));
  }
}

/** Adds what one FROM item offers to `scope`. */
export function bindFrom(node: Node, scope: Scope, context: BindContext): void {
  if ("RangeVar" in node) {
    scope.items.push(tableItem(node.RangeVar, scope, context.catalogue));
  } else if ("JoinExpr" in node) {
    const join = node.JoinExpr;
    const before = scope.items.length;
    if (join.larg !== undefined) bindFrom(join.larg, scope, context);
    const between = scope.items.length;
    if (join.rarg !== undefined) bindFrom(join.rarg, scope, context);
    const sides = [scope.items.slice(before, between), scope.items.slice(between)] as const;
    for (const column of names(join.usingClause)) {
      scope.merged.add(column);
      for (const [at, side] of sides.entries()) {
        if (side.some((item) => item.columns === null || item.columns.has(column))) continue;
        throw new BindError("42703", `column "${column}" specified in USING clause does not exist in ${at === 0 ? "left" : "right"} table`);
      }
      resolveColumn([column], { ...scope, outer: null, outputs: new Set() });
    }
    if (join.isNatural === true) scope.merged.add("*");
    if (join.alias?.aliasname !== undefined) scope.items.push({ name: join.alias.aliasname, columns: null });
    bindExpression(join.quals, scope, context);
  } else if ("RangeSubselect" in node) {
    const { subquery, alias } = node.RangeSubselect;
    const outputs = subquery === undefined ? null : bindStatement(subquery, scope, context);
    scope.items.push({ name: alias?.aliasname ?? "", columns: renamed(outputs, names(alias?.colnames)) });
  } else if ("RangeTableSample" in node) {
    if (node.RangeTableSample.relation !== undefined) bindFrom(node.RangeTableSample.relation, scope, context);
  } else {
    // Functions, XMLTABLE, JSON_TABLE: their columns are theirs to know; what they are called with is checked.
    bindExpression(node, scope, context);
    const alias =
      "RangeFunction" in node
        ? node.RangeFunction.alias
        : "JsonTable" in node
          ? node.JsonTable.alias
          : "RangeTableFunc" in node
            ? node.RangeTableFunc.alias
            : undefined;
    scope.items.push({ name: alias?.aliasname ?? "", columns: null });
  }
}

/** A table, view or CTE by name. @throws BindError 42P01 */
export function tableItem(range: RangeVar, scope: Scope | null, catalogue: Catalogue): FromItem {
  const name = range.relname ?? "";
  const alias = range.alias?.aliasname ?? name;
  const aliased = names(range.alias?.colnames);
  if (range.schemaname === undefined) {
    for (let at = scope; at !== null; at = at.outer) {
      const cte = at.ctes.get(name);
      if (cte !== undefined) return { name: alias, columns: renamed(cte, aliased) };
    }
  }
  const relation = catalogue.relation(range.schemaname, name);
  const types = aliased.length > 0 || relation === null ? undefined : new Map(relation.columns.map((c) => [c.name, c.type]));
  return { name: alias, columns: renamed(offered(relation), aliased), ...(types === undefined ? {} : { types }) };
}

/** Binds a target list (SELECT, RETURNING). @returns its output names */
export function bindTargets(targets: readonly Node[] | undefined, scope: Scope, context: BindContext): Outputs {
  const outputs = new Set<string>();
  let open = false;
  for (const target of targets ?? []) {
    if (!("ResTarget" in target)) continue;
    const { name, val } = target.ResTarget;
    bindExpression(val, scope, context);
    if (name !== undefined) {
      outputs.add(name);
      continue;
    }
    const fields = val !== undefined && "ColumnRef" in val ? (val.ColumnRef.fields ?? []) : [];
    const last = fields.at(-1);
    if (last !== undefined && "A_Star" in last) {
      const of = fields.length > 1 ? stringOf(fields[fields.length - 2]) : undefined;
      for (const item of scope.items) {
        if (of !== undefined && item.name !== of) continue;
        if (item.columns === null) open = true;
        else for (const column of item.columns) outputs.add(column);
      }
    } else {
      outputs.add(impliedName(val));
    }
  }
  return open ? null : outputs;
}

/** The name Postgres gives an output without an alias (parse_target.c, FigureColname). */
function impliedName(value: Node | undefined): string {
  if (value === undefined) return "?column?";
  if ("ColumnRef" in value) return stringOf(value.ColumnRef.fields?.at(-1)) ?? "?column?";
  if ("FuncCall" in value) return stringOf(value.FuncCall.funcname?.at(-1)) ?? "?column?";
  if ("TypeCast" in value) {
    const inner = impliedName(value.TypeCast.arg);
    return inner === "?column?" ? (stringOf(value.TypeCast.typeName?.names?.at(-1)) ?? inner) : inner;
  }
  if ("CoalesceExpr" in value) return "coalesce";
  if ("CaseExpr" in value) return "case";
  return "?column?";
}

/** Walks any expression; column references are resolved, sub-selects get their own scope. */
export function bindExpression(node: unknown, scope: Scope, context: BindContext): void {
  if (Array.isArray(node)) {
    for (const item of node) bindExpression(item, scope, context);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const wrapped = node as Node;
  if ("ColumnRef" in wrapped) {
    const fields = (wrapped.ColumnRef.fields ?? []).map(stringOf);
    const named = fields.filter((field) => field !== undefined);
    if (named.length === fields.length) resolveColumn(named, scope);
    return;
  }
  if ("SelectStmt" in wrapped) {
    bindSelect(wrapped.SelectStmt, scope, context);
    return;
  }
  // Its arguments are walked below.
  if ("FuncCall" in wrapped) {
    const routine = names(wrapped.FuncCall.funcname);
    context.routine(routine);
    checkNamedRelation(routine, wrapped.FuncCall.args?.[0], context.catalogue);
  }
  if ("A_Indirection" in wrapped) bindAttribute(wrapped.A_Indirection, scope, context);
  if ("TypeCast" in wrapped) {
    context.type(wrapped.TypeCast.typeName);
    bindExpression(wrapped.TypeCast.arg, scope, context);
    return;
  }
  for (const value of Object.values(node)) if (typeof value === "object") bindExpression(value, scope, context);
}

/** `(address).street`: the attribute of a composite column. @throws BindError 42703 */
function bindAttribute(node: A_Indirection, scope: Scope, context: BindContext): void {
  const { arg, indirection } = node;
  const attribute = stringOf(indirection?.[0]);
  if (attribute === undefined || arg === undefined || !("ColumnRef" in arg)) return;
  const fields = (arg.ColumnRef.fields ?? []).map(stringOf).filter((field) => field !== undefined);
  const type = typeOfColumn(fields, scope);
  if (type === null || type.dimensions > 0) return;
  const composite = compositeOf(type, context.catalogue.state);
  if (composite === null || composite.columns.some((c) => c.name === attribute)) return;
  const shown = composite.name.slice(composite.name.indexOf(".") + 1);
  throw new BindError("42703", `column "${attribute}" not found in data type ${shown}`);
}

/** Through domains. */
function compositeOf(type: TypeRef, state: SchemaState): Extract<UserType, { kind: "composite" }> | null {
  const known = state.types.get(type.name);
  if (known?.kind === "domain") return compositeOf(known.base, state);
  return known?.kind === "composite" ? known : null;
}

/** Column aliases replace the first names; without knowing the order they are only added. */
function renamed(columns: Outputs, aliases: readonly string[]): Outputs {
  if (columns === null) return aliases.length > 0 ? null : columns;
  if (aliases.length === 0) return columns;
  return new Set([...aliases, ...[...columns].slice(aliases.length)]);
}
