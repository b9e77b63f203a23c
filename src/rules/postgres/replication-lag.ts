import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { bytes, named } from "../words.ts";
import { growingWrites } from "../writes.ts";

/** What replicas take in within seconds is not worth a line. */
const NOTICED = 1e9;

export const replicationLag: Rule = {
  id: "replication-lag",
  summary: "a statement writes gigabytes of write-ahead log at once: replicas and subscribers fall behind",
  database: "postgres",
  check(statement, context) {
    return [...new Set(written(statement, context))].flatMap((table) => {
      const size = context.size(table);
      if (size.bytes === null || size.bytes < NOTICED || !context.existedBefore(statement, table)) return [];
      return [
        {
          severity: "info" as const,
          about: table,
          message: `about ${bytes(size.bytes)} of write-ahead log at once, from ${named(table)} (estimate)`,
          label: "replicas apply it after everything else that they are sent",
          why: "who reads from a replica sees old data until it has caught up, a failover meanwhile waits or loses it, and a replication slot whose reader is slow keeps the log on the primary's disk",
          help: "in batches with a pause that is as long as the lag asks for: `SELECT max(replay_lag) FROM pg_stat_replication;` between them",
          evidence: [context.sizeEvidence(table)],
        },
      ];
    });
  },
};

function written(statement: JudgedStatement, context: RuleContext): readonly string[] {
  const unbounded = growingWrites(statement, context).filter((write) => write.everyRow && !write.batched && write.verb !== "insert");
  return [...context.effects(statement).rewrites, ...unbounded.map(({ table }) => table)];
}
