import { foreignKeysTo, treeOf } from "../../../model/apply/index.ts";
import type { ChangeOf } from "../../../model/change.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import { checkLikeParent } from "./like-parent.ts";
import { needClusterable } from "./cluster.ts";
import type { Work } from "./work.ts";

type Property = ChangeOf<"alter-table-other">;

/** Types of a fixed length, which can only be stored PLAIN (`pg_type.typstorage = 'p'`). */
const PLAIN = new Set([
  ..."smallint integer bigint real boolean uuid date oid money interval macaddr macaddr8 name xid xid8 pg_lsn point line lseg box circle".split(
    " ",
  ),
  "double precision",
  "time with time zone",
  "time without time zone",
  "timestamp with time zone",
  "timestamp without time zone",
]);

/** For what Postgres refuses a property whatever the rows are. */
export function checkProperty(change: Property, relation: Relation, work: Work): void {
  const { action } = change;
  const name = bareName(relation.name);
  const isTree = relation.kind === "partitioned-table";
  if (change.column !== undefined) {
    const column = work.needColumn(relation, change.column);
    if (action === "SET COMPRESSION" && column !== null && column.type.dimensions === 0 && PLAIN.has(column.type.name) && !isPlain(change))
      work.fail("0A000", `column data type ${column.type.name} does not support compression`);
    if (action === "SET STORAGE" && column !== null && column.type.dimensions === 0 && PLAIN.has(column.type.name) && !isPlain(change))
      work.fail("0A000", `column data type ${column.type.name} can only have storage PLAIN`);
    return;
  }
  if (action === "INHERIT" || action === "NO INHERIT") return checkParent(change, relation, work);
  if (action === "SET LOGGED" || action === "SET UNLOGGED") return checkPersistence(action, relation, work);
  if ((action === "CLUSTER ON" || action === "SET WITHOUT CLUSTER") && isTree)
    return work.fail("0A000", "cannot mark index clustered in partitioned table");
  if (action === "CLUSTER ON")
    return needClusterable(
      relation.indexes.find((i) => bareName(i.name) === change.named),
      work,
    );
  if (action.startsWith("SET (") && isTree && change.options !== undefined)
    return work.version >= 16
      ? work.fail("42809", "cannot specify storage parameters for a partitioned table")
      : work.fail("22023", `unrecognized parameter for partitioned table "${name}"`);
  if (action === "NOT OF" && (relation.ofType ?? null) === null) return work.fail("42809", `"${name}" is not a typed table`);
  if (action === "REPLICA IDENTITY" && change.named !== undefined) checkIdentity(change.named, relation, work);
}

function isPlain(change: Property): boolean {
  return change.named?.toLowerCase() === "plain" || change.named?.toLowerCase() === "default";
}

function checkParent(change: Property, relation: Relation, work: Work): void {
  const parent = change.other === undefined ? undefined : work.state.relations.get(change.other);
  if (parent === undefined) return;
  const shown = bareName(parent.name);
  if (change.action === "NO INHERIT") {
    if (!relation.inherits.includes(parent.name))
      work.fail("42P01", `relation "${shown}" is not a parent of relation "${bareName(relation.name)}"`);
    return;
  }
  if (parent.kind === "partitioned-table") work.fail("42809", `cannot inherit from partitioned table "${shown}"`);
  else if (parent.partitionOf !== null) work.fail("42809", `cannot inherit from a partition`);
  else if (relation.inherits.includes(parent.name)) work.fail("42P07", `relation "${shown}" would be inherited from more than once`);
  else if (treeOf(work.state, relation.name).some((r) => r.name === parent.name)) work.fail("42P07", "circular inheritance not allowed");
  else checkLikeParent(relation, parent, work, false);
}

/** A permanent table must not depend on rows that a crash takes away. */
function checkPersistence(action: "SET LOGGED" | "SET UNLOGGED", relation: Relation, work: Work): void {
  const name = bareName(relation.name);
  if (relation.kind === "partitioned-table") {
    if (work.version >= 18) work.fail("42809", `ALTER action ${action} cannot be performed on relation "${name}"`);
    return;
  }
  if (action === "SET UNLOGGED" && !relation.unlogged) {
    const logged = foreignKeysTo(work.state, relation.name).find((f) => f.table.name !== relation.name && !f.table.unlogged);
    if (logged !== undefined)
      work.fail(
        "42P16",
        `could not change table "${name}" to unlogged because it is referenced by logged table "${bareName(logged.table.name)}"`,
      );
    return;
  }
  const referenced = relation.constraints.flatMap((c) => (c.references === null ? [] : [c.references.relation]));
  const unlogged = referenced.find((other) => other !== relation.name && work.state.relations.get(other)?.unlogged === true);
  if (action === "SET LOGGED" && relation.unlogged && unlogged !== undefined)
    work.fail("42P16", `could not change table "${name}" to logged because it references unlogged table "${bareName(unlogged)}"`);
}

function checkIdentity(named: string, relation: Relation, work: Work): void {
  const index = relation.indexes.find((i) => bareName(i.name) === named);
  if (index === undefined) return;
  if (!index.unique) work.fail("42809", `cannot use non-unique index "${named}" as replica identity`);
  else if (index.predicate !== null) work.fail("0A000", `cannot use partial index "${named}" as replica identity`);
  else if (index.columns.includes(null)) work.fail("0A000", `cannot use expression index "${named}" as replica identity`);
  else if (index.columns.some((c) => relation.columns.some((own) => own.name === c && !own.notNull)))
    work.fail("42809", `index "${named}" cannot be used as replica identity because a column is nullable`);
}

/** A row trigger stands on every partition too, and so do those of foreign keys; the partitions are locked for those that are switched. */
function reachesClones({ action, named }: Property, relation: Relation, work: Work): boolean {
  if (!/^(?:ENABLE|DISABLE)(?: ALWAYS| REPLICA)? TRIGGER/.test(action)) return false;
  if (named !== undefined) return relation.triggers.some((trigger) => trigger.name === named && trigger.row === true);
  if (relation.triggers.some((trigger) => trigger.row === true)) return true;
  const keyed = relation.constraints.some(({ kind }) => kind === "foreign-key") || foreignKeysTo(work.state, relation.name).length > 0;
  return action.endsWith("ALL") && keyed;
}

/** What the sub-command reaches: partitions have a parent's triggers, children of INHERITS have their own. */
export function reached(change: Property, relation: Relation | null, work: Work): readonly Relation[] {
  if (relation === null || work.only === relation.name) return [];
  const ofTriggers = relation.kind === "partitioned-table" && reachesClones(change, relation, work);
  const ofColumn = change.action === "SET STATISTICS" || change.action === "SET STORAGE";
  return ofTriggers || ofColumn ? treeOf(work.state, relation.name) : [];
}
