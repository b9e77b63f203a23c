import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "./cluster.test-helper.ts";
import { startModernCluster } from "./modern.test-helper.ts";
import { modernPackages, oldPackages } from "./packages.test-helper.ts";
import { until } from "./processes.test-helper.ts";
import { startReplicatedCluster } from "./replicated.test-helper.ts";

const modern = modernPackages();
const old = oldPackages();

describe.skipIf(modern.reason !== null)(
  `four engines of the current ClickHouse${modern.reason === null ? "" : ` (${modern.reason})`}`,
  () => {
    let cluster: TestCluster;
    beforeAll(async () => {
      cluster = await startModernCluster();
    });
    afterAll(async () => {
      await cluster?.stop();
      expect(existsSync(cluster.folder)).toBe(false);
    });

    it("spreads the rows of a Distributed table over real hosts, and a killed one comes back with its rows", async () => {
      await cluster.everywhere("CREATE DATABASE app");
      await cluster.everywhere("CREATE TABLE app.visit_local (id UInt64, page String) ENGINE = MergeTree ORDER BY id");
      await cluster.everywhere("CREATE TABLE app.visit AS app.visit_local ENGINE = Distributed('c', app, visit_local, sipHash64(id))");
      await cluster.query(2, "INSERT INTO app.visit SELECT number, 'page' FROM numbers(1000)", { distributed_foreground_insert: "1" });
      const [all] = await cluster.rows<{ hosts: number; rows: number }>(
        3,
        "SELECT uniqExact(_shard_num) AS hosts, count() AS rows FROM app.visit",
      );
      expect(all).toEqual({ hosts: 4, rows: 1000 });

      const held = await cluster.query(1, "SELECT count() FROM app.visit_local");
      await cluster.kill(1);
      await expect(cluster.query(1, "SELECT 1")).rejects.toThrow("fetch failed");
      await cluster.start(1);
      expect(await cluster.query(1, "SELECT count() FROM app.visit_local")).toBe(held);
      expect(cluster.faults).toEqual([]);
    });
  },
);

describe.skipIf(old.reason !== null)(`two shards of two replicas with ZooKeeper${old.reason === null ? "" : ` (${old.reason})`}`, () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startReplicatedCluster({ sessionMs: 1500 });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  it("replicates an insert and an ALTER within a shard, runs ON CLUSTER, and a dead replica catches up", async () => {
    await cluster.query(0, "CREATE DATABASE app ON CLUSTER c");
    await cluster.query(
      0,
      "CREATE TABLE app.visit_local ON CLUSTER c (id UInt64, page String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/app/visit_local', '{replica}') ORDER BY id",
    );
    await cluster.query(0, "INSERT INTO app.visit_local VALUES (1, 'home')");
    await until(async () => (await cluster.query(1, "SELECT count() FROM app.visit_local")) === "1", "the row on the other replica");
    expect(await cluster.query(2, "SELECT count() FROM app.visit_local")).toBe("0");

    await cluster.kill(1);
    await until(
      async () => (await cluster.query(0, "SELECT active_replicas FROM system.replicas WHERE table = 'visit_local'")) === "1",
      "the dead replica's session to end",
    );
    await expect(
      cluster.query(0, "ALTER TABLE app.visit_local ADD COLUMN referrer String", { replication_alter_columns_timeout: "1" }),
    ).rejects.toThrow("341");
    await cluster.start(1);
    await until(
      async () => (await cluster.query(1, "SELECT count() FROM system.columns WHERE table = 'visit_local' AND name = 'referrer'")) === "1",
      "the column on the replica that was dead",
    );
  });

  it("is read-only without ZooKeeper and writable again with it", async () => {
    const insert = (id: number): Promise<string> => cluster.query(2, `INSERT INTO app.visit_local (id, page) VALUES (${id}, 'cart')`);
    await insert(7);
    await cluster.keeper?.kill();
    await expect(insert(8)).rejects.toThrow(/Code: (?:242|999|225|319)/);
    await cluster.keeper?.start();
    await until(async () => (await insert(9)) === "", "an insert after ZooKeeper's return");
  });
});
