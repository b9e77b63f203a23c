import { createHash } from "node:crypto";
import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import { readClickHouseTarget } from "../../engines/clickhouse/introspect/index.ts";
import type { TestCluster } from "../../engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { readCatalogues, readTopology } from "../../engines/clickhouse/topology/read.ts";
import type { LiveTopology } from "../../engines/clickhouse/topology/live.ts";
import type { Topology } from "../../model/clickhouse/topology.ts";
import type { Migration } from "../../model/migration.ts";
import { wholeSpan } from "../../text/span.ts";
import { planCluster, type ClusterPlanInput } from "./plan.ts";
import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";

/** The chain of an events table: rows come from Kafka (or a Null table), pass a view and a Distributed table, and are read through another. */
export async function makeChain(cluster: TestCluster, source: "Kafka" | "Null" = "Null"): Promise<void> {
  const engine =
    source === "Null"
      ? "Null"
      : "Kafka SETTINGS kafka_broker_list = '127.0.0.1:1', kafka_topic_list = 'events', kafka_group_name = 'ingest', kafka_format = 'JSONEachRow'";
  for (const sql of [
    "CREATE DATABASE web",
    "CREATE TABLE web.events_local (id UInt64, team UInt32, event String, at DateTime DEFAULT now()) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (team, id)",
    "CREATE TABLE web.events (id UInt64, team UInt32, event String, at DateTime DEFAULT now()) ENGINE = Distributed('c', web, events_local)",
    "CREATE TABLE web.writable_events (id UInt64, team UInt32, event String, at DateTime DEFAULT now()) ENGINE = Distributed('c', web, events_local, sipHash64(id))",
    `CREATE TABLE web.incoming (id UInt64, team UInt32, event String, at DateTime) ENGINE = ${engine}`,
    "CREATE MATERIALIZED VIEW web.events_mv TO web.writable_events AS SELECT id, team, event, at FROM web.incoming",
  ])
    await cluster.everywhere(sql);
}

export function migration(id: string, sql: string): Migration {
  const path = `migrations/${id}.sql`;
  return {
    id,
    path,
    source: "sql-dir",
    database: "clickhouse",
    transaction: "none",
    down: "unknown",
    dependsOn: [],
    replaces: [],
    hash: createHash("sha256").update(sql).digest("hex"),
    steps: [{ kind: "sql", sql, span: wholeSpan(path, sql), verbatim: true, operation: null, reverse: "unknown", suppressions: [] }],
  };
}

export async function liveTopology(cluster: TestCluster, which?: readonly number[]): Promise<LiveTopology> {
  const targets = cluster.hosts.filter(({ index }) => which?.includes(index) ?? true).map(({ url }) => readClickHouseTarget(url, {}));
  // The machine may be busy.
  return readTopology(targets, { timeoutSeconds: 60 });
}

export async function planOf(
  cluster: TestCluster,
  sql: string,
  more: Partial<ClusterPlanInput> & {
    readonly declare?: (topology: Topology) => Topology;
    readonly live?: LiveTopology;
    readonly dialect?: "current" | "old";
  } = {},
): Promise<ClusterPlan> {
  const live = more.live ?? (await liveTopology(cluster));
  const { catalogues } = await readCatalogues(live, { dialect: more.dialect ?? "current" });
  return planCluster({
    engine: await loadClickHouse(),
    migrations: [migration("0001_change", sql)],
    topology: more.declare?.(live.topology) ?? live.topology,
    catalogues: [...catalogues.values()],
    environment: null,
    database: "web",
    ...more,
  });
}

/** `local web.events_local ALTER TABLE …`, once per step. */
export function outline(plan: ClusterPlan): readonly string[] {
  return plan.steps.map(({ role, object, action }) =>
    action.kind === "statement"
      ? `${role}: ${[...new Set(action.runs.map(({ sql }) => sql))].join(" / ")} [${action.runs.length}]`
      : `${action.kind}: ${object ?? ""}`,
  );
}
