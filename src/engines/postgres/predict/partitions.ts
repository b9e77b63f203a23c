import { childrenOf } from "../../../model/apply/index.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
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
    if (parent !== null && parent.kind !== "partitioned-table") {
      work.fail(work.version >= 18 ? "42809" : "42P17", `table "${bareName(change.table)}" is not partitioned`);
      return;
    }
    if (child !== null && child.partitionOf !== null) {
      work.fail("42809", `"${bareName(change.partition)}" is already a partition`);
      return;
    }
    if (change.bound !== "DEFAULT" && !(child !== null && impliesBound(child, change.bound))) work.scanTree(change.partition);
    if (change.bound === "DEFAULT" && parent !== null && childrenOf(work.state, parent.name).length > 0) work.scanTree(change.partition);
    if (change.bound !== "DEFAULT" && parent !== null) {
      for (const sibling of childrenOf(work.state, parent.name)) {
        if (sibling.partitionBound !== "DEFAULT") continue;
        work.lockTree(sibling.name, "AccessExclusive");
        work.scanTree(sibling.name);
      }
    }
    if (parent !== null && child !== null) inheritedFrom(parent, child, work);
  },

  /** The parent is locked against everything unless CONCURRENTLY (14 and later); since 14 so is the child (reference 1.6, 94). */
  "detach-partition"(change, work) {
    const parent = work.need(change.table);
    work.need(change.partition);
    if (change.concurrently) {
      if (work.version < 14) return work.fail("42601", "DETACH PARTITION … CONCURRENTLY exists from PostgreSQL 14 on");
      if (work.inTransaction) return work.fail("25001", "ALTER TABLE ... DETACH CONCURRENTLY cannot run inside a transaction block");
      if (parent !== null && childrenOf(work.state, parent.name).some((sibling) => sibling.partitionBound === "DEFAULT"))
        return work.fail("55000", "cannot detach partitions concurrently when a default partition exists");
      work.lock(change.table, "ShareUpdateExclusive");
      work.lock(change.partition, "AccessExclusive");
      return;
    }
    work.lock(change.table, "AccessExclusive");
    work.lock(change.partition, work.version >= 14 ? "AccessExclusive" : "ShareUpdateExclusive");
    if (parent === null) return;
    for (const sibling of childrenOf(work.state, parent.name))
      if (sibling.partitionBound === "DEFAULT") work.lock(sibling.name, "AccessExclusive");
    // The foreign keys that came from the parent become the partition's own, with triggers on the referenced table.
    for (const constraint of parent.constraints)
      if (constraint.references !== null) work.lock(constraint.references.relation, "ShareRowExclusive");
  },
};

/** What the child must get to be like its parent: indexes are built, foreign keys are checked. */
function inheritedFrom(parent: Relation, child: Relation, work: Work): void {
  for (const constraint of parent.constraints) {
    if (constraint.references === null) continue;
    const own = child.constraints.some(
      (c) => c.references?.relation === constraint.references?.relation && sameList(c.columns, constraint.columns),
    );
    work.lockTree(constraint.references.relation, "ShareRowExclusive");
    if (own || !constraint.validated) continue;
    work.scanTree(child.name);
    work.scanTree(constraint.references.relation);
  }
}

function sameList(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/**
 * A validated CHECK of the child that says at least what the bound says: `c >= low AND c < high` for a range of one column, equality for
 * a list of one value. Postgres' prover sees more; where it does, the prediction errs on the side of a scan.
 */
function impliesBound(child: Relation, bound: string): boolean {
  const text = normalised(bound);
  const range = /^for values from \((.+)\) to \((.+)\)$/.exec(text);
  const list = /^for values in \((.+)\)$/.exec(text);
  return child.constraints.some((c) => {
    if (c.kind !== "check" || !c.validated || !c.enforced || c.expression === null) return false;
    const check = normalised(c.expression.sql).replaceAll(/[()]/g, "");
    if (range !== null) {
      const [, low = "", high = ""] = range;
      const lower = low === "minvalue" || holds(check, ">=", low);
      const upper = high === "maxvalue" || holds(check, "<", high);
      return lower && upper && notNull(child, c.expression.columns[0] ?? "", check);
    }
    if (list !== null) {
      const [, values = ""] = list;
      const equal = holds(check, "=", values) || check.includes(` in ${values}`) || check.includes(`= any array[${values}]`);
      return equal && (values.includes("null") || notNull(child, c.expression.columns[0] ?? "", check));
    }
    return false;
  });
}

function holds(check: string, operator: string, value: string): boolean {
  return check.split(/\band\b/).some((part) => part.trim().endsWith(` ${operator} ${value}`));
}

/** A range partition holds no NULL, so the CHECK alone (which passes on NULL) proves nothing. */
function notNull(child: Relation, column: string, check: string): boolean {
  return child.columns.find((c) => c.name === column)?.notNull === true || check.includes(`${column} is not null`);
}

function normalised(text: string): string {
  return text
    .replaceAll(/::[a-z_ ]+(?:\(\d+\))?/gi, "")
    .replaceAll(/\b(?:date|timestamp|timestamptz)\s+'/gi, "'")
    .replaceAll(/\s*(>=|<=|<>|=|<|>)\s*/g, " $1 ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\(\s+/g, "(")
    .replaceAll(/\s+\)/g, ")")
    .trim()
    .toLowerCase();
}
