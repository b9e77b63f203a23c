import type { ChangeOf } from "../../../model/change.ts";
import { bareName, type Relation } from "../../../model/schema.ts";
import { formatType } from "../changes/types.ts";
import { lockRead, scanRead } from "./data.ts";
import { shown, type Predictors, type Work } from "./work.ts";

type NewView = ChangeOf<"create-relation">["relation"];

/** CREATE [OR REPLACE] VIEW and CREATE MATERIALIZED VIEW. */
export function createView(view: NewView, existing: Relation | null, work: Work): void {
  if (existing !== null) {
    if (existing.kind !== "view") return work.fail("42809", `"${bareName(view.name)}" is not a view`);
    // CREATE OR REPLACE VIEW waits for every reader of the view (measured 13–18: reference 1.8, 114).
    work.lock(view.name, "AccessExclusive");
    const changed = columnsChanged(existing, view);
    if (changed !== null) work.fail("42P16", changed);
  }
  for (const table of new Set(view.reads?.map((r) => r.relation))) {
    work.need(table);
    // Only the relations that the query itself names: a view's own tables are not opened (measured on 18.4).
    work.lock(table, "AccessShare");
  }
}

/** The columns that the view had must stay as they were, first and in order (`checkViewColumns` of view.c). */
function columnsChanged(existing: Relation, view: NewView): string | null {
  if (existing.columns.length === 0 || view.columns.length === 0) return null;
  for (const [at, old] of existing.columns.entries()) {
    const now = view.columns[at];
    if (now === undefined) return "cannot drop columns from view";
    if (now.name !== old.name) return `cannot change name of view column "${old.name}" to "${now.name}"`;
    const [was, is] = [formatType(old.type), formatType(now.type)];
    if (was !== is && old.type.name !== "unknown" && now.type.name !== "unknown")
      return `cannot change data type of view column "${old.name}" from ${was} to ${is}`;
  }
  return null;
}

export const viewPredictors: Predictors<"refresh-materialized-view"> = {
  /** Without CONCURRENTLY the view is locked against readers while it is written anew; with it only against writers (reference 1.7, 104). */
  "refresh-materialized-view"(change, work) {
    const view = work.need(change.name);
    if (view !== null && view.kind !== "materialized-view") {
      // 13 to 18 lock first and look at the kind afterwards; a table is refused by its missing rule.
      return work.fail(view.kind === "view" ? "42809" : "0A000", `"${bareName(change.name)}" is not a materialized view`);
    }
    if (change.concurrently && view !== null) {
      if (view.unpopulated === true) return work.fail("0A000", "CONCURRENTLY cannot be used when the materialized view is not populated");
      if (!view.indexes.some((i) => i.unique && i.predicate === null && i.columns.every((c) => c !== null)))
        return work.fail("55000", `cannot refresh materialized view "${shown(change.name)}" concurrently`);
    }
    work.lock(change.name, change.concurrently ? "Exclusive" : "AccessExclusive");
    if (!change.withData) {
      // It is emptied; of a view that held nothing only the new file can be seen.
      if (work.isEmpty(change.name)) work.newFiles(change.name);
      return;
    }
    if (change.concurrently) work.scan(change.name);
    else {
      work.newFiles(change.name);
      for (const index of view?.indexes ?? []) work.build(change.name, index.name);
    }
    for (const table of new Set(view?.reads?.map((r) => r.relation))) {
      lockRead(table, "AccessShare", work);
      scanRead(table, work);
    }
  },
};
