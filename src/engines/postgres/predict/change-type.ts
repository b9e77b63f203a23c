import { foreignKeysTo, viewsOn } from "../../../model/apply/index.ts";
import type { ChangeOf } from "../../../model/change.ts";
import { bareName, type Column, type Index, type Relation } from "../../../model/schema.ts";
import { castExists, keysCompare } from "./casts.ts";
import { hasOtherParent, needNoPartitionKey, needNoRowType, needOwnColumn, onlyWithChildren } from "./inherited.ts";
import { typeChange, type TypeChange } from "./type-pairs.ts";
import type { Predictors, Work } from "./work.ts";

type ChangeType = ChangeOf<"change-type">;

export const typePredictors: Predictors<"change-type"> = {
  "change-type"(change, work) {
    const relation = work.need(change.table);
    const column = work.needColumn(relation, change.column);
    work.lockTree(change.table, "AccessExclusive");
    if (relation === null || column === null) {
      if (relation === null) work.rewriteTree(change.table);
      return;
    }
    if (!work.needKind(relation, ["table", "partitioned-table", "foreign-table"], "ALTER COLUMN … TYPE")) return;
    if (isForbidden(relation, column, change, work)) return;
    const effect = effectOf(column, change, work);
    for (const part of work.tree(change.table)) changed(part, change.column, effect, work);
    rebuiltForeignKeys(relation, change, effect, work);
  },
};

function effectOf(column: Column, change: ChangeType, work: Work): TypeChange {
  const through = change.using === null ? [] : change.through;
  if (through === undefined || through === null) return { rewrites: true, rebuildsIndexes: false };
  const effect = typeChange(column.type, through, change.type, work.state);
  return collationOf(change.collation) === collationOf(column.collation) || effect.rewrites ? effect : { ...effect, rebuildsIndexes: true };
}

/** `COLLATE "default"` is the same as to say nothing. */
function collationOf(name: string | null): string | null {
  return name === "default" ? null : name;
}

function changed(relation: Relation, column: string, effect: TypeChange, work: Work): void {
  if (effect.rewrites) {
    work.rewrite(relation.name);
    return;
  }
  // A CHECK on the column is made again, which reads the table (`ATPostAlterTypeCleanup`).
  if (relation.constraints.some((c) => c.kind === "check" && c.validated && c.enforced && c.expression?.columns.includes(column) === true))
    work.scan(relation.name);
  for (const index of relation.indexes)
    if (index.mentions.includes(column) && rebuilt(relation, index, column, effect)) work.build(relation.name, index.name);
}

/**
 * Indexes with expressions or predicates are always built again: `CheckIndexCompatible` gives up on them. So are those whose entries are
 * the elements of an array (GIN), and those of partitions that belong to the parent's index, which has no storage to keep.
 */
function rebuilt(relation: Relation, index: Index, column: string, effect: TypeChange): boolean {
  const ofElements = index.method === "gin" && relation.columns.some((c) => index.columns.includes(c.name) && c.type.dimensions > 0);
  const computed = index.predicate !== null || (index.columns.includes(null) && index.mentions.includes(column));
  return effect.rebuildsIndexes || computed || ofElements || index.partOf !== undefined;
}

/**
 * Foreign keys on both sides of the column are made again, which locks the other table. Unless nothing is written and the comparison stays
 * the same (`TryReuseForeignKey`), they are checked again, which reads both.
 */
function rebuiltForeignKeys(relation: Relation, change: ChangeType, effect: TypeChange, work: Work): void {
  const rechecks = effect.rewrites || effect.rebuildsIndexes;
  const other = (table: string, validated: boolean): void => {
    work.lockTree(table, "AccessExclusive");
    if (!rechecks || !validated) return;
    work.scanTree(table);
    work.scanTree(relation.name);
  };
  const compares = (table: string, name: string | undefined, constraint: string, isKey: boolean): void => {
    const type = work.becoming.get(`${table}.${name}`) ?? work.state.relations.get(table)?.columns.find((c) => c.name === name)?.type;
    if (type === undefined) return;
    const [foreign, key] = isKey ? [type, change.type] : [change.type, type];
    if (!keysCompare(foreign, key, work.state)) work.fail("42804", `foreign key constraint "${constraint}" cannot be implemented`);
  };
  for (const constraint of relation.constraints) {
    const { references } = constraint;
    if (references === null || !constraint.columns.includes(change.column)) continue;
    other(references.relation, constraint.validated);
    compares(references.relation, references.columns[constraint.columns.indexOf(change.column)], constraint.name, false);
  }
  for (const { table, constraint } of foreignKeysTo(work.state, relation.name)) {
    const { references } = constraint;
    if (references?.columns.includes(change.column) !== true) continue;
    other(table.name, constraint.validated);
    compares(table.name, constraint.columns[references.columns.indexOf(change.column)], constraint.name, true);
  }
}

/** Everything for which Postgres refuses the change whatever the rows are. */
function isForbidden(relation: Relation, column: Column, change: ChangeType, work: Work): boolean {
  for (const name of change.using?.columns ?? []) work.needColumn(relation, name);
  if (change.using !== null && column.generated !== null && !work.failed)
    work.fail("42611", `cannot specify USING when altering type of generated column "${column.name}"`);
  if (change.using !== null && !usingCasts(column, change, work)) return true;
  if (!needOwnColumn(relation, column.name, "alter", work)) return true;
  const tree = work.tree(relation.name);
  if (!needNoPartitionKey(tree, column.name, "alter", work)) return true;
  if (onlyWithChildren(relation, work)) {
    work.fail("42P16", `type of inherited column "${column.name}" must be changed in child tables too`);
    return true;
  }
  const shared = tree.find((r) => r.name !== relation.name && hasOtherParent(r, column.name, tree, work.state));
  if (shared !== undefined) {
    work.fail("42P16", `cannot alter inherited column "${column.name}" of relation "${bareName(shared.name)}"`);
    return true;
  }
  if (work.typeChanged(relation.name, column.name)) {
    work.fail("0A000", `cannot alter type of column "${column.name}" twice`);
    return true;
  }
  return cannotBeCast(column, change, work) || tree.some((part) => dependentsForbid(part, column, work)) || !needNoRowType(relation, work);
}

function cannotBeCast(column: Column, change: ChangeType, work: Work): boolean {
  const casts = castExists(column.type, change.type, "assignment", work.state);
  if (change.using !== null && !usingFits(column, change, work)) {
    return true;
  } else if (!casts && change.using === null) {
    work.fail("42804", `column "${change.column}" cannot be cast automatically to the new type`);
  } else if (!casts && column.default !== null && column.generated === null) {
    work.fail("42804", `default for column "${change.column}" cannot be cast automatically to the new type`);
  } else if (column.identity !== null && !["smallint", "integer", "bigint"].includes(change.type.name)) {
    work.fail("22023", "identity column type must be smallint, integer, or bigint");
  } else if (change.collation !== null && UNCOLLATED.has(change.type.name)) {
    work.fail("42804", `collations are not supported by type ${change.type.name}`);
  }
  return work.failed;
}

/** The casts that USING writes must exist, which is found before anything else. */
function usingCasts(column: Column, { through }: ChangeType, work: Work): boolean {
  let at = column.type;
  for (const next of through ?? []) {
    if (!castExists(at, next, "explicit", work.state)) work.fail("42846", `cannot cast type ${at.name} to ${next.name}`);
    at = next;
  }
  return !work.failed;
}

/** What USING gives must go into the new type by itself. */
function usingFits(column: Column, { through, type }: ChangeType, work: Work): boolean {
  if (through === undefined || through === null) return true;
  if (!castExists(through.at(-1) ?? column.type, type, "assignment", work.state))
    work.fail("42804", `result of USING clause for column "${column.name}" cannot be cast automatically to type ${type.name}`);
  return !work.failed;
}

const UNCOLLATED = new Set([
  ..."smallint integer bigint numeric real boolean uuid json jsonb bytea date interval inet cidr".split(" "),
  "double precision",
  "timestamp with time zone",
  "timestamp without time zone",
]);

function dependentsForbid(relation: Relation, column: Column, work: Work): boolean {
  if (viewsOn(work.state, relation.name, column.name).length > 0) {
    work.fail("0A000", "cannot alter type of a column used by a view or rule");
    return true;
  }
  if (relation.columns.some((c) => c.generated !== null && c.name !== column.name && c.default?.columns.includes(column.name) === true)) {
    // The SQLSTATE changed with 15 (measured 13–18).
    work.fail(work.version >= 15 ? "0A000" : "42601", "cannot alter type of a column used by a generated column");
    return true;
  }
  if (relation.triggers.some((t) => t.columns.includes(column.name) || t.when?.includes(column.name) === true)) {
    work.fail("0A000", "cannot alter type of a column used in a trigger definition");
    return true;
  }
  const named = relation.named?.find((n) => n.columns.includes(column.name));
  if (named !== undefined) work.fail("0A000", `cannot alter type of a column used by ${named.class} "${named.name}"`);
  return named !== undefined;
}
