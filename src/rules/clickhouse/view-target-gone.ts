import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, namedList } from "./words.ts";

export const viewTargetGone: ClickHouseRule = clickHouseRuleFor(["drop-table", "rename-table", "detach-table"], {
  id: "view-target-gone",
  summary: "the target of a materialized view is dropped, detached or renamed: inserts into the view's source fail",
  check(change, statement, context): ClickHouseHazard | null {
    if (context.effectsOf(statement, change).error !== null) return null;
    const views = context.graph(statement.after).into(change.name);
    if (views.length === 0 || statement.after.tables.has(change.name)) return null;
    const sources = [...new Set(views.flatMap(({ select }) => select?.reads.slice(0, 1).map(({ table }) => table) ?? []))];
    return {
      severity: "error",
      about: change.name,
      message: `${namedList(views.map(({ name }) => name))} ${views.length === 1 ? "writes" : "write"} into ${named(change.name)}: inserts into ${namedList(sources)} fail from here on`,
      label: "code 60 for every writer",
      why: "A view finds its target by name. Every INSERT into the source fails with code 60 until a table of that name is there again: nothing is ingested meanwhile.",
      help: "drop the view first, or point it elsewhere; to put another table in its place use EXCHANGE TABLES, which never leaves the name empty",
      evidence: [{ kind: "error", text: `code 60: an INSERT into ${namedList(sources)}`, from: "static", value: { code: 60 } }],
      covers: context.silents(statement),
    };
  },
});
