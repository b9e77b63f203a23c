// `npm run bench:clickhouse`: `tread check` of 1,000 ClickHouse statements in 100 files, cold (a new process each time). Ends with one
// line that states figure and target, and with 1 when the target is missed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { build, install, root } from "../scripts/setup.mjs";

const RUNS = 7;
const TARGET_SECONDS = 0.4;
const FILES = 100;
const PER_FILE = 10;

install();
if (!existsSync(join(root, "dist", ".built"))) build();
const work = mkdtempSync(join(tmpdir(), "tread-bench-clickhouse-"));
try {
  process.exitCode = measure();
} finally {
  rmSync(work, { recursive: true, force: true });
}

function measure() {
  const statements = writeMigrations(join(work, "migrations"));
  const tread = [join(root, "bin", "tread.js"), "check", "migrations", "--format", "json", "--output", "report.json"];
  const empty = [];
  const check = [];
  for (let run = 0; run < RUNS; run++) {
    empty.push(seconds(["-e", "0"]));
    check.push(seconds(tread));
  }
  const report = JSON.parse(readFileSync(join(work, "report.json"), "utf8"));
  const { coverage, findings } = report;
  console.log(`Node ${process.versions.node}, ${cpus().length} cores, medians of ${RUNS} cold runs`);
  console.log(`empty Node process                       ${median(empty).toFixed(3)} s`);
  console.log(`${coverage.statements} statements, ${coverage.understood} understood, ${findings.length} findings`);
  if (coverage.statements !== statements || coverage.understood !== statements) {
    console.log(`missed: ${statements} statements were written, and not all of them were judged`);
    return 1;
  }
  const figure = median(check);
  const met = figure <= TARGET_SECONDS;
  console.log(
    `tread check of 1,000 ClickHouse statements: ${figure.toFixed(3)} s, target at most ${TARGET_SECONDS} s: ${met ? "met" : "missed"}`,
  );
  return met ? 0 : 1;
}

/** Tables with views and Distributed tables over them, and changes of every common kind. @returns how many statements */
function writeMigrations(folder) {
  mkdirSync(folder, { recursive: true });
  let count = 0;
  for (let file = 0; file < FILES; file++) {
    const t = `events_${file}`;
    const statements = [
      `CREATE TABLE ${t}_local (tenant_id UInt32, at DateTime64(3, 'UTC'), user_id UInt64, event LowCardinality(String), amount Int64 DEFAULT 0, kind Enum8('view' = 1, 'click' = 2), properties String CODEC(ZSTD(3)), INDEX by_user user_id TYPE bloom_filter GRANULARITY 4) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/${t}', '{replica}') PARTITION BY toYYYYMM(at) ORDER BY (tenant_id, event, toDate(at), user_id) TTL toDateTime(at) + INTERVAL 2 YEAR`,
      `CREATE TABLE ${t} AS ${t}_local ENGINE = Distributed('main', 'default', '${t}_local', cityHash64(user_id))`,
      `CREATE TABLE ${t}_daily (tenant_id UInt32, day Date, amount Int64, n UInt64) ENGINE = SummingMergeTree ORDER BY (tenant_id, day)`,
      `CREATE MATERIALIZED VIEW ${t}_daily_mv TO ${t}_daily AS SELECT tenant_id, toDate(at) AS day, sum(amount) AS amount, count() AS n FROM ${t}_local GROUP BY tenant_id, day`,
      `ALTER TABLE ${t}_local ADD COLUMN IF NOT EXISTS region LowCardinality(String) DEFAULT 'eu'`,
      `ALTER TABLE ${t} ADD COLUMN IF NOT EXISTS region LowCardinality(String) DEFAULT 'eu'`,
      `ALTER TABLE ${t}_local MODIFY COLUMN amount Int32`,
      `ALTER TABLE ${t}_local MODIFY COLUMN kind Enum8('view' = 1, 'click' = 2, 'scroll' = 3)`,
      `ALTER TABLE ${t}_local UPDATE properties = '{}' WHERE tenant_id = ${file}`,
      `ALTER TABLE ${t}_daily RENAME COLUMN n TO events`,
    ];
    if (statements.length !== PER_FILE) throw new Error("the bench counts on ten statements per file");
    count += statements.length;
    writeFileSync(join(folder, `${String(file + 1).padStart(4, "0")}_${t}.sql`), `${statements.join(";\n")};\n`);
  }
  return count;
}

function seconds(args) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: work, encoding: "utf8" });
  if (status !== 0 && status !== 1) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
