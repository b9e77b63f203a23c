import { bareName, type Relation } from "../../../model/schema.ts";
import { sameType } from "./type-pairs.ts";
import type { Work } from "./work.ts";

/**
 * A table becomes a partition or a child only when it has the parent's columns, NOT NULLs and CHECKs already
 * (`MergeAttributesIntoExisting`, `MergeConstraintsIntoExisting`).
 * @param exactly and no columns of its own, as a partition
 */
export function checkLikeParent(child: Relation, parent: Relation, work: Work, exactly: boolean): void {
  if (!work.columnsKnown(child) || !work.columnsKnown(parent)) return;
  // A partition has no identity of its own (17 and later).
  const at = child.columns.findIndex((c) => !parent.columns.some((p) => p.name === c.name));
  const identity = child.columns.findIndex((c) => c.identity !== null);
  if (exactly && work.version >= 17 && identity !== -1 && (at === -1 || identity <= at))
    return work.fail("55000", `table "${bareName(child.name)}" being attached contains an identity column`);
  const extra = child.columns.find((c) => !parent.columns.some((p) => p.name === c.name));
  if (exactly && extra !== undefined)
    return work.fail(
      "42804",
      `table "${bareName(child.name)}" contains column "${extra.name}" not found in parent "${bareName(parent.name)}"`,
    );
  for (const column of parent.columns) {
    const own = child.columns.find((c) => c.name === column.name);
    if (own === undefined) return work.fail("42804", `child table is missing column "${column.name}"`);
    if (!sameType(own.type, column.type) || (own.collation ?? null) !== (column.collation ?? null))
      return work.fail("42804", `child table "${bareName(child.name)}" has different type or collation for column "${column.name}"`);
    if (column.notNull && !own.notNull && !isNoInherit(parent, column.name))
      return work.fail("42804", `column "${column.name}" in child table "${bareName(child.name)}" must be marked NOT NULL`);
    if ((own.generated === null) !== (column.generated === null))
      return work.fail("42804", `column "${column.name}" in child table must be a generated column as in the parent`);
  }
  for (const check of parent.constraints) {
    if (check.kind !== "check" || check.noInherit === true) continue;
    if (!child.constraints.some((c) => c.kind === "check" && c.name === check.name))
      return work.fail("42804", `child table is missing constraint "${check.name}"`);
  }
}

function isNoInherit(parent: Relation, column: string): boolean {
  return parent.constraints.some((c) => c.kind === "not-null" && c.noInherit === true && c.columns.includes(column));
}
