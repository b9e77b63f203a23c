import { childrenOf, foreignKeysTo, isRelationName, schemaOf, treeOf, viewsOn } from "../../../model/apply/index.ts";
import { bareName, type Constraint, type Relation } from "../../../model/schema.ts";
import { shown, type Predictors, type Work } from "./work.ts";
import { lockRead, scanRead } from "./data.ts";
import { needKey } from "./keys.ts";

export const tablePredictors: Predictors<
  | "create-relation"
  | "drop-relation"
  | "rename-relation"
  | "set-schema"
  | "truncate"
  | "refresh-materialized-view"
  | "drop-schema"
  | "create-schema"
  | "rename-schema"
> = {
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
    // CREATE OR REPLACE VIEW waits for every reader of the view (measured 13–18: reference 1.8, 114).
    if (existing !== undefined) work.lock(relation.name, "AccessExclusive");
    if (relation.reads !== null) {
      for (const table of new Set(relation.reads.map((r) => r.relation))) {
        work.need(table);
        // Only the relations that the query itself names: a view's own tables are not opened (measured on 18.4).
        work.lock(table, "AccessShare");
      }
      return;
    }
    createTable(relation, work);
  },

  "drop-relation"(change, work) {
    const relation = work.state.relations.get(change.name);
    if (relation === undefined) {
      if (!change.ifExists && work.knowsAll(change.name)) work.fail("42P01", `table "${shown(change.name)}" does not exist`);
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
    if (existing === undefined && work.state.sequences.has(change.name)) return;
    if (existing === undefined && change.ifExists) return;
    const relation = work.need(change.name);
    work.lock(change.name, "AccessExclusive");
    if (relation !== null && isRelationName(work.state, schemaOf(change.name), change.to)) {
      work.fail("42P07", `relation "${change.to}" already exists`);
    }
  },

  "set-schema"(change, work) {
    if (work.state.sequences.has(change.name) && !work.state.relations.has(change.name)) return;
    work.need(change.name);
    if (work.state.complete && !work.state.schemas.has(change.schema)) work.fail("3F000", `schema "${change.schema}" does not exist`);
    work.lock(change.name, "AccessExclusive");
  },

  truncate(change, work) {
    const names = new Set(change.names);
    for (const name of change.names) {
      work.need(name);
      work.lockTree(name, "AccessExclusive");
      // 13 looks at the parent as well (measured 13–18).
      const parent = work.state.relations.get(name)?.partitionOf ?? null;
      if (work.version === 13 && parent !== null) work.lock(parent, "AccessShare");
      // A table that held nothing gets new files, which is all that can be seen of a rewrite of nothing.
      if (work.isEmpty(name)) work.rewrite(name);
    }
    for (const name of names) {
      for (const { table } of foreignKeysTo(work.state, name)) {
        if (names.has(table.name)) continue;
        if (!change.cascade) {
          // feature_not_supported, whatever the rows are (manual, TRUNCATE).
          work.fail("0A000", "cannot truncate a table referenced in a foreign key constraint");
          return;
        }
        names.add(table.name);
        work.lockTree(table.name, "AccessExclusive");
      }
    }
  },

  /** Without CONCURRENTLY the view is locked against readers while it is written anew; with it only against writers (reference 1.7, 104). */
  "refresh-materialized-view"(change, work) {
    const view = work.need(change.name);
    if (
      change.concurrently &&
      view !== null &&
      !view.indexes.some((i) => i.unique && i.predicate === null && i.columns.every((c) => c !== null))
    ) {
      work.fail("55000", `cannot refresh materialized view "${shown(change.name)}" concurrently`);
    }
    work.lock(change.name, change.concurrently ? "Exclusive" : "AccessExclusive");
    if (!change.withData) {
      // It is emptied; of a view that held nothing only the new file can be seen.
      if (work.isEmpty(change.name)) work.newFiles(change.name);
      return;
    }
    if (change.concurrently) work.scan(change.name);
    else {
      work.newFiles(change.name);
      for (const index of view?.indexes ?? []) work.build(change.name, index.name);
    }
    for (const table of new Set(view?.reads?.map((r) => r.relation))) {
      lockRead(table, "AccessShare", work);
      scanRead(table, work);
    }
  },

  "create-schema": () => {},

  /** Takes no lock on the tables inside (measured on 18.4). */
  "rename-schema"(change, work) {
    if (work.state.complete && !work.state.schemas.has(change.name)) work.fail("3F000", `schema "${change.name}" does not exist`);
    else if (work.state.schemas.has(change.to)) work.fail("42P06", `schema "${change.to}" already exists`);
  },

  "drop-schema"(change, work) {
    if (work.state.complete && !work.state.schemas.has(change.name)) {
      work.fail("3F000", `schema "${change.name}" does not exist`);
      return;
    }
    for (const relation of work.state.relations.values()) {
      if (schemaOf(relation.name) !== change.name) continue;
      if (!change.cascade) {
        work.fail("2BP01", `cannot drop schema ${change.name} because other objects depend on it`);
        return;
      }
      dropped(relation, true, work);
    }
  },
};

function kindOf(kind: Relation["kind"]): string {
  return kind === "partitioned-table" ? "table" : kind;
}

function createTable(relation: Omit<Relation, "origin">, work: Work): void {
  for (const parent of relation.inherits) {
    work.need(parent);
    work.lock(parent, "ShareUpdateExclusive");
  }
  if (relation.partitionOf !== null) createdPartition(relation, relation.partitionOf, work);
  for (const constraint of relation.constraints) {
    if (constraint.references === null || constraint.references.relation === relation.name) continue;
    const parent = work.need(constraint.references.relation);
    // Brief, but it waits for every writer of the referenced table (reference 1.4, 60). A partitioned parent is locked with its partitions.
    work.lockTree(constraint.references.relation, "ShareRowExclusive");
    if (parent !== null) needKey(parent, constraint.references.columns, work);
  }
}

/**
 * CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on the parent where ATTACH takes only SHARE UPDATE EXCLUSIVE; a default partition is
 * locked and read to see that none of its rows belongs into the new one (measured 11–18: reference 1.6, 95 and 96).
 */
function createdPartition(relation: Omit<Relation, "origin">, parent: string, work: Work): void {
  work.need(parent);
  work.lock(parent, "AccessExclusive");
  if (relation.partitionBound === "DEFAULT") return;
  for (const sibling of childrenOf(work.state, parent)) {
    if (sibling.partitionBound !== "DEFAULT") continue;
    work.lockTree(sibling.name, "AccessExclusive");
    work.scanTree(sibling.name);
  }
}

function isInherited(parent: Relation | undefined, constraint: Constraint): boolean {
  return (
    parent?.constraints.some(
      (c) => c.references?.relation === constraint.references?.relation && c.columns.join() === constraint.columns.join(),
    ) === true
  );
}

/** DROP TABLE locks its partitions, its parent, and both sides of every foreign key (reference 1.2, 21; 1.6, 97). */
function dropped(relation: Relation, cascade: boolean, work: Work): void {
  const names = new Set(treeOf(work.state, relation.name).map((r) => r.name));
  for (const name of names) {
    const part = work.state.relations.get(name);
    if (part === undefined) continue;
    const inheritedOnly = name !== relation.name && part.partitionOf === null;
    const foreign = foreignKeysTo(work.state, name).filter((f) => !names.has(f.table.name));
    const views = viewsOn(work.state, name);
    if (!cascade && (inheritedOnly || foreign.length > 0 || views.length > 0)) {
      work.lock(relation.name, "AccessExclusive");
      work.fail("2BP01", `cannot drop table ${shown(relation.name)} because other objects depend on it`);
      return;
    }
    work.lock(name, "AccessExclusive");
    for (const { table } of foreign) work.lockTree(table.name, "AccessExclusive");
    for (const view of views) dropped(view, true, work);
    for (const constraint of part.constraints) {
      // A foreign key that a partition has from its parent has no triggers of its own to drop on the referenced table.
      const fromParent =
        part.partitionOf !== null && !names.has(part.partitionOf) && isInherited(work.state.relations.get(part.partitionOf), constraint);
      if (constraint.references !== null && !fromParent) work.lockTree(constraint.references.relation, "AccessExclusive");
    }
  }
  const parent = relation.partitionOf;
  if (parent === null) return;
  work.lock(parent, "AccessExclusive");
  for (const sibling of childrenOf(work.state, parent)) {
    // The default partition's constraint grows by the bound that becomes free (`heap_drop_with_catalog`).
    if (sibling.partitionBound === "DEFAULT" && sibling.name !== relation.name) work.lock(sibling.name, "AccessExclusive");
  }
}
