import { childrenOf, rowTypeUsers } from "../../../model/apply/index.ts";
import { bareName, type Constraint, type Relation, type SchemaState } from "../../../model/schema.ts";
import { SYSTEM_COLUMNS, type Work } from "./work.ts";

/** The tables that a relation gets columns and constraints from: the parent of a partition, or those of INHERITS. */
function parentsOf(relation: Relation, state: SchemaState): readonly Relation[] {
  return [...(relation.partitionOf === null ? [] : [relation.partitionOf]), ...relation.inherits].flatMap(
    (name) => state.relations.get(name) ?? [],
  );
}

/** A column that a parent has as well: it can be neither dropped nor changed in the child alone (`attinhcount`). */
export function isInheritedColumn(relation: Relation, column: string, state: SchemaState): boolean {
  return parentsOf(relation, state).some((parent) => parent.columns.some((c) => c.name === column));
}

/** Parents outside of `tree` have the column too, so that it belongs to more than the statement speaks of. */
export function hasOtherParent(relation: Relation, column: string, tree: readonly Relation[], state: SchemaState): boolean {
  return parentsOf(relation, state).some((p) => !tree.some((t) => t.name === p.name) && p.columns.some((c) => c.name === column));
}

export function isInheritedConstraint(relation: Relation, constraint: Constraint, state: SchemaState): boolean {
  return parentsOf(relation, state).some((parent) => {
    if (constraint.kind === "check" || constraint.kind === "not-null" || constraint.kind === "foreign-key")
      return parent.constraints.some((c) => c.kind === constraint.kind && c.name === constraint.name && c.noInherit !== true);
    const index = relation.indexes.find((i) => i.name === constraint.index);
    return index?.partOf !== undefined && parent.indexes.some((i) => i.name === index.partOf);
  });
}

export function isInheritedNotNull(relation: Relation, column: string, state: SchemaState): boolean {
  return parentsOf(relation, state).some((parent) => {
    const own = parent.constraints.find((c) => c.kind === "not-null" && c.columns.includes(column));
    return own?.noInherit !== true && parent.columns.some((c) => c.name === column && c.notNull);
  });
}

/** A statement that says ONLY while there are tables below: what must be the same in all of them cannot be changed in one. */
export function onlyWithChildren(relation: Relation | null, work: Work): boolean {
  return relation !== null && work.only === relation.name && childrenOf(work.state, relation.name).length > 0;
}

/** Notes the error of touching a column of the system's, or one that comes from a parent. */
export function needOwnColumn(relation: Relation | null, column: string, verb: "drop" | "alter" | "rename", work: Work): boolean {
  if (relation === null) return true;
  if (SYSTEM_COLUMNS.has(column)) {
    work.fail("0A000", `cannot ${verb} system column "${column}"`);
    return false;
  }
  if (relation.columns.some((c) => c.name === column) && isInheritedColumn(relation, column, work.state)) {
    work.fail("42P16", `cannot ${verb} inherited column "${column}"`);
    return false;
  }
  return true;
}

/** Notes 0A000 where a column elsewhere holds rows of the table, which would no longer be of its form. */
export function needNoRowType(relation: Relation, work: Work): boolean {
  const user = rowTypeUsers(work.state, relation.name).find((r) => r.name !== relation.name);
  const column = user?.columns.find((c) => c.type.name === relation.name);
  if (user === undefined || column === undefined) return true;
  const uses = `column "${bareName(user.name)}.${column.name}" uses its row type`;
  work.fail("0A000", `cannot alter table "${bareName(relation.name)}" because ${uses}`);
  return false;
}

/** Notes 42P16 where the column is part of the partition key of the table or of one below it. */
export function needNoPartitionKey(tree: readonly Relation[], column: string, verb: "drop" | "alter", work: Work): boolean {
  const keyed = tree.find((r) => r.partitionKey?.mentions.includes(column) === true);
  if (keyed === undefined) return true;
  work.fail("42P16", `cannot ${verb} column "${column}" because it is part of the partition key of relation "${bareName(keyed.name)}"`);
  return false;
}
