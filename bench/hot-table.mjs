// `npm run bench:hot-table`: what the users of a busy table feel while it gets a column, by how it is done. 8 fast readers, 4 writers and
// 2 long readers on one table. A *stall* is a wait of one of them on a lock whose blocker is the migration, as the server's log tells it
// (log_lock_waits, deadlock_timeout = 1ms). The same load without any DDL is printed beside it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { build, install, root } from "../scripts/setup.mjs";

install();
build();
const { startServer } = await import(join(root, "dist/engines/postgres/embedded/index.js"));
const { StallWatch } = await import(join(root, "dist/rehearse/traffic/stalls.js"));

const RUNS = Number(process.argv.find((argument) => argument.startsWith("--runs="))?.slice(7) ?? 5);
const TARGET_MS = 12;
const TARGET_RATIO = 15;

const server = await startServer({
  major: 18,
  offline: false,
  onProgress: (message) => console.error(`· ${message}`),
  settings: { log_lock_waits: "on", deadlock_timeout: "1ms", max_connections: "60", log_line_prefix: "%m [%p] " },
});
await server.createDatabase("hot");
const owner = await server.connect({ role: "owner", database: "hot" });
await owner.query("CREATE TABLE person (id bigint PRIMARY KEY, name text, seen bigint NOT NULL DEFAULT 0)");
await owner.query("INSERT INTO person SELECT g, 'person ' || g, 0 FROM generate_series(1, 10000) g");
const url = `host=${server.host} port=${server.port} user=${server.credentials.user} password=${server.credentials.password} dbname=hot`;

/** Clients in this process would be held up by each other; one process for all of them is what an app server is. */
function load(watch) {
  const run = { going: true };
  let failed = 0;
  let queries = 0;
  let slowest = 0;
  const client = async (act) => {
    const connection = new Client({
      host: server.host,
      port: server.port,
      user: server.credentials.user,
      password: server.credentials.password,
      database: "hot",
      application_name: "app",
    });
    connection.on("error", () => {});
    await connection.connect();
    watch.addTraffic(connection.processID);
    while (run.going) {
      const from = performance.now();
      try {
        await act(connection);
        queries++;
      } catch {
        failed++;
      }
      slowest = Math.max(slowest, act.long === true ? 0 : performance.now() - from);
    }
    await connection.end();
  };
  const fast = (connection) => connection.query("SELECT * FROM person WHERE id = $1", [1 + Math.floor(Math.random() * 10000)]);
  const write = (connection) =>
    connection.query("UPDATE person SET seen = seen + 1 WHERE id = $1", [1 + Math.floor(Math.random() * 10000)]).then(() => sleep(2));
  const long = Object.assign(
    (connection) =>
      connection.query("SELECT count(*), pg_sleep(0.5 + random()) FROM person WHERE id < 10").then(() => sleep(Math.random() * 400)),
    { long: true },
  );
  const clients = [...Array(8).fill(fast), ...Array(4).fill(write), ...Array(2).fill(long)].map(client);
  return async () => {
    run.going = false;
    await Promise.all(clients);
    return { failed, queries, slowest };
  };
}

async function migrationClient(watch) {
  const connection = await server.connect({ role: "owner", database: "hot", applicationName: "migration" });
  watch.addMigration(connection.processID);
  return connection;
}

const ADD = (column) => `ALTER TABLE person ADD COLUMN ${column} text`;

/** Until it works; each attempt under a lock_timeout. */
async function retrying(connection, column, timeoutMs, pause) {
  for (let attempt = 0; ; attempt++) {
    try {
      await connection.query(`BEGIN; SET LOCAL lock_timeout = ${timeoutMs}; ${ADD(column)}; COMMIT`);
      return;
    } catch (error) {
      await connection.query("ROLLBACK");
      if (error.code !== "55P03") throw error;
      await sleep(pause(attempt));
    }
  }
}

let number = 0;
const ways = {
  "no DDL": async () => sleep(3000),
  "(a) plain": async (watch) => {
    const connection = await migrationClient(watch);
    await connection.query(ADD(`c${++number}`));
    await connection.end();
  },
  "(b) lock_timeout 2 s, exponential retries": async (watch) => {
    const connection = await migrationClient(watch);
    await retrying(connection, `c${++number}`, 2000, (attempt) => Math.min(60_000, 10 * 2 ** attempt));
    await connection.end();
  },
  "(c) lock_timeout 200 ms, jitter": async (watch) => {
    const connection = await migrationClient(watch);
    await retrying(connection, `c${++number}`, 200, () => 100 + Math.random() * 400);
    await connection.end();
  },
  "(d) tread, 10 ms budget": (watch) => tread(watch),
  "(d) tread, a vacuum running": async (watch) => {
    // Slow enough to be there for the whole time: it holds SHARE UPDATE EXCLUSIVE.
    const vacuum = await server.connect({ role: "owner", database: "hot", applicationName: "vacuum" });
    await vacuum.query("SET vacuum_cost_delay = 20; SET vacuum_cost_limit = 1");
    const ended = vacuum.query("VACUUM (DISABLE_PAGE_SKIPPING) person").catch(() => {});
    await sleep(200);
    const timer = setTimeout(() => void owner.query("SELECT pg_cancel_backend($1)", [vacuum.processID]), 4000);
    await tread(watch);
    clearTimeout(timer);
    await owner.query("SELECT pg_cancel_backend($1)", [vacuum.processID]);
    await ended;
    await vacuum.end();
  },
};

async function tread(watch) {
  const folder = mkdtempSync(join(tmpdir(), "tread-bench-hot-"));
  const column = `c${++number}`;
  writeFileSync(join(folder, `${String(number).padStart(6, "0")}_add_${column}.sql`), `${ADD(column)};\n`);
  const look = async () => {
    const { rows } = await owner.query("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'tread%'");
    for (const { pid } of rows) watch.addMigration(pid);
  };
  const seen = setInterval(() => void look(), 20);
  try {
    await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(root, "bin/tread.js"), "apply", folder, "--stall-budget", "10"], {
        cwd: folder,
        env: { ...process.env, DATABASE_URL: url },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let said = "";
      child.stderr.on("data", (chunk) => (said += chunk));
      child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`tread ended with ${code}: ${said}`))));
    });
  } finally {
    clearInterval(seen);
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const results = {};
await owner.query("CREATE SCHEMA IF NOT EXISTS tread");
await owner.query("DROP SCHEMA tread");
const adopted = mkdtempSync(join(tmpdir(), "tread-bench-hot-"));
writeFileSync(
  join(adopted, "000000_person.sql"),
  "CREATE TABLE person (id bigint PRIMARY KEY, name text, seen bigint NOT NULL DEFAULT 0);\n",
);
try {
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "bin/tread.js"), "ledger", "adopt", adopted, "--nothing"], {
      cwd: adopted,
      env: { ...process.env, DATABASE_URL: url },
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`tread ledger adopt ended with ${code}`))));
  });
} finally {
  rmSync(adopted, { recursive: true, force: true });
}
for (let run = 1; run <= RUNS; run++) {
  for (const [name, act] of Object.entries(ways)) {
    console.error(`· run ${run} of ${RUNS}: ${name}`);
    const watch = new StallWatch();
    const unlisten = server.onLog((line) => watch.read(line));
    const stop = load(watch);
    await sleep(500);
    const from = Date.now();
    await act(watch);
    const to = Date.now();
    await sleep(300);
    const felt = await stop();
    unlisten();
    (results[name] ??= []).push({ stall: watch.longest(from, to + 300, "migration"), seconds: (to - from) / 1000, ...felt });
  }
}
await owner.end();
await server.stop();

console.log(`longest stall caused by the migration, as the server logged it; ${RUNS} runs, medians (largest)`);
console.log("");
for (const [name, runs] of Object.entries(results)) {
  const stalls = runs.map(({ stall }) => stall);
  console.log(
    `${name.padEnd(44)} stall ${median(stalls).toFixed(1).padStart(8)} ms (${Math.max(...stalls).toFixed(1)})   time to success ${median(
      runs.map(({ seconds }) => seconds),
    )
      .toFixed(1)
      .padStart(5)} s   slowest query at a client ${median(runs.map(({ slowest }) => slowest))
      .toFixed(0)
      .padStart(5)} ms   failed queries ${runs.reduce((sum, { failed }) => sum + failed, 0)}`,
  );
}
const own = [...results["(d) tread, 10 ms budget"], ...results["(d) tread, a vacuum running"]].map(({ stall }) => stall);
const ratio = median(results["(c) lock_timeout 200 ms, jitter"].map(({ stall }) => stall)) / Math.max(0.1, median(own));
const failed = Object.entries(results).reduce(
  (sum, [name, runs]) => sum + (name.startsWith("(d)") ? runs.reduce((all, one) => all + one.failed, 0) : 0),
  0,
);
const met = median(own) <= TARGET_MS && ratio >= TARGET_RATIO && failed === 0;
console.log("");
console.log(
  `longest stall by tread: median ${median(own).toFixed(1)} ms, largest ${Math.max(...own).toFixed(1)} ms (target ≤ ${TARGET_MS} ms); (c) / tread ${ratio.toFixed(1)} (target ≥ ${TARGET_RATIO}); failed queries under tread ${failed} (target 0): ${met ? "met" : "MISSED"}`,
);
process.exit(met ? 0 : 1);
