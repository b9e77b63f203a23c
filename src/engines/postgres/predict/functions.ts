import { bareName, type Relation, type UserFunction } from "../../../model/schema.ts";
import type { Change } from "../../../model/change.ts";
import type { Predictors, Work } from "./work.ts";

export const functionPredictors: Predictors<"create-function" | "drop-function" | "alter-function"> = {
  "create-function"(change, work) {
    const { function: routine } = change;
    const existing = work.state.functions.get(routine.name);
    const same = existing?.signatures?.find((s) => s.join() === routine.signatures?.[0]?.join());
    if (existing !== undefined && same !== undefined && routine.signatures !== undefined) {
      if (change.orReplace !== true)
        return work.fail("42723", `function "${bareName(routine.name)}" already exists with same argument types`);
      if (existing.routine !== routine.routine) return work.fail("42809", `cannot change routine kind of ${bareName(routine.name)}`);
      // What another overload returns is not known apart.
      const changed = existing.signatures?.length === 1 && typeof existing.returns === "string" && typeof routine.returns === "string";
      if (changed && existing.returns !== routine.returns)
        return work.fail("42P13", `cannot change return type of existing function ${bareName(routine.name)}`);
    }
    // Parse analysis of the body locks what it names like a query would (measured 13–18).
    for (const table of new Set(routine.reads?.map((r) => r.relation))) {
      work.need(table);
      work.lock(table, "AccessShare");
    }
  },

  "drop-function"(change, work) {
    const routine = work.state.functions.get(change.name);
    const what = change.routine ?? "function";
    if (routine === undefined || !hasSignature(routine, change.arguments)) {
      if (change.ifExists === true || !work.knowsAll(change.name) || !work.onlyPlpgsql) return;
      return work.fail("42883", `${what} ${bareName(change.name)}() does not exist`);
    }
    if (what !== "routine" && (routine.routine ?? "function") !== what)
      return work.fail("42809", `${bareName(change.name)}() is not ${what === "aggregate" ? "an" : "a"} ${what}`);
    if ((routine.signatures?.length ?? 1) > 1 && change.arguments === null)
      return work.fail("42725", `${what} name "${bareName(change.name)}" is not unique`);
    for (const relation of work.state.relations.values()) {
      if (!dependsOn(relation, routine)) continue;
      if (change.cascade !== true)
        return work.fail("2BP01", `cannot drop function ${bareName(change.name)}() because other objects depend on it`);
      work.lock(relation.name, "AccessExclusive");
    }
  },

  "alter-function"(change, work) {
    const routine = work.state.functions.get(change.name);
    if (routine === undefined || !hasSignature(routine, change.arguments)) {
      if (work.knowsAll(change.name) && work.onlyPlpgsql) work.fail("42883", `function ${bareName(change.name)}() does not exist`);
      return;
    }
    const taken = change.to === null ? undefined : work.state.functions.get(change.to);
    if (taken?.signatures?.some((s) => routine.signatures?.some((own) => own.join() === s.join())) === true)
      work.fail("42723", `function "${bareName(change.to ?? "")}" already exists with same argument types`);
  },
};

/** A body in standard SQL keeps what it reads from being dropped, as a view does (manual, CREATE FUNCTION, sql_body). */
export function keptByBody(change: Change, work: Work): void {
  if (change.kind !== "drop-column" && change.kind !== "drop-relation") return;
  if (change.cascade) return;
  const [table, column] = change.kind === "drop-column" ? [change.table, change.column] : [change.name, null];
  for (const routine of work.before.functions.values()) {
    if (routine.stored !== true) continue;
    if (routine.reads?.some((ref) => ref.relation === table && (column === null || ref.column === column)) !== true) continue;
    const what = column === null ? "table" : `column ${column} of table`;
    work.fail("2BP01", `cannot drop ${what} ${bareName(table)} because function ${bareName(routine.name)}() depends on it`);
  }
}

function hasSignature(routine: UserFunction, listed: readonly string[] | null | undefined): boolean {
  if (listed === null || listed === undefined || routine.signatures === undefined) return true;
  return routine.signatures.some((s) => s.join() === listed.join());
}

/** A trigger that runs it, or a default that calls it. Constraints and indexes are text here: a call in them is looked for by name. */
function dependsOn(relation: Relation, routine: UserFunction): boolean {
  if (relation.triggers.some((t) => t.function === routine.name)) return true;
  const call = new RegExp(`\\b${bareName(routine.name).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}"?\\s*\\(`, "i");
  return (
    relation.columns.some((c) => c.default !== null && call.test(c.default.sql)) ||
    relation.constraints.some((c) => c.kind === "check" && c.expression !== null && call.test(c.expression.sql)) ||
    ((relation.kind === "view" || relation.kind === "materialized-view") && relation.definition !== null && call.test(relation.definition))
  );
}
