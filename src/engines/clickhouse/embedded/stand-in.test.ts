import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseScript } from "../parse/index.ts";
import { type EmbeddedClickHouse, startClickHouse } from "./index.ts";
import { refusal } from "./refuse.ts";
import { namesFromOutside, standIn } from "./stand-in.ts";

let engine: EmbeddedClickHouse;
beforeAll(async () => {
  engine = await startClickHouse({ clusters: [{ name: "harbour" }] });
}, 120_000);
afterAll(() => engine.stop());

function one(sql: string): ReturnType<typeof parseScript>[number] {
  const [parsed] = parseScript(sql);
  if (parsed === undefined) throw new Error("no statement");
  return parsed;
}

async function runs(sql: string): Promise<string> {
  const { sql: text, leftOut } = standIn(one(sql));
  expect(leftOut).toBeNull();
  await engine.query(text);
  return text;
}

describe("what one process cannot be has a stand-in that runs", () => {
  test("replicated tables keep the arguments of their own and lose path, replica, cluster and storage policy", async () => {
    const text = await runs(
      `CREATE TABLE tickets_local ON CLUSTER '{cluster}' (id UInt64, ver UInt64, gone UInt8)
       ENGINE = ReplicatedReplacingMergeTree('/clickhouse/{shard}/tickets', '{replica}', ver, gone) ORDER BY id
       SETTINGS storage_policy = 'hot_and_cold', index_granularity = 1024 COMMENT 'at the gate'`,
    );
    expect(text).not.toMatch(/CLUSTER|Replicated|storage_policy/);
    const [table] = await engine.rows<{ engine_full: string }>("SELECT engine_full FROM system.tables WHERE name = 'tickets_local'");
    expect(table?.engine_full).toBe("ReplacingMergeTree(ver, gone) ORDER BY id SETTINGS index_granularity = 1024");
  });

  test("a replicated engine without arguments, and with a setting that is the only one", async () => {
    await runs("CREATE TABLE bare (id UInt64) ENGINE = ReplicatedMergeTree ORDER BY id SETTINGS storage_policy = 'hot'");
    await runs("CREATE TABLE shared (id UInt64, n UInt64) ENGINE = SharedSummingMergeTree('/p', '{replica}', n) ORDER BY id");
  });

  test("a queue takes INSERTs, feeds its views with its virtual columns, and hides them from *", async () => {
    await runs(
      `CREATE TABLE scans (id UInt64, name String) ENGINE = Kafka('kafka:9092', 'scans', 'gate', 'JSONEachRow') SETTINGS kafka_num_consumers = 2`,
    );
    await runs("CREATE TABLE people (id UInt64, topic String, at DateTime) ENGINE = MergeTree ORDER BY id");
    await runs(
      "CREATE MATERIALIZED VIEW people_view TO people AS SELECT id, _topic AS topic, _timestamp AS at FROM scans WHERE _offset > 0",
    );
    await engine.query("INSERT INTO scans (id, name) VALUES (7, 'Ada')");
    expect(await engine.rows("SELECT * FROM people")).toEqual([{ id: 7, topic: "topic", at: "2026-01-01 00:00:00" }]);
    expect(await engine.rows("SELECT * FROM scans")).toEqual([{ id: 7, name: "Ada" }]);
  });

  test("ALTER, DROP, RENAME and EXCHANGE lose their cluster", async () => {
    await runs("ALTER TABLE people ON CLUSTER harbour ADD COLUMN deck UInt8");
    await runs("RENAME TABLE people TO passengers ON CLUSTER harbour");
    await runs("CREATE TABLE crew ON CLUSTER harbour AS passengers");
    await runs("EXCHANGE TABLES crew AND passengers ON CLUSTER harbour");
    await runs("DROP TABLE crew ON CLUSTER harbour SYNC");
  });

  test("a dictionary over another server or a program reads this one, or nothing", async () => {
    await runs(
      `CREATE DICTIONARY ports (id UInt64, name String) PRIMARY KEY id
       SOURCE(CLICKHOUSE(HOST 'ch-7' PORT 9000 USER 'reader' PASSWORD 'secret' DB 'default' TABLE 'passengers')) LAYOUT(FLAT()) LIFETIME(300)`,
    );
    const text = await runs(
      `CREATE DICTIONARY rates (id UInt64, rate Float64) PRIMARY KEY id SOURCE(EXECUTABLE(COMMAND 'cat /etc/passwd' FORMAT 'TSV')) LAYOUT(HASHED()) LIFETIME(MIN 0 MAX 60)`,
    );
    expect(text).toContain("SOURCE(NULL())");
  });

  test("a table of another server is there and empty", async () => {
    await runs("CREATE TABLE bookings (id UInt64) ENGINE = PostgreSQL('pg:5432', 'app', 'bookings', 'reader', 'secret')");
    expect(await engine.rows("SELECT count() AS rows FROM bookings")).toEqual([{ rows: 0 }]);
  });

  test("clusters and macros are told before the engine starts", () => {
    const statements = parseScript(
      `CREATE TABLE t AS l ENGINE = Distributed('{cluster}', db, l, rand());
       CREATE TABLE r (a UInt8) ENGINE = ReplicatedMergeTree('/x/{shard}/{database}/{uuid}', '{replica}') ORDER BY a;
       SELECT count() FROM cluster(harbour, default.t)`,
    );
    expect(namesFromOutside(statements)).toEqual({ clusters: ["{cluster}", "harbour"], macros: ["cluster", "shard", "replica"] });
  });

  test.each([
    ["CREATE USER mallory", /users/],
    ["GRANT SELECT ON *.* TO mallory", /users/],
    ["CREATE NAMED COLLECTION bucket AS url = 'https://…'", /named collections/],
    ["SYSTEM SYNC REPLICA tickets_local", /several servers/],
    ["SYSTEM START VIEW daily", /stand still/],
    ["SYSTEM START VIEWS", /stand still/],
    ["ALTER TABLE tickets_local MOVE PARTITION 1 TO DISK 'cold'", /disks/],
    ["CREATE DATABASE crm ENGINE = MySQL('crm:3306', 'crm', 'reader', 'secret')", /another server/],
  ])("%s is left out, with the reason", (sql, reason) => {
    expect(standIn(one(sql)).leftOut).toMatch(reason);
  });
});

describe("what reaches outside is refused by name", () => {
  test.each([
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "INSERT INTO FUNCTION s3('https://bucket/x.csv') SELECT 1",
    "CREATE TABLE t AS remote('ch-7', default.t)",
    "SELECT * FROM tickets_local WHERE id IN (SELECT * FROM url('http://192.0.2.1', 'TSV'))",
    "CREATE VIEW v AS SELECT * FROM executable('run.sh', 'TSV', 'a UInt8')",
    "SELECT 1 INTO OUTFILE '/tmp/out.tsv'",
    "INSERT INTO tickets_local FROM INFILE '/etc/passwd' FORMAT TSV",
    "SYSTEM SHUTDOWN",
    "SYSTEM RELOAD CONFIG",
    "BACKUP TABLE tickets_local TO File('/tmp/b')",
    "ATTACH TABLE t FROM '/etc' (a UInt8) ENGINE = MergeTree ORDER BY a",
    "ALTER TABLE tickets_local FETCH PARTITION 1 FROM '/clickhouse/x'",
  ])("%s", (sql) => {
    expect(refusal(one(sql))).not.toBeNull();
  });

  test.each([
    "SELECT url, file, remote FROM pages",
    "INSERT INTO url (a, b) VALUES (1, 2)",
    "CREATE TABLE file (url String) ENGINE = MergeTree ORDER BY url",
    "SELECT * FROM numbers(10)",
    "SYSTEM FLUSH DISTRIBUTED tickets",
    "ALTER TABLE tickets_local UPDATE url = 'x' WHERE id = 1",
  ])("%s is not", (sql) => {
    expect(refusal(one(sql))).toBeNull();
  });
});
