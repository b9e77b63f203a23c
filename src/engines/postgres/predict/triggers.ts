import { treeOf } from "../../../model/apply/index.ts";
import { bareName, type Relation, type Trigger } from "../../../model/schema.ts";
import type { Predictors, Work } from "./work.ts";

export const triggerPredictors: Predictors<"create-trigger" | "drop-trigger" | "rename-trigger"> = {
  /** SHARE ROW EXCLUSIVE: writers wait, readers do not (reference 1.8, 111). A row trigger is put on every partition too. */
  "create-trigger"(change, work) {
    const { trigger, table } = change;
    const relation = work.need(table);
    const wrong = relation === null ? null : misplaced(relation, trigger);
    if (wrong !== null) return work.fail("42809", wrong);
    work.lock(table, "ShareRowExclusive");
    if (trigger.from !== undefined) {
      work.need(trigger.from);
      work.lock(trigger.from, "AccessShare");
    }
    const existing = relation?.triggers.find((t) => t.name === trigger.name);
    if (existing !== undefined && (change.orReplace !== true || existing.constraint === true || trigger.constraint === true))
      return work.fail("42710", `trigger "${trigger.name}" for relation "${bareName(table)}" already exists`);
    if (relation?.kind === "partitioned-table" && trigger.row !== false)
      for (const part of treeOf(work.state, table)) work.lock(part.name, "ShareRowExclusive");
    for (const column of trigger.columns) work.needColumn(relation, column);
    returnsTrigger(trigger, work);
  },

  "drop-trigger"(change, work) {
    const relation = work.state.relations.get(change.table);
    if (relation === undefined && change.ifExists) return;
    work.need(change.table);
    const trigger = relation?.triggers.find((t) => t.name === change.name);
    // IF EXISTS on a trigger that is not there opens the table without keeping a lock on it.
    if (relation !== undefined && trigger === undefined) {
      if (!change.ifExists && work.state.complete) noTrigger(change.name, change.table, work);
      return;
    }
    if (trigger?.inherited === true)
      return work.fail("2BP01", `cannot drop trigger ${change.name} on table ${bareName(change.table)}: the partitioned table requires it`);
    if (relation?.kind === "partitioned-table" && trigger?.row !== false) work.lockTree(change.table, "AccessExclusive");
    else work.lock(change.table, "AccessExclusive");
  },

  "rename-trigger"(change, work) {
    const relation = work.need(change.table);
    work.lock(change.table, "AccessExclusive");
    if (relation === null) return;
    const trigger = relation.triggers.find((t) => t.name === change.name);
    if (trigger === undefined) {
      if (work.state.complete) noTrigger(change.name, change.table, work);
      return;
    }
    if (relation.triggers.some((t) => t.name === change.to))
      return work.fail("42710", `trigger "${change.to}" for relation "${bareName(change.table)}" already exists`);
    // From 15 on the triggers of partitions keep the name of their parent's (measured 13–18; the code became a proper one in 18).
    if (work.version < 15) return;
    if (trigger.inherited === true)
      return work.fail(
        work.version >= 18 ? "0A000" : "XX000",
        `cannot rename trigger "${change.name}" on table "${bareName(change.table)}"`,
      );
    if (relation.kind === "partitioned-table") for (const part of treeOf(work.state, change.table)) work.lock(part.name, "AccessExclusive");
  },
};

/** What CreateTrigger refuses by the kind of the relation. */
function misplaced(relation: Relation, trigger: Trigger): string | null {
  const { kind } = relation;
  if (kind === "materialized-view") return `"${bareName(relation.name)}" cannot have triggers`;
  const instead = trigger.timing === "instead";
  if (kind !== "view") return instead ? `"${bareName(relation.name)}" is a table: tables cannot have INSTEAD OF triggers` : null;
  if (instead) return null;
  const forbidden = trigger.row === true || trigger.events.includes("TRUNCATE");
  return forbidden && trigger.timing !== undefined ? `"${bareName(relation.name)}" is a view: views cannot have row-level triggers` : null;
}

function returnsTrigger(trigger: Trigger, work: Work): void {
  if (trigger.function === null) return;
  const routine = work.state.functions.get(trigger.function);
  if (routine === undefined) {
    const own = work.state.formerFunctions?.has(trigger.function) === true || !isBuiltIn(trigger.function);
    if (own && work.knowsAll(trigger.function) && work.onlyPlpgsql)
      work.fail("42883", `function ${bareName(trigger.function)}() does not exist`);
  } else if (typeof routine.returns === "string" && routine.returns !== "trigger" && routine.returns !== "opaque") {
    work.fail("42P17", `function ${bareName(trigger.function)} must return type trigger`);
  }
}

/** Trigger functions of pg_catalog. */
function isBuiltIn(name: string): boolean {
  return ["suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column", "unique_key_recheck"].includes(
    bareName(name),
  );
}

export function noTrigger(name: string, table: string, work: Work): void {
  work.fail("42704", `trigger "${name}" for table "${bareName(table)}" does not exist`);
}
