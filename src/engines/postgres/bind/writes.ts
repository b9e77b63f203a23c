import type { DeleteStmt, InsertStmt, MergeStmt, Node, OnConflictClause, RangeVar, UpdateStmt } from "libpg-query";
import type { Param } from "../../../model/query.ts";
import type { Column, Relation, SchemaState, TypeRef } from "../../../model/schema.ts";
import { BindError, childScope, Unknowable, type BindContext, type Outputs, type Scope } from "./scope.ts";
import { bindExpression, bindFrom, bindSelect, bindTargets, bindWith, tableItem } from "./walk.ts";

/** Binds INSERT, UPDATE, DELETE and MERGE. @returns undefined for anything else */
export function bindWrite(node: Node, outer: Scope | null, context: BindContext): Outputs | undefined {
  if ("InsertStmt" in node) return bindInsert(node.InsertStmt, outer, context);
  if ("UpdateStmt" in node) return bindUpdate(node.UpdateStmt, outer, context);
  if ("DeleteStmt" in node) return bindDelete(node.DeleteStmt, outer, context);
  if ("MergeStmt" in node) return bindMerge(node.MergeStmt, outer, context);
  return undefined;
}

function bindInsert(insert: InsertStmt, outer: Scope | null, context: BindContext): Outputs {
  const scope = childScope(outer);
  bindWith(insert.withClause, scope, context);
  const { relation, target } = writeTarget(insert.relation, scope, context);
  const source = insert.selectStmt !== undefined && "SelectStmt" in insert.selectStmt ? insert.selectStmt.SelectStmt : undefined;
  if (source !== undefined) bindSelect(source, scope, context);
  scope.items.push(target);
  const named = targetNames(insert.cols);
  if (relation !== null) for (const column of named) requireColumn(relation, column);
  const twice = named.find((column, at) => named.indexOf(column) !== at);
  if (twice !== undefined) throw new BindError("42701", `column "${twice}" specified more than once`);
  bindConflict(insert.onConflictClause, relation, scope, context);
  const outputs = bindTargets(returningOf(insert), withOldAndNew(insert, scope, target), context);
  if (relation !== null) checkInsertedValues(insert, relation, named, context);
  return outputs;
}

/** 23502: what Postgres finds only when it executes, decided here from the column list and from what the version may send. */
function checkInsertedValues(insert: InsertStmt, relation: Relation, named: readonly string[], context: BindContext): void {
  const { params } = context;
  const row = firstRow(insert);
  const columns = insert.cols === undefined ? relation.columns.map((c) => c.name).slice(0, row?.length ?? relation.columns.length) : named;
  if (row !== undefined && row.length > columns.length) throw new BindError("42601", "INSERT has more expressions than target columns");
  if (row !== undefined && row.length > 0 && insert.cols !== undefined && row.length < columns.length)
    throw new BindError("42601", "INSERT has more target columns than expressions");
  for (const column of relation.columns) {
    const at = columns.indexOf(column.name);
    const value = at === -1 ? undefined : row?.[at];
    const given = at !== -1 && !(value !== undefined && "SetToDefault" in value);
    const kept =
      column.identity === "always" && insert.override !== "OVERRIDING_SYSTEM_VALUE" && insert.override !== "OVERRIDING_USER_VALUE";
    if (given && (column.generated !== null || kept) && value !== undefined) {
      throw new BindError("428C9", `cannot insert a non-DEFAULT value into column "${column.name}"`);
    }
    if (!column.notNull && !isNotNullDomain(column.type, context.catalogue.state)) continue;
    if ((given ? maySendNull(value, params) : !fillsItself(column)) && !filledByTrigger(relation, column.name, context))
      throw notNullViolation(relation, column);
  }
}

function firstRow(insert: InsertStmt): readonly Node[] | undefined {
  if (insert.selectStmt === undefined) return [];
  const select = "SelectStmt" in insert.selectStmt ? insert.selectStmt.SelectStmt : undefined;
  const list = select?.valuesLists?.[0];
  return list !== undefined && "List" in list ? (list.List.items ?? []) : undefined;
}

/** A domain that says NOT NULL itself, or is made of one that does. */
function isNotNullDomain(type: TypeRef, state: SchemaState): boolean {
  const domain = type.dimensions > 0 ? undefined : state.types.get(type.name);
  return domain?.kind === "domain" && domain.default === null && (domain.notNull || isNotNullDomain(domain.base, state));
}

function fillsItself(column: Column): boolean {
  return (column.default !== null && !column.default.isNull) || column.identity !== null || column.generated !== null;
}

/** NOT NULL is checked after BEFORE triggers: one whose function gives the column a value may fill it. */
function filledByTrigger(relation: Relation, column: string, { catalogue }: BindContext): boolean {
  return relation.triggers.some(
    ({ timing, row, events, function: name }) =>
      timing === "before" &&
      row === true &&
      events.includes("INSERT") &&
      name !== null &&
      catalogue.state.functions.get(name)?.assigns?.has(column) === true,
  );
}

function maySendNull(value: Node | undefined, params: readonly Param[]): boolean {
  if (value === undefined) return false;
  if ("A_Const" in value) return value.A_Const.isnull === true;
  if ("TypeCast" in value) return maySendNull(value.TypeCast.arg, params);
  return "ParamRef" in value && params[(value.ParamRef.number ?? 0) - 1]?.null === true;
}

function notNullViolation(relation: Relation, column: Column): BindError {
  const table = relation.name.slice(relation.name.indexOf(".") + 1);
  return new BindError("23502", `null value in column "${column.name}" of relation "${table}" violates not-null constraint`);
}

function bindConflict(clause: OnConflictClause | undefined, relation: Relation | null, scope: Scope, context: BindContext): void {
  if (clause === undefined) return;
  const inner: Scope = { ...scope, items: [...scope.items, { name: "excluded", columns: scope.items.at(-1)?.columns ?? null }] };
  const elements = clause.infer?.indexElems ?? [];
  if (relation !== null && elements.length > 0) {
    const columns: string[] = [];
    for (const element of elements) {
      const name = "IndexElem" in element ? element.IndexElem.name : undefined;
      if (name === undefined) {
        bindExpression(element, scope, context);
        columns.length = 0;
        break;
      }
      requireColumn(relation, name);
      columns.push(name);
    }
    // A view passes the statement on to its table, and it is the table's keys that count (manual, CREATE VIEW, Updatable Views).
    if (columns.length > 0 && relation.kind !== "view" && !isUniqueOn(relation, columns)) {
      throw new BindError("42P10", "there is no unique or exclusion constraint matching the ON CONFLICT specification");
    }
  }
  const constraint = clause.infer?.conname;
  if (relation !== null && constraint !== undefined && !relation.constraints.some((candidate) => candidate.name === constraint)) {
    throw new BindError(
      "42704",
      `constraint "${constraint}" for table "${relation.name.slice(relation.name.indexOf(".") + 1)}" does not exist`,
    );
  }
  bindAssignments(clause.targetList, relation, inner, context);
  bindExpression(clause.whereClause, inner, context);
}

/** Partial indexes count: whether the predicate is implied cannot be told here, so a match by columns is taken as one. */
function isUniqueOn(relation: Relation, columns: readonly string[]): boolean {
  const matches = (own: readonly (string | null)[]): boolean =>
    own.length === columns.length && own.every((column) => column !== null && columns.includes(column));
  return (
    relation.indexes.some((index) => index.unique && index.valid && matches(index.columns)) ||
    relation.constraints.some((c) => (c.kind === "unique" || c.kind === "primary-key") && matches(c.columns))
  );
}

function bindUpdate(update: UpdateStmt, outer: Scope | null, context: BindContext): Outputs {
  const scope = childScope(outer);
  bindWith(update.withClause, scope, context);
  const { relation, target } = writeTarget(update.relation, scope, context);
  scope.items.push(target);
  for (const item of update.fromClause ?? []) bindFrom(item, scope, context);
  const nulls = bindAssignments(update.targetList, relation, scope, context);
  bindExpression(update.whereClause, scope, context);
  const outputs = bindTargets(returningOf(update), withOldAndNew(update, scope, target), context);
  if (nulls !== null) throw nulls;
  return outputs;
}

function bindDelete(statement: DeleteStmt, outer: Scope | null, context: BindContext): Outputs {
  const scope = childScope(outer);
  bindWith(statement.withClause, scope, context);
  const { target } = writeTarget(statement.relation, scope, context);
  scope.items.push(target);
  for (const item of statement.usingClause ?? []) bindFrom(item, scope, context);
  bindExpression(statement.whereClause, scope, context);
  return bindTargets(returningOf(statement), withOldAndNew(statement, scope, target), context);
}

function bindMerge(merge: MergeStmt, outer: Scope | null, context: BindContext): Outputs {
  const scope = childScope(outer);
  bindWith(merge.withClause, scope, context);
  const { relation, target } = writeTarget(merge.relation, scope, context);
  scope.items.push(target);
  if (merge.sourceRelation !== undefined) bindFrom(merge.sourceRelation, scope, context);
  bindExpression(merge.joinCondition, scope, context);
  for (const node of merge.mergeWhenClauses ?? []) {
    if (!("MergeWhenClause" in node)) continue;
    const clause = node.MergeWhenClause;
    bindExpression(clause.condition, scope, context);
    bindAssignments(clause.targetList, relation, scope, context);
    bindExpression(clause.values, scope, context);
  }
  return bindTargets(returningOf(merge), withOldAndNew(merge, scope, target), context);
}

/** Resolves `SET a = …` lists. @returns the NOT NULL violation that the values would cause, or null */
function bindAssignments(
  targets: readonly Node[] | undefined,
  relation: Relation | null,
  scope: Scope,
  context: BindContext,
): BindError | null {
  let violation: BindError | null = null;
  const assigned = new Set<string>();
  for (const node of targets ?? []) {
    if (!("ResTarget" in node)) continue;
    const { name, val, indirection } = node.ResTarget;
    if (relation !== null && name !== undefined) {
      const column = requireColumn(relation, name);
      // `SET address.street = …, address.city = …` assigns parts of one column.
      if (assigned.has(name) && (indirection ?? []).length === 0)
        throw new BindError("42601", `multiple assignments to same column "${name}"`);
      assigned.add(name);
      const toDefault = val !== undefined && "SetToDefault" in val;
      if (!toDefault && (column?.identity === "always" || (column?.generated ?? null) !== null))
        throw new BindError("428C9", `column "${name}" can only be updated to DEFAULT`);
      if (column?.notNull === true && maySendNull(val, context.params)) violation ??= notNullViolation(relation, column);
    }
    bindExpression(val, scope, context);
  }
  return violation;
}

function writeTarget(
  range: RangeVar | undefined,
  scope: Scope,
  context: BindContext,
): { relation: Relation | null; target: Scope["items"][number] } {
  if (range === undefined) throw new Unknowable("a write without a target");
  const relation = context.catalogue.relation(range.schemaname, range.relname ?? "");
  // A view's own columns are all that is known of where the write ends: its NOT NULLs are those of the table behind it.
  return {
    relation: relation?.columns.length === 0 ? null : relation,
    target: tableItem(range, { ...scope, ctes: new Map(), outer: null }, context.catalogue),
  };
}

function targetNames(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map((node) => ("ResTarget" in node ? node.ResTarget.name : undefined)).filter((name) => name !== undefined);
}

function requireColumn(relation: Relation, name: string): Column | undefined {
  const column = relation.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const table = relation.name.slice(relation.name.indexOf(".") + 1);
    throw new BindError("42703", `column "${name}" of relation "${table}" does not exist`);
  }
  return column;
}

interface Returning {
  readonly returningClause?: { readonly exprs?: Node[]; readonly options?: Node[] };
}

/** In RETURNING the row can be named before and after the change, from 18 on. */
function withOldAndNew(statement: Returning, scope: Scope, target: Scope["items"][number]): Scope {
  const given = (statement.returningClause?.options ?? []).flatMap((o) => ("ReturningOption" in o ? (o.ReturningOption.value ?? []) : []));
  const named = ["old", "new", ...given].filter((name) => !scope.items.some((item) => item.name === name));
  // Unqualified names mean the row itself: two more items with the same columns would make them ambiguous.
  return { ...scope, items: [...named.map((name) => ({ ...target, name })), ...scope.items], merged: new Set([...scope.merged, "*"]) };
}

/** PostgreSQL 18's grammar wraps RETURNING in a clause (for OLD/NEW aliases); earlier parsers gave the list itself. */
function returningOf(statement: Returning): readonly Node[] | undefined {
  return statement.returningClause?.exprs;
}
