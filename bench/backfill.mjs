// `npm run bench:backfill`: a column of 5 M rows filled under a steady load, (a) by one UPDATE, (b) by a loop as an ORM does it, (c) by
// tread. Prints rows per second, the load's p99 beside its p99 without any backfill, the table's size after a vacuum, and tread's memory.
//   --rows=5000000 --runs=5: about 25 minutes on two cores that nobody else uses (measured: 5 per run), 6 GB in the temporary folder. The p99
// and the speed are those of the machine: they say nothing where something else is at work on it. Each run makes its own tables anew.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build, install, root } from "../scripts/setup.mjs";

install();
build();
const { startServer } = await import(join(root, "dist/engines/postgres/embedded/index.js"));
const option = (name, fallback) =>
  Number(process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback);
const ROWS = option("rows", 5_000_000);
const RUNS = option("runs", 5);
/** The loop sends a statement per row: a part of the table tells its speed. */
const LOOP_SECONDS = 20;
const TARGETS = { speed: 0.6, p99: 1.5, bloat: 1.3, memoryMb: 150 };

const server = await startServer({
  major: 18,
  offline: false,
  onProgress: (message) => console.error(`· ${message}`),
  settings: {
    autovacuum: "on",
    autovacuum_naptime: "2s",
    autovacuum_vacuum_cost_delay: "0",
    max_wal_size: "4GB",
    checkpoint_timeout: "5min",
    shared_buffers: "256MB",
    synchronous_commit: "on",
  },
});

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const percentile = (numbers, share) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? 0;

async function load(database, until) {
  const times = [];
  const run = { going: true };
  const clients = Array.from({ length: 4 }, async () => {
    const client = await server.connect({ role: "owner", database, applicationName: "app" });
    while (run.going) {
      const id = 1 + Math.floor(Math.random() * ROWS);
      const from = performance.now();
      await client.query("SELECT * FROM account WHERE id = $1", [id]);
      await client.query("UPDATE account SET balance = balance + 1 WHERE id = $1", [id]);
      times.push(performance.now() - from);
      await sleep(8);
    }
    await client.end();
  });
  const result = await until();
  run.going = false;
  await Promise.all(clients);
  return { times, result };
}

async function fresh(name) {
  await server.createDatabase(name);
  const client = await server.connect({ role: "owner", database: name });
  await client.query(
    "CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL DEFAULT 0, email text, kind integer NOT NULL DEFAULT 0) WITH (fillfactor = 100)",
  );
  await client.query(`INSERT INTO account SELECT g, 0, 'User' || g || '@Example.org', 0 FROM generate_series(1, ${ROWS}) g`);
  await client.query("VACUUM (ANALYZE) account");
  return { client, size: await sizeOf(client) };
}

async function sizeOf(client) {
  const { rows } = await client.query(
    "SELECT pg_total_relation_size('account')::float8 AS whole, pg_table_size('account')::float8 AS heap, pg_indexes_size('account')::float8 AS indexes",
  );
  return rows[0];
}

async function byTread(name, _client, started) {
  const folder = mkdtempSync(join(tmpdir(), "tread-bench-backfill-"));
  writeFileSync(
    join(folder, "0001_kind.sql"),
    "-- tread: backfill key=id new-writes='nothing inserts in this bench'\nUPDATE account SET kind = length(email) WHERE kind = 0;\n",
  );
  const url = `host=${server.host} port=${server.port} user=${server.credentials.user} password=${server.credentials.password} dbname=${name}`;
  const run = (args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(root, "bin/tread.js"), ...args], {
        cwd: folder,
        env: { ...process.env, DATABASE_URL: url },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let said = "";
      let memory = 0;
      const look = setInterval(() => {
        try {
          memory = Math.max(memory, Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
        } catch {
          // It has ended, or there is no /proc.
        }
      }, 200);
      child.stderr.on("data", (chunk) => (said += chunk));
      child.on("close", (code) => {
        clearInterval(look);
        if (code === 0) resolve(memory);
        else reject(new Error(`tread ${args[0]} ended with ${code}: ${said.slice(-2000)}`));
      });
    });
  try {
    await run(["ledger", "adopt", folder, "--nothing"]);
    started();
    return { memory: await run(["apply", folder]), rows: ROWS };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ways = {
  "(a) one UPDATE": async (name, client) => {
    await client.query("UPDATE account SET kind = length(email) WHERE kind = 0");
    return { rows: ROWS };
  },
  "(b) a loop over rows": async (name, client) => {
    const until = Date.now() + LOOP_SECONDS * 1000;
    let last = 0;
    while (Date.now() < until && last < ROWS) {
      const { rows } = await client.query("SELECT id, email FROM account WHERE id > $1 ORDER BY id LIMIT 1000", [last]);
      for (const row of rows) await client.query("UPDATE account SET kind = $2 WHERE id = $1", [row.id, row.email.length]);
      last = Number(rows.at(-1)?.id ?? ROWS);
    }
    return { rows: last };
  },
  // The ledger is there before: what is measured is `apply`, from its start to its end.
  "(c) tread": (name, client, started) => byTread(name, client, started),
};

const results = {};
let number = 0;
const began = performance.now();
try {
  for (let run = 1; run <= RUNS; run++) {
    for (const [way, act] of Object.entries(ways)) {
      console.error(`· run ${run} of ${RUNS}: ${way}`);
      (results[way] ??= []).push(await once(act));
    }
    const each = (performance.now() - began) / run / 60_000;
    const one = Object.values(results).map((runs) => runs.at(-1));
    const tread = one.at(-1);
    console.error(
      `· run ${run} of ${RUNS}: tread / one UPDATE ${(tread.speed / one[0].speed).toFixed(2)}, p99 ${(tread.p99 / tread.unloaded).toFixed(2)} ×, heap ${tread.heap.toFixed(2)} ×, indexes ${tread.indexes.toFixed(2)} ×; ${each.toFixed(1)} min per run, about ${Math.ceil(each * (RUNS - run))} min left`,
    );
  }
} finally {
  await server.stop();
}

async function once(act) {
  const name = `backfill_${++number}`;
  const { client, size } = await fresh(name);
  try {
    const { times: unloaded } = await load(name, () => sleep(5000));
    let started = performance.now();
    const { times, result } = await load(name, () => act(name, client, () => (started = performance.now())));
    const seconds = (performance.now() - started) / 1000;
    // What autovacuum would do by itself a little later.
    await client.query("VACUUM account");
    const after = await sizeOf(client);
    return {
      speed: result.rows / seconds,
      p99: percentile(times, 0.99),
      unloaded: percentile(unloaded, 0.99),
      bloat: after.whole / size.whole,
      heap: after.heap / size.heap,
      indexes: after.indexes / size.indexes,
      memory: result.memory ?? 0,
    };
  } finally {
    await client.end();
    await server.dropDatabase(name);
  }
}

console.log(`${ROWS.toLocaleString("en")} rows, 4 clients at work, medians of ${RUNS} runs`);
for (const [way, runs] of Object.entries(results))
  console.log(
    `${way.padEnd(22)} ${Math.round(median(runs.map(({ speed }) => speed)))
      .toLocaleString("en")
      .padStart(9)} rows/s   load p99 ${median(runs.map(({ p99 }) => p99))
      .toFixed(1)
      .padStart(
        7,
      )} ms, without a backfill ${median(runs.map(({ unloaded }) => unloaded)).toFixed(1)} ms   size ${median(runs.map(({ bloat }) => bloat)).toFixed(2)} × the original (heap ${median(runs.map(({ heap }) => heap)).toFixed(2)}, index ${median(runs.map(({ indexes }) => indexes)).toFixed(2)})`,
  );
const own = results["(c) tread"];
const speed = median(own.map((one) => one.speed)) / median(results["(a) one UPDATE"].map((one) => one.speed));
const p99 = median(own.map((one) => one.p99 / one.unloaded));
const bloat = median(own.map((one) => one.bloat));
const memory = Math.max(...own.map((one) => one.memory));
const met = speed >= TARGETS.speed && p99 <= TARGETS.p99 && bloat <= TARGETS.bloat && memory <= TARGETS.memoryMb;
console.log(
  `tread / one UPDATE ${speed.toFixed(2)} in rows/s (target ≥ ${TARGETS.speed}); p99 ${p99.toFixed(2)} × unloaded (target ≤ ${TARGETS.p99}); size ${bloat.toFixed(2)} × (target ≤ ${TARGETS.bloat}); memory ${Math.round(memory)} MB (target ≤ ${TARGETS.memoryMb}): ${met ? "met" : "MISSED"}`,
);
process.exit(met ? 0 : 1);
