// `npm run bench:cluster`: reading a cluster of 40 hosts with 300 tables each from their system tables. Four real engines stand for the
// 40 hosts: each is asked ten times, over 8 connections, with a time-out of 3 s per question. Medians of the runs; the last line states
// figure and target, and the exit code is 1 when a target is missed.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { install, root } from "../scripts/setup.mjs";

const HOSTS = 40;
const TABLES = 300;
const ENGINES = 4;
const CONNECTIONS = 8;
const RUNS = 5;
const TARGET_SECONDS = 3;

install();
const { rolldown } = await import("rolldown");
const cache = join(root, "node_modules", ".cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "tread-bench-cluster-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const rooms = {
  harness: "cluster-harness/modern.test-helper.ts",
  read: "topology/read.ts",
  host: "topology/host.ts",
  parallel: "topology/in-parallel.ts",
  introspect: "introspect/index.ts",
};
const packed = await rolldown({
  input: Object.fromEntries(Object.entries(rooms).map(([name, path]) => [name, join(root, "src/engines/clickhouse", path)])),
  transform: { target: "node20" },
  platform: "node",
  external: (id) => !id.startsWith(".") && !id.startsWith("@oxc-project/") && !isAbsolute(id),
});
await packed.write({ dir: folder, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
await packed.close();
const [{ startModernCluster }, { readCatalogues }, { askHost }, { inParallel }, { readClickHouseTarget }] = await Promise.all(
  Object.keys(rooms).map((name) => import(pathToFileURL(join(folder, `${name}.js`)).href)),
);

const cluster = await startModernCluster({ hosts: ENGINES });
try {
  process.exitCode = await measure();
} finally {
  await cluster.stop();
}

async function measure() {
  await Promise.all(cluster.hosts.map(({ index }) => fill(index)));
  const targets = Array.from({ length: HOSTS }, (_, at) => readClickHouseTarget(cluster.hosts[at % ENGINES].url, {}));
  const seconds = [];
  let tables = 0;
  let columns = 0;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    const answers = await inParallel(CONNECTIONS, targets, (target) => askHost(target, { timeoutSeconds: 3, dialect: "current" }));
    const hosts = answers.map((answer, at) => ({ name: `ch-${at + 1}`, macros: answer.identity.macros }));
    const servers = new Map(hosts.map(({ name }, at) => [name, answers[at].server]));
    const { catalogues, lost } = await readCatalogues({ topology: { hosts }, servers, targets: new Map() }, { connections: CONNECTIONS });
    seconds.push((performance.now() - start) / 1000);
    if (lost.size > 0) {
      console.log(`missed: ${lost.size} of ${HOSTS} hosts were lost: ${[...lost.values()][0].reason}`);
      return 1;
    }
    tables = [...catalogues.values()].reduce((sum, catalogue) => sum + catalogue.tables.length, 0);
    columns = [...catalogues.values()].reduce(
      (sum, catalogue) => sum + catalogue.tables.reduce((own, table) => own + table.columns.length, 0),
      0,
    );
  }
  if (tables !== HOSTS * TABLES) {
    console.log(`missed: ${tables} tables were read, and there are ${HOSTS * TABLES}`);
    return 1;
  }
  const median = seconds.sort((a, b) => a - b)[Math.floor(RUNS / 2)];
  const memory = Math.round(process.memoryUsage().rss / 1024 / 1024);
  console.log(`Node ${process.versions.node}, ${cpus().length} cores shared with ${ENGINES} engines, ${RUNS} runs`);
  console.log(`${HOSTS} hosts × ${TABLES} tables: ${tables} tables and ${columns} columns per run; ${memory} MB held afterwards`);
  console.log(`fastest ${seconds[0].toFixed(2)} s, slowest ${seconds.at(-1).toFixed(2)} s`);
  const verdict = median <= TARGET_SECONDS ? "met" : "missed";
  console.log(`reading ${HOSTS} × ${TABLES}: ${median.toFixed(2)} s, target ${TARGET_SECONDS} s: ${verdict}`);
  return verdict === "met" ? 0 : 1;
}

/** Chains as they stand in production: a table with rows, two Distributed ones, a landing table, a view that fills the chain. */
async function fill(host) {
  await cluster.query(host, "CREATE DATABASE web");
  const columns = Array.from(
    { length: 16 },
    (_, at) => `property_${at} ${["String", "UInt64", "DateTime", "LowCardinality(String)"][at % 4]}`,
  );
  const shape = `(team_id UInt64, at DateTime, url String CODEC(ZSTD(3)), referrer LowCardinality(String) DEFAULT 'direct', ${columns.join(", ")})`;
  for (let chain = 0; chain < TABLES / 5; chain++) {
    const name = `events_${chain}`;
    await cluster.query(
      host,
      `CREATE TABLE web.sharded_${name} ${shape} ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (team_id, at)`,
    );
    await cluster.query(
      host,
      `CREATE TABLE web.${name} AS web.sharded_${name} ENGINE = Distributed('c', 'web', 'sharded_${name}', cityHash64(team_id))`,
    );
    await cluster.query(
      host,
      `CREATE TABLE web.writable_${name} AS web.sharded_${name} ENGINE = Distributed('c', 'web', 'sharded_${name}', cityHash64(team_id))`,
    );
    await cluster.query(host, `CREATE TABLE web.landing_${name} (team_id UInt64, at DateTime, url String) ENGINE = Null`);
    await cluster.query(
      host,
      `CREATE MATERIALIZED VIEW web.${name}_mv TO web.writable_${name} AS SELECT team_id, at, url FROM web.landing_${name}`,
    );
  }
}
