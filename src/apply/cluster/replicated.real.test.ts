import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../../engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { oldPackages } from "../../engines/clickhouse/cluster-harness/packages.test-helper.ts";
import { until } from "../../engines/clickhouse/cluster-harness/processes.test-helper.ts";
import { startReplicatedCluster } from "../../engines/clickhouse/cluster-harness/replicated.test-helper.ts";
import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import { readClickHouseTarget } from "../../engines/clickhouse/introspect/index.ts";
import type { LiveTopology } from "../../engines/clickhouse/topology/live.ts";
import { readCatalogues, readTopology } from "../../engines/clickhouse/topology/read.ts";
import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";
import { migration } from "../../plan/cluster/chain.test-helper.ts";
import { planCluster } from "../../plan/cluster/plan.ts";
import { walkHost, type WalkHost } from "./host.ts";
import { walkCluster } from "./walk.ts";
import type { WalkReport } from "./walk-input.ts";

const old = oldPackages();
const LONG = 240_000;

describe.skipIf(old.reason !== null)(`walking replicated tables, two shards of two${old.reason === null ? "" : ` (${old.reason})`}`, () => {
  let cluster: TestCluster;
  let live: LiveTopology;
  let hosts: ReadonlyMap<string, WalkHost>;
  beforeAll(async () => {
    cluster = await startReplicatedCluster({ sessionMs: 1500 });
    await cluster.everywhere("CREATE DATABASE web");
    await cluster.everywhere(
      "CREATE TABLE web.events_local (id UInt64, team UInt32) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/web/events_local', '{replica}') ORDER BY id",
    );
    await cluster.everywhere("CREATE TABLE web.events (id UInt64, team UInt32) ENGINE = Distributed(c, web, events_local, id)");
    live = await readTopology(
      cluster.hosts.map(({ url }) => readClickHouseTarget(url, {})),
      {
        dialect: "old",
        timeoutSeconds: 20,
        nativePort: (endpoint) => cluster.hosts.find(({ url }) => endpoint.startsWith(url))?.nativePort ?? null,
      },
    );
    hosts = new Map([...live.targets].map(([name, target]) => [name, walkHost(name, target, "old")]));
  }, LONG);
  afterAll(() => cluster?.stop());

  const plan = async (sql: string): Promise<ClusterPlan> =>
    planCluster({
      engine: await loadClickHouse(),
      migrations: [migration("0001_change", sql)],
      topology: live.topology,
      catalogues: [...(await readCatalogues(live, { dialect: "old" })).catalogues.values()],
      environment: null,
      database: "web",
    });
  const walk = (change: ClusterPlan): Promise<WalkReport> =>
    walkCluster({
      plan: change,
      hosts,
      by: "ana",
      limits: { settleMs: 60_000 },
      signal: new AbortController().signal,
      events: { step: () => {}, ran: () => {}, say: () => {}, preflight: () => {} },
    });
  const columns = (table: string, of = cluster.hosts): Promise<readonly string[]> =>
    Promise.all(
      of.map(({ index }) =>
        cluster.query(
          index,
          `SELECT arrayStringConcat(groupArray(name), ' ') FROM system.columns WHERE database = 'web' AND table = '${table}'`,
        ),
      ),
    );

  it(
    "alters the replicated table once per shard and the Distributed one on every host",
    async () => {
      const change = await plan("ALTER TABLE events ADD COLUMN plan String");
      const [local, distributed] = change.steps.map(({ action }) => (action.kind === "statement" ? action.runs : []));
      expect(local?.map(({ hosts: any, replicated }) => [any.length, replicated])).toEqual([
        [2, true],
        [2, true],
      ]);
      expect(distributed?.map(({ hosts: any }) => any.length)).toEqual([1, 1, 1, 1]);
      expect(await walk(change)).toMatchObject({ ran: 6, pending: [] });
      expect(await columns("events_local")).toEqual(Array(4).fill("id team plan"));
      expect(await columns("events")).toEqual(Array(4).fill("id team plan"));
    },
    LONG,
  );

  it(
    "goes on without a replica that is dead, and the same command brings it to the same state",
    async () => {
      const change = await plan("ALTER TABLE events ADD COLUMN country String");
      await cluster.kill(1);
      await until(
        async () => (await cluster.query(0, "SELECT active_replicas FROM system.replicas WHERE table = 'events_local'")) === "1",
        "the dead replica's session to end",
      );
      // The old server answers 341 for it: committed, and one replica has not done it yet.
      const first = await walk(change);
      expect(first.pending).toHaveLength(1);
      const alive = cluster.hosts.filter(({ index }) => index !== 1);
      expect(await columns("events_local", alive)).toEqual(Array(3).fill("id team plan country"));
      await cluster.start(1);
      await until(async () => (await columns("events_local"))[1] === "id team plan country", "replication to bring the column");
      expect(await walk(change)).toMatchObject({ ran: 1, pending: [] });
      expect(await columns("events")).toEqual(Array(4).fill("id team plan country"));
    },
    LONG,
  );

  it(
    "does not begin without Keeper, and says so",
    async () => {
      const change = await plan("ALTER TABLE events ADD COLUMN device String");
      await cluster.keeper?.kill();
      await until(
        async () =>
          (await cluster.query(2, "SELECT is_readonly FROM system.replicas WHERE table = 'events_local'").catch(() => "1")) === "1",
        "the table to become read-only",
      );
      await expect(walk(change)).rejects.toThrow(/read-only here|Keeper does not answer/);
      await cluster.keeper?.start();
      await until(async () => (await cluster.query(2, "SELECT max(is_readonly) FROM system.replicas")) === "0", "writable replicas");
      // Nothing was sent to any host.
      for (const list of await columns("events_local")) expect(list).not.toContain("device");
    },
    LONG,
  );
});
