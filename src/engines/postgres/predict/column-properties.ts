import { childrenOf } from "../../../model/apply/index.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import { enumValueIsNew } from "./enums.ts";
import { isInheritedNotNull, needOwnColumn, onlyWithChildren } from "./inherited.ts";
import { hasUnvalidatedNotNull, scanForNulls } from "./not-null.ts";
import type { Predictors, Work } from "./work.ts";

export const columnPropertyPredictors: Predictors<
  | "set-default"
  | "set-not-null"
  | "drop-not-null"
  | "add-identity"
  | "drop-identity"
  | "set-identity"
  | "drop-expression"
  | "set-expression"
> = {
  "set-default"(change, work) {
    const column = work.needColumn(work.need(change.table), change.column);
    work.lockTree(change.table, "AccessExclusive");
    if (column !== null) enumValueIsNew(column.type, change.default?.sql ?? null, work);
    if (column !== null && column.generated !== null) work.fail("42601", `${named(change)} is a generated column`);
    else if (column !== null && column.identity !== null) work.fail("42601", `${named(change)} is an identity column`);
  },

  "set-not-null"(change, work) {
    const relation = work.need(change.table);
    const column = work.needColumn(relation, change.column);
    // Nothing below a partitioned table is looked at where it says it already, from 18 on below any (`ATPrepSetNotNull`, `ATExecSetNotNull`).
    const stops = work.version >= 18 || relation?.kind === "partitioned-table";
    if (stops && relation !== null && column?.notNull === true && !hasUnvalidatedNotNull(relation.constraints, change.column))
      work.lock(change.table, "AccessExclusive");
    else work.lockTree(change.table, "AccessExclusive");
    if (!work.needKind(relation, ["table", "partitioned-table", "foreign-table"], "SET NOT NULL")) return;
    if (relation?.kind === "partitioned-table" && onlyWithChildren(relation, work) && column?.notNull === false) {
      const children = childrenOf(work.state, relation.name);
      const lacking = children.some((r) => r.columns.some((c) => c.name === change.column && !c.notNull));
      if (lacking || work.version >= 18) return work.fail("42P16", "constraint must be added to child tables too");
      for (const child of children) work.lock(child.name, "AccessExclusive");
    }
    scanForNulls(change.table, change.column, work);
  },

  "drop-not-null"(change, work) {
    const relation = work.need(change.table);
    const column = work.needColumn(relation, change.column);
    // From 18 on nothing below is looked at where there is nothing to drop.
    if (work.version >= 18 && relation !== null && column?.notNull === false) work.lock(change.table, "AccessExclusive");
    else work.lockTree(change.table, "AccessExclusive");
    if (relation === null || column === null) return;
    if (column.identity !== null) work.fail("42601", `${named(change)} is an identity column`);
    else if (relation.constraints.some((c) => c.kind === "primary-key" && c.columns.includes(change.column)))
      work.fail("42P16", `column "${change.column}" is in a primary key`);
    else if (relation.partitionOf !== null && isInheritedNotNull(relation, change.column, work.state))
      work.fail("42P16", `column "${change.column}" is marked NOT NULL in parent table`);
    // From 18 on every NOT NULL is a constraint that is inherited as CHECKs are.
    else if (work.version >= 18 && column.notNull && isInheritedNotNull(relation, change.column, work.state))
      work.fail("42P16", `cannot drop inherited constraint on column "${change.column}" of relation "${bareName(relation.name)}"`);
  },

  "add-identity"(change, work) {
    const relation = work.need(change.table);
    const column = work.needColumn(relation, change.column);
    lockIdentity(relation, change.table, work);
    if (column === null) return;
    // Its sequence is prepared first, which needs the type.
    if (!["smallint", "integer", "bigint"].includes(column.type.name))
      work.fail("22023", "identity column type must be smallint, integer, or bigint");
    if (!needsWholeTree(relation, work)) return;
    if (!column.notNull) work.fail("55000", `${named(change)} must be declared NOT NULL before identity can be added`);
    else if (column.identity !== null) work.fail("55000", `${named(change)} is already an identity column`);
    else if (column.default !== null) work.fail("55000", `${named(change)} already has a default value`);
  },

  "drop-identity"(change, work) {
    needIdentity(change, work, change.ifExists === true);
  },

  "set-identity"(change, work) {
    needIdentity(change, work, false);
  },

  "drop-expression"(change, work) {
    const relation = work.need(change.table);
    const column = work.needColumn(relation, change.column);
    work.lockTree(change.table, "AccessExclusive");
    if (relation === null || column === null) return;
    // Postgres looks one level down only: a child that has children of its own stops it as ONLY does (`ATPrepDropExpression`).
    const below = work.tree(change.table).slice(1);
    if (onlyWithChildren(relation, work) || below.some((r) => childrenOf(work.state, r.name).length > 0))
      work.fail("0A000", "ALTER TABLE / DROP EXPRESSION must be applied to child tables too");
    else if (!needOwnColumn(relation, change.column, "alter", work)) return;
    else if (column.generated === null && change.ifExists !== true) work.fail("55000", `${named(change)} is not a generated column`);
    else if (column.generated === "virtual")
      work.fail("0A000", "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns");
  },

  /** A stored expression is computed again for every row; a virtual one is not (release notes of 17 and 18). */
  "set-expression"(change, work) {
    const relation = work.need(change.table);
    const column = work.needColumn(relation, change.column);
    work.lockTree(change.table, "AccessExclusive");
    if (work.version < 17) return work.fail("42601", "ALTER COLUMN … SET EXPRESSION exists from PostgreSQL 17 on");
    for (const name of change.expression.columns) work.needColumn(relation, name);
    if (column !== null && column.generated === null) work.fail("55000", `${named(change)} is not a generated column`);
    else if (column?.generated !== "virtual") work.rewriteTree(change.table);
    else if (relation?.constraints.some((c) => c.kind === "check") === true) {
      work.fail("0A000", "ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables with check constraints");
    }
  },
};

interface OfColumn {
  readonly table: string;
  readonly column: string;
}

function named({ table, column }: OfColumn): string {
  return `column "${column}" of relation "${bareName(table)}"`;
}

/** Identity is handed down to partitions from 17 on. */
function lockIdentity(relation: Relation | null, table: string, work: Work): void {
  if (relation?.kind === "partitioned-table" && work.version >= 17) work.lockPartitions(table, "AccessExclusive");
  else work.lock(table, "AccessExclusive");
}

/** From 17 on the identity of a partition is its parent's, and is changed for all of them. */
function needsWholeTree(relation: Relation | null, work: Work): boolean {
  if (relation === null || work.version < 17) return true;
  if (relation.partitionOf !== null) work.fail("42P16", "identity of a column of a partition is that of the partitioned table");
  else if (relation.kind === "partitioned-table" && onlyWithChildren(relation, work))
    work.fail("42P16", "cannot change identity of a column of only the partitioned table");
  return !work.failed;
}

function needIdentity(change: OfColumn, work: Work, ifExists: boolean): void {
  const relation = work.need(change.table);
  const column = work.needColumn(relation, change.column);
  // Where there is none to drop the partitions are not reached.
  if (ifExists && column !== null && column.identity === null) work.lock(change.table, "AccessExclusive");
  else lockIdentity(relation, change.table, work);
  if (!needsWholeTree(relation, work)) return;
  if (column !== null && column.identity === null && !ifExists) work.fail("55000", `${named(change)} is not an identity column`);
}
