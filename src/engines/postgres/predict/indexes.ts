import { foreignKeysTo, indexOwner, isRelationName, schemaOf, treeOf } from "../../../model/apply/index.ts";
import type { Change } from "../../../model/change.ts";
import { bareName, type Index, type Relation } from "../../../model/schema.ts";
import { needPartitionColumns } from "./keys.ts";
import { needOperatorClass } from "./operator-classes.ts";
import type { Predictors, Work } from "./work.ts";

export const indexPredictors: Predictors<"create-index" | "drop-index" | "rename-index" | "attach-index" | "alter-index"> = {
  /** SHARE lets reads pass and stops writes; CONCURRENTLY takes SHARE UPDATE EXCLUSIVE (measured 11–18: reference 1.5, 76). */
  "create-index"(change, work) {
    const relation = work.need(change.table);
    const concurrent = change.concurrently;
    if (concurrent && work.inTransaction) return notInTransaction("CREATE INDEX CONCURRENTLY", work);
    if (!work.needKind(relation, ["table", "partitioned-table", "materialized-view"], "CREATE INDEX")) return;
    const mode = concurrent ? "ShareUpdateExclusive" : "Share";
    work.lock(change.table, mode);
    if (!change.only) work.lockPartitions(change.table, mode);
    if (concurrent && relation?.kind === "partitioned-table")
      return work.fail("0A000", `cannot create index on partitioned table "${bareName(change.table)}" concurrently`);
    for (const column of change.index.mentions) work.needColumn(relation, column);
    if (relation !== null) checkIndex(relation, change.index, change, work);
    if (work.failed) return;
    if (isRelationName(work.state, schemaOf(change.table), bareName(change.index.name))) {
      if (!change.ifNotExists) work.fail("42P07", `relation "${bareName(change.index.name)}" already exists`);
      return;
    }
    if (relation === null) work.build(change.table, change.index.name);
  },

  "drop-index"(change, work) {
    if (change.concurrently && work.inTransaction) return notInTransaction("DROP INDEX CONCURRENTLY", work);
    if (change.concurrently && change.cascade) return work.fail("0A000", "DROP INDEX CONCURRENTLY does not support CASCADE");
    const owner = indexOwner(work.state, change.name);
    if (owner === undefined) {
      if (work.state.relations.has(change.name)) work.fail("42809", `"${bareName(change.name)}" is not an index`);
      else if (!change.ifExists && work.knowsAll(change.name)) work.fail("42704", `index "${bareName(change.name)}" does not exist`);
      return;
    }
    const index = owner.indexes.find((i) => i.name === change.name);
    work.lock(owner.name, change.concurrently ? "ShareUpdateExclusive" : "AccessExclusive");
    if (owner.kind === "partitioned-table") {
      if (change.concurrently) return work.fail("0A000", `cannot drop partitioned index "${bareName(change.name)}" concurrently`);
      work.lockTree(owner.name, "AccessExclusive");
    }
    if (index !== undefined) droppedIndex(owner, index, change.cascade, work);
  },

  /** Locks the index only (SHARE UPDATE EXCLUSIVE since 12: reference 1.2, 33). */
  "rename-index"(change, work) {
    if (indexOwner(work.state, change.name) === undefined && work.knowsAll(change.name)) {
      work.fail("42P01", `relation "${bareName(change.name)}" does not exist`);
    } else if (isRelationName(work.state, schemaOf(change.name), change.to)) {
      work.fail("42P07", `relation "${change.to}" already exists`);
    }
  },

  /** Looks at both tables; what it locks are the two indexes. */
  "attach-index"(change, work) {
    const parent = neededIndex(change.name, work);
    const child = neededIndex(change.partition, work);
    if (parent === null || child === null) return;
    work.lock(parent.owner.name, "AccessShare");
    work.lock(child.owner.name, "AccessShare");
    if (child.index.partOf === change.name) return;
    const attaches = child.owner.partitionOf === parent.owner.name && child.index.partOf === undefined;
    const alike = child.index.unique === parent.index.unique && child.index.columns.join() === parent.index.columns.join();
    if (attaches && alike) return;
    work.fail(
      attaches ? "42P17" : "55000",
      `cannot attach index "${bareName(change.partition)}" as a partition of index "${bareName(change.name)}"`,
    );
  },

  /** Parameters lock the index only; another tablespace copies it while readers that would use it wait. */
  "alter-index"(change, work) {
    const found = neededIndex(change.name, work);
    if (found === null) return;
    if (found.owner.kind === "partitioned-table") {
      if (change.action === "SET") work.fail("42809", `ALTER action SET cannot be performed on relation "${bareName(change.name)}"`);
    } else if (change.action === "SET TABLESPACE") work.copyIndex(found.owner.name, change.name);
  },
};

function neededIndex(name: string, work: Work): { readonly owner: Relation; readonly index: Index } | null {
  const owner = indexOwner(work.state, name);
  const index = owner?.indexes.find((i) => i.name === name);
  if (owner !== undefined && index !== undefined) return { owner, index };
  if (work.knowsAll(name) && !work.state.relations.has(name)) work.fail("42P01", `relation "${bareName(name)}" does not exist`);
  return null;
}

/** Access methods of the server itself; an extension may bring others (`bloom`, `hnsw`). */
const METHODS = new Set(["btree", "hash", "gist", "gin", "spgist", "brin"]);

/** Which of the server's own methods have columns beside the keys, and which keep them sorted (`amcaninclude`, `amcanorder`; 14 brought INCLUDE to SP-GiST). */
const INCLUDE = new Set(["btree", "gist", "spgist"]);

function checkIndex(
  relation: Relation,
  index: Index,
  asked: { readonly including?: boolean; readonly sorted?: boolean } & Pick<Change, "refused">,
  work: Work,
): void {
  if (!METHODS.has(index.method) && work.onlyPlpgsql) return work.fail("42704", `access method "${index.method}" does not exist`);
  if (index.unique && index.method !== "btree" && METHODS.has(index.method))
    return work.fail("0A000", `access method "${index.method}" does not support unique indexes`);
  const own = METHODS.has(index.method);
  if (asked.including === true && own && (!INCLUDE.has(index.method) || (index.method === "spgist" && work.version < 14)))
    return work.fail("0A000", `access method "${index.method}" does not support included columns`);
  if (asked.sorted === true && own && index.method !== "btree")
    return work.fail("0A000", `access method "${index.method}" does not support ASC/DESC or NULLS FIRST/LAST options`);
  if (index.columns.length > 1 && (index.method === "hash" || index.method === "spgist"))
    return work.fail("0A000", `access method "${index.method}" does not support multicolumn indexes`);
  const virtual = index.mentions.find((name) => relation.columns.some((c) => c.name === name && c.generated === "virtual"));
  if (virtual !== undefined) return work.fail("0A000", "indexes on virtual generated columns are not supported");
  work.refuse(asked);
  needOperatorClass(relation, index, work);
  if (!index.unique || relation.kind !== "partitioned-table") return;
  // Each partition that is partitioned itself needs its own key in it too.
  for (const part of treeOf(work.state, relation.name))
    if (part.kind === "partitioned-table" && !work.failed) needPartitionColumns(part, index.columns, work);
}

function droppedIndex(owner: Relation, index: Index, cascade: boolean, work: Work): void {
  const name = bareName(index.name);
  if (index.partOf !== undefined) {
    work.fail("2BP01", `cannot drop index ${name} because index ${bareName(index.partOf)} requires it`);
    return;
  }
  if (index.constraint !== null) {
    work.fail("2BP01", `cannot drop index ${name} because constraint ${index.constraint} on table ${bareName(owner.name)} requires it`);
    return;
  }
  const dependents = foreignKeysTo(work.state, owner.name).filter(
    (f) =>
      index.unique && sameColumns(f.constraint.references?.columns ?? [], index.columns) && !hasOtherKey(owner, index.name, index.columns),
  );
  if (dependents.length > 0 && !cascade) return work.fail("2BP01", `cannot drop index ${name} because other objects depend on it`);
  for (const { table } of dependents) work.lockPartitions(table.name, "AccessExclusive");
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
