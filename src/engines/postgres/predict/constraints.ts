import { childrenOf, foreignKeysTo } from "../../../model/apply/index.ts";
import type { ChangeOf } from "../../../model/change.ts";
import { bareName, type Column, type Constraint, type Relation } from "../../../model/schema.ts";
import { addedForeignKey, alteredForeignKey } from "./foreign-keys.ts";
import { isInheritedConstraint, onlyWithChildren } from "./inherited.ts";
import { addedKey } from "./keys.ts";
import { scanForNulls } from "./not-null.ts";
import type { Predictors, Work } from "./work.ts";

const TABLES = ["table", "partitioned-table", "foreign-table"] as const;

export const constraintPredictors: Predictors<"add-constraint" | "drop-constraint" | "validate-constraint" | "alter-constraint"> = {
  "add-constraint"(change, work) {
    const relation = work.need(change.table);
    if (!work.needKind(relation, TABLES, "ADD CONSTRAINT")) return;
    addedConstraint(change.table, change.constraint, change.usingIndex, work, null);
  },

  "drop-constraint"(change, work) {
    const relation = work.need(change.table);
    work.lock(change.table, "AccessExclusive");
    if (relation === null) {
      work.lockTree(change.table, "AccessExclusive");
      return;
    }
    const constraint = constraintOf(relation, change.name, work);
    if (constraint === undefined) {
      if (!change.ifExists) missing(relation, change.name, "of relation", work);
      return;
    }
    droppedConstraint(relation, constraint, change, work);
  },

  /** Reads everything, but under a lock that lets reads and writes pass (reference 1.4, 53 and 54). */
  "validate-constraint"(change, work) {
    const relation = work.need(change.table);
    work.lock(change.table, "ShareUpdateExclusive");
    if (relation === null) return;
    const constraint = constraintOf(relation, change.name, work);
    if (constraint === undefined) return missing(relation, change.name, "of relation", work);
    const validates = constraint.kind === "check" || constraint.kind === "foreign-key" || constraint.kind === "not-null";
    if (!validates) return work.fail("42809", `constraint "${change.name}" of relation "${bareName(relation.name)}" cannot be validated`);
    if (!constraint.enforced) return work.fail("55000", "cannot validate NOT ENFORCED constraint");
    if (constraint.validated) return;
    if (constraint.references !== null) return validatedForeignKey(relation, constraint, constraint.references.relation, work);
    if (constraint.noInherit !== true && onlyWithChildren(relation, work))
      return work.fail("42P16", "constraint must be validated on child tables too");
    for (const part of constraint.noInherit === true ? [relation] : work.tree(change.table)) {
      work.lock(part.name, "ShareUpdateExclusive");
      if (!part.constraints.some((c) => c.name === change.name && c.validated)) work.scan(part.name);
    }
  },

  "alter-constraint"(change, work) {
    const relation = work.need(change.table);
    work.lockPartitions(change.table, "AccessExclusive");
    if (relation === null) return;
    const constraint = constraintOf(relation, change.name, work);
    if (constraint === undefined) return missing(relation, change.name, "of relation", work);
    if (change.action === "inherit" || change.action === "no-inherit") {
      if (constraint.kind !== "not-null")
        work.fail("42809", `constraint "${change.name}" of relation "${bareName(relation.name)}" is not a not-null constraint`);
      else if (change.action === "inherit") work.lockTree(change.table, "AccessExclusive");
      return;
    }
    if (constraint.references === null)
      return work.fail("42809", `constraint "${change.name}" of relation "${bareName(relation.name)}" is not a foreign key constraint`);
    if (isInheritedConstraint(relation, constraint, work.state))
      return work.fail("55000", `cannot alter constraint "${change.name}" on relation "${bareName(relation.name)}"`);
    alteredForeignKey(relation, constraint, change.action ?? "deferrability", work);
  },
};

/** From 18 on every NOT NULL is a constraint, with a generated name where none was given. */
export function constraintOf(relation: Relation, name: string, work: Work): Constraint | undefined {
  const own = relation.constraints.find((c) => c.name === name);
  if (own !== undefined || work.version < 18) return own;
  const column = relation.columns.find((c) => c.notNull && name === `${bareName(relation.name)}_${c.name}_not_null`);
  if (column === undefined || relation.constraints.some((c) => c.kind === "not-null" && c.columns.includes(column.name))) return undefined;
  return { ...PLAIN_NOT_NULL, name, columns: [column.name] };
}

const PLAIN_NOT_NULL = {
  kind: "not-null",
  validated: true,
  enforced: true,
  deferrable: false,
  expression: null,
  references: null,
  index: null,
} as const;

export function missing(relation: Relation, name: string, of: string, work: Work): void {
  // Names of NOT NULL constraints that came before a rename of the table or column are not known.
  if (work.version >= 18 && name.endsWith("_not_null")) return;
  if (work.state.complete && work.columnsKnown(relation))
    work.fail("42704", `constraint "${name}" ${of} "${bareName(relation.name)}" does not exist`);
}

function droppedConstraint(relation: Relation, constraint: Constraint, change: ChangeOf<"drop-constraint">, work: Work): void {
  const isKey = constraint.index !== null;
  const recurses = relation.kind === "partitioned-table" || constraint.kind === "check" || constraint.kind === "not-null";
  if (recurses && constraint.noInherit !== true) {
    work.lockTree(change.table, "AccessExclusive");
    // With ONLY the children keep it, and are locked while it becomes their own.
    for (const child of childrenOf(work.state, relation.name)) work.lock(child.name, "AccessExclusive");
  }
  if (relation.kind === "partitioned-table" && onlyWithChildren(relation, work) && !isKey)
    return work.fail("42P16", "cannot remove constraint from only the partitioned table when partitions exist");
  if (isInheritedConstraint(relation, constraint, work.state))
    return work.fail("42P16", `cannot drop inherited constraint "${change.name}" of relation "${bareName(relation.name)}"`);
  const inKey = relation.constraints.some((c) => c.kind === "primary-key" && constraint.columns.some((name) => c.columns.includes(name)));
  if (constraint.kind === "not-null" && inKey) return work.fail("42P16", `column "${constraint.columns[0] ?? ""}" is in a primary key`);
  // The triggers of a foreign key stand on both tables (measured 11–18: reference 1.4, 22).
  if (constraint.references !== null) work.lockPartitions(constraint.references.relation, "AccessExclusive");
  if (constraint.kind !== "primary-key" && constraint.kind !== "unique") return;
  const dependents = foreignKeysTo(work.state, change.table).filter((f) =>
    sameSet(f.constraint.references?.columns ?? [], constraint.columns),
  );
  if (dependents.length > 0 && !change.cascade) {
    work.fail("2BP01", `cannot drop constraint ${change.name} on table ${bareName(change.table)} because other objects depend on it`);
    return;
  }
  for (const { table } of dependents) work.lockPartitions(table.name, "AccessExclusive");
}

function validatedForeignKey(relation: Relation, constraint: Constraint, parent: string, work: Work): void {
  work.lock(parent, "RowShare");
  // The query that checks it reads the partitions of the parent without locking them as it does the parent (measured 13–18).
  for (const part of work.partitions(parent).slice(1)) work.lock(part.name, "AccessShare");
  for (const part of work.partitions(relation.name)) {
    work.lock(part.name, "ShareUpdateExclusive");
    if (!part.constraints.some((c) => c.name === constraint.name && c.validated)) work.scan(part.name);
  }
  work.scanPartitions(parent);
}

/** @param column the new column that the constraint is written on, for ADD COLUMN */
export function addedConstraint(table: string, constraint: Constraint, usingIndex: string | null, work: Work, column: Column | null): void {
  const relation = work.state.relations.get(table) ?? null;
  // Since 18 ADD CONSTRAINT opens the whole tree first, whatever reaches the tables below (measured 13–18).
  if (work.version >= 18 && column === null)
    work.lockTree(table, constraint.kind === "foreign-key" ? "ShareRowExclusive" : "AccessExclusive");
  for (const name of constraint.columns) if (name !== column?.name && constraint.kind !== "check") work.needColumn(relation, name);
  const isKey = constraint.kind === "unique" || constraint.kind === "primary-key" || constraint.kind === "exclusion";
  if (relation !== null && !isKey && relation.constraints.some((c) => c.name === constraint.name))
    work.fail("42710", `constraint "${constraint.name}" for relation "${bareName(table)}" already exists`);
  switch (constraint.kind) {
    case "check":
      addedCheck(table, relation, constraint, work, column);
      return;
    case "not-null":
      addedNotNull(table, relation, constraint, work, column);
      return;
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

function addedCheck(table: string, relation: Relation | null, constraint: Constraint, work: Work, column: Column | null): void {
  const inherits = constraint.noInherit !== true;
  work.lock(table, "AccessExclusive");
  if (inherits) work.lockTree(table, "AccessExclusive");
  for (const name of constraint.columns) if (name !== column?.name) work.needColumn(relation, name);
  if (!inherits && relation?.kind === "partitioned-table")
    return work.fail("42P16", `cannot add NO INHERIT constraint to partitioned table "${bareName(table)}"`);
  if (inherits && onlyWithChildren(relation, work)) return work.fail("42P16", "constraint must be added to child tables too");
  if (!constraint.validated || !constraint.enforced) return;
  if (!inherits) return work.scan(table);
  for (const part of work.tree(table)) if (!part.constraints.some((c) => c.name === constraint.name)) work.scan(part.name);
  if (relation === null) work.scan(table);
}

function addedNotNull(table: string, relation: Relation | null, constraint: Constraint, work: Work, column: Column | null): void {
  if (work.version < 18 && column === null) return work.fail("42601", "ADD CONSTRAINT … NOT NULL exists from PostgreSQL 18 on");
  work.lock(table, "AccessExclusive");
  if (constraint.noInherit !== true) work.lockTree(table, "AccessExclusive");
  if (column !== null) return;
  const [name = ""] = constraint.columns;
  const known = relation?.columns.find((c) => c.name === name);
  const generated = `${bareName(table)}_${name}_not_null`;
  const own = relation?.constraints.find((c) => c.kind === "not-null" && c.columns.includes(name));
  if (known?.notNull === true && constraint.name !== (own?.name ?? generated) && !constraint.name.startsWith(generated))
    return work.fail("55000", `cannot create not-null constraint "${constraint.name}" on column "${name}" of table "${bareName(table)}"`);
  if (constraint.noInherit !== true && onlyWithChildren(relation, work))
    return work.fail("42P16", "constraint must be added to child tables too");
  if (constraint.validated) scanForNulls(table, name, work, constraint.noInherit === true);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((x) => b.includes(x));
}
