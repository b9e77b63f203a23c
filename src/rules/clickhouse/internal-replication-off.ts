import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { list, named } from "./words.ts";

export const internalReplicationOff: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "internal-replication-off",
  summary: "a Distributed table over Replicated ones on a cluster without internal_replication: every row is written twice",
  check({ table }, statement, context): ClickHouseHazard | null {
    const { forwards } = table;
    if (forwards?.kind !== "distributed" || forwards.table === null || context.cluster === null) return null;
    const local = (context.end ?? statement.after).tables.get(forwards.table);
    const cluster = context.cluster.clusters.find(({ name }) => name === forwards.cluster);
    const shards = cluster?.shards.filter(({ internalReplication, replicas }) => !internalReplication && replicas.length > 1) ?? [];
    if (local?.engine?.replicated !== true || shards.length === 0) return null;
    return {
      severity: "error",
      about: table.name,
      message: `${named(table.name)} writes every row to each replica of shard ${list(shards.map(({ name }) => name))}, and ${named(local.name)} replicates it besides`,
      label: "internal_replication is false",
      why: "Without it a Distributed table sends a row to all replicas itself. Replicated tables copy it again: rows double, and materialized views disagree.",
      help: "`<internal_replication>true</internal_replication>` for every shard in the servers' configuration, before the first insert",
      evidence: [],
      covers: context.silents(statement).filter(({ kind }) => kind === "duplicates"),
    };
  },
});
