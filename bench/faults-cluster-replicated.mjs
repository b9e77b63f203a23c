// Cluster a: two shards of two replicas with real replication and ZooKeeper (old servers, so a declared old dialect). A replica, a whole
// shard or ZooKeeper is killed at a random instant of a walk, and comes back; afterwards the same command must bring all hosts to the same
// state. Inserts that fail while hosts are dead are expected and shown; rows that were acknowledged must be there, once.
import { setTimeout as sleep } from "node:timers/promises";
import { moment, sameEverywhere, walked } from "./faults-cluster-rig.mjs";

export async function replicatedSeries(tools, { kills, replicas, shards, keeper }, random, say) {
  const cluster = await tools.startReplicatedCluster({ sessionMs: 1500 });
  const table = [];
  const reasons = new Set();
  const load = traffic(cluster);
  try {
    await cluster.everywhere("CREATE DATABASE web");
    await cluster.everywhere(
      "CREATE TABLE web.events_local (id UInt64, team UInt32) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/web/events_local', '{replica}') ORDER BY id",
    );
    await cluster.everywhere("CREATE TABLE web.events (id UInt64, team UInt32) ENGINE = Distributed(c, web, events_local, id)");
    const live = await tools.readTopology(
      cluster.hosts.map(({ url }) => tools.readClickHouseTarget(url, {})),
      {
        dialect: "old",
        timeoutSeconds: 20,
        nativePort: (endpoint) => cluster.hosts.find(({ url }) => endpoint.startsWith(url))?.nativePort ?? null,
      },
    );
    const urls = Object.fromEntries([...live.targets].map(([name, { endpoint }]) => [name, endpoint]));
    const plan = async (sql) => await tools.planOf(cluster, sql, { live, dialect: "old" });
    let column = 0;
    let usual = 2000;
    let repaired = 0;
    const healthy = async () => {
      const began = Date.now();
      for (let stuck = 0; ; stuck++) {
        const states = await Promise.all(
          cluster.hosts.map(({ index }) =>
            cluster.query(index, "SELECT max(is_readonly), min(active_replicas), max(queue_size) FROM system.replicas").catch(String),
          ),
        );
        if (states.every((state) => state === "0\t2\t0")) return;
        if (Date.now() - began > 120_000) throw new Error(`the cluster does not recover: ${states.join(" | ")}`);
        // A replica of 18.16 that lost Keeper or its life in the middle of an ALTER keeps an old version of the columns in memory, and no
        // entry of its queue passes any more ("Bad version … /columns"): its own way out.
        if (stuck % 100 === 99) {
          repaired++;
          for (const [host, state] of states.entries())
            if (/^0\t\d\t[1-9]/.test(state)) await cluster.query(host, "SYSTEM RESTART REPLICA web.events_local").catch(() => {});
        }
        await sleep(200);
      }
    };
    /** A replica of 18.16 may come back from a loss of Keeper without the thread that takes over ALTERs: its peers wait for it (341). */
    const restarted = async () => {
      repaired++;
      for (const { index } of cluster.hosts) await cluster.query(index, "SYSTEM RESTART REPLICA web.events_local").catch(() => {});
    };
    const series = async (name, runs, disturb, restore) => {
      if (runs === 0) return;
      const before = { ...load.sums };
      const counted = { commands: 0, stopped: 0, unequal: 0, wrong: 0 };
      const began = performance.now();
      for (let run = 0; run < runs; run++) {
        say(`a ${name} ${run + 1} of ${runs}`);
        const change = await plan(
          run % 2 === 0 ? `ALTER TABLE events ADD COLUMN c${++column} String` : `ALTER TABLE events DROP COLUMN c${column}`,
        );
        const at = random() * usual;
        const { commands, wrong } = await walked(
          { folder: tools.folder, plan: change, urls, dialect: "old" },
          async ({ kill, closed }) => {
            await moment(at, closed);
            await disturb(run, kill);
          },
          async (before) => {
            await restore(run);
            if (before > 1) await restarted();
            await healthy();
          },
        );
        await restore(run);
        await healthy();
        counted.commands += commands;
        if (commands > 1) counted.stopped++;
        counted.wrong += wrong.length;
        for (const reason of wrong) reasons.add(`${name}: ${reason}`);
        if (!(await sameEverywhere(cluster, "web"))) {
          counted.unequal++;
          reasons.add(`${name} ${run + 1}: hosts differ after ${commands} commands`);
        }
      }
      if (runs % 2 === 1)
        await walked({ folder: tools.folder, plan: await plan(`ALTER TABLE events DROP COLUMN c${column}`), urls, dialect: "old" });
      const { lost, twice } = await load.count(healthy);
      const since = Object.fromEntries(Object.entries(load.sums).map(([key, value]) => [key, value - before[key]]));
      table.push({
        cluster: "a",
        series: name,
        runs,
        stopped: counted.stopped,
        commands: counted.commands,
        inserts: since.inserts,
        "refused while down": since.refused,
        lost,
        twice,
        "hosts unequal": counted.unequal,
        "wrong accounts": counted.wrong,
        seconds: Math.round((performance.now() - began) / 1000),
      });
    };
    const began = performance.now();
    for (const sql of ["ALTER TABLE events ADD COLUMN warm String", "ALTER TABLE events DROP COLUMN warm"])
      await walked({ folder: tools.folder, plan: await plan(sql), urls, dialect: "old" });
    usual = (performance.now() - began) / 2;
    load.start();
    const nobody = async () => {};
    await series("walker killed", kills, async (_, kill) => kill(), nobody);
    const dead = new Set();
    const end = async (...hosts) => {
      for (const host of hosts) {
        dead.add(host);
        await cluster.kill(host);
      }
    };
    const back = async () => {
      for (const host of dead) {
        // Before its old session has ended a replica that comes back takes itself for its own twin, and is read-only for 10 s.
        await sleep(2500);
        await cluster.start(host);
        dead.delete(host);
      }
    };
    await series("replica killed", replicas, async (run) => end(run % cluster.hosts.length), back);
    await series("shard killed", shards, async (run) => end((run % 2) * 2, (run % 2) * 2 + 1), back);
    let keeperDown = false;
    await series(
      "Keeper restarted",
      keeper,
      async () => {
        keeperDown = true;
        await cluster.keeper.kill();
        await sleep(random() * 3000);
        await cluster.keeper.start();
        keeperDown = false;
      },
      async () => {
        if (keeperDown) await cluster.keeper.start();
        keeperDown = false;
      },
    );
    if (repaired > 0) reasons.add(`harness: replicas that did not come back by themselves (18.16) were restarted ${repaired} times`);
    return { table, reasons, faults: cluster.faults };
  } finally {
    await load.stop();
    await cluster.stop();
  }
}

function traffic(cluster) {
  const acknowledged = new Set();
  const sums = { inserts: 0, refused: 0 };
  const state = { going: false };
  let id = 1;
  let worker = null;
  const writer = async () => {
    for (let turn = 0; state.going; turn++) {
      const ids = [id++, id++];
      try {
        await cluster.query(
          turn % cluster.hosts.length,
          `INSERT INTO web.events (id, team) VALUES ${ids.map((one) => `(${one}, ${one % 1000})`).join(", ")}`,
          {
            insert_distributed_sync: "1",
          },
        );
        for (const one of ids) acknowledged.add(one);
        sums.inserts++;
      } catch {
        sums.refused++;
      }
      await sleep(60);
    }
  };
  return {
    sums,
    start() {
      state.going = true;
      worker = writer();
    },
    async stop() {
      state.going = false;
      await worker;
      worker = null;
    },
    async count(settled) {
      await this.stop();
      await settled();
      const there = new Map();
      // Both shards; of a shard the first replica has what the second one has.
      for (const index of [0, 2])
        for (const { id: one, n } of await cluster.rows(
          index,
          "SELECT id, count() AS n FROM web.events_local WHERE team = id % 1000 GROUP BY id",
        ))
          there.set(Number(one), (there.get(Number(one)) ?? 0) + Number(n));
      const wanted = [...acknowledged];
      acknowledged.clear();
      this.start();
      return {
        lost: wanted.filter((one) => !there.has(one)).length,
        twice: wanted.filter((one) => (there.get(one) ?? 0) > 1).length,
      };
    },
  };
}
