import { indexBehind, indexOwner, isRelationName, schemaOf } from "../../../model/apply/index.ts";
import { bareName, type Column, type Constraint, type Relation } from "../../../model/schema.ts";
import { scanForNulls } from "./not-null.ts";
import { needOperatorClass } from "./operator-classes.ts";
import type { Work } from "./work.ts";

/** Primary keys, UNIQUE and EXCLUDE. The index itself, and those of the partitions, are noted by `predict` from what the change adds. */
export function addedKey(table: string, constraint: Constraint, usingIndex: string | null, work: Work, column: Column | null): void {
  work.lock(table, "AccessExclusive");
  const relation = work.state.relations.get(table);
  const becomesNotNull =
    constraint.kind === "primary-key" &&
    constraint.columns.some((name) => relation?.columns.find((c) => c.name === name)?.notNull !== true);
  // Up to 17 the partitions were locked as CREATE INDEX locks them (measured 13–18).
  const indexOnly = relation?.kind === "partitioned-table" && work.version < 18 && column === null && !becomesNotNull;
  if (relation?.kind === "partitioned-table") work.lockPartitions(table, indexOnly ? "Share" : "AccessExclusive");
  // The NOT NULL of a primary key reaches the tables that inherit, the key itself does not.
  else if (constraint.kind === "primary-key" || column !== null) work.lockTree(table, "AccessExclusive");
  if (relation !== undefined) checkKey(relation, constraint, usingIndex, work);
  if (work.failed) return;
  if (usingIndex !== null) {
    const names = indexOwner(work.state, usingIndex)?.indexes.find((i) => i.name === usingIndex)?.columns ?? [];
    // A nullable column becomes NOT NULL on the way, which reads the table (reference 1.4, 64).
    if (constraint.kind === "primary-key") for (const name of names) if (name !== null) scanForNulls(table, name, work);
    return;
  }
  if (column === null && constraint.kind === "primary-key") for (const name of constraint.columns) scanForNulls(table, name, work);
}

function checkKey(relation: Relation, constraint: Constraint, usingIndex: string | null, work: Work): void {
  const name = bareName(relation.name);
  if (relation.kind === "foreign-table")
    return work.fail("0A000", `${constraint.kind.replace("-", " ")} constraints are not supported on foreign tables`);
  const twice = constraint.columns.find((c, i) => constraint.columns.indexOf(c) !== i);
  if (twice !== undefined && constraint.kind !== "exclusion")
    return work.fail("42701", `column "${twice}" appears twice in ${constraint.kind.replace("-", " ")} constraint`);
  if (usingIndex !== null) checkIndex(relation, constraint, usingIndex, work);
  if (usingIndex !== null && relation.kind === "partitioned-table")
    work.fail("0A000", "ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables");
  const index = usingIndex === null ? indexBehind(relation, constraint) : null;
  if (index !== null && constraint.kind !== "exclusion" && constraint.period !== true)
    needOperatorClass(relation, { ...index, name: constraint.name }, work);
  if (constraint.kind === "primary-key" && relation.constraints.some((c) => c.kind === "primary-key"))
    return work.fail("42P16", `multiple primary keys for table "${name}" are not allowed`);
  if (relation.kind === "partitioned-table" && !coversPartitionKey(relation, constraint, work)) return;
  if (constraint.kind === "primary-key") {
    const unvalidated = relation.constraints.some(
      (c) => c.kind === "not-null" && !c.validated && c.columns.some((own) => constraint.columns.includes(own)),
    );
    if (unvalidated) return work.fail("55000", `cannot create primary key on table "${name}": its NOT NULL is not valid yet`);
  }
  if (constraint.period === true) checkPeriod(relation, constraint, work);
  if (usingIndex !== null) return;
  if (isRelationName(work.state, schemaOf(relation.name), constraint.name))
    return work.fail("42P07", `relation "${constraint.name}" already exists`);
  if (relation.constraints.some((c) => c.name === constraint.name))
    work.fail("42710", `constraint "${constraint.name}" for relation "${name}" already exists`);
}

/** Only the columns of the partition key make sure that duplicates would meet in one partition. */
function coversPartitionKey(relation: Relation, constraint: Constraint, work: Work): boolean {
  if (constraint.kind === "exclusion" && work.version < 17)
    work.fail("0A000", "exclusion constraints are not supported on partitioned tables");
  else needPartitionColumns(relation, constraint.columns, work);
  return !work.failed;
}

export function needPartitionColumns(relation: Pick<Relation, "partitionKey">, columns: readonly (string | null)[], work: Work): void {
  const key = relation.partitionKey;
  if (key === undefined) return;
  if (key.columns.includes(null)) work.fail("0A000", "unsupported unique constraint with partition key definition");
  else if (!key.columns.every((c) => columns.includes(c)))
    work.fail("0A000", "unique constraint on partitioned table must include all partitioning columns");
}

const RANGES = /^(?:int4|int8|num|ts|tstz|date)(?:multi)?range$/;

function checkPeriod(relation: Relation, constraint: Constraint, work: Work): void {
  if (work.version < 18) return work.fail("42601", "WITHOUT OVERLAPS exists from PostgreSQL 18 on");
  const name = constraint.columns.at(-1) ?? "";
  const type = relation.columns.find((c) => c.name === name)?.type;
  // A user's range is a type of its own, and one that is not known may be one.
  if (type === undefined || RANGES.test(type.name) || type.name.includes(".")) return;
  work.fail("42804", `column "${name}" in WITHOUT OVERLAPS is not a range or multirange type`);
}

function checkIndex(relation: Relation, constraint: Constraint, usingIndex: string, work: Work): void {
  const shown = bareName(usingIndex);
  const owner = indexOwner(work.state, usingIndex);
  const index = owner?.indexes.find((i) => i.name === usingIndex);
  if (owner === undefined || index === undefined) {
    if (work.state.complete) work.fail("42704", `index "${shown}" does not exist`);
  } else if (index.constraint !== null) work.fail("55000", `index "${shown}" is already associated with a constraint`);
  else if (owner.name !== relation.name) work.fail("55000", `index "${shown}" does not belong to table "${bareName(relation.name)}"`);
  else if (!index.valid) work.fail("55000", `index "${shown}" is not valid`);
  else if (!index.unique || index.predicate !== null || index.columns.includes(null) || index.special === true || index.ordered === true)
    work.fail("42809", `"${shown}" is no plain unique index`);
  if (work.failed || constraint.name === shown) return;
  if (relation.constraints.some((c) => c.name === constraint.name))
    work.fail("42710", `constraint "${constraint.name}" for relation "${bareName(relation.name)}" already exists`);
}
