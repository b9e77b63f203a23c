import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../../../engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../../../engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { modernPackages } from "../../../engines/clickhouse/cluster-harness/packages.test-helper.ts";
import type { ClusterPlan } from "../../../model/clickhouse/cluster-plan.ts";
import { liveTopology, makeChain, planOf } from "../../../plan/cluster/chain.test-helper.ts";
import { walkHost, type WalkHost } from "../host.ts";
import { walkCluster } from "../walk.ts";
import type { WalkInput, WalkReport } from "../walk-input.ts";
import { undoKeyWalk } from "./undo.ts";

const modern = modernPackages();
/** The machine may be busy. */
const LONG = 900_000;

describe.skipIf(modern.reason !== null)(`a table anew under another key${modern.reason === null ? "" : ` (${modern.reason})`}`, () => {
  let cluster: TestCluster;
  let hosts: ReadonlyMap<string, WalkHost>;
  beforeAll(async () => {
    cluster = await startModernCluster({ hosts: 2 });
    const { targets } = await liveTopology(cluster);
    hosts = new Map([...targets].map(([name, target]) => [name, walkHost(name, target, "current")]));
  }, LONG);
  const writing = new Set<() => Promise<unknown>>();
  afterEach(async () => {
    for (const end of writing) await end();
    writing.clear();
  });
  afterAll(() => cluster?.stop());

  const chain = async (): Promise<void> => {
    await cluster.everywhere("DROP DATABASE IF EXISTS web SYNC");
    await cluster.everywhere("DROP DATABASE IF EXISTS tread SYNC");
    await makeChain(cluster);
    // Three months of it; ten events were sent twice, and both count.
    await cluster.query(
      0,
      "INSERT INTO web.writable_events (id, team, event, at) SELECT number, number % 50, 'open', toDateTime('2026-01-15 00:00:00') + number * 300 FROM numbers(20000)",
      { distributed_foreground_insert: "1" },
    );
    await cluster.query(
      0,
      "INSERT INTO web.writable_events (id, team, event, at) SELECT number, number % 50, 'open', toDateTime('2026-01-15 00:00:00') + number * 300 FROM numbers(10)",
      { distributed_foreground_insert: "1" },
    );
  };
  const walk = (plan: ClusterPlan, more: Partial<WalkInput> = {}, events: Partial<WalkInput["events"]> = {}): Promise<WalkReport> =>
    walkCluster({
      plan,
      hosts,
      by: "ana",
      signal: new AbortController().signal,
      events: { step: () => {}, ran: () => {}, say: () => {}, preflight: () => {}, ...events },
      ...more,
    });
  /** Stops before its next statement, as soon as something has happened. */
  const stoppedAt = async (plan: ClusterPlan, when: (abort: () => void) => Partial<WalkInput["events"]>): Promise<void> => {
    const abort = new AbortController();
    await expect(
      walk(
        plan,
        { signal: abort.signal },
        when(() => abort.abort()),
      ),
    ).rejects.toMatchObject({ name: "WalkStopped", exitCode: 4 });
  };
  /** Rows that arrive through the view and through the write path until they are stopped; what was acknowledged. */
  const arriving = (): (() => Promise<{ readonly ids: readonly number[]; readonly failed: readonly string[] }>) => {
    const [ids, failed]: [number[], string[]] = [[], []];
    const state = { going: true };
    let next = 1_000_000;
    const writer = async (turn: number): Promise<void> => {
      for (; state.going; turn++) {
        const id = next++;
        const into = turn % 2 === 0 ? "web.incoming" : "web.writable_events";
        try {
          await cluster.query(turn % 2, `INSERT INTO ${into} (id, team, event, at) VALUES (${id}, ${id % 50}, 'click', now())`, {
            distributed_foreground_insert: turn % 3 === 0 ? "0" : "1",
          });
          ids.push(id);
        } catch (error) {
          failed.push((error as Error).message);
        }
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    };
    const writers = [writer(0), writer(1)];
    const end = async (): Promise<{ readonly ids: readonly number[]; readonly failed: readonly string[] }> => {
      state.going = false;
      await Promise.all(writers);
      await cluster.everywhere("SYSTEM FLUSH DISTRIBUTED web.writable_events");
      return { ids, failed };
    };
    writing.add(end);
    return end;
  };
  const keys = async (): Promise<readonly string[]> =>
    Promise.all(
      cluster.hosts.map(({ index }) =>
        cluster.query(index, "SELECT sorting_key FROM system.tables WHERE database = 'web' AND name = 'events_local'"),
      ),
    );
  const tables = async (): Promise<readonly string[]> =>
    (await cluster.rows<{ name: string }>(1, "SELECT name FROM system.tables WHERE database = 'web' ORDER BY name")).map(
      ({ name }) => name,
    );
  /** [rows, ids] of what was there before, and the ids of those that arrived. */
  const held = async (): Promise<{ readonly before: string; readonly arrived: readonly number[] }> => ({
    before: await cluster.query(0, "SELECT count(), uniqExact(id) FROM web.events WHERE id < 1000000"),
    arrived: (await cluster.rows<{ id: number | string }>(0, "SELECT id FROM web.events WHERE id >= 1000000 ORDER BY id")).map(({ id }) =>
      Number(id),
    ),
  });

  it(
    "is copied, compared and exchanged on every host while rows arrive, and no row is lost or doubled",
    async () => {
      await chain();
      const plan = await planOf(cluster, "ALTER TABLE events MODIFY ORDER BY (team, toDate(at), id)");
      const end = arriving();
      await expect(walk(plan)).rejects.toMatchObject({
        exitCode: 4,
        message: expect.stringContaining("has its new key on every host") as string,
      });
      expect(await keys()).toEqual(Array(2).fill("team, toDate(at), id"));
      await walk(plan, { endUndoWindow: true });
      const { ids, failed } = await end();
      expect(failed).toEqual([]);
      expect(await held()).toEqual({ before: "20010\t20000", arrived: ids.toSorted((a, b) => a - b) });
      expect(await tables()).toEqual(["events", "events_local", "events_mv", "incoming", "writable_events"]);
    },
    LONG,
  );

  it(
    "goes on wherever it was stopped: after each of its statements, in the middle of the copy, between the hosts of the swap",
    async () => {
      await chain();
      const plan = await planOf(cluster, "ALTER TABLE events MODIFY ORDER BY (event, team, id)");
      const end = arriving();
      for (const number of [1, 3, 4]) await stoppedAt(plan, (abort) => ({ ran: (step) => step.number === number && abort() }));
      await stoppedAt(plan, (abort) => ({ say: (message) => message.includes("partition 202602 is copied") && abort() }));
      // What the ledger knew of the copy is gone: what was attached is found among what the mirror has brought.
      await cluster.everywhere("TRUNCATE TABLE tread.walk");
      await stoppedAt(plan, (abort) => ({
        ran: (step) => step.action.kind === "statement" && step.action.together === "shard" && abort(),
      }));
      expect((await keys()).toSorted()).toEqual(["event, team, id", "team, id"]);
      await expect(walk(plan)).rejects.toMatchObject({ message: expect.stringContaining("has its new key on every host") as string });
      const window = plan.steps.find(({ action }) => action.kind === "undo-window")?.number ?? 0;
      const abort = new AbortController();
      await expect(
        walk(plan, { endUndoWindow: true, signal: abort.signal }, { ran: (step) => step.number > window && abort.abort() }),
      ).rejects.toMatchObject({ message: "stopped as asked" });
      // It was said once.
      expect(await walk(plan)).toMatchObject({ pending: [] });
      const { ids, failed } = await end();
      expect(failed).toEqual([]);
      expect(await held()).toEqual({ before: "20010\t20000", arrived: ids.toSorted((a, b) => a - b) });
      expect(await tables()).toEqual(["events", "events_local", "events_mv", "incoming", "writable_events"]);
    },
    LONG,
  );

  it(
    "goes back from the undo window with every row that has arrived since, and leaves nothing behind",
    async () => {
      await chain();
      const plan = await planOf(cluster, "", { key: { table: "web.events", sorting: null, partition: "toMonday(at)" } });
      const end = arriving();
      await expect(walk(plan)).rejects.toMatchObject({ exitCode: 4 });
      expect(
        await cluster.query(1, "SELECT partition_key, sorting_key FROM system.tables WHERE database = 'web' AND name = 'events_local'"),
      ).toBe("toMonday(at)\tteam, id");
      const done = await undoKeyWalk({ plan, hosts, by: "ana", say: () => {} });
      expect(done.swapped).toBe(2);
      const { ids, failed } = await end();
      expect(failed).toEqual([]);
      expect(await held()).toEqual({ before: "20010\t20000", arrived: ids.toSorted((a, b) => a - b) });
      expect(await cluster.query(1, "SELECT partition_key FROM system.tables WHERE database = 'web' AND name = 'events_local'")).toBe(
        "toYYYYMM(at)",
      );
      expect(await tables()).toEqual(["events", "events_local", "events_mv", "incoming", "writable_events"]);
    },
    LONG,
  );

  it(
    "does not swap when rows were deleted behind its back, and says which partition",
    async () => {
      await chain();
      const plan = await planOf(cluster, "ALTER TABLE events MODIFY ORDER BY (event, id)");
      await stoppedAt(plan, (abort) => ({ step: (step) => step.action.kind === "compare-rows" && abort() }));
      await cluster.query(0, "DELETE FROM web.events_local WHERE at < '2026-01-20'");
      await expect(walk(plan)).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining("mutation") as string });
      expect(await keys()).toEqual(Array(2).fill("team, id"));
      await undoKeyWalk({ plan, hosts, by: "ana", say: () => {} });
      expect(await tables()).toEqual(["events", "events_local", "events_mv", "incoming", "writable_events"]);
    },
    LONG,
  );
});
