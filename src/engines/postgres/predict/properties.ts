import { treeOf } from "../../../model/apply/index.ts";
import type { LockMode } from "../../../model/effects.ts";
import { bareName } from "../../../model/schema.ts";
import type { Predictors } from "./work.ts";

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

/** Sub-commands that recurse into partitions and children. */
const RECURSES = new Set([
  "SET STATISTICS",
  "SET STORAGE",
  "ENABLE TRIGGER",
  "DISABLE TRIGGER",
  "ENABLE TRIGGER ALL",
  "DISABLE TRIGGER ALL",
  "ENABLE TRIGGER USER",
  "DISABLE TRIGGER USER",
]);

/** Storage parameters that need more than SHARE UPDATE EXCLUSIVE (reloptions.c): these change what others may assume of the table. */
const STRONG_OPTIONS = new Set(["user_catalog_table", "security_barrier", "security_invoker", "check_option"]);

export const propertyPredictors: Predictors<"alter-table-other" | "create-trigger" | "drop-trigger"> = {
  "alter-table-other"(change, work) {
    const relation = work.need(change.table);
    const mode = modeOf(change.action);
    if (RECURSES.has(change.action)) work.lockTree(change.table, mode);
    else work.lock(change.table, mode);
    if (change.other !== undefined) {
      work.need(change.other);
      work.lock(change.other, change.action === "INHERIT" ? "ShareUpdateExclusive" : "AccessShare");
    }
    const rewrites =
      (change.action === "SET LOGGED" && relation?.unlogged !== false) || (change.action === "SET UNLOGGED" && relation?.unlogged !== true);
    if (rewrites) work.rewrite(change.table);
    const method = /^SET ACCESS METHOD (.*)$/.exec(change.action)?.[1];
    if (method !== undefined && work.version < 15) return work.fail("42601", "SET ACCESS METHOD exists from PostgreSQL 15 on");
    // Tables are of `heap` as a rule; to another method every row is written again, on a partitioned table only new partitions get it.
    if (method !== undefined && method !== "heap" && method !== "DEFAULT" && relation?.kind !== "partitioned-table")
      work.rewrite(change.table);
    // The files are copied page by page, indexes left where they are. `pg_default` is where tables are as a rule.
    if (change.action === "SET TABLESPACE") work.newFiles(change.table);
  },

  /** SHARE ROW EXCLUSIVE: writers wait, readers do not (reference 1.8, 111). On a partitioned table every partition gets the trigger. */
  "create-trigger"(change, work) {
    const relation = work.need(change.table);
    if (relation?.triggers.some((t) => t.name === change.trigger.name) === true && change.orReplace !== true) {
      work.lock(change.table, "ShareRowExclusive");
      work.fail("42710", `trigger "${change.trigger.name}" for relation "${bareName(change.table)}" already exists`);
      return;
    }
    work.lock(change.table, "ShareRowExclusive");
    if (relation?.kind === "partitioned-table")
      for (const part of treeOf(work.state, change.table)) work.lock(part.name, "ShareRowExclusive");
    for (const column of change.trigger.columns) work.needColumn(relation, column);
  },

  "drop-trigger"(change, work) {
    const relation = work.state.relations.get(change.table);
    if (relation === undefined && change.ifExists) return;
    work.need(change.table);
    const exists = relation?.triggers.some((t) => t.name === change.name) === true;
    if (relation !== undefined && !exists && !change.ifExists && work.state.complete) {
      work.fail("42704", `trigger "${change.name}" for table "${bareName(change.table)}" does not exist`);
      return;
    }
    // IF EXISTS on a trigger that is not there opens the table without keeping a lock on it.
    if (relation !== undefined && !exists && change.ifExists) return;
    if (relation?.kind === "partitioned-table") work.lockTree(change.table, "AccessExclusive");
    else work.lock(change.table, "AccessExclusive");
  },
};

function modeOf(action: string): LockMode {
  const options = /^SET \((.*)\)$/.exec(action)?.[1];
  if (options !== undefined && MODES[action] === undefined) {
    return options.split(", ").some((o) => STRONG_OPTIONS.has(o)) ? "AccessExclusive" : "ShareUpdateExclusive";
  }
  return MODES[action] ?? "AccessExclusive";
}
