import { bareName, type Column, type Constraint, type Relation } from "../../../model/schema.ts";
import { keysCompare } from "./casts.ts";
import type { Work } from "./work.ts";

/**
 * SHARE ROW EXCLUSIVE on both tables, NOT VALID or not; validation reads both (measured 11–18: reference 1.4, 54 and 55).
 * @param column the column that ADD COLUMN is adding with it
 */
export function addedForeignKey(table: string, constraint: Constraint, work: Work, column: Column | null): void {
  const { references } = constraint;
  if (references === null) return;
  const known = work.state.relations.get(table) ?? null;
  const relation = known === null || column === null ? known : { ...known, columns: [...known.columns, column] };
  work.lockPartitions(table, "ShareRowExclusive");
  if (relation?.kind === "foreign-table") return work.fail("0A000", "foreign key constraints are not supported on foreign tables");
  const parent = work.need(references.relation);
  work.lockPartitions(references.relation, "ShareRowExclusive");
  if (relation?.kind === "partitioned-table") {
    const what = `foreign key on partitioned table "${bareName(table)}" referencing relation "${bareName(references.relation)}"`;
    if (work.only === table) work.fail("42809", `cannot use ONLY for ${what}`);
    // That of a new column without a value is not validated either, but need not say so.
    else if (!constraint.validated && constraint.enforced && column === null && work.version < 18)
      work.fail("42809", `cannot add NOT VALID ${what}`);
  }
  if (parent !== null) checkReference(relation, parent, constraint, references.columns, work);
  if (!constraint.enforced && work.version < 18) work.fail("42601", "NOT ENFORCED exists for foreign keys from PostgreSQL 18 on");
  if (!constraint.validated || !constraint.enforced || allEmpty(table, work)) return;
  work.scanPartitions(table);
  // Where a column of the key is new and has no value, no row has anything to look up.
  const given = constraint.columns.every((name) => !isNullEverywhere(table, name, relation, work));
  if (given) work.scanPartitions(references.relation);
}

type Referring = Pick<Relation, "name" | "unlogged" | "columns">;

function isTemporary({ name }: Pick<Relation, "name">): boolean {
  return name.startsWith("pg_temp.");
}

function isNullEverywhere(table: string, name: string, relation: Relation | null, work: Work): boolean {
  if (!work.isNewColumn(table, name)) return false;
  const column = relation?.columns.find((c) => c.name === name);
  return column !== undefined && column.default === null && column.identity === null && column.generated === null;
}

/** Whether the referenced table and columns will do. @param relation that refers */
export function checkReference(
  relation: Referring | null,
  parent: Relation,
  constraint: Constraint,
  columns: readonly string[],
  work: Work,
): void {
  if (parent.kind !== "table" && parent.kind !== "partitioned-table")
    return work.fail("42809", `referenced relation "${bareName(parent.name)}" is not a table`);
  if (relation !== null && isTemporary(relation) !== isTemporary(parent))
    return work.fail("42P16", "constraints on temporary tables may reference only temporary tables, and those of others none");
  if (parent.unlogged && relation !== null && !relation.unlogged && !isTemporary(relation))
    return work.fail("42P16", "constraints on permanent tables may reference only permanent tables");
  if (columns.length > 0 && columns.length !== constraint.columns.length)
    return work.fail("42830", "number of referencing and referenced columns for foreign key disagree");
  needKey(parent, columns, work);
  for (const [i, name] of constraint.columns.entries()) {
    const own = relation?.columns.find((c) => c.name === name)?.type;
    const other = parent.columns.find((c) => c.name === columns[i])?.type;
    if (own !== undefined && other !== undefined && !keysCompare(own, other, work.state))
      work.fail("42804", `foreign key constraint "${constraint.name}" cannot be implemented`);
  }
}

/** A foreign key must reference a primary key or a unique constraint or index on just these columns (42830). */
function needKey(parent: Relation, columns: readonly string[], work: Work): void {
  if (columns.length === 0) {
    if (work.columnsKnown(parent)) work.fail("42704", `there is no primary key for referenced table "${bareName(parent.name)}"`);
    return;
  }
  for (const column of columns) {
    if (work.columnsKnown(parent) && !parent.columns.some((c) => c.name === column)) {
      work.fail("42703", `column "${column}" referenced in foreign key constraint does not exist`);
      return;
    }
  }
  const unique = parent.indexes.some(
    (i) => i.unique && i.predicate === null && i.columns.length === columns.length && columns.every((c) => i.columns.includes(c)),
  );
  if (!unique && work.columnsKnown(parent)) {
    work.fail("42830", `there is no unique constraint matching given keys for referenced table "${bareName(parent.name)}"`);
  }
}

/** Triggers stand on both tables: what takes them off locks both, and what makes it hold again checks it again (18). */
export function alteredForeignKey(
  relation: Relation,
  constraint: Constraint,
  action: "deferrability" | "enforced" | "not-enforced",
  work: Work,
): void {
  const parent = constraint.references?.relation;
  if (parent === undefined || action === "deferrability") return;
  if (work.version < 18) return work.fail("42601", "ALTER CONSTRAINT … ENFORCED exists from PostgreSQL 18 on");
  if ((action === "enforced") === constraint.enforced) return;
  if (action === "not-enforced") return work.lockPartitions(parent, "AccessExclusive");
  work.lockPartitions(parent, "ShareRowExclusive");
  if (allEmpty(relation.name, work)) return;
  work.scanPartitions(relation.name);
  work.scanPartitions(parent);
}

function allEmpty(table: string, work: Work): boolean {
  const parts = work.partitions(table);
  return parts.length > 0 && parts.every((r) => r.kind === "partitioned-table" || work.isEmpty(r.name));
}
