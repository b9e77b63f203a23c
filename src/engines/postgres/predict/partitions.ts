import { childrenOf, foreignKeysTo } from "../../../model/apply/index.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import { boundTrouble, isProven } from "./bounds.ts";
import { checkLikeParent } from "./like-parent.ts";
import type { Predictors, Work } from "./work.ts";

export const partitionPredictors: Predictors<"attach-partition" | "detach-partition"> = {
  /**
   * The parent only SHARE UPDATE EXCLUSIVE (since 12), the child ACCESS EXCLUSIVE. The child is read unless a validated CHECK implies the
   * bound; the default partition is locked and read (reference 1.6, 92 and 93).
   */
  "attach-partition"(change, work) {
    const parent = work.need(change.table);
    const child = work.need(change.partition);
    work.lock(change.table, "ShareUpdateExclusive");
    work.lockTree(change.partition, "AccessExclusive");
    if (parent !== null && parent.kind !== "partitioned-table")
      return work.fail(work.version >= 18 ? "42809" : "42P17", `table "${bareName(change.table)}" is not partitioned`);
    if (child !== null && child.partitionOf !== null) return work.fail("42809", `"${bareName(change.partition)}" is already a partition`);
    const isHeir = child !== null && child.inherits.length > 0;
    const hasHeirs = child?.kind === "table" && childrenOf(work.state, child.name).length > 0;
    if (isHeir || hasHeirs) return work.fail("42809", `cannot attach inheritance ${isHeir ? "child" : "parent"} as partition`);
    if (parent !== null && child !== null) {
      // A bound of the wrong kind is seen while the statement is read, before anything of the tables.
      const early = boundTrouble(parent, bareName(child.name), change.bound, work.state);
      if (early?.sqlstate === "42P16") return work.fail(early.sqlstate, early.message);
      checkLikeParent(child, parent, work, true);
      const trouble = boundTrouble(parent, bareName(child.name), change.bound, work.state);
      if (trouble !== null) work.fail(trouble.sqlstate, trouble.message);
      if (work.failed) return;
    }
    const siblings = parent === null ? [] : childrenOf(work.state, parent.name);
    if (change.bound === "DEFAULT") {
      if (siblings.length > 0) work.scanTree(change.partition);
    } else readUnlessProven(change.partition, parent, change.bound, "inside", work);
    if (parent !== null) readDefault(parent, change.bound, work);
    if (parent !== null) joinReferenced(parent, work);
    if (parent !== null && child !== null) inheritedFrom(parent, child, work);
  },

  /** The parent is locked against everything unless CONCURRENTLY (14 and later); since 14 so is the child (reference 1.6, 94). */
  "detach-partition"(change, work) {
    const parent = work.need(change.table);
    const child = work.need(change.partition);
    if (change.concurrently && work.version < 14) return work.fail("42601", "DETACH PARTITION … CONCURRENTLY exists from PostgreSQL 14 on");
    if (change.concurrently && work.inTransaction && change.finalize !== true)
      return work.fail("25001", "ALTER TABLE ... DETACH CONCURRENTLY cannot run inside a transaction block");
    if (parent !== null && child !== null && child.partitionOf !== parent.name)
      return work.fail("42P01", `relation "${bareName(child.name)}" is not a partition of relation "${bareName(parent.name)}"`);
    if (change.concurrently) return detachedConcurrently(change.table, change.partition, parent, change.finalize === true, work);
    work.lock(change.table, "AccessExclusive");
    work.lock(change.partition, work.version >= 14 ? "AccessExclusive" : "ShareUpdateExclusive");
    for (const part of work.tree(change.partition).slice(1)) work.lock(part.name, "AccessExclusive");
    if (parent === null) return;
    for (const sibling of childrenOf(work.state, parent.name))
      if (sibling.partitionBound === "DEFAULT") work.lock(sibling.name, "AccessExclusive");
    ownForeignKeys(parent, change.partition, work);
    detachedFromReferenced(parent, change.partition, work);
  },
};

/** The foreign keys that came from the parent become the partition's own, with triggers on the referenced table. */
function ownForeignKeys(parent: Relation, partition: string, work: Work): void {
  for (const { references } of parent.constraints) {
    if (references === null) continue;
    const isTree = work.state.relations.get(references.relation)?.kind === "partitioned-table";
    if (isTree) work.lock(partition, "AccessExclusive");
    if (!isTree || work.version >= 15) work.lockPartitions(references.relation, "ShareRowExclusive");
  }
}

/** Foreign keys to a partitioned table stand on its partitions too. One that leaves must not be referenced, which is looked up. */
function detachedFromReferenced(parent: Relation, partition: string, work: Work): void {
  for (const { table } of foreignKeysTo(work.state, parent.name)) {
    if (table.partitionOf !== null) continue;
    work.lock(table.name, "AccessExclusive");
    work.lock(partition, "AccessExclusive");
    for (const part of work.partitions(table.name).slice(1)) work.lock(part.name, "AccessShare");
    if (work.isEmpty(partition)) continue;
    work.scanPartitions(table.name);
    work.scanPartitions(partition);
  }
}

/** Foreign keys to the parent get triggers on a new partition, and a constraint of their own that points at it. */
export function joinReferenced(parent: Relation, work: Work): void {
  for (const { table } of foreignKeysTo(work.state, parent.name)) {
    if (table.partitionOf !== null && foreignKeysTo(work.state, parent.name).some((f) => f.table.name === table.partitionOf)) continue;
    work.lock(table.name, work.version >= 15 ? "ShareRowExclusive" : "AccessShare");
  }
}

function detachedConcurrently(table: string, partition: string, parent: Relation | null, finalize: boolean, work: Work): void {
  work.lock(table, "ShareUpdateExclusive");
  work.lock(partition, "AccessExclusive");
  for (const part of work.tree(partition).slice(1)) work.lock(part.name, "AccessExclusive");
  if (parent !== null) ownForeignKeys(parent, partition, work);
  // FINALIZE ends what an interrupted CONCURRENTLY began; that one is pending cannot be read from migrations that ran to their end.
  if (finalize) return work.fail("55000", `partition "${bareName(partition)}" has no pending detach`);
  if (parent !== null && childrenOf(work.state, parent.name).some((sibling) => sibling.partitionBound === "DEFAULT"))
    work.fail("55000", "cannot detach partitions concurrently when a default partition exists");
}

/** Every table of the tree whose own CHECKs do not prove the bound is read. */
function readUnlessProven(name: string, parent: Relation | null, bound: string, where: "inside" | "outside", work: Work): void {
  const tree = work.tree(name);
  if (tree.length === 0) work.scan(name);
  const proven = new Set<string>();
  for (const part of tree) {
    const above = part.partitionOf !== null && proven.has(part.partitionOf);
    if (above || isProven(part, parent?.partitionKey, bound, where)) proven.add(part.name);
    else work.scan(part.name);
  }
}

/** The default partition must hold no row of a new one: it is locked, and read unless its CHECKs say so. */
export function readDefault(parent: Relation, bound: string, work: Work): void {
  if (bound === "DEFAULT") return;
  for (const sibling of childrenOf(work.state, parent.name)) {
    if (sibling.partitionBound !== "DEFAULT") continue;
    work.lockTree(sibling.name, "AccessExclusive");
    readUnlessProven(sibling.name, parent, bound, "outside", work);
  }
}

/** What the child must get to be like its parent: indexes are built, foreign keys are checked. */
function inheritedFrom(parent: Relation, child: Relation, work: Work): void {
  for (const constraint of parent.constraints) {
    if (constraint.references === null) continue;
    const own = child.constraints.some(
      (c) => c.references?.relation === constraint.references?.relation && sameList(c.columns, constraint.columns),
    );
    // One of its own becomes a part of the parent's: its triggers on the referenced table are dropped, which needs more than making them.
    work.lockPartitions(constraint.references.relation, own ? "AccessExclusive" : "ShareRowExclusive");
    if (own || !constraint.validated) continue;
    work.scanTree(child.name);
    if (!work.isEmpty(child.name) || child.kind === "partitioned-table") work.scanPartitions(constraint.references.relation);
  }
}

function sameList(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
