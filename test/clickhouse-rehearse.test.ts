import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { silentOf } from "../src/model/clickhouse/effects.ts";
import { isClickHouseEffects, type Report } from "../src/model/report.ts";
import { project } from "./project.test-helper.ts";

const TREAD = join(dirname(fileURLToPath(import.meta.url)), "..", "bin", "tread.js");

// A weather service: stations report through Kafka, forecasts are read from all shards.
const START = `CREATE TABLE readings_local ON CLUSTER '{cluster}' (
  station UInt32, at DateTime, celsius Int64, quality Enum8('good' = 1, 'poor' = 2, 'test' = 3), note String DEFAULT 'none'
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/readings', '{replica}') PARTITION BY toYYYYMM(at) ORDER BY (station, at);
CREATE TABLE readings ON CLUSTER '{cluster}' AS readings_local ENGINE = Distributed('{cluster}', default, readings_local, station);
CREATE TABLE readings_queue (station UInt32, at DateTime, celsius Int64, note String) ENGINE = Kafka
  SETTINGS kafka_broker_list = 'kafka:9092', kafka_topic_list = 'readings', kafka_group_name = 'tread', kafka_format = 'JSONEachRow';
CREATE MATERIALIZED VIEW readings_view TO readings AS SELECT station, at, celsius, 'good' AS quality, note FROM readings_queue;
INSERT INTO readings_local VALUES (1, '2026-01-01 00:00:00', 3000000000, 'test', 'the sensor is stuck');
`;
const CONFIG = `sources: [{ type: sql-dir, path: migrations, database: clickhouse, appliedThrough: 0001_start }]
live: [{ name: forecasts, sql: forecasts.sql, database: clickhouse }]
environments: { production: {} }
`;
const QUERIES = `-- name: latest
SELECT station, max(at), any(note) FROM readings WHERE quality = 'good' GROUP BY station;
`;

function weather(change: string): ReturnType<typeof project> {
  return project({
    "migrations/0001_start.sql": START,
    "migrations/0002_change.sql": change,
    "forecasts.sql": QUERIES,
    "tread.config.yaml": CONFIG,
  });
}

function damage(report: Report, statement: number): string[] {
  const observed = report.migrations[0]?.statements[statement]?.observed ?? null;
  return observed !== null && isClickHouseEffects(observed)
    ? silentOf(observed).map(({ kind, columns }) => `${kind} ${columns?.join() ?? ""}`)
    : [];
}

test("what the given rows suffer is observed, and both witnesses agree", () => {
  const { report, status, stderr } = weather("ALTER TABLE readings_local MODIFY COLUMN celsius Int16;").rehearse(
    "--rows",
    "2000",
    "--no-growth",
  );
  expect(stderr).toContain("rehearsing 0002_change on ClickHouse");
  expect(status).toBe(1);
  expect(report.rehearsal?.server).toMatch(/^ClickHouse \d+\.\d+\.\d+\.\d+ \(chDB\)$/);
  expect(damage(report, 0)).toContain("wraps celsius");
  expect(report.migrations[0]?.statements[0]).toMatchObject({ observed: { class: "mutation", columns: ["celsius"], error: null } });
  expect(report.findings.map(({ rule }) => rule)).not.toContain("witness-disagreement");
  expect(report.rehearsal?.limits).toContainEqual(expect.stringContaining("ReplicatedMergeTree rehearsed as MergeTree"));
});

test("a live query that breaks is seen to break, with the engine's code", () => {
  const { report, status } = weather("ALTER TABLE readings DROP COLUMN note;").rehearse("--rows", "500", "--no-growth");
  expect(status).toBe(1);
  const cell = report.compatibility.cells.find(({ version, step }) => version === "forecasts" && step === "0002_change#0");
  expect(cell?.broken).toMatchObject([{ sqlstate: "47", from: "rehearsed" }]);
});

test("an additive change in the right order is safe, and nothing is said against it", () => {
  const { report, status } = weather(
    "ALTER TABLE readings_local ADD COLUMN wind UInt8 DEFAULT 0; ALTER TABLE readings ADD COLUMN wind UInt8 DEFAULT 0;",
  ).rehearse("--rows", "500", "--no-growth");
  expect(report.migrations[0]?.statements.map(({ observed }) => observed)).toMatchObject([
    { class: "metadata", silent: null },
    { class: "metadata", silent: null },
  ]);
  expect(report.findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(status).toBe(0);
});

test("Postgres and ClickHouse are one run and one report", () => {
  const both = project({
    "pg/0001_stations.sql": "CREATE TABLE station (id int PRIMARY KEY, name text);",
    "pg/0002_height.sql": "ALTER TABLE station ADD COLUMN height int;",
    "ch/0001_start.sql": START,
    "ch/0003_wind.sql": "ALTER TABLE readings_local ADD COLUMN wind UInt8;",
    "tread.config.yaml": `sources:
  - { type: sql-dir, path: pg, appliedThrough: 0001_stations }
  - { type: sql-dir, path: ch, database: clickhouse, appliedThrough: 0001_start }
environments: { production: {} }
`,
  });
  const { report } = both.rehearse("--rows", "500", "--no-growth");
  expect(report.rehearsal?.server).toMatch(/^PostgreSQL .* and ClickHouse .* \(chDB\)$/);
  expect(report.migrations.map(({ id, database, statements }) => [id, database, statements[0]?.observed === null])).toEqual([
    ["0002_height", "postgres", false],
    ["0003_wind", "clickhouse", false],
  ]);
});

/** tread in the middle of a rehearsal, with the process that holds its engine. */
async function inTheMiddle(): Promise<{
  readonly child: ReturnType<typeof spawn>;
  readonly directory: string;
  readonly engine: number;
  readonly done: Promise<{ code: number | null; stdout: string; stderr: string }>;
}> {
  const long = Array.from({ length: 60 }, (_, at) => `ALTER TABLE readings_local ADD COLUMN c${at} UInt8;`).join("\n");
  const child = spawn(process.execPath, [TREAD, "rehearse", "--no-growth", "--format", "json"], { cwd: weather(long).folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const done = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, stdout, stderr })),
  );
  await expect.poll(() => stderr, { timeout: 60_000 }).toMatch(/statement [3-9] of 60/);
  const name = readdirSync(tmpdir()).find((entry) => entry.startsWith(`tread-clickhouse-${child.pid}-`)) ?? "";
  const directory = join(tmpdir(), name);
  const engine = readdirSync("/proc")
    .map(Number)
    .find((pid) => pid > 0 && commandOf(pid).includes(`${directory}/data`) && !commandOf(pid).startsWith("/bin/sh"));
  return { child, directory, engine: engine ?? 0, done };
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

test.runIf(process.platform === "linux")("Ctrl-C in the middle leaves no process and no directory", async () => {
  const { child, directory, engine, done } = await inTheMiddle();
  expect(existsSync(directory)).toBe(true);
  child.kill("SIGINT");
  const { code, stderr } = await done;
  expect(code).toBe(3);
  expect(stderr).toContain("nothing was left behind");
  expect([existsSync(directory), commandOf(engine)]).toEqual([false, ""]);
});

test.runIf(process.platform === "linux")("an engine that dies is reported with what was seen before it, exit 3", async () => {
  const { directory, engine, done } = await inTheMiddle();
  process.kill(engine, "SIGKILL");
  const { code, stdout } = await done;
  expect(code).toBe(3);
  const report = JSON.parse(stdout) as Report;
  expect(report.problems).toMatchObject([{ code: "engine-crashed", fatal: true, help: expect.stringContaining("out of memory") }]);
  const statements = report.migrations[0]?.statements ?? [];
  expect(statements[0]?.observed).not.toBeNull();
  expect(statements.at(-1)?.notObserved).toContain("the engine had died");
  expect(existsSync(directory)).toBe(false);
});
