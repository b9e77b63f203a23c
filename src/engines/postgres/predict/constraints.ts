import { foreignKeysTo, indexOwner, isRelationName, schemaOf, treeOf } from "../../../model/apply/index.ts";
import { bareName, type Column, type Constraint } from "../../../model/schema.ts";
import { scanForNulls } from "./not-null.ts";
import { needKey } from "./keys.ts";
import type { Predictors, Work } from "./work.ts";

export const constraintPredictors: Predictors<
  "add-constraint" | "drop-constraint" | "validate-constraint" | "rename-constraint" | "alter-constraint"
> = {
  "add-constraint"(change, work) {
    work.need(change.table);
    addedConstraint(change.table, change.constraint, change.usingIndex, work, null);
  },

  "drop-constraint"(change, work) {
    const relation = work.need(change.table);
    work.lockTree(change.table, "AccessExclusive");
    if (relation === null) return;
    const constraint = relation.constraints.find((c) => c.name === change.name);
    if (constraint === undefined) {
      const isNotNull = relation.columns.some((c) => c.notNull && change.name === `${bareName(change.table)}_${c.name}_not_null`);
      if (!change.ifExists && !(isNotNull && work.version >= 18) && work.columnsKnown(relation) && work.state.complete) {
        work.fail("42704", `constraint "${change.name}" of relation "${bareName(change.table)}" does not exist`);
      }
      return;
    }
    // The triggers of a foreign key stand on both tables (measured 11–18: reference 1.4, 22).
    if (constraint.references !== null) work.lockTree(constraint.references.relation, "AccessExclusive");
    if (constraint.kind !== "primary-key" && constraint.kind !== "unique") return;
    const dependents = foreignKeysTo(work.state, change.table).filter((f) =>
      sameSet(f.constraint.references?.columns ?? [], constraint.columns),
    );
    if (dependents.length > 0 && !change.cascade) {
      work.fail("2BP01", `cannot drop constraint ${change.name} on table ${bareName(change.table)} because other objects depend on it`);
      return;
    }
    for (const { table } of dependents) work.lock(table.name, "AccessExclusive");
  },

  /** Reads everything, but under a lock that lets reads and writes pass (reference 1.4, 53 and 54). */
  "validate-constraint"(change, work) {
    const relation = work.need(change.table);
    work.lockTree(change.table, "ShareUpdateExclusive");
    const constraint = relation?.constraints.find((c) => c.name === change.name);
    if (constraint === undefined) {
      if (relation !== null && work.state.complete && work.columnsKnown(relation)) {
        work.fail("42704", `constraint "${change.name}" of relation "${bareName(change.table)}" does not exist`);
      }
      return;
    }
    if (constraint.validated) return;
    work.scanTree(change.table);
    if (constraint.references !== null) {
      work.lock(constraint.references.relation, "RowShare");
      work.scanTree(constraint.references.relation);
    }
  },

  "rename-constraint"(change, work) {
    const relation = work.need(change.table);
    work.lockTree(change.table, "AccessExclusive");
    if (
      relation !== null &&
      work.state.complete &&
      !relation.constraints.some((c) => c.name === change.name) &&
      !change.name.endsWith("_not_null")
    ) {
      work.fail("42704", `constraint "${change.name}" for table "${bareName(change.table)}" does not exist`);
    }
  },

  "alter-constraint"(change, work) {
    const relation = work.need(change.table);
    work.lockTree(change.table, "AccessExclusive");
    const constraint = relation?.constraints.find((c) => c.name === change.name);
    if (relation !== null && constraint === undefined && work.state.complete) {
      work.fail("42704", `constraint "${change.name}" of relation "${bareName(change.table)}" does not exist`);
    }
  },
};

/** @param column the new column that the constraint is written on, for ADD COLUMN */
export function addedConstraint(table: string, constraint: Constraint, usingIndex: string | null, work: Work, column: Column | null): void {
  const relation = work.state.relations.get(table) ?? null;
  for (const name of constraint.columns) if (name !== column?.name && constraint.kind !== "check") work.needColumn(relation, name);
  if (relation !== null && relation.constraints.some((c) => c.name === constraint.name)) {
    const keyed = constraint.kind === "unique" || constraint.kind === "primary-key" || constraint.kind === "exclusion";
    if (keyed && usingIndex === null) work.fail("42P07", `relation "${constraint.name}" already exists`);
    else work.fail("42710", `constraint "${constraint.name}" for relation "${bareName(table)}" already exists`);
  }
  switch (constraint.kind) {
    case "check": {
      work.lockTree(table, "AccessExclusive");
      for (const name of constraint.columns) if (name !== column?.name) work.needColumn(relation, name);
      if (constraint.validated && constraint.enforced) work.scanTree(table);
      return;
    }
    case "not-null": {
      if (work.version < 18 && column === null) {
        work.fail("42601", "ADD CONSTRAINT … NOT NULL exists from PostgreSQL 18 on");
        return;
      }
      work.lockTree(table, "AccessExclusive");
      if (column === null && constraint.validated) for (const name of constraint.columns) scanForNulls(table, name, work);
      return;
    }
    case "foreign-key":
      addedForeignKey(table, constraint, work, column);
      return;
    case "primary-key":
    case "unique":
    case "exclusion":
      addedKey(table, constraint, usingIndex, work, column);
      return;
    default:
      constraint.kind satisfies never;
  }
}

/** SHARE ROW EXCLUSIVE on both tables, NOT VALID or not; validation reads both (measured 11–18: reference 1.4, 54 and 55). */
function addedForeignKey(table: string, constraint: Constraint, work: Work, column: Column | null): void {
  const { references } = constraint;
  if (references === null) return;
  work.lockTree(table, "ShareRowExclusive");
  const parent = work.need(references.relation);
  work.lockTree(references.relation, "ShareRowExclusive");
  if (parent !== null) needKey(parent, references.columns, work);
  if (!constraint.enforced && work.version < 18) work.fail("42601", "NOT ENFORCED exists for foreign keys from PostgreSQL 18 on");
  const nothing = column !== null && column.default === null && column.identity === null;
  if (!constraint.validated || !constraint.enforced || nothing || allEmpty(table, work)) return;
  work.scanTree(table);
  work.scanTree(references.relation);
}

function addedKey(table: string, constraint: Constraint, usingIndex: string | null, work: Work, column: Column | null): void {
  work.lock(table, "AccessExclusive");
  const relation = work.state.relations.get(table);
  // Up to 17 the partitions were locked as CREATE INDEX locks them (measured 13–18).
  const becomesNotNull =
    constraint.kind === "primary-key" &&
    constraint.columns.some((name) => relation?.columns.find((c) => c.name === name)?.notNull !== true);
  const indexOnly = relation?.kind === "partitioned-table" && work.version < 18 && column === null && !becomesNotNull;
  work.lockTree(table, indexOnly ? "Share" : "AccessExclusive");
  if (constraint.kind === "primary-key" && relation?.constraints.some((c) => c.kind === "primary-key") === true) {
    work.fail("42P16", `multiple primary keys for table "${bareName(table)}" are not allowed`);
  }
  if (usingIndex !== null) {
    const owner = indexOwner(work.state, usingIndex);
    if (owner === undefined && work.state.complete && relation !== undefined)
      work.fail("42704", `index "${bareName(usingIndex)}" does not exist`);
    const index = owner?.indexes.find((i) => i.name === usingIndex);
    if (index !== undefined && (!index.unique || index.predicate !== null || index.columns.includes(null))) {
      work.fail("42809", `"${bareName(usingIndex)}" is not a plain unique index`);
    }
    // A nullable column becomes NOT NULL on the way, which reads the table (reference 1.4, 64).
    if (constraint.kind === "primary-key") for (const name of index?.columns ?? []) if (name !== null) scanForNulls(table, name, work);
    return;
  }
  if (isRelationName(work.state, schemaOf(table), constraint.name)) {
    work.fail("42P07", `relation "${constraint.name}" already exists`);
    return;
  }
  // The index itself, and those of the partitions, are noted by `predict` from what the change adds.
  if (column === null && constraint.kind === "primary-key") for (const name of constraint.columns) scanForNulls(table, name, work);
}

function allEmpty(table: string, work: Work): boolean {
  const tree = treeOf(work.state, table);
  return tree.length > 0 && tree.every((r) => r.kind === "partitioned-table" || work.isEmpty(r.name));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((x) => b.includes(x));
}
