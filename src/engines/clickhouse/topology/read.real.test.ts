import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readClickHouseTarget } from "../introspect/index.ts";
import type { TestCluster } from "../cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../cluster-harness/modern.test-helper.ts";
import { modernPackages, oldPackages } from "../cluster-harness/packages.test-helper.ts";
import { freePort } from "../cluster-harness/processes.test-helper.ts";
import { startReplicatedCluster } from "../cluster-harness/replicated.test-helper.ts";
import { readCatalogues, readTopology } from "./read.ts";

vi.setConfig({ testTimeout: 180_000 });

/** A busy machine is no host that does not answer. */
const PATIENT = { timeoutSeconds: 20 };

const modern = modernPackages();
const old = oldPackages();

/** All the hosts, or some of them, as somebody names them on the command line. */
function entries(cluster: TestCluster, ...which: number[]): ReturnType<typeof readClickHouseTarget>[] {
  return cluster.hosts.filter(({ index }) => which.length === 0 || which.includes(index)).map(({ url }) => readClickHouseTarget(url, {}));
}

describe.skipIf(modern.reason !== null)(
  `the topology of the current ClickHouse${modern.reason === null ? "" : ` (${modern.reason})`}`,
  () => {
    let cluster: TestCluster;
    beforeAll(async () => {
      cluster = await startModernCluster();
      await cluster.everywhere("CREATE DATABASE shop");
      await cluster.everywhere(
        "CREATE TABLE shop.orders_local (id UInt64, at DateTime, total Decimal(18, 2) DEFAULT 0) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (id, at)",
      );
      await cluster.everywhere(
        "CREATE TABLE shop.orders AS shop.orders_local ENGINE = Distributed('{cluster}', shop, orders_local, sipHash64(id))",
      );
      await cluster.everywhere("CREATE TABLE shop.landing (id UInt64, at DateTime) ENGINE = Null");
      await cluster.everywhere("CREATE MATERIALIZED VIEW shop.orders_mv TO shop.orders AS SELECT id, at FROM shop.landing");
    });
    afterAll(() => cluster?.stop());

    it("knows every host by its own answer, and which shard it is", async () => {
      const { topology } = await readTopology(entries(cluster), PATIENT);
      expect(topology.differences).toEqual([]);
      expect(topology.hosts.map(({ name, httpPort, reach }) => ({ name, httpPort, state: reach.state }))).toEqual(
        cluster.hosts.map(({ nativePort, httpPort }) => ({ name: `127.0.0.1:${nativePort}`, httpPort, state: "reached" })),
      );
      const [c] = topology.clusters.filter(({ name }) => name === "c");
      expect(c?.shards).toEqual(
        cluster.hosts.map(({ nativePort, shard }) => ({
          name: String(shard),
          weight: 1,
          internalReplication: true,
          replicas: [`127.0.0.1:${nativePort}`],
        })),
      );
    });

    it("reads what each host holds: keys, columns with their defaults, where Distributed tables and views send rows", async () => {
      const live = await readTopology(entries(cluster), PATIENT);
      const { catalogues, lost } = await readCatalogues(live);
      expect([...lost]).toEqual([]);
      expect(catalogues.size).toBe(4);
      for (const { tables } of catalogues.values()) {
        const table = (name: string) => tables.find((each) => each.name === name);
        expect(table("shop.orders_local")).toMatchObject({
          kind: "local",
          sortingKey: "id, at",
          partitionKey: "toYYYYMM(at)",
          replica: null,
        });
        expect(table("shop.orders_local")?.columns[2]).toMatchObject({
          name: "total",
          position: 3,
          type: "Decimal(18, 2)",
          defaultKind: "DEFAULT",
          defaultExpression: "0",
        });
        expect(table("shop.orders")).toMatchObject({
          kind: "distributed",
          distributed: { cluster: "{cluster}", clusterResolved: "c", over: "shop.orders_local", shardingKey: "sipHash64(id)" },
        });
        expect(table("shop.orders_mv")).toMatchObject({ kind: "materialized-view", target: "shop.orders" });
      }
    });

    it("names the hosts that it cannot ask, and assumes nothing of them", async () => {
      const [first, second, third] = cluster.hosts;
      await cluster.kill(2);
      try {
        // The second and the fourth were not named; their HTTP ports cannot be guessed, as all have one address.
        const { topology } = await readTopology(entries(cluster, 0, 2), PATIENT);
        const reach = Object.fromEntries(topology.hosts.map((host) => [host.name, host.reach]));
        expect(reach[`127.0.0.1:${first?.nativePort}`]?.state).toBe("reached");
        expect(reach[`127.0.0.1:${second?.nativePort}`]).toMatchObject({
          state: "unreachable",
          help: expect.stringContaining("--clickhouse-url"),
        });
        expect(JSON.stringify(reach)).toContain(`nothing answers at http://default@127.0.0.1:${third?.httpPort}`);
        expect(topology.hosts.filter((host) => host.reach.state === "reached")).toHaveLength(1);
        expect(topology.hosts.find(({ name }) => name === `127.0.0.1:${second?.nativePort}`)?.macros).toEqual({});
      } finally {
        await cluster.start(2);
      }
    });

    it("waits 3 s for a host that does not answer, and goes on", async () => {
      await cluster.kill(1, "SIGSTOP");
      try {
        const { topology } = await readTopology(entries(cluster), { timeoutSeconds: 3 });
        expect(topology.hosts.filter(({ reach }) => reach.state === "reached")).toHaveLength(3);
        expect(topology.hosts.flatMap(({ reach }) => (reach.state === "unreachable" ? [reach.reason] : []))).toContainEqual(
          expect.stringContaining("within 3 s"),
        );
      } finally {
        await cluster.kill(1, "SIGCONT");
      }
    });

    it("refuses when nobody answers, without the password", async () => {
      const nobody = readClickHouseTarget(`http://reader:s3cret@127.0.0.1:${await freePort()}`, {});
      await expect(readTopology([nobody])).rejects.toThrow(/nothing answers at http:\/\/reader@127\.0\.0\.1:\d+$/);
    });
  },
);

describe.skipIf(old.reason !== null)(`the topology of replicas${old.reason === null ? "" : ` (${old.reason})`}`, () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startReplicatedCluster();
    await cluster.query(0, "CREATE DATABASE shop ON CLUSTER c");
    await cluster.query(
      0,
      "CREATE TABLE shop.orders_local ON CLUSTER c (id UInt64, total Float64) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/shop/orders_local', '{replica}') ORDER BY id",
    );
  });
  afterAll(() => cluster?.stop());

  it("knows shards of two replicas, their paths and their Keeper", async () => {
    const live = await readTopology(entries(cluster), { ...PATIENT, dialect: "old" });
    const names = cluster.hosts.map(({ nativePort }) => `127.0.0.1:${nativePort}`);
    const [c] = live.topology.clusters.filter(({ name }) => name === "c");
    expect(c?.shards.map(({ name, replicas }) => ({ name, replicas }))).toEqual([
      { name: "1", replicas: names.slice(0, 2) },
      { name: "2", replicas: names.slice(2) },
    ]);
    expect(live.topology.differences).toEqual([]);
    expect(new Set(live.topology.hosts.map(({ keeper }) => keeper)).size).toBe(1);
    expect(live.topology.hosts[0]?.keeper).toMatch(/^clickhouse .+ #\d+$/);
    const { catalogues } = await readCatalogues(live, { dialect: "old" });
    const paths = names.map((name) => catalogues.get(name)?.tables.find((table) => table.name === "shop.orders_local")?.replica);
    expect(paths.map((replica) => `${replica?.zookeeperPath} ${replica?.replicaName}`)).toEqual([
      "/clickhouse/tables/1/shop/orders_local r1",
      "/clickhouse/tables/1/shop/orders_local r2",
      "/clickhouse/tables/2/shop/orders_local r1",
      "/clickhouse/tables/2/shop/orders_local r2",
    ]);
  });
});
