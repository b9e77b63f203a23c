import { foreignKeysTo } from "../../../model/apply/index.ts";
import { bareName } from "../../../model/schema.ts";
import type { Predictors, Work } from "./work.ts";

export const truncatePredictors: Predictors<"truncate" | "lock-table"> = {
  truncate(change, work) {
    const names = new Set(change.names);
    for (const name of change.names) {
      if (work.state.sequences.has(name) && !work.state.relations.has(name))
        return work.fail("42809", `"${bareName(name)}" is not a table`);
      const relation = work.need(name);
      if (relation?.kind === "view" || relation?.kind === "materialized-view")
        return work.fail("42809", `"${bareName(name)}" is not a table`);
      const only = change.onlys?.includes(name) === true;
      if (only && relation?.kind === "partitioned-table") return work.fail("42809", "cannot truncate only a partitioned table");
      if (only) work.lock(name, "AccessExclusive");
      else work.lockTree(name, "AccessExclusive");
      // 13 looks at the parents as well (measured 13–18).
      for (let parent = relation?.partitionOf ?? null; work.version === 13 && parent !== null;) {
        work.lock(parent, "AccessShare");
        parent = work.state.relations.get(parent)?.partitionOf ?? null;
      }
      // A table that held nothing gets new files, which is all that can be seen of a rewrite of nothing.
      for (const part of only ? work.tree(name).slice(0, 1) : work.tree(name)) if (work.isEmpty(part.name)) work.rewrite(part.name);
    }
    for (const name of names) {
      for (const { table } of foreignKeysTo(work.state, name)) {
        if (names.has(table.name)) continue;
        // feature_not_supported, whatever the rows are (manual, TRUNCATE).
        if (!change.cascade) return work.fail("0A000", "cannot truncate a table referenced in a foreign key constraint");
        names.add(table.name);
        // Their partitions refer to the table themselves; tables that only inherit from them do not, and are left alone.
        work.lockPartitions(table.name, "AccessExclusive");
        for (const part of work.partitions(table.name)) if (work.isEmpty(part.name)) work.rewrite(part.name);
      }
    }
  },

  "lock-table"(change, work) {
    for (const { name, mode, only } of change.tables) {
      const relation = work.state.relations.get(name);
      if (relation === undefined && work.state.sequences.has(name)) return work.fail("42809", `"${bareName(name)}" is not a table or view`);
      if (relation?.kind === "materialized-view" || relation?.kind === "foreign-table")
        return work.fail("42809", `"${bareName(name)}" is not a table or view`);
      work.need(name);
      if (only === true) work.lock(name, mode);
      else work.lockTree(name, mode);
      // LOCK TABLE on a view locks what it reads too, through every view below (manual, LOCK).
      if (relation?.kind === "view") lockBelow(name, mode, work, new Set([name]));
      if (!work.inTransaction) work.fail("25P01", "LOCK TABLE can only be used in transaction blocks");
    }
  },
};

function lockBelow(view: string, mode: Parameters<Work["lock"]>[1], work: Work, seen: Set<string>): void {
  for (const { relation } of work.state.relations.get(view)?.reads ?? []) {
    if (seen.has(relation)) continue;
    seen.add(relation);
    const kind = work.state.relations.get(relation)?.kind;
    if (kind === "materialized-view") continue;
    work.lockTree(relation, mode);
    if (kind === "view") lockBelow(relation, mode, work, seen);
  }
}
