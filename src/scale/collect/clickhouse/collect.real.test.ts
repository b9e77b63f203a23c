import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  startHttpClickHouse,
  withoutHttpServer,
  type HttpClickHouse,
} from "../../../engines/clickhouse/introspect/http-server.test-helper.ts";
import { openReadOnlyClickHouse, readClickHouseTarget, type ReadOnlyClickHouse } from "../../../engines/clickhouse/introspect/index.ts";
import { readProfile } from "../../profile.ts";
import { overviewOf } from "../../show/overview.ts";
import { textOf } from "../../show/render.ts";
import { collectClickHouse } from "./index.ts";

const missing = withoutHttpServer();

describe.skipIf(missing !== null)(`statistics of a ClickHouse server${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let server: HttpClickHouse;
  let client: ReadOnlyClickHouse;
  const options = { databases: null, cluster: null, withRanges: false, progress: () => {} };

  beforeAll(async () => {
    server = await startHttpClickHouse();
    for (const sql of [
      "CREATE DATABASE web",
      "CREATE TABLE web.hits_local (tenant_id UInt32, at DateTime, browser Enum8('firefox' = 1, 'safari' = 2), url String) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (tenant_id, at) SETTINGS min_bytes_for_wide_part = 100000",
      "INSERT INTO web.hits_local SELECT number % 10, toDateTime('2026-01-01 00:00:00') + number * 60, 1 + number % 2, toString(number) FROM numbers(100000)",
      "INSERT INTO web.hits_local SELECT 7, toDateTime('2026-09-01 00:00:00'), 1, 'one' FROM numbers(10)",
      "CREATE TABLE web.hits AS web.hits_local ENGINE = Distributed(main, web, hits_local, tenant_id)",
      "CREATE MATERIALIZED VIEW web.by_day ENGINE = SummingMergeTree ORDER BY day AS SELECT toDate(at) AS day, count() AS n FROM web.hits_local GROUP BY day",
    ])
      await server.run(sql);
    client = await openReadOnlyClickHouse(readClickHouseTarget(`http://127.0.0.1:${server.port}`, {}), { timeoutSeconds: 20 });
  }, 60_000);
  afterAll(async () => await server?.stop());

  test("are one entry per table and host: rows, parts of both kinds, partitions, columns; and no values", async () => {
    const { profile, notes } = await collectClickHouse(client, options);
    const hits = profile.tables.find(({ table }) => table === "web.hits_local");
    expect(hits).toMatchObject({
      host: expect.stringMatching(/./),
      shard: "01",
      replica: "a",
      engine: "MergeTree",
      rows: 100_010,
      partitions: 4,
      parts: 4,
      wideParts: 3,
      compactParts: 1,
    });
    const [sizes] = (
      await server.run(
        "SELECT sum(bytes_on_disk), max(p) FROM (SELECT bytes_on_disk, sum(bytes_on_disk) OVER (PARTITION BY partition_id) AS p FROM system.parts WHERE active AND table = 'hits_local') FORMAT JSONCompactEachRow",
      )
    )
      .trim()
      .split("\n");
    expect([hits?.bytes, hits?.largestPartitionBytes]).toEqual((JSON.parse(sizes ?? "[]") as (string | number)[]).map(Number));
    expect(hits?.freeBytes).toBeGreaterThan(0);
    expect(hits?.columns.map(({ column, type, distinct }) => [column, type, distinct])).toEqual([
      ["tenant_id", "UInt32", null],
      ["at", "DateTime", null],
      ["browser", "Enum8('firefox' = 1, 'safari' = 2)", 2],
      ["url", "String", null],
    ]);
    expect(profile.tables.map(({ table, parts }) => [table, parts])).toContainEqual(["web.hits", null]);
    expect(JSON.stringify(profile)).not.toContain("minimum");
    // A library without a server's logs: said, and not taken for zero.
    expect(hits).toMatchObject({ selectsPerSecond: null, insertsPerSecond: null });
    expect(notes.join("\n")).toContain("reads and writes per second: not known");
  });

  test("with ranges, smallest and largest values too", async () => {
    const { profile } = await collectClickHouse(client, { ...options, withRanges: true });
    const columns = profile.tables.find(({ table }) => table === "web.hits_local")?.columns;
    expect(columns?.map(({ column, minimum, maximum }) => [column, minimum, maximum])).toEqual([
      ["tenant_id", "0", "9"],
      ["at", "2026-01-01 00:00:00", "2026-09-01 00:00:00"],
      ["browser", undefined, undefined],
      ["url", undefined, undefined],
    ]);
  });

  test("of every host of a cluster are the same for a cluster of one", async () => {
    const tablesOf = async (cluster: string | null) => {
      const { tables } = (await collectClickHouse(client, { ...options, cluster })).profile;
      return tables.map(({ freeBytes: _free, ...table }) => table).sort((a, b) => (a.table < b.table ? -1 : 1));
    };
    expect(await tablesOf("main")).toEqual(await tablesOf(null));
  });

  test("of one database; of a cluster that is not there", async () => {
    await expect(collectClickHouse(client, { ...options, databases: ["wbe"] })).rejects.toThrow("there is no table in wbe");
    await expect(collectClickHouse(client, { ...options, cluster: "nowhere" })).rejects.toThrow("knows no cluster nowhere");
  });

  test("are read back as a profile, and shown", async () => {
    const { profile } = await collectClickHouse(client, options);
    const read = await readProfile(JSON.parse(JSON.stringify(profile)));
    if (!read.ok) throw new Error(JSON.stringify(read.issues));
    const overview = overviewOf("events.json", [], read.profile, { largeRows: 1000, hotReadsPerSecond: 1000, stallMs: 10 }, Date.now());
    expect(overview.tables.find(({ table }) => table === "web.hits_local")).toMatchObject({
      rows: 100_010,
      large: true,
      clickhouse: { parts: 4 },
    });
    const plain = (text: string): string => text;
    const shown = textOf([overview], 120, { bold: plain, dim: plain, warn: plain });
    expect(shown).toMatch(/table +rows +size +parts +partitions +selects\/s +inserts\/s/);
    expect(shown).toMatch(/web\.hits_local +100,010 .* 4 +4 +\? +\? +large, MergeTree/);
  });
});
