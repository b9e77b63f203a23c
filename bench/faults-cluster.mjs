// `npm run faults:cluster`: changing a cluster while it serves, and while whoever walks the change is killed. Two real engines, a Null
// table, a view, a Distributed table that writes and one that reads, plain MergeTree behind them. Rows arrive at a steady rate through
// the write path, in the foreground and in the background by turns, and are read through the read path. Every row that was acknowledged
// is counted by its id, without FINAL: 0 lost, 0 twice, 0 failed; afterwards all hosts have the same columns.
//   --additive=20 --removal=20 --kills=100 --seed=1
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const [, , mode, where] = process.argv;
if (mode === "--walk") {
  process.exitCode = await walkOnce(JSON.parse(readFileSync(where, "utf8")));
} else {
  process.exitCode = await faults();
}

/** The walker as a process of its own, to be killed. */
async function walkOnce({ folder, plan, urls }) {
  const [{ walkCluster }, { walkHost }, { readClickHouseTarget }] = await Promise.all(
    ["walk", "host", "introspect"].map((name) => import(pathToFileURL(join(folder, `${name}.js`)).href)),
  );
  const hosts = new Map(Object.entries(urls).map(([name, url]) => [name, walkHost(name, readClickHouseTarget(url, {}), "current")]));
  const quiet = { step() {}, ran() {}, say() {}, preflight() {} };
  try {
    const { pending } = await walkCluster({ plan, hosts, by: "faults", signal: new AbortController().signal, events: quiet });
    return pending.length === 0 ? 0 : 4;
  } catch (error) {
    if (error.name !== "WalkStopped") throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

async function faults() {
  const { install, root } = await import("../scripts/setup.mjs");
  install();
  const option = (name, fallback) => Number(process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback);
  const counts = { additive: option("additive", 20), removal: option("removal", 20), kills: option("kills", 100) };
  let seed = option("seed", 1);
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  const { rolldown } = await import("rolldown");
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "tread-faults-cluster-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const rooms = {
    harness: "engines/clickhouse/cluster-harness/modern.test-helper.ts",
    chain: "plan/cluster/chain.test-helper.ts",
    walk: "apply/cluster/walk.ts",
    host: "apply/cluster/host.ts",
    introspect: "engines/clickhouse/introspect/index.ts",
  };
  const packed = await rolldown({
    input: Object.fromEntries(Object.entries(rooms).map(([name, path]) => [name, join(root, "src", path)])),
    transform: { target: "node20" },
    platform: "node",
    external: (id) => !id.startsWith(".") && !id.startsWith("@oxc-project/") && !isAbsolute(id),
  });
  await packed.write({ dir: folder, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
  await packed.close();
  const [{ startModernCluster }, chain] = await Promise.all(
    ["harness", "chain"].map((name) => import(pathToFileURL(join(folder, `${name}.js`)).href)),
  );
  const cluster = await startModernCluster({ hosts: 2 });
  try {
    return await measure(cluster, chain, { counts, random, folder });
  } finally {
    await cluster.stop();
  }
}

async function measure(cluster, chain, { counts, random, folder }) {
  await chain.makeChain(cluster);
  const topology = await chain.liveTopology(cluster);
  const urls = Object.fromEntries([...topology.targets].map(([name, { endpoint }]) => [name, endpoint]));
  const load = traffic(cluster);
  const table = [];
  let broken = 0;
  let duration = 3000;
  let column = 0;

  /** One change from its plan to its end; killed after a while or not. @returns how many commands it took */
  const change = async (sql, killAfter) => {
    const plan = await chain.planOf(cluster, sql, { live: topology });
    if (plan.findings.some(({ severity }) => severity === "error")) throw new Error(plan.findings[0].message);
    const file = join(folder, "plan.json");
    writeFileSync(file, JSON.stringify({ folder, plan, urls }));
    for (let attempt = 1; ; attempt++) {
      const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--walk", file], { stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      child.stderr.on("data", (data) => (said += String(data)));
      const closed = new Promise((resolve) => child.on("close", resolve));
      const timer = attempt === 1 && killAfter !== null ? setTimeout(() => child.kill("SIGKILL"), killAfter) : null;
      const code = await closed;
      clearTimeout(timer);
      if (code === 0) return attempt;
      if (attempt === 10) throw new Error(`not through after ${attempt} commands: ${said.trim()}`);
    }
  };
  const setTimeout = globalThis.setTimeout;
  const same = async () => {
    const seen = new Set();
    for (const { index } of cluster.hosts)
      seen.add(
        await cluster.query(
          index,
          "SELECT groupArray((table, name, type)) FROM (SELECT table, name, type FROM system.columns WHERE database = 'web' ORDER BY table, position)",
        ),
      );
    return seen.size === 1;
  };
  const series = async (name, runs, kill) => {
    const before = load.totals();
    let [unequal, commands, killed] = [0, 0, 0];
    const begun = performance.now();
    for (let run = 0; run < runs; run++) {
      const additive = name === "additive" || (name === "killed" && run % 2 === 0);
      if (additive) column++;
      // A removal takes what the addition before it brought; a series of removals brings it first.
      if (name === "removal") await change(`ALTER TABLE events ADD COLUMN c${++column} String`, null);
      const sql = additive ? `ALTER TABLE events ADD COLUMN c${column} String` : `ALTER TABLE events DROP COLUMN c${column}`;
      const start = performance.now();
      const attempts = await change(sql, kill ? random() * duration : null);
      if (!kill) duration = performance.now() - start;
      commands += attempts;
      if (attempts > 1) killed++;
      if (!(await same())) unequal++;
      if (name === "additive") await change(`ALTER TABLE events DROP COLUMN c${column}`, null);
    }
    const { lost, twice } = await load.count();
    const { inserts, failedInserts, reads, failedReads } = load.since(before);
    broken += lost + twice + failedInserts + failedReads + unequal;
    table.push({
      series: name,
      runs,
      killed,
      commands,
      inserts,
      "failed inserts": failedInserts,
      reads,
      "failed reads": failedReads,
      lost,
      twice,
      "hosts unequal": unequal,
      seconds: Math.round((performance.now() - begun) / 1000),
    });
  };
  load.start();
  await series("additive", counts.additive, false);
  await series("removal", counts.removal, false);
  await series("killed", counts.kills - (counts.kills % 2), true);
  await load.stop();
  console.table(table);
  for (const reason of load.reasons) console.log(reason);
  for (const { host, log } of cluster.faults) console.log(`harness: ${host} ended by itself and was started again (${log.slice(0, 200)})`);
  const totals = table.reduce((sum, row) => sum + row.inserts, 0);
  console.log(
    `${totals} inserts, ${table.reduce((sum, row) => sum + row.reads, 0)} reads, ${broken} lost, doubled, failed or unequal; ${cluster.faults.length} faults of the harness`,
  );
  return broken === 0 ? 0 : 1;
}

/** A writer and a reader that never stop. Ids are unique; an insert is counted when the server has said yes. */
function traffic(cluster) {
  const acknowledged = new Set();
  const reasons = new Set();
  const sums = { inserts: 0, failedInserts: 0, reads: 0, failedReads: 0 };
  const state = { going: true };
  let id = 1_000_000;
  const workers = [];
  const writer = async () => {
    for (let turn = 0; state.going; turn++) {
      const ids = Array.from({ length: 5 }, () => id++);
      const host = turn % cluster.hosts.length;
      const into = turn % 3 === 0 ? "web.incoming (id, team, event, at)" : "web.writable_events (id, team, event, at)";
      try {
        await cluster.query(host, `INSERT INTO ${into} VALUES ${ids.map((one) => `(${one}, 7, 'click', now())`).join(", ")}`, {
          distributed_foreground_insert: turn % 2 === 0 ? "1" : "0",
          async_insert: "0",
        });
        for (const one of ids) acknowledged.add(one);
        sums.inserts++;
      } catch (error) {
        sums.failedInserts++;
        reasons.add(`insert: ${error.message.slice(0, 200)}`);
      }
      await sleep(25);
    }
  };
  const reader = async () => {
    for (let turn = 0; state.going; turn++) {
      try {
        await cluster.query(
          turn % cluster.hosts.length,
          turn % 2 === 0
            ? "SELECT count() FROM web.events WHERE team = 7"
            : "SELECT * FROM web.events WHERE team = 7 ORDER BY id DESC LIMIT 3",
        );
        sums.reads++;
      } catch (error) {
        sums.failedReads++;
        reasons.add(`read: ${error.message.slice(0, 200)}`);
      }
      await sleep(60);
    }
  };
  return {
    reasons,
    start: () => workers.push(writer(), reader()),
    async stop() {
      state.going = false;
      await Promise.all(workers);
    },
    totals: () => ({ ...sums }),
    since: (before) => Object.fromEntries(Object.entries(sums).map(([key, value]) => [key, value - before[key]])),
    /** What is there of what was acknowledged until now. */
    async count() {
      const wanted = [...acknowledged];
      const newest = Math.max(0, ...wanted);
      for (const { index } of cluster.hosts) await cluster.query(index, "SYSTEM FLUSH DISTRIBUTED web.writable_events");
      const there = new Map();
      for (const { index } of cluster.hosts)
        for (const { id: one, n } of await cluster.rows(
          index,
          `SELECT id, count() AS n FROM web.events_local WHERE id >= 1000000 AND id <= ${newest} AND event = 'click' GROUP BY id`,
        ))
          there.set(Number(one), (there.get(Number(one)) ?? 0) + Number(n));
      return {
        lost: wanted.filter((one) => !there.has(one)).length,
        twice: wanted.filter((one) => (there.get(one) ?? 0) > 1).length,
      };
    },
  };
}
