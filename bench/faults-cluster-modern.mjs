// Cluster b: engines of the current ClickHouse. A Null table, a view, a Distributed table that writes and one that reads, plain MergeTree
// behind them. Rows arrive through the view and the write path, in the foreground and in the background by turns, and are read throughout.
import { setTimeout as sleep } from "node:timers/promises";
import { moment, proxyTo, sameEverywhere, walked } from "./faults-cluster-rig.mjs";

const DATABASE = "web";

/** @returns rows of the table, and engines that ended by themselves */
export async function modernSeries(tools, { additive, removal, historical, kills, keys, proxy }, random, say) {
  const cluster = await tools.startModernCluster({ hosts: 2 });
  const table = [];
  const load = traffic(cluster);
  try {
    await tools.makeChain(cluster);
    const live = await tools.liveTopology(cluster);
    const urls = Object.fromEntries([...live.targets].map(([name, { endpoint }]) => [name, endpoint]));
    let column = 0;
    /** How long the last undisturbed change took: random instants lie within. */
    let usual = 3000;
    const change = async (sql, first = null, between = null, through = urls) => {
      const plan = await tools.planOf(cluster, sql, { live });
      const error = plan.findings.find(({ severity }) => severity === "error");
      if (error !== undefined) throw new Error(error.message);
      const began = performance.now();
      const result = await walked({ folder: tools.folder, plan, urls: through, dialect: "current" }, first, between);
      if (first === null) usual = performance.now() - began;
      return result;
    };
    const add = () => `ALTER TABLE events ADD COLUMN c${++column} String DEFAULT 'none'`;
    const drop = () => `ALTER TABLE events DROP COLUMN c${column}`;

    const series = async (name, runs, one) => {
      if (runs === 0) return;
      const before = { ...load.sums };
      const counted = { commands: 0, disturbed: 0, unequal: 0, wrong: 0 };
      const began = performance.now();
      for (let run = 0; run < runs; run++) {
        say(`b ${name} ${run + 1} of ${runs}`);
        const { commands, wrong } = await one(run);
        counted.commands += commands;
        if (commands > 1) counted.disturbed++;
        counted.wrong += wrong.length;
        for (const reason of wrong) load.reasons.add(`${name}: ${reason}`);
        if (!(await sameEverywhere(cluster, DATABASE))) counted.unequal++;
      }
      const { lost, twice } = await load.count();
      const since = Object.fromEntries(Object.entries(load.sums).map(([key, value]) => [key, value - before[key]]));
      table.push({
        cluster: "b",
        series: name,
        runs,
        stopped: counted.disturbed,
        commands: counted.commands,
        inserts: since.inserts,
        "failed inserts": since.failedInserts,
        reads: since.reads,
        "failed reads": since.failedReads,
        lost,
        twice,
        "hosts unequal": counted.unequal,
        "wrong accounts": counted.wrong,
        seconds: Math.round((performance.now() - began) / 1000),
      });
    };

    load.start();
    await series("additive", additive, async () => {
      const result = await change(add());
      await load.valued(`c${column}`);
      await change(drop());
      return result;
    });
    await series("removal", removal, async () => {
      await change(add());
      await load.valued(`c${column}`);
      return await change(drop());
    });
    await series("walker killed", kills, (run) =>
      change(run % 2 === 0 ? add() : drop(), async ({ kill, closed }) => {
        await moment(random() * usual, closed);
        kill();
      }),
    );
    if (kills % 2 === 1) await change(drop());
    if (keys > 0) {
      const key = (run) => `ALTER TABLE events MODIFY ORDER BY (${run % 2 === 0 ? "team, toDate(at), id" : "team, id"})`;
      const began = performance.now();
      await series("another key", 1, () => change(key(0)));
      const whole = performance.now() - began;
      await series("another key, walker killed", keys, (run) =>
        change(key(run + 1), async ({ kill, closed }) => {
          await moment(random() * whole, closed);
          kill();
        }),
      );
    }
    if (proxy > 0) {
      // The walker sees one host through a proxy; whoever writes and reads does not.
      const [name, endpoint] = Object.entries(urls)[1];
      const between = await proxyTo(Number(new URL(endpoint).port));
      const { pathname } = new URL(endpoint);
      try {
        await series("host unreachable (proxy)", proxy, (run) =>
          change(
            run % 2 === 0 ? add() : drop(),
            async ({ closed }) => {
              await moment(random() * usual, closed);
              between.set(run % 4 < 2 ? "cut" : "mute");
            },
            () => between.set("open"),
            { ...urls, [name]: `${between.url}${pathname}` },
          ).finally(() => between.set("open")),
        );
        if (proxy % 2 === 1) await change(drop());
      } finally {
        between.close();
      }
    }
    await load.stop();
    if (historical > 0) say(await historicalOrder(cluster));
    return { table, reasons: load.reasons, faults: cluster.faults };
  } finally {
    await load.stop();
    await cluster.stop();
  }
}

/** The order of old: the view goes first and comes back last. Rows that arrive in between are taken, acknowledged and gone. */
async function historicalOrder(cluster) {
  const view = "CREATE MATERIALIZED VIEW web.events_mv TO web.writable_events AS SELECT id, team, event, at FROM web.incoming";
  const began = 500_000_000;
  let id = began;
  const state = { going: true };
  const writer = (async () => {
    while (state.going) {
      await cluster.query(id % cluster.hosts.length, `INSERT INTO web.incoming (id, team, event, at) VALUES (${id}, 7, 'click', now())`);
      id++;
      await sleep(10);
    }
  })();
  await sleep(500);
  const start = performance.now();
  await cluster.everywhere("DROP TABLE web.events_mv");
  for (const one of ["events_local", "events", "writable_events"])
    await cluster.everywhere(`ALTER TABLE web.${one} ADD COLUMN late String`);
  await cluster.everywhere(view);
  const gap = Math.round(performance.now() - start);
  await sleep(500);
  state.going = false;
  await writer;
  for (const { index } of cluster.hosts) await cluster.query(index, "SYSTEM FLUSH DISTRIBUTED web.writable_events");
  const there = Number(await cluster.query(0, `SELECT uniqExact(id) FROM web.events WHERE id >= ${began}`));
  return `beside it, the historical order (view dropped first, made again last): gap ${gap} ms, ${id - began - there} of ${id - began} acknowledged rows never arrived`;
}

/** A writer and a reader that never stop. Ids are unique; an insert counts when the server has said yes. */
function traffic(cluster) {
  const acknowledged = new Map();
  const reasons = new Set();
  const sums = { inserts: 0, failedInserts: 0, reads: 0, failedReads: 0 };
  const state = { going: false };
  let id = 1_000_000;
  let workers = [];
  /** What failed while an engine ended by itself is not the change's doing. */
  const failed = async (kind, error) => {
    const known = cluster.faults.length;
    await sleep(1000);
    if (cluster.faults.length > known) return;
    sums[kind]++;
    reasons.add(`${kind}: ${error.message.slice(0, 250)}`);
  };
  const insert = async (turn, into, columns, row) => {
    const ids = Array.from({ length: 5 }, () => id++);
    try {
      await cluster.query(
        turn % cluster.hosts.length,
        `INSERT INTO ${into} (id, team, event${columns}) VALUES ${ids.map((one) => `(${one}, ${one % 1000}, 'click'${row})`).join(", ")}`,
        { distributed_foreground_insert: turn % 4 < 2 ? "1" : "0", async_insert: "0" },
      );
      for (const one of ids) acknowledged.set(one, "click");
      sums.inserts++;
      return ids;
    } catch (error) {
      await failed("failedInserts", error);
      return [];
    }
  };
  const writer = async () => {
    for (let turn = 0; state.going; turn++) {
      if (turn % 3 === 0) await insert(turn, "web.incoming", ", at", ", now()");
      else await insert(turn, "web.writable_events", ", at", ", now()");
      await sleep(25);
    }
  };
  const reader = async () => {
    for (let turn = 0; state.going; turn++) {
      const sql =
        turn % 2 === 0
          ? "SELECT count() FROM web.events WHERE team = 7"
          : "SELECT * FROM web.events WHERE team = 7 ORDER BY id DESC LIMIT 3";
      try {
        await cluster.query(turn % cluster.hosts.length, sql);
        sums.reads++;
      } catch (error) {
        await failed("failedReads", error);
      }
      await sleep(60);
    }
  };
  const flushed = async () => {
    for (const { index } of cluster.hosts) await cluster.query(index, "SYSTEM FLUSH DISTRIBUTED web.writable_events");
  };
  let wrongValues = 0;
  return {
    reasons,
    sums,
    start() {
      state.going = true;
      workers = [writer(), reader()];
    },
    async stop() {
      state.going = false;
      await Promise.all(workers);
      workers = [];
    },
    /** Rows that name the new column, through foreground and background: each must read back as what was sent. */
    async valued(column) {
      const ids = [];
      for (let turn = 0; turn < 8; turn++) ids.push(...(await insert(turn, "web.writable_events", `, ${column}`, ", 'meant'")));
      await flushed();
      const there = Number(
        await cluster.query(0, `SELECT count() FROM web.events WHERE id IN (${ids.join(", ")}) AND ${column} = 'meant'`),
      );
      wrongValues += ids.length - there;
    },
    /** What is there of what was acknowledged until now, since the last count. */
    async count() {
      const wanted = [...acknowledged.keys()];
      const newest = Math.max(0, ...wanted);
      await flushed();
      const there = new Map();
      for (const { index } of cluster.hosts)
        for (const { id: one, n } of await cluster.rows(
          index,
          `SELECT id, count() AS n FROM web.events_local WHERE id >= 1000000 AND id <= ${newest} AND event = 'click' AND team = id % 1000 GROUP BY id`,
        ))
          there.set(Number(one), (there.get(Number(one)) ?? 0) + Number(n));
      const result = {
        lost: wanted.filter((one) => !there.has(one)).length + wrongValues,
        twice: wanted.filter((one) => (there.get(one) ?? 0) > 1).length,
      };
      wrongValues = 0;
      acknowledged.clear();
      return result;
    },
  };
}
