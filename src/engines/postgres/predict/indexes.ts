import { foreignKeysTo, indexOwner, isRelationName, schemaOf, treeOf } from "../../../model/apply/index.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import type { Predictors, Work } from "./work.ts";

export const indexPredictors: Predictors<"create-index" | "drop-index" | "rename-index" | "reindex"> = {
  /** SHARE lets reads pass and stops writes; CONCURRENTLY takes SHARE UPDATE EXCLUSIVE (measured 11–18: reference 1.5, 76). */
  "create-index"(change, work) {
    const relation = work.need(change.table);
    const concurrent = change.concurrently;
    if (concurrent && work.inTransaction) return notInTransaction("CREATE INDEX CONCURRENTLY", work);
    const mode = concurrent ? "ShareUpdateExclusive" : "Share";
    if (change.only) work.lock(change.table, mode);
    else work.lockTree(change.table, mode);
    if (concurrent && relation?.kind === "partitioned-table" && !change.only) {
      return work.fail("0A000", `cannot create index on partitioned table "${bareName(change.table)}" concurrently`);
    }
    if (isRelationName(work.state, schemaOf(change.table), bareName(change.index.name))) {
      if (!change.ifNotExists) work.fail("42P07", `relation "${bareName(change.index.name)}" already exists`);
      return;
    }
    for (const column of change.index.mentions) work.needColumn(relation, column);
    if (relation === null) work.build(change.table, change.index.name);
  },

  "drop-index"(change, work) {
    if (change.concurrently && work.inTransaction) return notInTransaction("DROP INDEX CONCURRENTLY", work);
    const owner = indexOwner(work.state, change.name);
    if (owner === undefined) {
      if (!change.ifExists && work.knowsAll(change.name)) work.fail("42704", `index "${bareName(change.name)}" does not exist`);
      return;
    }
    const index = owner.indexes.find((i) => i.name === change.name);
    work.lock(owner.name, change.concurrently ? "ShareUpdateExclusive" : "AccessExclusive");
    if (owner.kind === "partitioned-table") {
      if (change.concurrently) return work.fail("0A000", "cannot drop partitioned index concurrently");
      work.lockTree(owner.name, "AccessExclusive");
    }
    const constraint = index?.constraint ?? null;
    if (constraint !== null) {
      return work.fail(
        "2BP01",
        `cannot drop index ${bareName(change.name)} because constraint ${constraint} on table ${bareName(owner.name)} requires it`,
      );
    }
    const dependents = foreignKeysTo(work.state, owner.name).filter(
      (f) =>
        index?.unique === true &&
        sameColumns(f.constraint.references?.columns ?? [], index.columns) &&
        !hasOtherKey(owner, index.name, index.columns),
    );
    if (dependents.length > 0 && !change.cascade) {
      return work.fail("2BP01", `cannot drop index ${bareName(change.name)} because other objects depend on it`);
    }
    for (const { table } of dependents) work.lock(table.name, "AccessExclusive");
  },

  /** Locks the index only (SHARE UPDATE EXCLUSIVE since 12: reference 1.2, 33). */
  "rename-index"(change, work) {
    if (indexOwner(work.state, change.name) === undefined && work.knowsAll(change.name)) {
      work.fail("42P01", `relation "${bareName(change.name)}" does not exist`);
    } else if (isRelationName(work.state, schemaOf(change.name), change.to)) {
      work.fail("42P07", `relation "${change.to}" already exists`);
    }
  },

  reindex(change, work) {
    const mode = change.concurrently ? "ShareUpdateExclusive" : "Share";
    const command = change.concurrently ? "REINDEX CONCURRENTLY" : `REINDEX ${change.target.toUpperCase()}`;
    const ownTransactions = change.concurrently || change.target === "schema" || change.target === "database";
    if (ownTransactions && work.inTransaction) return notInTransaction(command, work);
    if (change.target === "index") {
      const owner = indexOwner(work.state, change.name);
      if (owner === undefined) {
        if (work.knowsAll(change.name)) work.fail("42P01", `relation "${bareName(change.name)}" does not exist`);
        return;
      }
      work.lock(owner.name, mode);
      work.build(owner.name, change.name);
      return;
    }
    if (change.target === "table") {
      work.need(change.name);
      for (const relation of treeOf(work.state, change.name))
        if (relation.name === change.name || relation.partitionOf !== null) rebuildAll(relation, mode, work);
      if (!work.state.relations.has(change.name)) work.lock(change.name, mode);
      return;
    }
    for (const relation of work.state.relations.values()) {
      if (change.target === "database" || schemaOf(relation.name) === change.name) rebuildAll(relation, mode, work);
    }
  },
};

function rebuildAll(relation: Relation, mode: "Share" | "ShareUpdateExclusive", work: Work): void {
  if (relation.kind === "view" || relation.kind === "foreign-table") return;
  work.lock(relation.name, mode);
  for (const index of relation.indexes) work.build(relation.name, index.name);
}

export function notInTransaction(command: string, work: Work): void {
  // Not even a caught error lets it run, so a conditional statement fails too when it is reached; it may not be.
  work.fail("25001", `${command} cannot run inside a transaction block`);
}

function sameColumns(a: readonly string[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((x) => b.includes(x));
}

function hasOtherKey(owner: Relation, except: string, columns: readonly (string | null)[]): boolean {
  const wanted = columns.flatMap((c) => (c === null ? [] : [c]));
  return owner.indexes.some((i) => i.name !== except && i.unique && i.predicate === null && sameColumns(wanted, i.columns));
}
