// `node bench/cluster-key.mjs` (part of `npm run bench:cluster`): another sorting key for 5 million rows over two shards, while rows arrive
// through the view and the write path and are read. Every acknowledged row is counted by its id. `--rows=N` for fewer. The last line
// states figures and targets; the exit code is 1 when a row is lost or doubled, or an insert or a read failed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { install } from "../scripts/setup.mjs";

const given = /^--rows=(\d+)$/.exec(process.argv[2] ?? "--rows=5000000");
if (given === null) {
  console.error(`${process.argv[2]} is no option; there is --rows=N`);
  process.exit(2);
}
const ROWS = Number(given[1]);
const FIRST = 1_000_000_000;

install();
const { packed, walkOnce } = await import("./faults-cluster-rig.mjs");
const tools = await packed();
const cluster = await tools.startModernCluster({ hosts: 2 });
try {
  process.exitCode = await measure();
} finally {
  await cluster.stop();
}

async function measure() {
  await tools.makeChain(cluster);
  const one = (host, sql, settings = {}) => cluster.query(host, sql, settings);
  for (const host of [0, 1])
    await one(
      host,
      `INSERT INTO web.events_local (id, team, event, at) SELECT number * 2 + ${host}, (number * 2 + ${host}) % 1000, concat('event ', toString(number % 40)), toDateTime('2026-01-01 00:00:00') + intDiv(number * 2 * 15552000, ${ROWS}) FROM numbers(${Math.floor(ROWS / 2)})`,
    );
  const live = await tools.liveTopology(cluster);
  const plan = await tools.planOf(cluster, "ALTER TABLE events MODIFY ORDER BY (team, event, toDate(at), id)", { live });
  const error = plan.findings.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.message);
  const urls = Object.fromEntries([...live.targets].map(([name, { endpoint }]) => [name, endpoint]));
  const traffic = start();
  const file = join(tools.folder, "key.json");
  const walked = async (endUndoWindow) => {
    writeFileSync(file, JSON.stringify({ folder: tools.folder, plan, urls, dialect: "current", endUndoWindow }));
    const began = performance.now();
    const { code, said } = await walkOnce(file);
    return { code, said, seconds: (performance.now() - began) / 1000 };
  };
  const swapped = await walked(false);
  const keys = await Promise.all(
    [0, 1].map((host) => one(host, "SELECT sorting_key FROM system.tables WHERE database = 'web' AND name = 'events_local'")),
  );
  const ended = await walked(true);
  const { acknowledged, failedInserts, failedReads, reads, reasons } = await traffic();
  await cluster.everywhere("SYSTEM FLUSH DISTRIBUTED web.writable_events");
  const [[before, beforeIds], [after, afterIds]] = await Promise.all(
    [`id < ${FIRST}`, `id >= ${FIRST}`].map(async (where) =>
      (await one(0, `SELECT count(), uniqExact(id) FROM web.events WHERE ${where}`)).split("\t").map(Number),
    ),
  );
  const wanted = Math.floor(ROWS / 2) * 2;
  const lost = wanted - beforeIds + Math.max(0, acknowledged - afterIds);
  const twice = before - beforeIds + after - afterIds;
  for (const line of [...swapped.said.split("\n"), ...ended.said.split("\n")]) if (/ran |brought|stopped/.test(line)) console.log(line);
  for (const reason of reasons) console.log(reason);
  console.log(`keys afterwards: ${[...new Set(keys)].join(" / ")}`);
  console.log(`copied, compared and swapped in ${swapped.seconds.toFixed(1)} s; the old table dropped in ${ended.seconds.toFixed(1)} s`);
  const through = swapped.said.includes("has its new key on every host") && ended.code === 0;
  const met = through && lost === 0 && twice === 0 && failedInserts === 0 && failedReads === 0;
  console.log(
    `another sorting key, ${ROWS} rows over 2 shards, ${acknowledged} inserts and ${reads} reads meanwhile: ${lost} rows lost, ${twice} twice, ${failedInserts} inserts and ${failedReads} reads failed, target 0: ${met ? "met" : "missed"}`,
  );
  if (!through) console.log(`${swapped.said.slice(-600)}\n${ended.said.slice(-600)}`);
  return met ? 0 : 1;
}

/** Rows one at a time through the view and the write path, in the foreground and in the background, and reads. @returns how to end it */
function start() {
  const state = { going: true, acknowledged: 0, failedInserts: 0, failedReads: 0, reads: 0, reasons: new Set() };
  let id = FIRST;
  const writer = async (turn) => {
    for (; state.going; turn++) {
      const own = id++;
      const into = turn % 3 === 0 ? "web.incoming" : "web.writable_events";
      try {
        await cluster.query(turn % 2, `INSERT INTO ${into} (id, team, event, at) VALUES (${own}, ${own % 1000}, 'click', now())`, {
          distributed_foreground_insert: turn % 4 < 2 ? "1" : "0",
        });
        state.acknowledged++;
      } catch (error) {
        state.failedInserts++;
        state.reasons.add(`insert: ${error.message.slice(0, 200)}`);
      }
      await sleep(20);
    }
  };
  const reader = async () => {
    for (let turn = 0; state.going; turn++) {
      try {
        await cluster.query(turn % 2, "SELECT count() FROM web.events WHERE team = 7");
        state.reads++;
      } catch (error) {
        state.failedReads++;
        state.reasons.add(`read: ${error.message.slice(0, 200)}`);
      }
      await sleep(100);
    }
  };
  const workers = [writer(0), writer(1), reader()];
  return async () => {
    state.going = false;
    await Promise.all(workers);
    return state;
  };
}
