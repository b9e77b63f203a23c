import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AdviseOptions, type AdviseResult, adviseTable } from "./advise.ts";
import { AdviseError } from "./errors.ts";
import { adviceText } from "./render/text.ts";
import { adviceJsonSchema } from "./schema.ts";
import { schemaFromSql } from "./table/load-schema.ts";
import { readWorkload } from "./workload/read-workload.ts";

// Positions of a city's scooters: 40,000 rows of a table of 4 million. A scooter belongs to one city.
const SCHEMA = `
CREATE DATABASE fleet;
CREATE TABLE fleet.positions_local ON CLUSTER main
(
  scooter UInt32, city LowCardinality(String), at DateTime('UTC'), speed Float32, battery UInt8, note Nullable(String),
  hour DateTime('UTC') ALIAS toStartOfHour(at)
)
ENGINE = ReplicatedMergeTree('/tables/{shard}/positions', '{replica}') PARTITION BY toYYYYMM(at) ORDER BY (at, scooter);
CREATE TABLE fleet.positions AS fleet.positions_local ENGINE = Distributed('main', 'fleet', 'positions_local', rand());
CREATE TABLE fleet.scooters (id UInt32, model String) ENGINE = MergeTree ORDER BY id;
CREATE VIEW fleet.moving AS SELECT scooter, city, at, speed FROM fleet.positions_local WHERE speed > 0;
CREATE TABLE fleet.latest (scooter UInt32, city String, at DateTime('UTC'), battery UInt8, version UInt64)
ENGINE = ReplacingMergeTree(version) ORDER BY (scooter, at);
`;
const ROWS = `SELECT toUInt32(number % 400) AS scooter, concat('city-', toString(number % 400 % 20)) AS city,
  toDateTime('2026-09-01 00:00:00', 'UTC') + toUInt32(cityHash64(number) % 2592000) AS at, toFloat32(cityHash64(number, 2) % 25) AS speed,
  toUInt8(cityHash64(number, 3) % 100) AS battery, CAST('' AS Nullable(String)) AS note, number AS version FROM numbers(40000)`;
const WORKLOAD = `
-- tread: frequency=120/min name=track
SELECT at, speed FROM fleet.positions WHERE scooter = 77 AND at >= '2026-09-10 00:00:00' AND at < '2026-09-11 00:00:00' ORDER BY at;
-- tread: frequency=1/min name=board
SELECT toDate(at) AS d, avg(speed) FROM positions WHERE city = 'city-7' GROUP BY d;
-- tread: frequency=1/hour name="low battery"
SELECT scooter FROM fleet.positions_local WHERE battery < 3 AND toDate(at) = '2026-09-29';
`;

const folder = mkdtempSync(join(tmpdir(), "tread-advise-test-"));
const before = process.env["TMPDIR"];
beforeAll(() => {
  const chdb = createRequire(import.meta.url).resolve("chdb");
  // One process per data directory: the sample is written by another.
  const script = `const { query } = require(process.argv[1]);
    query("INSERT INTO FUNCTION file('" + process.argv[3] + "/sample.parquet', 'Parquet') " + process.argv[2]);
    query("INSERT INTO FUNCTION file('" + process.argv[3] + "/sample.csv.gz', 'CSVWithNames') " + process.argv[2]);
    process.kill(process.pid, "SIGKILL");`;
  // The engine makes a folder of its own where temporary files go, and is killed before it could remove it.
  spawnSync(process.execPath, ["-e", script, chdb, ROWS, folder], { env: { ...process.env, TMPDIR: folder } });
});
beforeAll(() => {
  process.env["TMPDIR"] = folder;
});
afterAll(() => {
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  rmSync(folder, { recursive: true, force: true });
});

interface Asked {
  readonly table?: string;
  readonly workload?: string;
  readonly sample?: string;
  readonly data?: AdviseOptions["data"];
  readonly total?: number | null;
  readonly parts?: number;
  readonly onProgress?: (message: string) => void;
}

async function advise({
  table = "fleet.positions",
  workload = WORKLOAD,
  sample = "sample.parquet",
  data,
  total = 4_000_000,
  parts,
  onProgress,
}: Asked): Promise<AdviseResult> {
  writeFileSync(join(folder, "workload.sql"), workload);
  return adviseTable(
    {
      schema: await schemaFromSql(SCHEMA, "schema.sql", table),
      workload: readWorkload(["workload.sql"], folder),
      data: data ?? { kind: "file", sample: { path: join(folder, sample), shown: sample, mostRows: 2_000_000, by: null, memory: 1.5e9 } },
      total,
      parts: parts ?? null,
      candidates: 3,
      memory: 2e9,
      searchMs: 1500,
      signal: null,
    },
    { progress: onProgress ?? (() => {}) },
  );
}

/** Engines' folders and samples; the fixtures of this file are not among them. */
function leftBehind(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("tread-"));
}

async function refusal(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (error instanceof AdviseError) return `${error.message} | ${error.help}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

const plain = { bold: String, dim: String, good: String, warn: String };

describe("a table whose key serves its newest rows and nobody else", () => {
  test("the advised key starts with what the frequent query asks for, and reads far less", async () => {
    const { advice, incomplete } = await advise({});
    expect(incomplete).toBeNull();
    expect(advice.table).toBe("fleet.positions_local");
    expect(advice.sample).toMatchObject({ rows: 40_000, of: 4_000_000, from: "file" });
    expect(advice.current?.orderBy).toEqual(["at", "scooter"]);
    const [best] = advice.candidates;
    expect(best?.marks).toBeLessThan((advice.current?.marks ?? 0) / 2.5);
    expect(["scooter", "city"]).toContain(best?.orderBy[0]);
    expect(best?.orderBy).toContain("scooter");
    // 4 million rows in granules of 8192 are 489 marks; a day is a thirtieth of the present key.
    const track = advice.current?.queries.find(({ name }) => name === "track");
    expect(track).toMatchObject({ frequency: 120 });
    expect(track?.marks).toBeGreaterThan(10);
    expect(track?.marks).toBeLessThan(30);
    expect(advice.candidates.map(({ marks }) => marks)).toEqual(advice.candidates.map(({ marks }) => marks).sort((a, b) => a - b));
    // Queries that name the Distributed table and the local one are both this table's.
    expect(advice.workload).toEqual({ measured: 3, elsewhere: [], unmeasured: [] });
    expect(advice.remarks.find(({ kind }) => kind === "nullable")?.text).toContain("note");
    expect(advice.steps.flatMap(({ sql }) => sql).join("\n")).toContain("EXCHANGE TABLES `fleet`.`positions_local`");
    expect(advice.steps.flatMap(({ sql }) => sql).join("\n")).toContain(
      "ReplicatedMergeTree('/clickhouse/tables/{shard}/fleet/positions_local_by_new_key', '{replica}')",
    );

    const validate = new Ajv2020({ strict: false }).compile(adviceJsonSchema());
    expect(validate(JSON.parse(JSON.stringify(advice))), JSON.stringify(validate.errors)).toBe(true);
    const text = adviceText(advice, 110, plain);
    expect(text).toContain("times less than ORDER BY (at, scooter)");
    expect(text).toContain("█");
    expect(leftBehind()).toEqual([]);
  });

  test("queries that cannot be measured are named with their place, and the rest is advised on", async () => {
    const { advice, incomplete } = await advise({
      sample: "sample.csv.gz",
      workload: `${WORKLOAD}
SELECT model FROM fleet.scooters;
SELEC 1 FROM fleet.positions;
SELECT altitude FROM fleet.positions;
SELECT count() FROM fleet.moving WHERE city = 'city-3';
INSERT INTO fleet.positions SELECT * FROM fleet.positions;`,
    });
    expect(advice.workload.elsewhere).toEqual(["query 4"]);
    expect(advice.workload.measured).toBe(4);
    expect(advice.workload.unmeasured.map(({ query, at }) => `${query} ${at}`)).toEqual([
      "query 5 workload.sql:10",
      "query 6 workload.sql:11",
      "query 8 workload.sql:13",
    ]);
    expect(advice.workload.unmeasured[0]?.reason).toContain("does not parse");
    expect(advice.workload.unmeasured[1]?.reason).toContain("altitude");
    expect(incomplete).toContain("3 of the table's queries could not be measured");
  });

  test("what the key leaves reading much of the table gets a remedy that was measured", async () => {
    const { advice } = await advise({
      workload: `-- tread: frequency=500/min name=track
SELECT at FROM fleet.positions WHERE scooter = 77 AND at >= '2026-09-10 00:00:00';
-- tread: frequency=1/min name=newest
SELECT max(speed) FROM fleet.positions WHERE at >= '2026-09-30 12:00:00';`,
    });
    const newest = advice.unserved.find(({ query }) => query === "newest");
    expect(newest?.marksWithRemedy).toBeLessThan((newest?.marks ?? 0) / 2);
    expect(newest?.sql.join(" ")).toMatch(/ADD (?:PROJECTION|INDEX)/);
  });

  test("normalised queries are filled with sampled values, and that is said", async () => {
    const { advice } = await advise({
      workload: "SELECT count() FROM fleet.positions WHERE scooter = ? AND at >= ? AND at < ? AND city IN (?..) LIMIT ?",
    });
    expect(advice.workload).toMatchObject({ measured: 1, unmeasured: [] });
    expect(advice.remarks.map(({ text }) => text).join()).toContain("were filled with values of sampled rows");
    expect(advice.candidates[0]?.marks).toBeLessThan(advice.current?.marks ?? 0);
  });
});

test("a key that is an identity keeps its columns, and what another one would collapse is counted", async () => {
  const { advice } = await advise({
    table: "latest",
    workload: `-- tread: frequency=60/min name=city
SELECT count() FROM fleet.latest FINAL WHERE city = 'city-3';
-- tread: frequency=60/min name=day
SELECT uniq(scooter) FROM fleet.latest WHERE toDate(at) = '2026-09-12';`,
  });
  for (const { orderBy } of advice.candidates) {
    expect(orderBy).toContain("scooter");
    expect(orderBy).toContain("at");
    expect(orderBy.join()).not.toContain("city");
  }
  const identity = advice.remarks.filter(({ kind }) => kind === "identity").map(({ text }) => text);
  expect(identity[0]).toContain("the newest");
  expect(identity[1]).toMatch(/city.*(?:collapse|replace)/s);
});

test("without a sample, rows are made from statistics and hold what the queries ask for", async () => {
  const column = (name: string, distinct: number) => ({
    column: name,
    distinct,
    nullFraction: 0,
    compressedBytes: null,
    uncompressedBytes: null,
  });
  const { advice } = await advise({
    data: { kind: "synthetic", rows: 30_000, notes: [], statistics: [column("scooter", 400), column("city", 20), column("battery", 100)] },
  });
  expect(advice.sample.from).toBe("synthetic");
  expect(advice.candidates[0]?.marks).toBeLessThan(advice.current?.marks ?? 0);
  expect(advice.remarks.map(({ text }) => text).join()).toContain("The rows are synthetic");
});

describe("what cannot be used is named", () => {
  test.each([
    [
      "a table that is not there",
      async () => schemaFromSql(SCHEMA, "schema.sql", "fleet.position"),
      /schema\.sql creates no table fleet\.position.*did you mean/,
    ],
    ["a sample that is not there", async () => advise({ sample: "none.parquet" }), /none\.parquet: there is no such file/],
    [
      "a workload of other tables",
      async () => advise({ workload: "SELECT model FROM fleet.scooters" }),
      /none of the 1 queries.*fleet\.positions/s,
    ],
  ])("%s", async (_, act, expected) => {
    expect(await refusal(act())).toMatch(expected);
    expect(leftBehind()).toEqual([]);
  });

  test.each([
    ["other.csv", "name,colour\nada,blue\n", /does not fit|has no column/],
    ["broken.jsonl", '{"scooter": 1, "at": "2026-09-01 00:00:00"}\n{"scooter": "x"\n', /does not fit/],
    ["empty.csv", "", /the sample is empty/],
    ["header.csv", "scooter,city,at\n", /the sample is empty/],
    ["rows.xlsx", "PK", /the extension \.xlsx/],
  ])("a sample %s", async (name, text, expected) => {
    writeFileSync(join(folder, name), text);
    expect(await refusal(advise({ sample: name }))).toMatch(expected);
    expect(leftBehind()).toEqual([]);
  });
});

test("when the engine dies, what was measured before is advised on, and nothing is left behind", async () => {
  const { advice, incomplete } = await advise({
    onProgress: (message) => {
      if (message.startsWith("building key 2")) killEngine();
    },
  });
  expect(incomplete).toContain("was measured before it is printed");
  expect(advice.current).not.toBeNull();
  expect(advice.search.complete).toBe(false);
  expect(leftBehind()).toEqual([]);
});

/** The engine that this process started, as the machine's out-of-memory killer would end it. */
function killEngine(): void {
  const processes = spawnSync("ps", ["-eo", "pid,ppid"], { encoding: "utf8" })
    .stdout.trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));
  const own = new Set([process.pid]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [pid = 0, parent = 0] of processes) {
      if (own.has(parent) && !own.has(pid)) {
        own.add(pid);
        grew = true;
      }
    }
  }
  for (const pid of own) {
    const path = `/proc/${pid}/cmdline`;
    const line = pid === process.pid || !existsSync(path) ? "" : readFileSync(path, "utf8");
    if (line.includes("chdb") && line.includes(folder)) process.kill(pid, "SIGKILL");
  }
}
