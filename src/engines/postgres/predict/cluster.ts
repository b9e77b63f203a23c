import { indexOwner, treeOf } from "../../../model/apply/index.ts";
import type { ChangeOf } from "../../../model/change.ts";
import { bareName, type Index } from "../../../model/schema.ts";
import { notInTransaction } from "./indexes.ts";
import type { Work } from "./work.ts";

/** Every row is written again in the order of an index, under ACCESS EXCLUSIVE; a partitioned table from 15 on, part by part. */
export function clusterTable(change: ChangeOf<"maintenance">, table: string, work: Work): void {
  const relation = work.need(table);
  if (relation?.kind === "partitioned-table") {
    if (work.version < 15) return work.fail("0A000", "cannot cluster a partitioned table");
    if (work.inTransaction) return notInTransaction("CLUSTER", work);
  }
  if (relation !== null) {
    const index = change.index ?? relation.clusteredOn ?? null;
    if (index === null) return work.fail("42704", `there is no previously clustered index for table "${bareName(table)}"`);
    if (change.index !== undefined && indexOwner(work.state, change.index)?.name !== table && work.knowsAll(table))
      return work.fail("42704", `index "${bareName(change.index)}" for table "${bareName(table)}" does not exist`);
    needClusterable(
      relation.indexes.find((i) => i.name === index),
      work,
    );
    if (work.failed) return;
  }
  work.lock(table, "AccessExclusive");
  work.rewrite(table);
  for (const part of treeOf(work.state, table)) {
    if (part.partitionOf === null && part.name !== table) continue;
    work.lock(part.name, "AccessExclusive");
    work.rewrite(part.name);
  }
}

/** Rows can be put into the order of a whole B-tree or GiST index only (`check_index_is_clusterable`). */
export function needClusterable(index: Index | undefined, work: Work): void {
  if (index === undefined) return;
  const name = bareName(index.name);
  if (["hash", "gin", "brin", "spgist"].includes(index.method))
    work.fail("0A000", `cannot cluster on index "${name}" because access method does not support clustering`);
  else if (index.predicate !== null) work.fail("0A000", `cannot cluster on partial index "${name}"`);
  else if (!index.valid) work.fail("0A000", `cannot cluster on invalid index "${name}"`);
}

/** CLUSTER alone: every table that has been clustered before. */
export function clusterAll(work: Work): void {
  if (work.inTransaction) return notInTransaction("CLUSTER", work);
  for (const relation of work.state.relations.values()) {
    if (relation.clusteredOn === undefined || relation.clusteredOn === null) continue;
    work.lock(relation.name, "AccessExclusive");
    work.rewrite(relation.name);
  }
}
