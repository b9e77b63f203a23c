import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ClickHouseError, EngineCrashed, type EmbeddedClickHouse, startClickHouse } from "./index.ts";

let engine: EmbeddedClickHouse;
beforeAll(async () => {
  engine = await startClickHouse({ clusters: [{ name: "main" }], macros: { shard: "01", replica: "a" }, settings: { max_threads: 2 } });
}, 120_000);
afterAll(() => engine.stop());

test("answers with rows, text and what it read", async () => {
  expect(engine.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(await engine.rows("SELECT number AS n, toString(number) AS s FROM numbers(2)")).toEqual([
    { n: 0, s: "0" },
    { n: 1, s: "1" },
  ]);
  const { text, statistics } = await engine.query("SELECT sum(number) AS sum FROM numbers(1000)", { format: "JSON" });
  expect(JSON.parse(text).data).toEqual([{ sum: 499500 }]);
  expect(statistics.rowsRead).toBe(1000);
});

test("integers that a number cannot hold arrive exactly, and text that looks like one stays as it is", async () => {
  expect(
    await engine.rows("SELECT toUInt64(18446744073709551615) AS big, '99999999999999999999' AS text, nan AS missing, 1.5e300 AS float"),
  ).toEqual([{ big: "18446744073709551615", text: "99999999999999999999", missing: "nan", float: 1.5e300 }]);
});

test("an error carries the engine's code and its sentence", async () => {
  const error = await engine.query("SELECT nothing FROM system.one").catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ClickHouseError);
  expect(error).toMatchObject({ code: 47, codeName: "UNKNOWN_IDENTIFIER", message: expect.stringContaining("nothing") });
});

test("settings of one query are gone after it, those of the session stay", async () => {
  const threads = async (settings?: { max_threads: number }): Promise<string> =>
    (await engine.query("SELECT getSetting('max_threads')", settings === undefined ? {} : { settings })).text.trim();
  expect(await threads()).toBe("2");
  expect(await threads({ max_threads: 1 })).toBe("1");
  expect(await threads()).toBe("2");
  await expect(engine.query("SELECT throwIf(1)", { settings: { max_threads: 1 } })).rejects.toThrow(ClickHouseError);
  expect(await threads()).toBe("2");
});

test("parameters are bound by the engine", async () => {
  expect((await engine.query("SELECT {name:String}", { params: { name: "O'Brien" } })).text).toBe("O\\'Brien\n");
});

test("a Distributed table reads and writes the one process", async () => {
  await engine.query("CREATE TABLE hits_local (id UInt64) ENGINE = MergeTree ORDER BY id");
  await engine.query("CREATE TABLE hits AS hits_local ENGINE = Distributed(main, default, hits_local, rand())");
  await engine.query("INSERT INTO hits VALUES (1), (2)");
  expect((await engine.query("SELECT count() FROM hits_local")).text).toBe("2\n");
});

describe("the sandbox", () => {
  test.each([
    ["a file of the machine", "SELECT * FROM file('/etc/passwd', 'LineAsString')"],
    ["another server", "SELECT * FROM remote('192.0.2.1', 'system.one')"],
    ["a web address", "SELECT * FROM url('http://192.0.2.1/', 'LineAsString')"],
    ["a bucket", "SELECT * FROM s3('http://192.0.2.1/bucket/x.csv')"],
    ["a table of another server", "CREATE TABLE theirs (a Int8) ENGINE = MySQL('192.0.2.1:3306', 'a', 'b', 'c', 'd')"],
    ["a user", "CREATE USER mallory"],
    ["a shutdown", "SYSTEM SHUTDOWN"],
    ["a backup to the disk", "BACKUP DATABASE default TO File('/tmp/stolen')"],
  ])("refuses %s", async (_, sql) => {
    await expect(engine.query(sql)).rejects.toMatchObject({ code: 497 });
  });
});

describe("an engine that dies", () => {
  test("is reported with what it ran, and another one goes on with the same data", async () => {
    const mortal = await startClickHouse();
    onTestFinished(() => mortal.stop());
    await mortal.query("CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a");
    await mortal.query("INSERT INTO kept VALUES (7)");
    const error = await mortal
      .query("SELECT sleepEachRow(3) FROM numbers(100) SETTINGS max_block_size = 1", { timeoutMs: 300 })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(EngineCrashed);
    expect(error).toMatchObject({
      exitCode: 3,
      reason: { kind: "timeout", afterMs: 300 },
      running: expect.stringContaining("sleepEachRow"),
    });
    expect(mortal.crashed()).toBe(error);
    await expect(mortal.query("SELECT 1")).rejects.toBe(error);
    await mortal.restart();
    expect(mortal.crashed()).toBeNull();
    expect((await mortal.query("SELECT a FROM kept")).text).toBe("7\n");
  });

  test("leaves no directory once it is stopped, and may be stopped twice", async () => {
    const mortal = await startClickHouse();
    await mortal.query("SELECT sleep(3)", { timeoutMs: 100 }).catch(() => {});
    expect(existsSync(mortal.directory)).toBe(true);
    await mortal.stop();
    await mortal.stop();
    expect(existsSync(mortal.directory)).toBe(false);
  });
});

test("an engine that keeps still does not refresh a view, nor take an empty part away", async () => {
  const still = await startClickHouse({ still: true });
  onTestFinished(() => still.stop());
  await still.query("CREATE TABLE sailings (at Date) ENGINE = MergeTree ORDER BY at");
  await still.query("INSERT INTO sailings VALUES ('2026-11-22')");
  await still.query("CREATE MATERIALIZED VIEW daily REFRESH EVERY 1 SECOND ENGINE = MergeTree ORDER BY at AS SELECT at FROM sailings");
  await still.query("ALTER TABLE daily MODIFY REFRESH EVERY 2 SECOND");
  expect(await still.rows("SELECT status, last_success_time FROM system.view_refreshes")).toEqual([
    { status: "Disabled", last_success_time: null },
  ]);
  await still.query("ALTER TABLE sailings DELETE WHERE true", { settings: { mutations_sync: 1 } });
  expect(await still.rows("SELECT rows FROM system.parts WHERE active AND table = 'sailings'")).toEqual([{ rows: 0 }]);
}, 60_000);
