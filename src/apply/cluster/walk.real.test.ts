import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../../engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../../engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { modernPackages } from "../../engines/clickhouse/cluster-harness/packages.test-helper.ts";
import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";
import { liveTopology, makeChain, planOf } from "../../plan/cluster/chain.test-helper.ts";
import { walkHost, type WalkHost } from "./host.ts";
import { walkCluster } from "./walk.ts";
import type { WalkInput, WalkReport } from "./walk-input.ts";

const modern = modernPackages();
/** The machine may be busy. */
const LONG = 180_000;

describe.skipIf(modern.reason !== null)(`walking a change over two shards${modern.reason === null ? "" : ` (${modern.reason})`}`, () => {
  let cluster: TestCluster;
  let hosts: ReadonlyMap<string, WalkHost>;
  beforeAll(async () => {
    cluster = await startModernCluster({ hosts: 2 });
    await makeChain(cluster);
    const { targets } = await liveTopology(cluster);
    hosts = new Map([...targets].map(([name, target]) => [name, walkHost(name, target, "current")]));
  }, LONG);
  afterAll(() => cluster?.stop());

  /** A walk that can be stopped after a statement, as a kill would. */
  const walk = async (plan: ClusterPlan, more: Partial<WalkInput> & { readonly stopAfter?: number } = {}): Promise<WalkReport> => {
    const abort = new AbortController();
    let ran = 0;
    return walkCluster({
      plan,
      hosts,
      by: "ana",
      signal: abort.signal,
      events: {
        step: () => {},
        ran: () => {
          ran++;
          if (ran === more.stopAfter) abort.abort();
        },
        say: () => {},
        preflight: () => {},
      },
      ...more,
    });
  };

  const columns = async (table: string): Promise<readonly string[]> =>
    Promise.all(
      cluster.hosts.map(({ index }) =>
        cluster.query(
          index,
          `SELECT arrayStringConcat(groupArray(name), ' ') FROM (SELECT name FROM system.columns WHERE database = 'web' AND table = '${table}' ORDER BY position)`,
        ),
      ),
    );

  it(
    "adds a column everywhere, and the same command says that there is nothing left",
    async () => {
      const plan = await planOf(cluster, "ALTER TABLE events ADD COLUMN plan LowCardinality(String) DEFAULT 'free' AFTER event");
      expect(await walk(plan)).toMatchObject({ ran: 6, found: 0, pending: [] });
      for (const table of ["events_local", "events", "writable_events"])
        expect(await columns(table)).toEqual(Array(2).fill("id team event plan at"));
      expect(await walk(plan)).toMatchObject({ ran: 0, found: 6, pending: [] });
    },
    LONG,
  );

  it(
    "stopped in the middle, goes on where the catalogues stand, whatever the ledger says",
    async () => {
      const plan = await planOf(cluster, "ALTER TABLE events ADD COLUMN referrer String");
      await expect(walk(plan, { stopAfter: 3 })).rejects.toMatchObject({ name: "WalkStopped", exitCode: 4 });
      expect(await columns("writable_events")).toEqual(Array(2).fill("id team event plan at"));
      await cluster.everywhere("TRUNCATE TABLE tread.walk");
      const report = await walk(plan);
      expect(report).toMatchObject({ ran: 3, found: 3, pending: [] });
      expect(await columns("writable_events")).toEqual(Array(2).fill("id team event plan at referrer"));
    },
    LONG,
  );

  it(
    "renames without losing a value: rows from before, rows that a view sends, rows that lie in a queue",
    async () => {
      await cluster.query(0, "INSERT INTO web.writable_events (id, team, event, plan) SELECT number, 1, 'open', 'paid' FROM numbers(100)", {
        distributed_foreground_insert: "1",
      });
      await cluster.everywhere("SYSTEM STOP DISTRIBUTED SENDS web.writable_events");
      await cluster.query(
        1,
        "INSERT INTO web.writable_events (id, team, event, plan) SELECT 1000 + number, 1, 'queued', 'paid' FROM numbers(50)",
      );
      await cluster.everywhere("SYSTEM START DISTRIBUTED SENDS web.writable_events");
      const plan = await planOf(cluster, "ALTER TABLE events RENAME COLUMN plan TO tier");
      await walk(plan);
      await cluster.query(0, "INSERT INTO web.incoming SELECT 2000 + number, 1, 'late', now() FROM numbers(10)");
      await cluster.everywhere("SYSTEM FLUSH DISTRIBUTED web.writable_events");
      for (const table of ["events_local", "events", "writable_events"])
        expect(await columns(table)).toEqual(Array(2).fill("id team event tier at referrer"));
      const rows = await cluster.rows<{ tier: string; rows: number }>(
        0,
        "SELECT tier, count() AS rows FROM web.events GROUP BY tier ORDER BY tier",
      );
      expect(rows).toEqual([
        { tier: "free", rows: 10 },
        { tier: "paid", rows: 150 },
      ]);
    },
    LONG,
  );

  it(
    "takes a column away with the view first and the queue empty before the shards, and no row stays stuck",
    async () => {
      await cluster.everywhere("SYSTEM STOP DISTRIBUTED SENDS web.writable_events");
      await cluster.query(
        1,
        "INSERT INTO web.writable_events (id, team, event, tier) SELECT 5000 + number, 1, 'queued', 'paid' FROM numbers(40)",
      );
      await cluster.everywhere("SYSTEM START DISTRIBUTED SENDS web.writable_events");
      const plan = await planOf(cluster, "ALTER TABLE events DROP COLUMN tier");
      expect(await walk(plan)).toMatchObject({ pending: [] });
      for (const table of ["events_local", "events", "writable_events"])
        expect(await columns(table)).toEqual(Array(2).fill("id team event at referrer"));
      expect(await cluster.query(0, "SELECT count() FROM web.events WHERE id >= 5000 AND id < 5040")).toBe("40");
      expect(await walk(plan)).toMatchObject({ ran: 0 });
    },
    LONG,
  );

  it(
    "does not begin on a host that somebody has changed since the plan was made",
    async () => {
      const plan = await planOf(cluster, "ALTER TABLE events ADD COLUMN country String");
      await cluster.query(1, "ALTER TABLE web.events_local ADD COLUMN by_hand UInt8");
      await expect(walk(plan)).rejects.toThrow(/is not as the plan knows it: web\.events_local has by_hand/);
      await cluster.query(1, "ALTER TABLE web.events_local DROP COLUMN by_hand");
      expect(await columns("events")).toEqual(Array(2).fill("id team event at referrer"));
      expect(await walk(plan)).toMatchObject({ ran: 6 });
    },
    LONG,
  );

  it(
    "waits with the shards while a queue cannot be sent, changes nothing behind it, and goes on when it can",
    async () => {
      await cluster.everywhere("SYSTEM STOP DISTRIBUTED SENDS web.writable_events");
      await cluster.query(
        0,
        "INSERT INTO web.writable_events (id, team, event, country) SELECT 9000 + number, 1, 'stuck', 'NL' FROM numbers(20)",
      );
      // A shard that lacks the column: what is queued for it fails with 16.
      const plan = await planOf(cluster, "ALTER TABLE events DROP COLUMN country");
      const shard = 1;
      await cluster.query(shard, "ALTER TABLE web.events_local RENAME COLUMN referrer TO hidden");
      await cluster.everywhere("SYSTEM START DISTRIBUTED SENDS web.writable_events");
      await expect(walk(plan, { limits: { queueMs: 1000 } })).rejects.toThrow(/is not as the plan knows it/);
      await cluster.query(shard, "ALTER TABLE web.events_local RENAME COLUMN hidden TO referrer");
      expect(await walk(plan)).toMatchObject({ pending: [] });
      expect(await cluster.query(0, "SELECT count() FROM web.events WHERE id >= 9000 AND id < 9020")).toBe("20");
    },
    LONG,
  );

  it(
    "takes a column away though rows never stop arriving in the background, and loses none",
    async () => {
      await walk(await planOf(cluster, "ALTER TABLE events ADD COLUMN region String"));
      const sent: number[] = [];
      const failed: string[] = [];
      const state = { going: true };
      const writer = (async (): Promise<void> => {
        for (let id = 20_000; state.going; id++) {
          const into = id % 2 === 0 ? "web.incoming (id, team, event, at)" : "web.writable_events (id, team, event, at)";
          await cluster
            .query(id % 2, `INSERT INTO ${into} VALUES (${id}, 1, 'steady', now())`, { distributed_foreground_insert: "0" })
            .then(() => sent.push(id))
            .catch((error: unknown) => failed.push(String(error)));
        }
      })();
      // There is always a file in the queue now.
      const plan = await planOf(cluster, "ALTER TABLE events DROP COLUMN region");
      expect(await walk(plan, { limits: { queueMs: 60_000 } })).toMatchObject({ pending: [] });
      state.going = false;
      await writer;
      await cluster.everywhere("SYSTEM FLUSH DISTRIBUTED web.writable_events");
      expect(failed).toEqual([]);
      const rows = await cluster.rows<{ id: number }>(0, "SELECT id FROM web.events WHERE event = 'steady' ORDER BY id");
      expect(rows.map(({ id }) => id)).toEqual(sent.toSorted((a, b) => a - b));
    },
    LONG,
  );

  it(
    "waits with what writes parts again while merges do not keep up, and goes on when they do",
    async () => {
      const plan = await planOf(cluster, "ALTER TABLE events_local UPDATE event = 'x' WHERE event = 'late'");
      const said: string[] = [];
      const events: WalkInput["events"] = { step: () => {}, ran: () => {}, say: (message) => said.push(message), preflight: () => {} };
      const busy = { partsShare: 0.0001, queue: 100, insertMs: null };
      await expect(walk(plan, { limits: { calmMs: 1500, busy }, events })).rejects.toThrow(/has waited \d s for a calmer moment/);
      expect(said.join("\n")).toMatch(/waits: .* has \d+ parts in one partition, and inserts are slowed down from \d+ on/);
      expect(await walk(plan)).toMatchObject({ ran: 2, pending: [] });
    },
    LONG,
  );

  it(
    "lets one walker walk: a second one is told who is at work",
    async () => {
      const plan = await planOf(cluster, "ALTER TABLE events ADD COLUMN device String");
      const both = await Promise.allSettled([walk(plan), walk(plan)]);
      const failed = both.filter(({ status }) => status === "rejected");
      expect(failed).toHaveLength(1);
      expect(failed[0]).toMatchObject({ reason: { message: expect.stringContaining("another walker is at work: ana pid"), exitCode: 4 } });
      expect(await walk(plan)).toMatchObject({ ran: 0 });
    },
    LONG,
  );

  it(
    "brings a host that was down to the same state by the same command",
    async () => {
      const plan = await planOf(cluster, "ALTER TABLE web.incoming ADD COLUMN source String");
      await cluster.kill(1);
      await expect(walk(plan)).resolves.toMatchObject({ ran: 1, pending: [{ steps: [1] }] });
      await cluster.start(1);
      expect(await walk(plan)).toMatchObject({ ran: 1, found: 1, pending: [] });
      expect(await columns("incoming")).toEqual(Array(2).fill("id team event at source"));
    },
    LONG,
  );
});
