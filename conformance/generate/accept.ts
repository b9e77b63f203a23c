import type { Difference } from "../compare.ts";

/**
 * Why a disagreement about a generated statement is right as it is, or null. Cases have `--: accept`; generated statements only this.
 *
 * - Whether rows break a constraint (class 23) or cannot be converted (class 22) is written in the rows, which a static prediction does
 *   not see. Seen in most: a unique index over a constant, a check that some rows fail, deleting what others refer to.
 * - ALTER TABLE with several faulty sub-commands reports the one that its passes reach first (the manual leaves the order open, and it
 *   differs between versions). That it fails was predicted.
 */
export function acceptable(sql: string, differences: readonly Difference[]): string | null {
  const [difference, ...others] = differences;
  if (difference?.kind !== "error" || others.length > 0) return null;
  const fails = difference.predicted !== "no error" && difference.observed !== "no error";
  if (!fails && /^2[23]/.test(difference.observed)) return "the rows decide whether it fails";
  if (fails && /^ALTER TABLE/.test(sql) && sql.includes(", ")) return "of several faults another one is reported first";
  return null;
}
