import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../../engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../../engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { modernPackages } from "../../engines/clickhouse/cluster-harness/packages.test-helper.ts";
import type { Probe, Topology } from "../../model/clickhouse/topology.ts";
import { liveTopology, makeChain, planOf } from "../../plan/cluster/chain.test-helper.ts";
import { walkHost, type WalkHost } from "./host.ts";
import { walkCluster } from "./walk.ts";
import type { WalkReport } from "./walk-input.ts";
import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";

const modern = modernPackages();
/** The machine may be busy. */
const LONG = 300_000;

const PROBE: Probe = {
  family: "events",
  into: "web.incoming",
  row: { id: "{probe_id}", team: 999, event: "probe {probe_id}", at: "2026-01-01 00:00:00" },
  reserved: { column: "team", value: 999 },
  cleanUp: ["ALTER TABLE web.events_local DELETE WHERE team = 999 SETTINGS mutations_sync = 1"],
};

describe.skipIf(modern.reason !== null)(`a probe through a chain${modern.reason === null ? "" : ` (${modern.reason})`}`, () => {
  let cluster: TestCluster;
  let hosts: ReadonlyMap<string, WalkHost>;
  beforeAll(async () => {
    cluster = await startModernCluster({ hosts: 2 });
    await makeChain(cluster);
    const { targets } = await liveTopology(cluster);
    hosts = new Map([...targets].map(([name, target]) => [name, walkHost(name, target, "current")]));
  }, LONG);
  afterAll(() => cluster?.stop());

  const declared =
    (probe: Probe | null) =>
    (topology: Topology): Topology => ({
      ...topology,
      declared: [{ name: "web.events_local", kind: "local", roles: [], family: "events", columnsOnlyHere: [] }],
      probes: probe === null ? [] : [probe],
    });
  const said: string[] = [];
  const walk = (plan: ClusterPlan): Promise<WalkReport> =>
    walkCluster({
      plan,
      hosts,
      by: "ana",
      limits: { queueMs: 5000 },
      signal: new AbortController().signal,
      events: { step: () => {}, ran: () => {}, say: (message) => said.push(message), preflight: () => {} },
    });

  it(
    "is sent where the cluster file describes it, with everything that it reaches listed before, and leaves nothing behind",
    async () => {
      const plan = await planOf(cluster, "ALTER TABLE events ADD COLUMN plan String", { declare: declared(PROBE) });
      const last = plan.steps.at(-1);
      expect(last?.action).toMatchObject({
        kind: "send-probe",
        arrival: "web.events_local",
        reaches: ["web.incoming", "web.events_mv", "web.writable_events", "web.events_local"],
      });
      await walk(plan);
      expect(said.some((message) => message.startsWith("the probe has arrived in web.events_local"))).toBe(true);
      expect(await cluster.query(0, "SELECT count() FROM web.events")).toBe("0");
    },
    LONG,
  );

  it(
    "that does not arrive stops the walk, and says where it may lie",
    async () => {
      await cluster.everywhere("ALTER TABLE web.events_mv MODIFY QUERY SELECT id, team, event, at FROM web.incoming WHERE team != 999");
      const plan = await planOf(cluster, "ALTER TABLE events ADD COLUMN source String", { declare: declared(PROBE) });
      await expect(walk(plan)).rejects.toMatchObject({
        exitCode: 5,
        message: expect.stringContaining("is not in web.events_local") as string,
      });
      await cluster.everywhere("ALTER TABLE web.events_mv MODIFY QUERY SELECT id, team, event, at FROM web.incoming");
      await walk(plan);
    },
    LONG,
  );

  it(
    "is never sent without a description, nor with one that could not be told apart",
    async () => {
      const kinds = async (probe: Probe | null): Promise<readonly string[]> => {
        const plan = await planOf(cluster, "ALTER TABLE events ADD COLUMN medium String", { declare: declared(probe) });
        return [...plan.steps.map(({ action }) => action.kind), ...plan.findings.map(({ rule }) => rule)].filter((one) =>
          one.includes("probe"),
        );
      };
      expect(await kinds(null)).toEqual([]);
      expect(await kinds({ ...PROBE, row: { id: 1, team: 999 } })).toEqual(["no-probe"]);
      expect(await kinds({ ...PROBE, row: { ...PROBE.row, team: 1 } })).toEqual(["no-probe"]);
    },
    LONG,
  );
});
