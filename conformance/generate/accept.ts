import type { SchemaState } from "../../src/model/schema.ts";
import type { Difference } from "../compare.ts";

const DATA = /^(?:UPDATE|DELETE|INSERT|MERGE|SELECT|WITH)\b/;
const WRITES = " RowExclusive";
const WEAK = /(?:AccessShare|RowShare|RowExclusive)$/;

/**
 * Why a disagreement about a generated statement is right as it is, or null. Cases have `--: accept`; generated statements only this.
 *
 * - Whether rows break a constraint (class 23) or cannot be converted (class 22) is written in the rows, which a static prediction does
 *   not see. Seen in most: a unique index over a constant, a check that some rows fail, deleting what others refer to.
 * - The same for a row that MERGE meets twice (21000), and for which of several faults of one row is met first: that it fails was predicted.
 * - ALTER TABLE with several faulty sub-commands reports the one that its passes reach first (the manual leaves the order open, and it
 *   differs between versions). That it fails was predicted.
 * - Validating a foreign key is a query: its plan may read the referenced table whole, through its index, or (no row has a value) not at
 *   all. Less than predicted is no contradiction.
 * - XX000 is what the server calls a defect of its own (SET EXPRESSION together with ALTER TYPE on 18).
 * - UPDATE, DELETE and their like visit the tables behind foreign keys and triggers only for rows that they find, and are planned from
 *   statistics: a prediction names what they may lock (never more than ROW EXCLUSIVE) and may read. Less of it is no contradiction; a
 *   LIMIT reads everything when it finds too little.
 * - REINDEX INDEX CONCURRENTLY of a partitioned index locks the partitioned table (SHARE UPDATE EXCLUSIVE) while it looks the index up,
 *   and lets go of it before it works on the first partition (`ReindexPartitions`). Nothing can hold it there, so it is seen by chance.
 * - INSERT of a row into a partitioned table locks the partition that the row belongs to (ROW EXCLUSIVE) when it gets there. The table
 *   itself is locked alike, and whoever waits for a partition waits for both.
 */
export function acceptable(sql: string, differences: readonly Difference[], before: SchemaState): string | null {
  const [difference, ...others] = differences;
  if (difference?.kind === "error" && others.length === 0) {
    const fails = difference.predicted !== "no error" && difference.observed !== "no error";
    if (!fails && /^(?:2[23]|21000)/.test(difference.observed)) return "the rows decide whether it fails";
    if (/^2[23]/.test(difference.predicted) && /^2[23]/.test(difference.observed))
      return "of several faults of a row another one is reported first";
    if (fails && sql.startsWith("ALTER TABLE") && sql.includes(", ")) return "of several faults another one is reported first";
  }
  if (differences.some((one) => one.kind === "error" && one.observed.startsWith("XX")))
    return "an internal error of the server (XX000) is a defect of its own";
  const keys = differences.every((one) => one.kind === "scans" && less(one));
  if (keys && /FOREIGN KEY|REFERENCES/.test(sql)) return "how the rows of a foreign key are looked up, the plan decides";
  const reindexed = differences.every((one) => one.kind === "locks" && addsParent(one, before));
  if (/^REINDEX\b.*\bCONCURRENTLY\b/.test(sql) && reindexed) return "the partitioned table is let go of before the work begins";
  const routed = differences.every((one) => one.kind === "locks" && addsPartitions(one, before));
  if (sql.startsWith("INSERT") && sql.includes("VALUES") && routed) return "the row decides which partition it goes to";
  const visits = differences.every(
    (one) => (one.kind === "locks" && onlyWeakLess(one)) || (one.kind === "scans" && (less(one) || sql.includes("LIMIT"))),
  );
  return DATA.test(sql) && visits ? "the rows and the plan decide which tables are visited" : null;
}

/** All that was predicted was observed, and ROW EXCLUSIVE on partitions of what it locks so. */
function addsPartitions({ predicted, observed }: Difference, before: SchemaState): boolean {
  const said = new Set(items(predicted));
  const seen = items(observed);
  const routed = (lock: string): boolean => {
    if (!lock.endsWith(WRITES)) return false;
    let parent = before.relations.get(lock.slice(0, -WRITES.length))?.partitionOf ?? null;
    while (parent !== null && !said.has(`${parent}${WRITES}`)) parent = before.relations.get(parent)?.partitionOf ?? null;
    return parent !== null;
  };
  return [...said].every((lock) => seen.includes(lock)) && seen.every((lock) => said.has(lock) || routed(lock));
}

/** All that was predicted was observed, and SHARE UPDATE EXCLUSIVE on the partitioned table that they are partitions of. */
function addsParent({ predicted, observed }: Difference, before: SchemaState): boolean {
  const said = new Set(items(predicted));
  const seen = items(observed);
  const isParent = (lock: string): boolean =>
    lock.endsWith(" ShareUpdateExclusive") &&
    before.relations.get(lock.slice(0, -" ShareUpdateExclusive".length))?.kind === "partitioned-table";
  return [...said].every((lock) => seen.includes(lock)) && seen.every((lock) => said.has(lock) || isParent(lock));
}

function onlyWeakLess(difference: Difference): boolean {
  return less(difference) && missing(difference).every((lock) => WEAK.test(lock));
}

/** All that was observed was predicted. */
function less(difference: Difference): boolean {
  const predicted = new Set(items(difference.predicted));
  return items(difference.observed).every((item) => predicted.has(item));
}

function missing({ predicted, observed }: Difference): string[] {
  const seen = new Set(items(observed));
  return items(predicted).filter((item) => !seen.has(item));
}

function items(text: string): string[] {
  return text === "none" ? [] : text.split(", ");
}
