import { describe, expect, test } from "vitest";
import { project } from "./project.test-helper.ts";

const STACK = /\n\s+at .+:\d+:\d+/;

// A radio's listening sessions, in a folder of migrations; one station has most of the listeners.
const MIGRATIONS = {
  "tread.config.yaml": `sources: [{ type: sql-dir, path: clickhouse, database: clickhouse }]
workload: [workload/sessions.sql]
environments: { live: { scale: scale.json } }
`,
  "clickhouse/0001_sessions.sql":
    "CREATE TABLE radio.sessions (listener UInt64, station UInt16, started DateTime, seconds UInt32) ENGINE = MergeTree ORDER BY listener;\n",
  "clickhouse/0002_device.sql": "ALTER TABLE radio.sessions ADD COLUMN device LowCardinality(String);\n",
  "workload/sessions.sql": `-- tread: frequency=60/min name=station
SELECT sum(seconds) FROM radio.sessions WHERE station = 12 AND device = 'car';
`,
  "scale.json": JSON.stringify({
    format: "tread.scale/1",
    collectedAt: "2026-11-21",
    server: { engine: "clickhouse", version: "26.3" },
    tables: [
      {
        table: "radio.sessions",
        rows: 50_000_000,
        parts: 12,
        partitions: 1,
        columns: [
          { column: "station", distinct: 300 },
          { column: "listener", distinct: 900_000 },
          { column: "device", distinct: 6 },
        ],
      },
    ],
  }),
};

describe("tread advise in a project of migrations", () => {
  test("table and workload of the config, rows from the profile's statistics", () => {
    const { tread } = project(MIGRATIONS);
    const run = tread(
      "advise",
      "radio.sessions",
      "--format",
      "json",
      "--search-seconds",
      "1",
      "--candidates",
      "2",
      "--sample-rows",
      "60000",
    );
    expect(run.stderr).toContain("searching");
    expect(run.status).toBe(0);
    const advice = JSON.parse(run.stdout) as {
      sample: object;
      current: { orderBy: string[]; marks: number };
      candidates: { orderBy: string[]; marks: number }[];
    };
    expect(advice.sample).toMatchObject({ from: "synthetic", of: 50_000_000, partsPerPartition: 12 });
    expect(advice.current.orderBy).toEqual(["listener"]);
    expect(["station", "device"]).toContain(advice.candidates[0]?.orderBy[0]);
    expect(advice.candidates[0]?.marks).toBeLessThan(advice.current.marks / 5);
  });

  test("what is missing or wrong is said in one line with what to do, and exits with 2", () => {
    const { tread, write } = project({ "schema.sql": MIGRATIONS["clickhouse/0001_sessions.sql"] });
    const without = tread("advise", "radio.sessions", "--schema", "schema.sql");
    expect(without.status).toBe(2);
    expect(without.stderr).toContain("there is no workload");
    expect(without.stderr).toContain("--print-export");
    write({ "w.sql": "-- tread: frequency=fast\nSELECT 1;\n" });
    const wrong = tread("advise", "radio.sessions", "--schema", "schema.sql", "--workload", "w.sql");
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain("w.sql:1");
    expect(tread("advise").stderr).toContain("which table?");
    expect(without.stderr + wrong.stderr).not.toMatch(STACK);
  });

  test("--print-export prints a query that reads only, for every name of the table", () => {
    const { tread } = project({
      "schema.sql": `${MIGRATIONS["clickhouse/0001_sessions.sql"]}CREATE TABLE radio.all_sessions AS radio.sessions ENGINE = Distributed(main, radio, sessions);\n`,
    });
    const run = tread("advise", "radio.sessions", "--schema", "schema.sql", "--print-export");
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("hasAny(tables, ['radio.sessions', 'radio.all_sessions'])");
    expect(run.stdout).toContain("What leaves the server");
  });
});
