import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { damage, rehearseScene } from "./input.test-helper.ts";

// A ferry company: sailings and the tickets that were scanned at the gate.
const SAILINGS = `CREATE TABLE sailings (
  id UInt64, ferry LowCardinality(String), passengers Int64, fare String, deck Enum8('car' = 1, 'foot' = 2, 'crew' = 3),
  delay Nullable(Int32), price Decimal(10, 3), at DateTime('UTC')
) ENGINE = MergeTree ORDER BY id PARTITION BY toYYYYMM(at);
INSERT INTO sailings VALUES
  (1, 'Nord', 3000000000, '12', 'crew', NULL, 1.005, '2026-01-02 03:04:05'),
  (2, 'Sued', 17, '13', 'foot', 4, 2, '2026-01-03 03:04:05');`;

// The gate's scanners write to Kafka; a view carries the tickets to the shards.
const GATE = `CREATE TABLE tickets_local ON CLUSTER harbour (
  id UInt64, sailing UInt64, name String DEFAULT 'nobody', scanned DateTime
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/tickets', '{replica}', scanned) ORDER BY (sailing, id);
CREATE TABLE tickets ON CLUSTER harbour AS tickets_local ENGINE = Distributed(harbour, default, tickets_local, sailing);
CREATE TABLE tickets_queue (id UInt64, sailing UInt64, name String) ENGINE = Kafka
  SETTINGS kafka_broker_list = 'kafka:9092', kafka_topic_list = 'tickets', kafka_group_name = 'gate', kafka_format = 'JSONEachRow';
CREATE MATERIALIZED VIEW tickets_view TO tickets AS SELECT id, sailing, name, now() AS scanned FROM tickets_queue;`;

describe("what happens to the rows that are there", () => {
  test("a narrowed integer wraps, and the row that did is shown", async () => {
    const { observed, statements } = await rehearseScene({
      applied: SAILINGS,
      judged: "ALTER TABLE sailings MODIFY COLUMN passengers Int32;",
    });
    expect(observed[0]).toMatchObject({ class: "mutation", columns: ["passengers"], error: null });
    const [wraps] = damage(observed[0]);
    expect(wraps).toMatchObject({ kind: "wraps", columns: ["passengers"] });
    expect(wraps?.what).toBe("1 row of passengers lost their value in Int32, for example '3000000000' became '-1294967296'");
    expect(observed[0]?.bytesWritten).toBeGreaterThan(0);
    expect(statements[0]?.durationMs).toBeGreaterThan(0);
  });

  test("a removed Enum value that rows still have makes the column unreadable, although no mutation fails", async () => {
    const { observed } = await rehearseScene({
      applied: SAILINGS,
      judged: "ALTER TABLE sailings MODIFY COLUMN deck Enum8('car' = 1, 'foot' = 2);",
      queries: ["SELECT deck, count() FROM sailings GROUP BY deck"],
    });
    expect(observed[0]).toMatchObject({ error: null, blocks: "reads" });
    expect(damage(observed[0])[0]).toMatchObject({ kind: "unreadable", columns: ["deck"], what: expect.stringContaining("691") });
  });

  test("one text that is no number stops the mutation with 341, and what comes after is not run, as its tool would do", async () => {
    const { observed, statements } = await rehearseScene({
      applied: SAILINGS.replace("'13'", "'13,-'"),
      judged: "ALTER TABLE sailings MODIFY COLUMN fare UInt32; ALTER TABLE sailings ADD COLUMN wind UInt8;",
    });
    expect(observed[0]).toMatchObject({ class: "mutation", error: { code: 341 } });
    expect(observed[0]?.error?.message).toContain("13,-");
    expect(damage(observed[0])[0]).toMatchObject({ kind: "unreadable", columns: ["fare"] });
    expect(statements[1]).toMatchObject({ observed: null, notObserved: expect.stringContaining("0002_change#0 failed before it") });
  });

  test("where the given rows are fine, boundary values say what could happen, and are called that", async () => {
    const { observed } = await rehearseScene({
      applied: SAILINGS,
      judged: `ALTER TABLE sailings MODIFY COLUMN fare UInt32;
ALTER TABLE sailings MODIFY COLUMN delay Int32 DEFAULT 0;
ALTER TABLE sailings MODIFY COLUMN price Decimal(10, 2);`,
    });
    expect(observed[0]).toMatchObject({ class: "mutation", error: null });
    expect(damage(observed[0])[0]).toMatchObject({
      kind: "unreadable",
      columns: ["fare"],
      what: expect.stringMatching(/^with boundary values: /),
    });
    expect(damage(observed[1])[0]).toMatchObject({
      kind: "drops-values",
      columns: ["delay"],
      what: expect.stringContaining("'NULL' became '0'"),
    });
    expect(damage(observed[2])[0]).toMatchObject({
      kind: "drops-values",
      columns: ["price"],
      what: expect.stringContaining("'1.005' became '1"),
    });
  });

  test("a default that changes before it was materialised changes rows that nobody wrote", async () => {
    const { observed } = await rehearseScene({
      applied: SAILINGS,
      judged: "ALTER TABLE sailings ADD COLUMN plan String DEFAULT 'free'; ALTER TABLE sailings MODIFY COLUMN plan String DEFAULT 'paid';",
    });
    expect(damage(observed[0])).toEqual([]);
    expect(damage(observed[1])[0]).toMatchObject({
      kind: "semantics",
      columns: ["plan"],
      what: expect.stringContaining("'free' became 'paid'"),
    });
  });

  test("a default that is computed at every read differs at every read; later statements are not blamed for it", async () => {
    const { observed } = await rehearseScene({
      applied: SAILINGS,
      judged: "ALTER TABLE sailings ADD COLUMN ticket UUID DEFAULT generateUUIDv4(); ALTER TABLE sailings ADD COLUMN wind UInt8;",
    });
    expect(damage(observed[0])[0]).toMatchObject({
      kind: "semantics",
      columns: ["ticket"],
      what: expect.stringContaining("differs each time"),
    });
    expect(damage(observed[1])).toEqual([]);
  });

  test("what a statement takes by its own words is counted", async () => {
    const { observed } = await rehearseScene({ applied: SAILINGS, judged: "TRUNCATE TABLE sailings;" });
    expect(observed[0]).toMatchObject({ class: "rebuild" });
    expect(damage(observed[0])[0]).toMatchObject({
      kind: "drops-values",
      what: expect.stringContaining("rows of default.sailings are gone"),
    });
  });

  test("widening, codecs, comments and indexes are quiet", async () => {
    const { observed } = await rehearseScene({
      applied: SAILINGS,
      judged: `ALTER TABLE sailings MODIFY COLUMN passengers Int128;
ALTER TABLE sailings MODIFY COLUMN deck Enum8('car' = 1, 'foot' = 2, 'crew' = 3, 'dog' = 4);
ALTER TABLE sailings MODIFY COLUMN at DateTime('UTC') CODEC(Delta, ZSTD(1));
ALTER TABLE sailings COMMENT COLUMN ferry 'the ship';
ALTER TABLE sailings ADD INDEX by_ferry ferry TYPE set(10) GRANULARITY 4;
ALTER TABLE sailings MATERIALIZE INDEX by_ferry;
ALTER TABLE sailings MODIFY COLUMN price Decimal(18, 6);
ALTER TABLE sailings RENAME COLUMN fare TO fare_text;
ALTER TABLE sailings DROP COLUMN fare_text;`,
    });
    expect(observed.map((effects) => effects?.class)).toEqual([
      "mutation",
      "metadata",
      "at-merge",
      "metadata",
      "metadata",
      "mutation",
      "mutation",
      "mutation",
      "mutation",
    ]);
    expect(observed.flatMap(damage)).toEqual([]);
  });

  test("a TTL takes rows away at once; a DELETE that says so is no damage", async () => {
    const { observed } = await rehearseScene({
      applied: SAILINGS,
      judged: "ALTER TABLE sailings DELETE WHERE id = 2; ALTER TABLE sailings MODIFY TTL at + INTERVAL 1 DAY;",
    });
    expect(damage(observed[0])).toEqual([]);
    expect(damage(observed[1])[0]).toMatchObject({ kind: "drops-values", what: expect.stringContaining("no longer there") });
  });

  test("rows that were written between the copy and the swap are missed", async () => {
    const { observed } = await rehearseScene({
      applied: `${SAILINGS}
CREATE TABLE sailings_new AS sailings ENGINE = MergeTree ORDER BY (ferry, id);
INSERT INTO sailings_new SELECT * FROM sailings WHERE id = 1;`,
      judged: "EXCHANGE TABLES sailings AND sailings_new;",
    });
    expect(damage(observed[0])).toContainEqual(
      expect.objectContaining({ kind: "drops-values", what: expect.stringContaining("no longer there") }),
    );
  });

  test("a longer sorting key of a Replacing table keeps rows apart that were one", async () => {
    const { observed } = await rehearseScene({
      applied: GATE,
      judged: "ALTER TABLE tickets_local ADD COLUMN gate UInt8, MODIFY ORDER BY (sailing, id, gate);",
    });
    expect(damage(observed[0])).toContainEqual(expect.objectContaining({ kind: "semantics", columns: ["gate"] }));
  });

  test("refusals keep their code, and change nothing", async () => {
    const { observed } = await rehearseScene({ applied: SAILINGS, judged: "ALTER TABLE sailings MODIFY COLUMN id String;" });
    expect(observed[0]).toMatchObject({ class: "refused", error: { code: 524 }, silent: null, parts: 0, bytesWritten: 0 });
  });
});

describe("what happens to rows that are written meanwhile", () => {
  test("a column that is renamed behind a view arrives with its default, and every INSERT succeeds", async () => {
    const { observed } = await rehearseScene({
      applied: `CREATE TABLE scans (id UInt64, name String) ENGINE = Null;
CREATE TABLE people (id UInt64, name String DEFAULT 'nobody') ENGINE = MergeTree ORDER BY id;
CREATE MATERIALIZED VIEW people_view TO people AS SELECT id, name FROM scans;`,
      judged: "ALTER TABLE people RENAME COLUMN name TO full_name;",
    });
    expect(damage(observed[0])).toContainEqual(
      expect.objectContaining({ kind: "drops-values", columns: ["full_name"], what: expect.stringContaining("'nobody' instead of") }),
    );
    expect(damage(observed[0])).toContainEqual(
      expect.objectContaining({ kind: "drops-values", what: expect.stringContaining("people_view gives name") }),
    );
  });

  test("a column added to the Distributed table first breaks reads and writes; added to the local table first, nothing", async () => {
    const wrong = await rehearseScene({
      applied: GATE,
      judged: "ALTER TABLE tickets ADD COLUMN gate UInt8; ALTER TABLE tickets_local ADD COLUMN gate UInt8;",
      queries: ["SELECT name FROM tickets WHERE sailing = 7", "INSERT INTO tickets (id, sailing) VALUES"],
    });
    expect(wrong.observed[0]?.blocks).toBe("reads");
    expect(damage(wrong.observed[0])[0]).toMatchObject({ kind: "unreadable", table: "default.tickets" });
    expect(wrong.cells.find(({ step }) => step === "0002_change#0")?.broken).toMatchObject([{ sqlstate: "16" }]);
    expect(wrong.cells.find(({ step }) => step === "0002_change#1")?.broken).toEqual([]);
    const right = await rehearseScene({
      applied: GATE,
      judged: "ALTER TABLE tickets_local ADD COLUMN gate UInt8; ALTER TABLE tickets ADD COLUMN gate UInt8;",
      queries: ["SELECT name FROM tickets WHERE sailing = 7", "INSERT INTO tickets (id, sailing) VALUES"],
    });
    expect(right.observed.flatMap(damage)).toEqual([]);
    expect(right.cells.flatMap(({ broken }) => broken)).toEqual([]);
  });

  test("a source that is renamed no longer feeds its views, and nothing says so", async () => {
    const { observed } = await rehearseScene({
      applied: `CREATE TABLE scans (id UInt64) ENGINE = MergeTree ORDER BY id;
CREATE TABLE people (id UInt64) ENGINE = MergeTree ORDER BY id;
CREATE MATERIALIZED VIEW people_view TO people AS SELECT id FROM scans;`,
      judged: "RENAME TABLE scans TO scans_old;",
    });
    expect(damage(observed[0])).toContainEqual(expect.objectContaining({ kind: "drops-values", table: "default.people" }));
  });

  test("a Distributed table with a narrower type changes what writers go on sending, and every INSERT succeeds", async () => {
    const { observed } = await rehearseScene({
      applied: `CREATE TABLE fares_local (id UInt32, cents UInt32) ENGINE = MergeTree ORDER BY id;
CREATE TABLE fares (id UInt32, cents UInt32) ENGINE = Distributed(harbour, default, fares_local, id);`,
      judged: "ALTER TABLE fares MODIFY COLUMN cents UInt16;",
    });
    expect(observed[0]?.silent).toMatchObject({ kind: "wraps", columns: ["cents"] });
  });

  test("two views into one table deliver a row twice", async () => {
    const { observed } = await rehearseScene({
      applied: `CREATE TABLE scans (id UInt64) ENGINE = Null;
CREATE TABLE people (id UInt64) ENGINE = MergeTree ORDER BY id;
CREATE MATERIALIZED VIEW people_view TO people AS SELECT id FROM scans;`,
      judged: "CREATE MATERIALIZED VIEW people_again TO people AS SELECT id FROM scans;",
    });
    expect(damage(observed[0])).toContainEqual(expect.objectContaining({ kind: "duplicates", table: "default.people" }));
  });

  test("a probe leaves nothing behind: the rows at the end are those of the migrations and the seed", async () => {
    const { report } = await rehearseScene({
      applied: GATE,
      judged: "ALTER TABLE tickets_local ADD COLUMN gate UInt8; OPTIMIZE TABLE tickets_local FINAL;",
    });
    expect(report.limits).toContainEqual(expect.stringContaining("Kafka tables"));
    expect(report.limits).toContainEqual(expect.stringContaining("ReplicatedReplacingMergeTree rehearsed as ReplacingMergeTree"));
    expect(report.limits).toContainEqual(expect.stringContaining("ON CLUSTER: run once here"));
    expect(report.limits.filter((limit) => limit.includes("after it an INSERT"))).toEqual([]);
  });
});

describe("the run as a whole", () => {
  test("a Kafka table refuses what the real one refuses", async () => {
    const { observed } = await rehearseScene({ applied: GATE, judged: "ALTER TABLE tickets_queue ADD COLUMN gate UInt8;" });
    expect(observed[0]).toMatchObject({ class: "refused", error: { code: 48 } });
  });

  test("a refreshable view does not write while other statements are looked at", async () => {
    const { observed } = await rehearseScene({
      applied: `${SAILINGS}
CREATE TABLE daily (day Date, sailings UInt64) ENGINE = MergeTree ORDER BY day;
CREATE MATERIALIZED VIEW daily_view REFRESH EVERY 1 SECOND TO daily AS SELECT toDate(at) AS day, count() AS sailings FROM sailings GROUP BY day;`,
      judged: "ALTER TABLE sailings ADD COLUMN wind UInt8; ALTER TABLE daily ADD COLUMN late UInt64;",
    });
    expect(observed).toMatchObject([
      { class: "metadata", silent: null },
      { class: "metadata", silent: null },
    ]);
  });

  test("what would reach outside is not run, and named", async () => {
    const { statements, report } = await rehearseScene({
      applied: SAILINGS,
      judged: "INSERT INTO sailings SELECT * FROM url('http://192.0.2.1/rows.csv', 'CSV');",
    });
    expect(statements[0]).toMatchObject({ observed: null, notObserved: "refused by the sandbox: url() connects to another server" });
    expect(report.limits).toContainEqual(expect.stringContaining("url() connects to another server"));
  });

  test("rows follow the profile's shape, and growth is measured at three sizes", async () => {
    const { report, growth } = await rehearseScene({
      applied: SAILINGS,
      judged: "ALTER TABLE sailings MODIFY COLUMN passengers Int128;",
      environment: {
        profiles: [
          {
            format: "tread.scale/1",
            collectedAt: "2026-11-21T08:00:00Z",
            server: { engine: "clickhouse", version: "26.7" },
            tables: [
              {
                table: "default.sailings",
                host: "ch-1",
                rows: 40_000_000,
                bytes: 2_000_000_000,
                indexBytes: null,
                readsPerSecond: null,
                writesPerSecond: null,
                longestTransactionSeconds: null,
                wideParts: 12,
                compactParts: 0,
                columns: [],
              },
            ],
          },
        ],
      },
      input: { growth: { sizes: [2000, 4000, 8000], inTime: false } },
    });
    expect(report.seeded).toEqual([{ table: "default.sailings", rows: 2002, scaledFrom: 40_000_000 }]);
    expect(growth[0]?.sizes.map(({ rows }) => rows)).toEqual([2000, 4000, 8000]);
    expect(report.calibration?.bytes).toBeGreaterThan(0);
  });

  test("stopped in the middle, nothing is left behind", async () => {
    const abort = new AbortController();
    const before = leftovers();
    setTimeout(() => abort.abort(), 1500);
    await expect(
      rehearseScene({
        applied: SAILINGS,
        judged: Array.from({ length: 40 }, (_, at) => `ALTER TABLE sailings ADD COLUMN c${at} UInt64;`),
        input: { signal: abort.signal },
      }),
    ).rejects.toThrow(/abort/i);
    expect(leftovers()).toEqual(before);
  });
});

function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`tread-clickhouse-${process.pid}-`));
}
