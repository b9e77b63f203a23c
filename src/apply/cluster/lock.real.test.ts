import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../../engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../../engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { keeperPackages, modernPackages } from "../../engines/clickhouse/cluster-harness/packages.test-helper.ts";
import { readClickHouseTarget } from "../../engines/clickhouse/introspect/index.ts";
import { walkHost, type WalkHost } from "./host.ts";
import { ensureWalkLedger } from "./ledger.ts";
import { becomeTheWalker, walkerName } from "./lock.ts";

const reason = modernPackages().reason ?? keeperPackages().reason;
const LONG = 180_000;

describe.skipIf(reason !== null)(`the lock in a KeeperMap table${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: TestCluster;
  let hosts: readonly WalkHost[];
  beforeAll(async () => {
    cluster = await startModernCluster({ hosts: 2, keeper: true });
    hosts = cluster.hosts.map(({ name, url }) => walkHost(name, readClickHouseTarget(url, {}), "current"));
    for (const host of hosts) await ensureWalkLedger(host);
  }, LONG);
  afterAll(() => cluster?.stop());

  const holder = async (): Promise<string> => await cluster.query(1, "SELECT by FROM tread.walk_lock WHERE name = 'walk'");

  it(
    "has one owner whichever host is asked, and is free after it is given back",
    async () => {
      // Taken through one host, seen and refused through another: there is one row in Keeper.
      const ana = await becomeTheWalker(hosts, "ana pid 1 on laptop");
      expect(ana.kind).toBe("KeeperMap on s1r1");
      await cluster.query(
        1,
        "CREATE TABLE IF NOT EXISTS tread.walk_lock (name String, token String, by String, until DateTime('UTC')) ENGINE = KeeperMap('/tread/walk_lock') PRIMARY KEY name",
      );
      await expect(becomeTheWalker(hosts.toReversed(), "ben pid 1 on desk")).rejects.toMatchObject({
        name: "WalkStopped",
        message: expect.stringContaining("another walker is at work: ana pid 1 on laptop"),
      });
      await ana.hold();
      await ana.release();
      const ben = await becomeTheWalker(hosts.toReversed(), "ben pid 1 on desk");
      expect(await holder()).toBe("ben pid 1 on desk");
      await ben.release();
    },
    LONG,
  );

  it(
    "goes to one of several who come at once",
    async () => {
      const names = ["ana", "ben", "cleo", "dan", "eve", "finn"].map((name) => `${name} pid 1 on elsewhere`);
      const came = await Promise.allSettled(names.map((name, at) => becomeTheWalker(at % 2 === 0 ? hosts : hosts.toReversed(), name)));
      const won = came.flatMap((one, at) => (one.status === "fulfilled" ? [{ lock: one.value, name: names[at] }] : []));
      expect(won).toHaveLength(1);
      expect(await holder()).toBe(won[0]?.name);
      await won[0]?.lock.release();
    },
    LONG,
  );

  it(
    "is taken over when its owner has not renewed it or is a dead process of this machine, and the old owner finds out before its next statement",
    async () => {
      const slow = await becomeTheWalker(hosts, "ana pid 1 on laptop");
      await cluster.query(0, "ALTER TABLE tread.walk_lock UPDATE until = now('UTC') - 1 WHERE name = 'walk'", { mutations_sync: "1" });
      const ben = await becomeTheWalker(hosts, walkerName("ben"));
      await expect(slow.hold()).rejects.toThrow(/the lock has gone over to ben pid/);
      await ben.hold();
      // What the old one gives back is not its own any more.
      await slow.release();
      await ben.hold();
      await cluster.query(
        0,
        "ALTER TABLE tread.walk_lock UPDATE by = concat('ben pid 999999999 on ', substring(by, position(by, ' on ') + 4)) WHERE name = 'walk'",
        { mutations_sync: "1" },
      );
      const cleo = await becomeTheWalker(hosts, "cleo pid 1 on laptop");
      expect(await holder()).toBe("cleo pid 1 on laptop");
      await cleo.release();
    },
    LONG,
  );

  it(
    "is not held by anybody who cannot ask Keeper",
    async () => {
      const ana = await becomeTheWalker(hosts, "ana pid 1 on laptop");
      await cluster.keeper?.kill();
      await expect(ana.hold()).rejects.toThrow(/whether this walker still has the lock cannot be told/);
      await expect(becomeTheWalker(hosts, "ben pid 1 on desk")).rejects.toMatchObject({ name: "WalkStopped", exitCode: 4 });
      await cluster.keeper?.start();
    },
    LONG,
  );
});
