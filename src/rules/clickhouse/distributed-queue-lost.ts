import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { askFirst, named, preCheck, rowsOf, sqlString, sqlTable } from "./words.ts";

export const distributedQueueLost: ClickHouseRule = clickHouseRuleFor(["drop-table", "detach-table", "create-table"], {
  id: "distributed-queue-lost",
  summary: "a Distributed table is dropped or replaced: rows that wait in its queue go with it",
  check(change, statement, context): ClickHouseHazard | null {
    const name = change.kind === "create-table" ? change.table.name : change.name;
    if (change.kind === "create-table" && !change.orReplace) return null;
    const known = context.table(statement, name);
    if (known?.forwards?.kind !== "distributed" || !context.existedBefore(statement, name) || context.effects(statement).error !== null)
      return null;
    if (known.settings.get("insert_distributed_sync") === "1" || known.settings.get("distributed_foreground_insert") === "1") return null;
    const query = `SELECT sum(data_files) FROM system.distribution_queue WHERE database = ${sqlString(known.database)} AND table = ${sqlString(known.table)}`;
    const decision = context.decide(query);
    if (decision.kind === "cleared") return null;
    const flushed = context
      .earlier(statement)
      .some((one) => one.statement.changes.some((earlier) => earlier.kind === "system" && /flush distributed/i.test(earlier.command)));
    return {
      severity: flushed && decision.kind === "open" ? "warning" : "error",
      about: name,
      message: `rows that wait in the queue of ${named(name)} go with it${decision.kind === "confirmed" ? `: ${rowsOf(decision.rows).replace("row", "file")} wait` : ""}`,
      label: "acknowledged, and not delivered yet",
      why: "Background inserts (the default) answer success when the row lies in a file of this host. DROP deletes the files: ten of ten queued rows were lost in a test.",
      help: `first stop writers, then \`SYSTEM FLUSH DISTRIBUTED ${sqlTable(name)}\` on every host, then\n${askFirst(query)}`,
      evidence: [preCheck(query), ...(decision.kind === "confirmed" ? [decision.evidence] : [])],
      covers: context.silents(statement),
    };
  },
});
