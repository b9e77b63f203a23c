import { indexOwner, schemaOf, treeOf } from "../../../model/apply/index.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import { notInTransaction } from "./indexes.ts";
import type { Predictors, Work } from "./work.ts";

type Mode = "Share" | "ShareUpdateExclusive";

export const reindexPredictors: Predictors<"reindex"> = {
  /**
   * SHARE on the table, ACCESS EXCLUSIVE on the index: queries that would use the index wait (manual, REINDEX). A partitioned table or
   * index is done partition by partition in transactions of their own from 14 on; 13 skips the table with a warning.
   */
  reindex(change, work) {
    const mode: Mode = change.concurrently ? "ShareUpdateExclusive" : "Share";
    const ownTransactions = change.concurrently || change.target === "schema" || change.target === "database";
    if (ownTransactions && work.inTransaction)
      return notInTransaction(change.concurrently ? "REINDEX CONCURRENTLY" : `REINDEX ${change.target.toUpperCase()}`, work);
    if (change.target === "index") return reindexIndex(change.name, mode, change.concurrently, work);
    if (change.target === "table") return reindexTable(change.name, mode, change.concurrently, work);
    if (change.target === "schema" && work.state.complete && !work.state.schemas.has(change.name))
      return work.fail("3F000", `schema "${change.name}" does not exist`);
    for (const relation of work.state.relations.values()) {
      if (relation.kind === "partitioned-table" || schemaOf(relation.name) === "pg_temp") continue;
      if (change.target === "database" || schemaOf(relation.name) === change.name) rebuildAll(relation, mode, work);
    }
  },
};

function reindexIndex(name: string, mode: Mode, concurrently: boolean, work: Work): void {
  const owner = indexOwner(work.state, name);
  if (owner === undefined) {
    if (work.state.relations.has(name)) return work.fail("42809", `"${bareName(name)}" is not an index`);
    if (work.knowsAll(name)) work.fail("42P01", `relation "${bareName(name)}" does not exist`);
    return;
  }
  if (owner.kind === "partitioned-table") {
    if (work.version < 14) return work.fail("0A000", "REINDEX is not yet implemented for partitioned indexes");
    if (work.inTransaction) return notInTransaction("REINDEX INDEX", work);
    // Which partition's index belongs to this one is known by its columns. CONCURRENTLY keeps nothing on the table above them (measured 14–18).
    if (!concurrently) work.lock(owner.name, mode);
    const wanted = owner.indexes.find((i) => i.name === name);
    for (const part of treeOf(work.state, owner.name)) {
      if (part.kind === "partitioned-table") continue;
      work.lock(part.name, mode);
      for (const index of part.indexes)
        if (index.columns.join() === wanted?.columns.join() && index.unique === wanted.unique) work.build(part.name, index.name);
    }
    return;
  }
  work.lock(owner.name, mode);
  if (concurrently && owner.constraints.some((c) => c.kind === "exclusion" && c.index === name))
    return work.fail("0A000", "concurrent index creation for exclusion constraints is not supported");
  work.build(owner.name, name);
}

function reindexTable(name: string, mode: Mode, concurrently: boolean, work: Work): void {
  const relation = work.state.relations.get(name);
  if (relation === undefined) {
    if (indexOwner(work.state, name) !== undefined || work.state.sequences.has(name))
      return work.fail("42809", `"${bareName(name)}" is not a table or materialized view`);
    work.need(name);
    work.lock(name, mode);
    return;
  }
  if (relation.kind === "view" || relation.kind === "foreign-table")
    return work.fail("42809", `"${bareName(name)}" is not a table or materialized view`);
  if (relation.kind !== "partitioned-table") return rebuildAll(relation, mode, work);
  if (work.version < 14) return work.lock(name, mode);
  if (work.inTransaction) return notInTransaction(concurrently ? "REINDEX CONCURRENTLY" : "REINDEX TABLE", work);
  work.lock(name, mode);
  for (const part of treeOf(work.state, name)) {
    // All of them are locked while they are listed, CONCURRENTLY too (`ReindexPartitions`; measured 14–18).
    if (part.name !== name) work.lock(part.name, "Share");
    if (part.kind !== "partitioned-table") rebuildAll(part, mode, work);
  }
}

function rebuildAll(relation: Relation, mode: Mode, work: Work): void {
  if (relation.kind === "view" || relation.kind === "foreign-table") return;
  work.lock(relation.name, mode);
  for (const index of relation.indexes) work.build(relation.name, index.name);
}
