import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../../engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../../engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { modernPackages } from "../../engines/clickhouse/cluster-harness/packages.test-helper.ts";
import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";
import { liveTopology, makeChain, outline, planOf } from "../../plan/cluster/chain.test-helper.ts";
import { walkHost } from "./host.ts";
import { walkCluster } from "./walk.ts";
import type { WalkReport } from "./walk-input.ts";

const { reason } = modernPackages();
const LONG = 180_000;
/** One migration for both installations. */
const MIGRATION = `
  ALTER TABLE events ON CLUSTER c ADD COLUMN plan String DEFAULT 'free';
  CREATE TABLE invoices ON CLUSTER c (id UInt64, total Decimal(12, 2))
    ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/web/invoices', '{replica}') ORDER BY id;
`;

describe.skipIf(reason !== null)(`the same migration on one server and on shards${reason === null ? "" : ` (${reason})`}`, () => {
  let single: TestCluster;
  let shards: TestCluster;
  beforeAll(async () => {
    [single, shards] = await Promise.all([startModernCluster({ hosts: 1 }), startModernCluster({ hosts: 2 })]);
    for (const sql of [
      "CREATE DATABASE web",
      "CREATE TABLE web.events (id UInt64, team UInt32) ENGINE = MergeTree ORDER BY id",
      "INSERT INTO web.events SELECT number, 1 FROM numbers(100)",
    ])
      await single.query(0, sql);
    await makeChain(shards);
  }, LONG);
  afterAll(() => Promise.all([single?.stop(), shards?.stop()]));

  const walk = async (cluster: TestCluster, plan: ClusterPlan): Promise<WalkReport> => {
    const { targets } = await liveTopology(cluster);
    return walkCluster({
      plan,
      hosts: new Map([...targets].map(([name, target]) => [name, walkHost(name, target, "current")])),
      by: "ana",
      signal: new AbortController().signal,
      events: { step: () => {}, ran: () => {}, say: () => {}, preflight: () => {} },
    });
  };

  it(
    "is one plain ALTER and a plain table where there is neither a second host nor Keeper",
    async () => {
      const plan = await planOf(single, MIGRATION);
      expect(plan.findings.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(outline(plan)).toContain("local: ALTER TABLE web.events ADD COLUMN plan String DEFAULT 'free' [1]");
      expect(plan.steps).toHaveLength(2);
      expect(await walk(single, plan)).toMatchObject({ ran: 2, pending: [] });
      expect(await single.query(0, "SELECT count() FROM web.events WHERE plan = 'free'")).toBe("100");
      expect(await single.query(0, "SELECT engine FROM system.tables WHERE name = 'invoices'")).toBe("ReplacingMergeTree");
    },
    LONG,
  );

  it(
    "is every shard and every Distributed table where there are some",
    async () => {
      const [add = ""] = MIGRATION.split(";");
      const plan = await planOf(shards, add);
      expect(await walk(shards, plan)).toMatchObject({ ran: 6, pending: [] });
      for (const host of [0, 1])
        expect(await shards.query(host, "SELECT count() FROM system.columns WHERE database = 'web' AND name = 'plan'")).toBe("3");
    },
    LONG,
  );
});
