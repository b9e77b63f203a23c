import { childrenOf, objectKey, treeOf } from "../../../model/apply/index.ts";
import type { ChangeOf, ObjectChange } from "../../../model/change.ts";
import type { LockMode } from "../../../model/effects.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import { hasDefaultClass } from "../catalog/operator-classes.ts";
import { clusterAll, clusterTable } from "./cluster.ts";
import { notInTransaction } from "./indexes.ts";
import { formOf } from "./operator-classes.ts";
import type { Predictors, Work } from "./work.ts";

type Maintenance = ChangeOf<"maintenance">;

/** Locks of commands on one table (their manual pages; COMMENT, statistics, publications, extensions: measured 13–18). */
const MODES: Readonly<Record<string, LockMode>> = {
  COMMENT: "ShareUpdateExclusive",
  "COMMENT ON PART": "AccessShare",
  "SECURITY LABEL": "ShareUpdateExclusive",
  "DEPENDS ON EXTENSION": "AccessShare",
  "ALTER EXTENSION ADD": "ShareUpdateExclusive",
  VACUUM: "ShareUpdateExclusive",
  "CREATE STATISTICS": "ShareUpdateExclusive",
  "CREATE PUBLICATION": "ShareUpdateExclusive",
  "ALTER PUBLICATION": "ShareUpdateExclusive",
  "RULE ACTION": "RowExclusive",
  "ALTER INDEX ATTACH PARTITION": "AccessShare",
};

/** What cannot run in a transaction, whatever it is about. */
const ALONE = new Set([
  "ALTER SYSTEM",
  "CREATE DATABASE",
  "DROP DATABASE",
  "ALTER DATABASE TABLESPACE",
  "CREATE TABLESPACE",
  "DROP TABLESPACE",
  "DISCARD ALL",
  "CREATE SUBSCRIPTION",
  "DROP SUBSCRIPTION",
  "COMMIT PREPARED",
  "ROLLBACK PREPARED",
]);

export const maintenancePredictors: Predictors<"maintenance"> = {
  maintenance(change, work) {
    const { command, table, object } = change;
    if (command.startsWith("VACUUM") && work.inTransaction) return notInTransaction("VACUUM", work);
    if (command === "DECLARE CURSOR" && !work.inTransaction)
      return work.fail("25P01", "DECLARE CURSOR can only be used in transaction blocks");
    if (command === "COMMIT in a body" && work.inTransaction) return work.fail("2D000", "invalid transaction termination");
    if (ALONE.has(command) && work.inTransaction) return notInTransaction(command, work);
    if (object !== undefined && !checkObject(object, work)) return;
    if (command === "VACUUM FULL") return vacuumFull(change, work);
    if (command === "CLUSTER") return table === null ? clusterAll(work) : clusterTable(change, table, work);
    if (table === null) return;
    const relation = work.need(table);
    if (relation !== null) for (const column of change.columns ?? []) work.needColumn(relation, column);
    if (command === "ANALYZE") return analyze(change, relation, work);
    if (command === "VACUUM") return vacuum(change, relation, work);
    if (command.endsWith("PUBLICATION") && (relation?.kind === "view" || relation?.kind === "materialized-view"))
      return work.fail("22023", `"${bareName(table)}" is not a table`);
    if (command === "CREATE STATISTICS" && relation?.kind === "view")
      return work.fail("42809", `relation "${bareName(table)}" is not a table`);
    if (command === "CREATE STATISTICS" && relation !== null) needOrder(relation, change.columns ?? [], work);
    // GRANT opens the table from 18 on (measured 13–18).
    const granting = (command === "GRANT" || command === "REVOKE") && work.version >= 18;
    const mode = granting ? "AccessShare" : MODES[command];
    if (mode === undefined) return;
    if (command.endsWith("PUBLICATION") && work.only !== table) lockInheritance(table, mode, work);
    else work.lock(table, mode);
  },
};

/** Statistics compare values, as a B-tree does. */
function needOrder(relation: Relation, columns: readonly string[], work: Work): void {
  for (const { name, type } of relation.columns) {
    const form = formOf(type, work.state);
    if (columns.includes(name) && form !== null && !hasDefaultClass("btree", form))
      work.fail("0A000", `column "${name}" cannot be used in statistics because its type ${form} has no default btree operator class`);
  }
}

/** A publication takes the children of a table with it; the partitions of a partitioned one are its own business. */
function lockInheritance(table: string, mode: LockMode, work: Work): void {
  work.lock(table, mode);
  if (work.state.relations.get(table)?.kind === "partitioned-table") return;
  for (const relation of treeOf(work.state, table)) work.lock(relation.name, mode);
}

/** ANALYZE reads samples of the children for the statistics of the whole tree: until 17 under ACCESS SHARE, from 18 on it analyzes them as well. */
function analyze(change: Maintenance, relation: Relation | null, work: Work): void {
  const { table } = change;
  if (table === null || relation?.kind === "view") return;
  work.lock(table, "ShareUpdateExclusive");
  if (relation === null) return;
  const isPartitioned = relation.kind === "partitioned-table";
  const only = change.only === true;
  const full = isPartitioned ? !only : work.version >= 18 && !only;
  for (const child of treeOf(work.state, table).slice(1)) work.lock(child.name, full ? "ShareUpdateExclusive" : "AccessShare");
}

function vacuum(change: Maintenance, relation: Relation | null, work: Work): void {
  if (change.table === null || relation?.kind === "view") return;
  work.lock(change.table, "ShareUpdateExclusive");
  for (const part of below(change, relation, work)) work.lock(part.name, "ShareUpdateExclusive");
}

/** Relations that VACUUM of a table goes on to: partitions always, children from 18 on; with ONLY none. */
function below(change: Maintenance, relation: Relation | null, work: Work): readonly Relation[] {
  if (relation === null || change.only === true) return [];
  if (relation.kind === "partitioned-table") return treeOf(work.state, relation.name).slice(1);
  return work.version >= 18 && childrenOf(work.state, relation.name).length > 0 ? treeOf(work.state, relation.name).slice(1) : [];
}

function vacuumFull(change: Maintenance, work: Work): void {
  if (change.table === null) {
    for (const relation of work.state.relations.values()) {
      if (relation.kind === "view" || relation.kind === "foreign-table") continue;
      work.lock(relation.name, "AccessExclusive");
      work.rewrite(relation.name);
    }
    return;
  }
  const relation = work.need(change.table);
  if (relation?.kind === "view" || relation?.kind === "foreign-table") return;
  for (const name of [change.table, ...below(change, relation, work).map((r) => r.name)]) {
    work.lock(name, "AccessExclusive");
    work.rewrite(name);
  }
}

/** Classes of which a fresh database has none, so that one that nothing made does not exist. */
const OURS = new Set(["publication", "statistics", "subscription", "event trigger", "server", "foreign data wrapper"]);

/** An object must be there, or must not. False: nothing more happens. */
function checkObject(object: ObjectChange, work: Work): boolean {
  const known = work.state.objects?.get(objectKey(object));
  const shown = `${object.class === "statistics" ? "statistics object" : object.class} "${bareName(object.name)}"`;
  if (object.action === "create") {
    // A publication of several tables is several changes of one statement.
    if (known === undefined || !work.before.objects?.has(objectKey(object))) return true;
    if (object.lenient !== true) work.fail("42710", `${shown} already exists`);
    // IF NOT EXISTS has locked the table before it looks.
    return object.class === "statistics";
  }
  if (known === undefined) {
    if (object.lenient === true) return false;
    if (OURS.has(object.class) && work.state.complete && work.onlyPlpgsql) work.fail("42704", `${shown} does not exist`);
    return true;
  }
  if (object.action === "drop" && object.class === "statistics") for (const table of known.tables) work.lock(table, "ShareUpdateExclusive");
  return true;
}
