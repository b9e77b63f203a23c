import type { LockMode } from "../../../model/effects.ts";
import type { ObjectChange } from "../../../model/change.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import { checkProperty, reached } from "./property-checks.ts";
import { noTrigger } from "./triggers.ts";
import type { Predictors, Work } from "./work.ts";

/** Lock per sub-command (`AlterTableGetLockLevel` in tablecmds.c; what is not listed takes ACCESS EXCLUSIVE). */
const MODES: Readonly<Record<string, LockMode>> = {
  "SET STATISTICS": "ShareUpdateExclusive",
  "SET (attribute_option)": "ShareUpdateExclusive",
  "RESET (attribute_option)": "ShareUpdateExclusive",
  "CLUSTER ON": "ShareUpdateExclusive",
  "SET WITHOUT CLUSTER": "ShareUpdateExclusive",
  "ENABLE TRIGGER": "ShareRowExclusive",
  "ENABLE ALWAYS TRIGGER": "ShareRowExclusive",
  "ENABLE REPLICA TRIGGER": "ShareRowExclusive",
  "DISABLE TRIGGER": "ShareRowExclusive",
  "ENABLE TRIGGER ALL": "ShareRowExclusive",
  "DISABLE TRIGGER ALL": "ShareRowExclusive",
  "ENABLE TRIGGER USER": "ShareRowExclusive",
  "DISABLE TRIGGER USER": "ShareRowExclusive",
};

/** Storage parameters that need more than SHARE UPDATE EXCLUSIVE (reloptions.c): these change what others may assume of the table. */
const STRONG_OPTIONS = new Set(["user_catalog_table", "security_barrier", "security_invoker", "check_option"]);

export const propertyPredictors: Predictors<"alter-table-other"> = {
  "alter-table-other"(change, work) {
    if (change.ifExists === true && !work.state.relations.has(change.table)) return;
    const relation = work.need(change.table);
    const mode = modeOf(change.action);
    if (relation !== null && change.object !== undefined) {
      if (change.object.class === "policy" && relation.kind !== "table" && relation.kind !== "partitioned-table")
        return work.fail("42809", `"${bareName(change.table)}" is not a table`);
      if (!checkObject(change.object, relation, work)) return;
    }
    if (relation !== null) checkNamed(change.action, change.named, relation, work);
    work.lock(change.table, mode);
    for (const below of reached(change, relation, work)) {
      work.lock(below.name, mode);
      work.recursed.add(below.name);
    }
    if (relation !== null) checkProperty(change, relation, work);
    if (change.other !== undefined) {
      work.need(change.other);
      work.lock(change.other, change.action === "INHERIT" ? "ShareUpdateExclusive" : "AccessShare");
    }
    const rewrites =
      (change.action === "SET LOGGED" && relation?.unlogged !== false) || (change.action === "SET UNLOGGED" && relation?.unlogged !== true);
    if (rewrites) work.rewrite(change.table);
    const method = /^SET ACCESS METHOD (.*)$/.exec(change.action)?.[1];
    if (method !== undefined && work.version < 15) return work.fail("42601", "SET ACCESS METHOD exists from PostgreSQL 15 on");
    if (method !== undefined && relation?.kind === "partitioned-table" && work.version < 17)
      return work.fail("42809", "cannot change access method of a partitioned table");
    // Tables are of `heap` as a rule; to another method every row is written again, on a partitioned table only new partitions get it.
    if (method !== undefined && method !== "heap" && method !== "DEFAULT" && relation?.kind !== "partitioned-table")
      work.rewrite(change.table);
    // The files are copied page by page, indexes left where they are. `pg_default` is where tables are as a rule.
    if (change.action === "SET TABLESPACE") work.newFiles(change.table);
  },
};

/** A policy or a rule: it must be there, or must not, and IF EXISTS of one that is missing keeps no lock. False: nothing more happens. */
function checkObject(object: ObjectChange, relation: Relation, work: Work): boolean {
  const names = (object.class === "policy" ? relation.policies : relation.rules) ?? [];
  const there = names.includes(object.name);
  const of = object.class === "policy" ? "table" : "relation";
  if (object.action === "create") {
    if (there && object.lenient !== true)
      work.fail("42710", `${object.class} "${object.name}" for ${of} "${bareName(relation.name)}" already exists`);
    return true;
  }
  if (!there) {
    if (object.lenient === true) return false;
    if (work.state.complete) work.fail("42704", `${object.class} "${object.name}" for ${of} "${bareName(relation.name)}" does not exist`);
  } else if (object.to !== undefined && names.includes(object.to)) {
    work.fail("42710", `${object.class} "${object.to}" for ${of} "${bareName(relation.name)}" already exists`);
  }
  return true;
}

/** `DISABLE TRIGGER noted` and its like name one trigger or rule. */
function checkNamed(action: string, named: string | undefined, relation: Relation, work: Work): void {
  if (named === undefined || !work.state.complete) return;
  if (action.endsWith("TRIGGER") && !relation.triggers.some((t) => t.name === named)) noTrigger(named, relation.name, work);
  if (action.endsWith("RULE") && relation.rules?.includes(named) !== true)
    work.fail("42704", `rule "${named}" for relation "${bareName(relation.name)}" does not exist`);
  if (/^(?:CLUSTER ON|REPLICA IDENTITY)$/.test(action) && !relation.indexes.some((i) => bareName(i.name) === named))
    work.fail("42704", `index "${named}" for table "${bareName(relation.name)}" does not exist`);
}

function modeOf(action: string): LockMode {
  const options = /^SET \((.*)\)$/.exec(action)?.[1];
  if (options !== undefined && MODES[action] === undefined) {
    return options.split(", ").some((o) => STRONG_OPTIONS.has(o)) ? "AccessExclusive" : "ShareUpdateExclusive";
  }
  return MODES[action] ?? "AccessExclusive";
}
