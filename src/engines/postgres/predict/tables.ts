import { childrenOf, foreignKeysTo, isRelationName, schemaOf, treeOf, viewsOn } from "../../../model/apply/index.ts";
import { bareName, type Constraint, type Relation } from "../../../model/schema.ts";
import { shown, type Predictors, type Work } from "./work.ts";
import { boundTrouble } from "./bounds.ts";
import { checkReference } from "./foreign-keys.ts";
import { needPartitionColumns } from "./keys.ts";
import { joinReferenced, readDefault } from "./partitions.ts";
import { createView } from "./views.ts";

export const tablePredictors: Predictors<"create-relation" | "drop-relation" | "rename-relation" | "set-schema"> = {
  "create-relation"(change, work) {
    const { relation } = change;
    const existing = work.state.relations.get(relation.name);
    if (existing !== undefined && change.ifNotExists) return;
    if (existing !== undefined && !change.orReplace) {
      work.fail("42P07", `relation "${bareName(relation.name)}" already exists`);
      return;
    }
    if (existing === undefined && isRelationName(work.state, schemaOf(relation.name), bareName(relation.name))) {
      work.fail("42P07", `relation "${bareName(relation.name)}" already exists`);
      return;
    }
    const schema = schemaOf(relation.name);
    if (work.state.complete && schema !== "pg_temp" && !work.state.schemas.has(schema))
      work.fail("3F000", `schema "${schema}" does not exist`);
    if (relation.reads !== null || relation.kind === "view" || relation.kind === "materialized-view") {
      createView(relation, existing ?? null, work);
      return;
    }
    createTable(relation, work);
  },

  "drop-relation"(change, work) {
    const relation = work.state.relations.get(change.name);
    if (relation === undefined) {
      const schema = schemaOf(change.name);
      if (!change.ifExists && work.knowsAll(change.name) && schema !== "" && !work.state.schemas.has(schema))
        work.fail("3F000", `schema "${schema}" does not exist`);
      // All names of a statement are looked up before the first is dropped, and what goes along with it (CASCADE) is no error.
      else if (work.before.relations.has(change.name)) return;
      else if (!change.ifExists && work.knowsAll(change.name)) work.fail("42P01", `table "${shown(change.name)}" does not exist`);
      else if (!work.knowsAll(change.name)) work.lock(change.name, "AccessExclusive");
      return;
    }
    if (kindOf(relation.kind) !== kindOf(change.relationKind)) {
      work.fail("42809", `"${bareName(change.name)}" is not a ${change.relationKind}`);
      return;
    }
    dropped(relation, change.cascade, work);
  },

  "rename-relation"(change, work) {
    const existing = work.state.relations.get(change.name);
    if (existing === undefined && work.state.sequences.has(change.name)) {
      if (isRelationName(work.state, schemaOf(change.name), change.to)) work.fail("42P07", `relation "${change.to}" already exists`);
      return;
    }
    if (existing === undefined && change.ifExists) return;
    const relation = work.need(change.name);
    work.lock(change.name, "AccessExclusive");
    if (relation !== null && isRelationName(work.state, schemaOf(change.name), change.to)) {
      work.fail("42P07", `relation "${change.to}" already exists`);
    }
  },

  "set-schema"(change, work) {
    if (schemaOf(change.name) !== change.schema && isRelationName(work.state, change.schema, bareName(change.name)))
      work.fail("42P07", `relation "${bareName(change.name)}" already exists in schema "${change.schema}"`);
    const sequence = work.state.sequences.get(change.name);
    if (sequence !== undefined && !work.state.relations.has(change.name)) {
      if (sequence.ownedBy !== null) work.fail("0A000", `cannot move an owned sequence into another schema`);
      return;
    }
    work.need(change.name);
    if (work.state.complete && !work.state.schemas.has(change.schema)) work.fail("3F000", `schema "${change.schema}" does not exist`);
    work.lock(change.name, "AccessExclusive");
  },
};

function kindOf(kind: Relation["kind"]): string {
  return kind === "partitioned-table" ? "table" : kind;
}

function createTable(relation: Omit<Relation, "origin">, work: Work): void {
  for (const parent of relation.inherits) {
    const known = work.need(parent);
    if (known?.kind === "partitioned-table") work.fail("42809", `cannot inherit from partitioned table "${bareName(parent)}"`);
    work.lock(parent, "ShareUpdateExclusive");
  }
  if (relation.partitionOf !== null) createdPartition(relation, relation.partitionOf, work);
  for (const constraint of relation.constraints) {
    if (constraint.references === null || constraint.references.relation === relation.name) continue;
    const parent = work.need(constraint.references.relation);
    // Brief, but it waits for every writer of the referenced table (reference 1.4, 60). A partitioned parent is locked with its partitions.
    work.lockPartitions(constraint.references.relation, "ShareRowExclusive");
    if (parent !== null) checkReference(relation, parent, constraint, constraint.references.columns, work);
  }
}

/**
 * CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on the parent where ATTACH takes only SHARE UPDATE EXCLUSIVE; a default partition is
 * locked and read to see that none of its rows belongs into the new one (measured 11–18: reference 1.6, 95 and 96).
 */
function createdPartition(relation: Omit<Relation, "origin">, name: string, work: Work): void {
  const parent = work.need(name);
  work.lock(name, "AccessExclusive");
  if (parent === null) return;
  if (parent.kind !== "partitioned-table") return work.fail("42P17", `"${bareName(name)}" is not partitioned`);
  const bound = relation.partitionBound ?? "";
  const trouble = boundTrouble(parent, bareName(relation.name), bound, work.state);
  if (trouble !== null) return work.fail(trouble.sqlstate, trouble.message);
  const keys = relation.constraints.filter((c) => c.kind === "primary-key" || c.kind === "unique");
  if (keys.filter((c) => c.kind === "primary-key").length > 1)
    return work.fail("42P16", `multiple primary keys for table "${bareName(relation.name)}" are not allowed`);
  if (relation.kind === "partitioned-table") for (const key of keys) needPartitionColumns(relation, key.columns, work);
  readDefault(parent, bound, work);
  joinReferenced(parent, work);
}

function isInherited(parent: Relation | undefined, constraint: Constraint): boolean {
  return (
    parent?.constraints.some(
      (c) => c.references?.relation === constraint.references?.relation && c.columns.join() === constraint.columns.join(),
    ) === true
  );
}

/** DROP TABLE locks its partitions, its parent, and both sides of every foreign key (reference 1.2, 21; 1.6, 97). */
export function dropped(relation: Relation, cascade: boolean, work: Work): void {
  const names = new Set(treeOf(work.state, relation.name).map((r) => r.name));
  const goes = (name: string): boolean => names.has(name) || work.dropping.has(name);
  for (const name of names) {
    const part = work.state.relations.get(name);
    if (part === undefined) continue;
    const inheritedOnly = name !== relation.name && part.partitionOf === null && !work.dropping.has(name);
    const foreign = foreignKeysTo(work.state, name).filter((f) => !goes(f.table.name));
    const views = viewsOn(work.state, name).filter((view) => !goes(view.name));
    if (!cascade && (inheritedOnly || foreign.length > 0 || views.length > 0 || isReferencedThroughParent(part, goes, work))) {
      work.lock(relation.name, "AccessExclusive");
      work.fail("2BP01", `cannot drop table ${shown(relation.name)} because other objects depend on it`);
      return;
    }
    work.lock(name, "AccessExclusive");
    for (const { table } of foreign) work.lockPartitions(table.name, "AccessExclusive");
    for (const view of views) dropped(view, true, work);
    for (const constraint of part.constraints) unlinked(part, constraint, work);
  }
  const parent = relation.partitionOf;
  if (parent === null) return;
  work.lock(parent, "AccessExclusive");
  for (const sibling of childrenOf(work.state, parent)) {
    // The default partition's constraint grows by the bound that becomes free (`heap_drop_with_catalog`).
    if (sibling.partitionBound === "DEFAULT" && sibling.name !== relation.name) work.lock(sibling.name, "AccessExclusive");
  }
}

/** A foreign key to a partitioned table depends on each of its partitions. */
function isReferencedThroughParent(part: Relation, goes: (name: string) => boolean, work: Work): boolean {
  let parent = part.partitionOf;
  while (parent !== null) {
    if (goes(parent)) return false;
    if (foreignKeysTo(work.state, parent).some((f) => !goes(f.table.name))) return true;
    parent = work.state.relations.get(parent)?.partitionOf ?? null;
  }
  return false;
}

/** The triggers of a foreign key are taken off the referenced table. */
function unlinked(part: Relation, constraint: Constraint, work: Work): void {
  // A foreign key that a partition has from its parent has no triggers of its own to drop on the referenced table.
  const fromParent = part.partitionOf !== null && isInherited(work.state.relations.get(part.partitionOf), constraint);
  if (constraint.references === null || fromParent) return;
  const { relation } = constraint.references;
  const parts = work.partitions(relation);
  // Up to 14 a partitioned table had no trigger itself, only its partitions (measured 13–18).
  const without = work.version <= 14 && part.kind === "partitioned-table" && parts.length > 1;
  if (!without) work.lock(relation, "AccessExclusive");
  for (const other of without ? parts.slice(1) : parts) work.lock(other.name, "AccessExclusive");
}
