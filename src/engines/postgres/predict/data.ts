import { foreignKeysTo, treeOf } from "../../../model/apply/index.ts";
import type { ChangeOf } from "../../../model/change.ts";
import type { LockMode } from "../../../model/effects.ts";
import type { Relation } from "../../../model/schema.ts";
import { shown, type Predictors, type Work } from "./work.ts";

/**
 * Statements that read and write rows. `scans` is what an observer can see: a sequential scan that returned at least as many rows as the
 * table has. It is predicted where nothing in the conditions lets an index help (`fullReads` of the change); where an index could help,
 * the planner decides by statistics that no migration shows, and no scan is predicted.
 */
export const dataPredictors: Predictors<"write" | "read"> = {
  write(change, work) {
    const relation = work.need(change.table);
    if (relation !== null) for (const column of change.columns) work.needColumn(relation, column);
    for (const table of change.reads) {
      if (work.state.sequences.has(table) && !work.state.relations.has(table)) continue;
      work.need(table);
      if (table !== change.table) lockRead(table, "AccessShare", work);
    }
    lockWritten(change, work);
    lockAbove(change, work);
    if (relation?.kind === "view" && !isUpdatable(relation, work))
      return work.fail("55000", `cannot change rows of view "${shown(relation.name)}"`);
    for (const table of change.fullReads ?? []) scanRead(table, work);
    if (relation === null || touchesNothing(change, work)) return;
    if (change.verb !== "delete") checkedAgainst(relation, change, work);
    if (change.verb === "delete" || change.verb === "update" || change.verb === "merge") checkedBy(relation, change, work, new Set());
  },

  read(change, work) {
    for (const table of change.tables) {
      // A sequence can be read like a table of one row; its lock is nobody's concern.
      if (work.state.sequences.has(table) && !work.state.relations.has(table)) continue;
      work.need(table);
      const locked = change.forUpdate === true && change.locked?.includes(table) !== false;
      const mode = locked ? "RowShare" : "AccessShare";
      if (change.shallow === true || change.onlys?.includes(table) === true) work.lock(table, mode);
      else lockRead(table, mode, work);
    }
    for (const table of change.fullReads ?? []) {
      if (change.onlys?.includes(table) === true) work.scan(table);
      else scanRead(table, work);
    }
  },
};

/** A table with its partitions and children, a view with the tables beneath it. */
export function lockRead(name: string, mode: LockMode, work: Work): void {
  work.lockTree(name, mode);
  const relation = work.state.relations.get(name);
  // To find the partitions below a partition, its own bounds are looked up.
  if (relation?.kind === "partitioned-table") lockParents(name, work);
  if (relation?.kind !== "view") return;
  for (const table of new Set(relation.reads?.map((r) => r.relation))) lockRead(table, mode, work);
}

/** Reading all of a view reads all of what is under it, as far as its own conditions are not known to be served by an index. */
export function scanRead(name: string, work: Work): void {
  const relation = work.state.relations.get(name);
  if (relation === undefined && work.state.sequences.has(name)) return;
  if (relation?.kind !== "view") work.scanTree(name);
  else for (const table of new Set(relation.reads?.map((r) => r.relation))) scanRead(table, work);
}

/** Writing through a view locks the view and its one table alike. */
function lockWritten({ table: name, verb, oneRow }: ChangeOf<"write">, work: Work): void {
  const relation = work.state.relations.get(name);
  // VALUES go to few partitions, which only their rows tell: those are locked when the row arrives.
  if (oneRow === true || verb === "copy") work.lock(name, "RowExclusive");
  else work.lockTree(name, "RowExclusive");
  if (relation?.kind !== "view") return;
  for (const table of new Set(relation.reads?.map((r) => r.relation))) work.lockTree(table, "RowExclusive");
}

/**
 * Rows that are written to a partition by its own name are held against its bounds, which are looked up in all tables above it. 13 does
 * so when it plans UPDATE and DELETE; later a DELETE needs no bounds, except to find the partitions below (measured 13–18).
 */
function lockAbove({ table, verb }: ChangeOf<"write">, work: Work): void {
  const relation = work.state.relations.get(table);
  const looks = verb === "insert" || verb === "copy" || work.version === 13 || relation?.kind === "partitioned-table";
  if (looks || (verb !== "delete" && !work.isEmpty(table))) lockParents(table, work);
}

function lockParents(table: string, work: Work): void {
  const seen = new Set<string>();
  for (let above = work.state.relations.get(table)?.partitionOf ?? null; above !== null && !seen.has(above);) {
    seen.add(above);
    work.lock(above, "AccessShare");
    above = work.state.relations.get(above)?.partitionOf ?? null;
  }
}

/** One relation in FROM and nothing that gathers rows, or a trigger or rule that stands in (manual, CREATE VIEW, Updatable Views). */
function isUpdatable(view: Relation, work: Work): boolean {
  if (view.triggers.some((t) => t.timing === "instead") || (view.rules ?? []).length > 0 || view.reads === null) return true;
  const sources = new Set(view.reads.map((r) => r.relation));
  if (sources.size > 1 && !/\bselect\b[\s\S]*\bselect\b/i.test(view.definition ?? "")) return false;
  const [only] = sources;
  const below = only === undefined ? undefined : work.state.relations.get(only);
  return below?.kind !== "view" || isUpdatable(below, work);
}

/** No row is there to be written, so that no foreign key is checked. */
function touchesNothing(change: ChangeOf<"write">, work: Work): boolean {
  if (change.verb === "insert" || change.verb === "copy") return change.reads.length > 0 && change.reads.every((r) => work.isEmpty(r));
  return treeOf(work.state, change.table).every((r) => work.isEmpty(r.name));
}

/** New values are looked up in the referenced table FOR KEY SHARE: ROW SHARE there (ri_triggers.c). Deferred checks come at COMMIT. */
function checkedAgainst(relation: Relation, change: ChangeOf<"write">, work: Work): void {
  for (const constraint of relation.constraints) {
    if (constraint.references === null || !constraint.enforced) continue;
    const given = constraint.columns.some((c) => change.columns.includes(c) || hasDefault(relation, c, change));
    if (given && !isDeferred(constraint)) work.lock(constraint.references.relation, "RowShare");
  }
}

function hasDefault(relation: Relation, column: string, change: ChangeOf<"write">): boolean {
  return (
    (change.verb === "insert" || change.verb === "copy") && (relation.columns.find((c) => c.name === column)?.default ?? null) !== null
  );
}

function isDeferred(constraint: Relation["constraints"][number]): boolean {
  return constraint.initiallyDeferred === true;
}

/** Rows that go, or whose key changes, are looked for in the referencing tables; ON DELETE decides what happens to those. */
function checkedBy(relation: Relation, change: ChangeOf<"write">, work: Work, seen: Set<string>): void {
  for (const { table, constraint } of foreignKeysTo(work.state, relation.name)) {
    const references = constraint.references;
    if (references === null || seen.has(`${table.name} ${constraint.name}`)) continue;
    seen.add(`${table.name} ${constraint.name}`);
    if (
      change.verb !== "delete" &&
      change.deletes !== true &&
      !references.columns.some((c) => (change.updates ?? change.columns).includes(c))
    )
      continue;
    const acts =
      (change.verb === "delete" || change.deletes === true) && references.onDelete !== "NO ACTION" && references.onDelete !== "RESTRICT";
    if (!acts && isDeferred(constraint)) continue;
    work.lock(table.name, acts ? "RowExclusive" : "RowShare");
    if (!indexed(table, constraint.columns)) work.scan(table.name);
    // Rows that a cascade deletes are looked for in turn.
    if (acts && references.onDelete === "CASCADE" && !work.isEmpty(table.name)) checkedBy(table, change, work, seen);
  }
}

function indexed(table: Relation, columns: readonly string[]): boolean {
  return table.indexes.some((i) => i.valid && columns.includes(i.columns[0] ?? ""));
}
