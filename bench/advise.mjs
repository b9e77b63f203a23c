// `npm run bench:advise`: workloads made up from a seed, whose best key is found by building hundreds of keys and reading
// (advise/exhaustive.mjs); against what the advisor says first when it sees a tenth of the rows. Then the time of one advice on 2 million
// sampled rows. Options: --workloads=24, --rows=400000, --only=3 (one of them), --verbose, --keep (the files), --skip-speed,
// --written=FILE (what is measured is written there, one line a workload, and not measured again: a whole run may take an hour, and can be
// made in portions), --portion=4 (so many more of them now), --tread=<bin/tread.js of other built code>.
import { fork, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, install, root } from "../scripts/setup.mjs";
import { bestKey, elementsOf } from "./advise/exhaustive.mjs";
import { workload } from "./advise/workloads.mjs";

const option = (name, otherwise) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const flag = (name) => process.argv.includes(`--${name}`);
const COUNT = Number(option("workloads", "24"));
const ROWS = Number(option("rows", "400000"));
const TARGET_SHARE = 19 / 20;
const WITHIN = 1.05;
const TARGET_SECONDS = 15;
const TARGET_BYTES = 3e9;

const tread = option("tread", null);
if (tread === null) {
  install();
  build();
}
const cli = tread ?? join(root, "bin", "tread.js");

const folder = mkdtempSync(join(tmpdir(), "tread-bench-advise-"));
if (!flag("keep")) process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

/** The measuring engine: chDB by itself, without anything of tread's. */
function engine(directory) {
  mkdirSync(directory, { recursive: true });
  const child = fork(fileURLToPath(new URL("advise/engine.mjs", import.meta.url)), [directory], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting = new Map();
  let next = 0;
  child.on("message", ({ id, text, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(text);
    else reject(new Error(error));
  });
  // An engine that is gone (out of memory, say) is said, and is not waited for.
  child.on("exit", (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the measuring engine ended with ${signal ?? code}`));
    waiting.clear();
  });
  return {
    run: (sql, format = "TSVRaw") =>
      new Promise((resolve, reject) => {
        waiting.set(next, { resolve, reject });
        child.send({ id: next++, sql, format });
      }),
    close: () => {
      child.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const SETTINGS = "use_query_condition_cache = 0, optimize_use_implicit_projections = 0, max_threads = 1";

async function create(db, w, name, key, { from, granularity }) {
  const columns = Object.entries(w.columns).map(([column, [type]]) => `${column} ${type}`);
  await db.run(`DROP TABLE IF EXISTS ${name} SYNC`);
  await db.run(
    `CREATE TABLE ${name} (${columns.join(", ")}) ENGINE = MergeTree ${w.partition === null ? "" : `PARTITION BY ${w.partition}`} ORDER BY (${key.join(", ")}) SETTINGS index_granularity = ${granularity}, allow_nullable_key = 1, min_bytes_for_wide_part = 1000000000000`,
  );
  await db.run(
    `INSERT INTO ${name} SELECT * FROM ${from} SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 0, max_partitions_per_insert_block = 0`,
  );
}

/** Marks that every query reads under a key: what the engine says that it read, in granules. */
async function measure(db, w, queries, key, on) {
  await create(db, w, "hits", key, on);
  let sum = 0;
  const marks = [];
  for (const { sql, frequency } of queries) {
    const { statistics } = JSON.parse(await db.run(`${sql} SETTINGS ${SETTINGS}`, "JSON"));
    const read = Math.ceil(statistics.rows_read / on.granularity);
    marks.push(read);
    sum += frequency * read;
  }
  return { key, sum, marks };
}

async function oneWorkload(index) {
  const w = workload(index, ROWS);
  const place = join(folder, `w${index}`);
  mkdirSync(place);
  const db = engine(join(place, "engine"));
  try {
    return await measureAll(index, w, place, db);
  } finally {
    db.close();
    if (!flag("keep")) rmSync(place, { recursive: true, force: true });
  }
}

async function measureAll(index, w, place, db) {
  const names = Object.keys(w.columns);
  // Expressions are cast when they are inserted: NULL literals and enum labels become their types.
  await db.run(
    `CREATE TABLE everything ENGINE = MergeTree ORDER BY tuple() AS SELECT ${names.map((name) => `CAST(${w.columns[name][1]} AS ${w.columns[name][0]}) AS ${name}`).join(", ")} FROM numbers(${w.rows})`,
  );
  // The constants of the queries are values of one row each: frequent ones are asked for more often.
  const queries = [];
  for (const [i, { name, text, frequency }] of w.queries.entries()) {
    const [row] = JSON.parse(
      `[${(await db.run(`SELECT * FROM everything WHERE cityHash64(${names[0]}, ${names[1]}, ${w.seed}) % 5000 = ${i * 7} LIMIT 1 SETTINGS output_format_json_quote_64bit_integers = 0`, "JSONEachRow")).trim() || "{}"}]`,
    );
    const [any] = JSON.parse(
      `[${(await db.run(`SELECT * FROM everything LIMIT 1 OFFSET ${(w.seed + i * 1009) % 100000} SETTINGS output_format_json_quote_64bit_integers = 0`, "JSONEachRow")).trim()}]`,
    );
    queries.push({ name, frequency, sql: text({ ...any, ...row }).replaceAll("{t}", "hits") });
  }
  await db.run(
    `INSERT INTO FUNCTION file('${place}/sample.native', 'Native') SELECT * FROM everything WHERE cityHash64(${names.join(", ")}, 4711) % 10 = 0`,
  );
  // A key that somebody might have begun with: the first two columns.
  writeFileSync(
    join(place, "schema.sql"),
    `CREATE TABLE web.hits (${names.map((name) => `${name} ${w.columns[name][0]}`).join(", ")}) ENGINE = MergeTree ${w.partition === null ? "" : `PARTITION BY ${w.partition} `}ORDER BY (${names.slice(0, 2).join(", ")}) SETTINGS index_granularity = ${w.granularity};\n`,
  );
  writeFileSync(
    join(place, "workload.sql"),
    queries.map(({ name, frequency, sql }) => `-- tread: frequency=${frequency}/min name="${name}"\n${sql};\n`).join("\n"),
  );
  const started = Date.now();
  const run = spawnSync(
    process.execPath,
    [
      cli,
      "advise",
      "web.hits",
      "--schema",
      "schema.sql",
      "--workload",
      "workload.sql",
      "--sample",
      "sample.native",
      "--rows-total",
      String(w.rows),
      "--format",
      "json",
    ],
    { cwd: place, encoding: "utf8", maxBuffer: 1e9 },
  );
  const seconds = (Date.now() - started) / 1000;
  if (run.status !== 0) throw new Error(`advise exited with ${run.status}: ${run.stderr.slice(-2000)}`);
  const advice = JSON.parse(run.stdout);
  const advised = advice.candidates[0].orderBy;

  const all = { from: "everything", granularity: w.granularity };
  await db.run(
    `CREATE TABLE quarter ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM everything WHERE cityHash64(${names.join(", ")}, 815) % 4 = 0`,
  );
  const quarter = { from: "quarter", granularity: w.granularity / 4 };
  const begun = Date.now();
  const { best, screened, measured } = await bestKey({
    elements: elementsOf(w),
    screen: (key) => measure(db, w, queries, key, quarter),
    whole: (key) => measure(db, w, queries, key, all),
    named: advice.candidates.map(({ orderBy }) => orderBy),
    progress: (what) => console.error(`  ${w.name} (${index}): ${what}, ${((Date.now() - begun) / 1000).toFixed(0)} s`),
  });
  const own = measured.get(advised.join());
  return { w, queries, advised, own, best, keys: screened, seconds, ratio: own.sum / best.sum, place, advice };
}

const text = (key) => `(${key.join(", ")})`;
const only = option("only", null);
const indexes = only === null ? Array.from({ length: COUNT }, (_, i) => i) : only.split(",").map(Number);
const written = option("written", null);
const before = new Map(
  written === null || !existsSync(written)
    ? []
    : readFileSync(written, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
        .filter(({ rows }) => rows === ROWS)
        .map((one) => [one.index, one]),
);
let left = Number(option("portion", String(indexes.length)));
let good = 0;
let seen = 0;
console.log(`${indexes.length} workloads, ${ROWS.toLocaleString("en")} rows each, the advisor sees a tenth of them`);
for (const index of indexes) {
  const known = before.get(index);
  if (known !== undefined) {
    console.log(`${known.line}  (written down)`);
    good += known.isGood ? 1 : 0;
    seen++;
    continue;
  }
  if (left-- <= 0) continue;
  const result = await oneWorkload(index);
  const { w, best, own, ratio, keys, seconds } = result;
  const isGood = ratio <= WITHIN;
  good += isGood ? 1 : 0;
  seen++;
  const line = `${String(index).padStart(2)} ${w.name.padEnd(18)} ${String(w.queries.length)} queries ${String(keys).padStart(4)} keys  best ${text(best.key)} ${best.sum}  advised ${text(own.key)} ${own.sum}  ${ratio <= 1 ? "best" : `+${((ratio - 1) * 100).toFixed(1)} %`}${isGood ? "" : "  MISSED"}  ${seconds.toFixed(1)} s`;
  console.log(line);
  if (written !== null) appendFileSync(written, `${JSON.stringify({ index, rows: ROWS, isGood, ratio, line })}\n`);
  if (flag("verbose")) {
    for (const [i, query] of result.queries.entries())
      console.log(`      ${query.frequency} × best ${best.marks[i]} own ${own.marks[i]}  ${query.sql}`);
    console.log(
      `      ${result.place}  ${result.advice.search.keys} keys built, complete ${result.advice.search.complete}; candidates ${result.advice.candidates.map((c) => `${text(c.orderBy)} ${c.marks}`).join("; ")}`,
    );
  }
}

let speed = null;
if (!flag("skip-speed") && only === null && seen === indexes.length) speed = await timing();
const needed = Math.ceil(indexes.length * TARGET_SHARE - 1e-9);
const inTime = speed === null || (speed.seconds <= TARGET_SECONDS && speed.bytes <= TARGET_BYTES);
const said =
  speed === null
    ? ""
    : `; 2,000,000 sampled rows, 5 candidates, 5 queries: ${speed.seconds.toFixed(1)} s and ${(speed.bytes / 1e9).toFixed(1)} GB (target: ${TARGET_SECONDS} s, 3 GB, on 2 cores; here ${cpus().length})`;
const open = indexes.length - seen;
console.log(
  `advised key best or within 5 % in ${good} of ${seen} workloads${open === 0 ? "" : `, ${open} of ${indexes.length} still to be measured`} (target: ${needed} of ${indexes.length})${said}`,
);
process.exit(good >= needed && inTime ? 0 : 1);

/** The reference's five queries on 2 million sampled rows of 20 million. */
async function timing() {
  const place = join(folder, "speed");
  mkdirSync(place);
  const db = engine(join(place, "engine"));
  await db.run(
    `INSERT INTO FUNCTION file('${place}/sample.native', 'Native') SELECT toUInt32(pow(rand(1) / 4294967296, 3) * 1000) AS tenant_id, toLowCardinality(['view', 'click', 'identify', 'signup', 'purchase'][1 + rand(2) % 5]) AS event, toUInt64(rand64(3) % 1490000) AS user_id, concat('https://site', toString(rand(4) % 500), '.example/', toString(rand(5) % 405000)) AS url, toDateTime('2026-09-01 00:00:00', 'UTC') + rand(6) % 2592000 AS ts, ['de', 'fr', 'us', 'in', 'br'][1 + rand(7) % 5] AS country, toUInt16(rand(8) % 3000) AS duration, toFloat64(rand(9) % 100000) / 100 AS amount, concat('{"plan":"', toString(rand(10) % 4), '"}') AS properties FROM numbers(2000000)`,
  );
  db.close();
  writeFileSync(
    join(place, "schema.sql"),
    "CREATE TABLE web.hits (tenant_id UInt32, event LowCardinality(String), user_id UInt64, url String, ts DateTime('UTC'), country String, duration UInt16, amount Float64, properties String) ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY (user_id, ts);\n",
  );
  writeFileSync(
    join(place, "workload.sql"),
    `-- tread: frequency=120/min name="tenant and day"
SELECT count() FROM web.hits WHERE tenant_id = 42 AND ts >= '2026-09-10 00:00:00' AND ts < '2026-09-11 00:00:00';
-- tread: frequency=60/min name="tenant, event, week"
SELECT uniq(user_id) FROM web.hits WHERE tenant_id = 42 AND event = 'purchase' AND ts >= '2026-09-10 00:00:00' AND ts < '2026-09-17 00:00:00';
-- tread: frequency=30/min name="user timeline"
SELECT * FROM web.hits WHERE tenant_id = 42 AND user_id = 777777 ORDER BY ts;
-- tread: frequency=6/hour name="last hour"
SELECT event, count() FROM web.hits WHERE ts >= '2026-09-30 23:00:00' GROUP BY event;
-- tread: frequency=10/min name="tenant and page"
SELECT count() FROM web.hits WHERE tenant_id = 42 AND url = 'https://site5.example/77';
`,
  );
  const args = [
    cli,
    "advise",
    "web.hits",
    "--schema",
    "schema.sql",
    "--workload",
    "workload.sql",
    "--sample",
    "sample.native",
    "--rows-total",
    "20000000",
    "--candidates",
    "5",
    "--format",
    "json",
  ];
  const { spawn } = await import("node:child_process");
  const started = Date.now();
  const child = spawn(process.execPath, args, { cwd: place, stdio: ["ignore", "ignore", "inherit"] });
  let bytes = 0;
  const watch = setInterval(() => {
    bytes = Math.max(bytes, memoryOf(child.pid));
  }, 200);
  const status = await new Promise((resolve) => child.on("exit", resolve));
  clearInterval(watch);
  const seconds = (Date.now() - started) / 1000;
  if (status !== 0) throw new Error(`advise exited with ${status}`);
  console.log(
    `2,000,000 sampled rows of 20,000,000, 5 candidates, 5 queries: ${seconds.toFixed(1)} s, at most ${(bytes / 1e9).toFixed(2)} GB`,
  );
  return { seconds, bytes };
}

/** Resident bytes of a process and all below it (Linux: /proc; elsewhere 0). */
function memoryOf(pid) {
  if (!existsSync("/proc/self/stat")) return 0;
  const { stdout } = spawnSync("ps", ["-eo", "pid,ppid,rss"], { encoding: "utf8" });
  const rows = stdout
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([pid]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [own, parent] of rows) {
      if (family.has(parent) && !family.has(own)) {
        family.add(own);
        grew = true;
      }
    }
  }
  return rows.filter(([own]) => family.has(own)).reduce((sum, [, , rss]) => sum + rss * 1024, 0);
}
