import { childrenOf, foreignKeysTo, viewsOn } from "../../../model/apply/index.ts";
import type { ChangeOf } from "../../../model/change.ts";
import { bareName, type Column, type Relation, type SchemaState } from "../../../model/schema.ts";
import { addedConstraint } from "./constraints.ts";
import { isConstrainedDomain } from "./domains.ts";
import { dropWithViews } from "./dropped-views.ts";
import { enumValueIsNew } from "./enums.ts";
import { hasOtherParent, needNoPartitionKey, needNoRowType, needOwnColumn, onlyWithChildren } from "./inherited.ts";
import { sameType } from "./type-pairs.ts";
import { SYSTEM_COLUMNS, type Predictors, type Work } from "./work.ts";

type AddColumn = ChangeOf<"add-column">;

export const columnPredictors: Predictors<"add-column" | "drop-column" | "rename-column"> = {
  "add-column"(change, work) {
    const { column } = change;
    const relation = work.need(change.table);
    work.lock(change.table, "AccessExclusive");
    if (!work.needKind(relation, ["table", "partitioned-table", "foreign-table"], "ADD COLUMN")) return;
    if (relation !== null && relation.partitionOf !== null) return work.fail("42809", "cannot add column to a partition");
    if (relation?.columns.some((c) => c.name === column.name) === true) {
      work.lockTree(change.table, "AccessExclusive");
      if (!change.ifNotExists) work.fail("42701", `column "${column.name}" of relation "${bareName(change.table)}" already exists`);
      return;
    }
    if (relation !== null && isRefused(relation, change, work)) return;
    const tables = relation === null ? [] : gaining(relation, column, work);
    if (work.failed) return;
    enumValueIsNew(column.type, column.default?.sql ?? null, work);
    // Rows that stand in a column elsewhere would lack the value.
    if (relation !== null && !fillsNoValue(column, work.state) && column.generated !== "virtual" && !needNoRowType(relation, work)) return;
    if (rewritesForColumn(column, change.serial, work.state)) {
      if (relation === null) work.rewriteTree(change.table);
      for (const table of tables) work.rewrite(table.name);
    }
    // What a virtual column must not be is computed for every row that is there.
    if (column.generated === "virtual" && column.notNull) for (const table of tables) work.scan(table.name);
    for (const constraint of change.constraints) {
      // A new column without a DEFAULT is NULL everywhere: its foreign key has nothing to check (`transformFKConstraints`).
      const nothingToCheck = constraint.kind === "foreign-key" && column.default === null && change.defaultNull !== true;
      addedConstraint(change.table, nothingToCheck ? { ...constraint, validated: false } : constraint, null, work, column);
    }
    // The rows come last, when everything about the column itself is found to be right.
    const rows = tables.length === 0 ? !work.isEmpty(change.table) : tables.some((r) => hasStorage(r) && !work.isEmpty(r.name));
    if (rows && fillsNoValue(column, work.state) && !change.serial && requiresValue(column, work.state)) {
      work.fail("23502", `column "${column.name}" of relation "${bareName(change.table)}" contains null values`);
    }
  },

  "drop-column"(change, work) {
    const relation = work.state.relations.get(change.table);
    work.need(change.table);
    work.lock(change.table, "AccessExclusive");
    if (relation === undefined) return;
    if (!relation.columns.some((c) => c.name === change.column)) {
      if (!change.ifExists && needOwnColumn(relation, change.column, "drop", work)) work.needColumn(relation, change.column);
      return;
    }
    if (!work.needKind(relation, ["table", "partitioned-table", "foreign-table"], "DROP COLUMN")) return;
    if (relation.ofType !== undefined && relation.ofType !== null) return work.fail("42809", "cannot drop column from typed table");
    if (!needOwnColumn(relation, change.column, "drop", work)) return;
    const tables = losing(relation, change.column, work);
    if (!needNoPartitionKey(tables, change.column, "drop", work)) return;
    if (relation.kind === "partitioned-table" && onlyWithChildren(relation, work))
      return work.fail("42P16", "cannot drop column from only the partitioned table when partitions exist");
    droppedDependents(relation, tables, change, work);
  },

  "rename-column"(change, work) {
    const relation = work.need(change.table);
    work.lockTree(change.table, "AccessExclusive");
    if (relation === null) return;
    const found = work.needColumn(relation, change.column);
    if (SYSTEM_COLUMNS.has(change.column)) return work.fail("0A000", `cannot rename system column "${change.column}"`);
    if (onlyWithChildren(relation, work) && found !== null)
      return work.fail("42P16", `inherited column "${change.column}" must be renamed in child tables too`);
    if (!needOwnColumn(relation, change.column, "rename", work)) return;
    for (const table of [relation, ...work.tree(change.table)]) {
      if (table.columns.some((c) => c.name === change.to) || (SYSTEM_COLUMNS.has(change.to) && table.kind !== "view"))
        return work.fail("42701", `column "${change.to}" of relation "${bareName(table.name)}" already exists`);
    }
  },
};

/** What no rows are needed for to be refused. */
function isRefused(relation: Relation, change: AddColumn, work: Work): boolean {
  const { column } = change;
  const name = bareName(relation.name);
  const children = childrenOf(work.state, relation.name);
  if (relation.ofType !== undefined && relation.ofType !== null) work.fail("42809", "cannot add column to typed table");
  else if (SYSTEM_COLUMNS.has(column.name)) work.fail("42701", `column name "${column.name}" conflicts with a system column name`);
  else if (column.identity !== null && !["smallint", "integer", "bigint"].includes(column.type.name))
    work.fail("22023", "identity column type must be smallint, integer, or bigint");
  else if (column.identity !== null && children.length > 0 && (relation.kind !== "partitioned-table" || work.version < 17))
    work.fail("42P16", "cannot recursively add identity column to table that has child tables");
  else if (onlyWithChildren(relation, work)) work.fail("42P16", "column must be added to child tables too");
  else if (column.generated === "virtual" && work.version < 18) work.fail("42601", "virtual generated columns exist from PostgreSQL 18 on");
  else if (column.generated !== null) checkGenerated(relation, change, work);
  if (change.constraints.some((c) => c.kind === "primary-key") && relation.constraints.some((c) => c.kind === "primary-key"))
    work.fail("42P16", `multiple primary keys for table "${name}" are not allowed`);
  return work.failed;
}

function checkGenerated(relation: Relation, { column, constraints }: AddColumn, work: Work): void {
  for (const name of column.default?.columns ?? []) {
    if (name === column.name || relation.columns.some((c) => c.name === name && c.generated !== null))
      work.fail("42P17", `cannot use generated column "${name}" in column generation expression`);
    else work.needColumn(relation, name);
  }
  const { volatility } = column.default ?? {};
  if (volatility === "stable" || volatility === "volatile") work.fail("42P17", "generation expression is not immutable");
  const unsupported = constraints.find((c) => c.kind !== "check" && c.kind !== "not-null");
  if (column.generated === "virtual" && unsupported !== undefined)
    work.fail("0A000", `${unsupported.kind} constraints on virtual generated columns are not supported`);
}

/** The tables that get the column. One that has it already is locked, and keeps the tables below it as they are (`MergeAttributes`). */
function gaining(relation: Relation, column: Column, work: Work): readonly Relation[] {
  const found: Relation[] = [relation];
  for (let i = 0; i < found.length; i++) {
    if (work.only === relation.name) break;
    for (const child of childrenOf(work.state, found[i]?.name ?? "")) {
      work.lock(child.name, "AccessExclusive");
      const own = child.columns.find((c) => c.name === column.name);
      if (own === undefined) {
        if (!found.includes(child)) found.push(child);
      } else if (!sameType(own.type, column.type)) {
        work.fail("42804", `child table "${bareName(child.name)}" has different type for column "${column.name}"`);
      }
    }
  }
  return found;
}

/** The tables that lose the column. Direct children are locked even where ONLY or another parent lets them keep it. */
function losing(relation: Relation, column: string, work: Work): readonly Relation[] {
  const found: Relation[] = [relation];
  for (let i = 0; i < found.length; i++) {
    for (const child of childrenOf(work.state, found[i]?.name ?? "")) {
      work.lock(child.name, "AccessExclusive");
      if (work.only !== relation.name && !hasOtherParent(child, column, found, work.state) && !found.includes(child)) found.push(child);
    }
  }
  return found;
}

function droppedDependents(relation: Relation, tables: readonly Relation[], change: ChangeOf<"drop-column">, work: Work): void {
  const foreign = foreignKeysTo(work.state, change.table).filter((f) => f.constraint.references?.columns.includes(change.column) === true);
  const fromElsewhere = foreign.filter((f) => f.table.name !== change.table);
  const generated = relation.columns.filter((c) => c.generated !== null && c.default?.columns.includes(change.column) === true);
  const columns = [change.column, ...generated.map((c) => c.name)];
  const views = tables.flatMap((table) => columns.flatMap((column) => viewsOn(work.state, table.name, column)));
  const triggers =
    relation.triggers.some((t) => t.columns.includes(change.column) || t.when?.includes(change.column) === true) ||
    relation.named?.some((n) => n.columns.includes(change.column)) === true;
  if (!change.cascade && (fromElsewhere.length > 0 || views.length > 0 || generated.length > 0 || triggers)) {
    work.fail("2BP01", `cannot drop column ${change.column} of table ${bareName(change.table)} because other objects depend on it`);
    return;
  }
  for (const { table } of fromElsewhere) work.lockPartitions(table.name, "AccessExclusive");
  for (const view of views) dropWithViews(view.name, work);
  // A foreign key that goes with the column takes its triggers off the referenced table too (reference 1.4, 22).
  for (const constraint of relation.constraints) {
    if (constraint.references !== null && constraint.columns.includes(change.column))
      work.lockPartitions(constraint.references.relation, "AccessExclusive");
  }
}

function hasStorage(relation: Relation): boolean {
  return relation.kind !== "partitioned-table";
}

/** NULL is no value for it: it says NOT NULL, or its domain does. */
function requiresValue(column: Column, state: SchemaState): boolean {
  const domain = column.type.dimensions === 0 ? state.types.get(column.type.name) : undefined;
  return column.notNull || (domain?.kind === "domain" && domain.notNull);
}

/** No value comes from anywhere, so that existing rows would be NULL. */
function fillsNoValue(column: Column, state: SchemaState): boolean {
  if (column.default !== null || column.identity !== null || column.generated !== null) return false;
  const domain = state.types.get(column.type.name);
  return !(domain?.kind === "domain" && domain.default !== null && column.type.dimensions === 0);
}

/**
 * A default that gives every row the same value is kept in the catalogue since 11 (manual, ALTER TABLE, Notes). What differs from row to
 * row is written: a volatile default, a sequence, a stored expression. A constrained domain is checked by writing, NULLs included
 * (measured 11–18: reference 1.1, 12).
 */
function rewritesForColumn(column: Column, serial: boolean, state: SchemaState): boolean {
  if (serial || column.identity !== null || column.generated === "stored") return true;
  if (column.generated === "virtual") return false;
  if (column.default !== null && (column.default.volatility === "volatile" || column.default.volatility === "unknown")) return true;
  const domain = state.types.get(column.type.name);
  if (column.default === null && domain?.kind === "domain" && domain.default?.volatility === "volatile") return true;
  return isConstrainedDomain(column.type, state);
}
