import { readCatalogues } from "../../engines/clickhouse/topology/read.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../../engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../../engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { modernPackages } from "../../engines/clickhouse/cluster-harness/packages.test-helper.ts";
import { liveTopology, makeChain, outline, planOf } from "./chain.test-helper.ts";

const modern = modernPackages();

describe.skipIf(modern.reason !== null)(`the plan of a change on two shards${modern.reason === null ? "" : ` (${modern.reason})`}`, () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startModernCluster({ hosts: 2 });
    await makeChain(cluster, "Kafka");
  });
  afterAll(() => cluster?.stop());

  it("adds a column to the shards first, then to the tables that read, then to those that write; codecs stay with the rows", async () => {
    const plan = await planOf(
      cluster,
      "ALTER TABLE events ADD COLUMN plan LowCardinality(String) DEFAULT 'free' CODEC(ZSTD(3)) AFTER event",
    );
    expect(outline(plan)).toEqual([
      "local: ALTER TABLE web.events_local ADD COLUMN plan LowCardinality(String) DEFAULT 'free' CODEC(ZSTD(3)) AFTER event [2]",
      "read: ALTER TABLE web.events ADD COLUMN plan LowCardinality(String) DEFAULT 'free' AFTER event [2]",
      "write: ALTER TABLE web.writable_events ADD COLUMN plan LowCardinality(String) DEFAULT 'free' AFTER event [2]",
    ]);
    expect(plan.steps[1]?.requires).toMatchObject([{ kind: "column-on", table: "web.events_local", columns: ["plan"] }]);
    expect(plan.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(["info view-does-not-carry"]);
  });

  it("says the same and has the same hash when it is made twice, and another hash for another change", async () => {
    const sql = "ALTER TABLE events ADD COLUMN plan String";
    const [one, two] = [await planOf(cluster, sql), await planOf(cluster, sql)];
    expect(one).toEqual(two);
    expect((await planOf(cluster, "ALTER TABLE events ADD COLUMN plan UInt8")).hash).not.toBe(one.hash);
    expect((await planOf(cluster, sql, { environment: "cloud" })).hash).not.toBe(one.hash);
  });

  it("takes a column away from whoever sends it first, empties every queue, and drops the values last", async () => {
    const plan = await planOf(cluster, "ALTER TABLE web.writable_events DROP COLUMN event");
    expect(outline(plan)).toEqual([
      "view: ALTER TABLE web.events_mv MODIFY QUERY SELECT id, team, at FROM web.incoming [2]",
      "write: ALTER TABLE web.writable_events DROP COLUMN event [2]",
      "flush: web.events_local",
      "read: ALTER TABLE web.events DROP COLUMN event [2]",
      "wait-for-queries: web.events_local",
      "local: ALTER TABLE web.events_local DROP COLUMN event [2]",
    ]);
    const local = plan.steps.at(-1);
    expect(local?.requires.find(({ kind }) => kind === "queue-empty")).toMatchObject({ queues: { length: 4 } });
    expect(local?.recovery).toEqual([
      "ALTER TABLE web.events_local ADD COLUMN event String",
      "SYSTEM FLUSH DISTRIBUTED web.events",
      "SYSTEM FLUSH DISTRIBUTED web.writable_events",
      "ALTER TABLE web.events_local DROP COLUMN event",
    ]);
  });

  it("renames by a second column that takes the values over, because no order of RENAME COLUMN keeps inserts working", async () => {
    const plan = await planOf(cluster, "ALTER TABLE events RENAME COLUMN event TO name");
    expect(outline(plan)).toEqual([
      "local: ALTER TABLE web.events_local ADD COLUMN name String DEFAULT event AFTER event [2]",
      "read: ALTER TABLE web.events ADD COLUMN name String DEFAULT event AFTER event [2]",
      "write: ALTER TABLE web.writable_events ADD COLUMN name String DEFAULT event AFTER event [2]",
      "wait-for-queries: web.events_local",
      "local: ALTER TABLE web.events_local MATERIALIZE COLUMN name [2]",
      "parts-hold: web.events_local",
      "view: ALTER TABLE web.events_mv MODIFY QUERY SELECT id, team, event AS name, at FROM web.incoming [2]",
      "write: ALTER TABLE web.writable_events DROP COLUMN name, DROP COLUMN event, ADD COLUMN name String AFTER team [2]",
      "flush: web.events_local",
      "read: ALTER TABLE web.events DROP COLUMN name, DROP COLUMN event, ADD COLUMN name String AFTER team [2]",
      "wait-for-queries: web.events_local",
      "local: ALTER TABLE web.events_local MODIFY COLUMN name REMOVE DEFAULT, ADD CONSTRAINT IF NOT EXISTS tread_renamed_event CHECK event IS NOT DISTINCT FROM defaultValueOfArgumentType(event) [2]",
      "local: ALTER TABLE web.events_local DROP CONSTRAINT IF EXISTS tread_renamed_event, DROP COLUMN event [2]",
    ]);
  });

  it("changes a Buffer over the write path after it, because what that lacks is dropped at the next flush; a Null source comes last", async () => {
    const columns = "id UInt64, team UInt32, event String, at DateTime";
    for (const sql of [
      `CREATE TABLE web.events_buffer (${columns}) ENGINE = Buffer(web, writable_events, 1, 10, 20, 100, 1000, 10000, 100000)`,
      `CREATE TABLE web.http_in (${columns}) ENGINE = Null`,
      "CREATE MATERIALIZED VIEW web.http_in_mv TO web.writable_events AS SELECT id, team, event, at FROM web.http_in",
    ])
      await cluster.everywhere(sql);
    try {
      const plan = await planOf(cluster, "ALTER TABLE http_in ADD COLUMN plan String; ALTER TABLE events ADD COLUMN plan String");
      expect(outline(plan)).toEqual([
        "local: ALTER TABLE web.events_local ADD COLUMN plan String [2]",
        "read: ALTER TABLE web.events ADD COLUMN plan String [2]",
        "write: ALTER TABLE web.writable_events ADD COLUMN plan String [2]",
        "buffer: ALTER TABLE web.events_buffer ADD COLUMN plan String [2]",
        "local: ALTER TABLE web.http_in ADD COLUMN plan String [2]",
        "view: ALTER TABLE web.http_in_mv MODIFY QUERY SELECT id, team, event, at, plan FROM web.http_in [2]",
      ]);
      expect(plan.steps[3]?.requires).toMatchObject([{ kind: "column-on", table: "web.writable_events", columns: ["plan"] }]);
      const alone = await planOf(cluster, "ALTER TABLE http_in ADD COLUMN plan String");
      expect(alone.findings.map(({ message }) => message)).toEqual([
        "plan of web.http_in ends there: web.http_in_mv does not select it, and web.http_in keeps no rows",
      ]);
    } finally {
      for (const name of ["http_in_mv", "http_in", "events_buffer"]) await cluster.everywhere(`DROP TABLE web.${name} SYNC`);
    }
  });

  it("gives a Kafka table a second one of the same consumer group before the old one goes, and names the forgotten companion", async () => {
    const plan = await planOf(
      cluster,
      "ALTER TABLE events_local ADD COLUMN plan String; ALTER TABLE events ADD COLUMN plan String; ALTER TABLE incoming ADD COLUMN plan String",
    );
    const kafka =
      "ENGINE = Kafka SETTINGS kafka_broker_list = '127.0.0.1:1', kafka_topic_list = 'events', kafka_group_name = 'ingest', kafka_format = 'JSONEachRow'";
    const columns = "(`id` UInt64, `team` UInt32, `event` String, `at` DateTime, plan String)";
    expect(outline(plan)).toEqual([
      "local: ALTER TABLE web.events_local ADD COLUMN plan String [2]",
      "read: ALTER TABLE web.events ADD COLUMN plan String [2]",
      "write: ALTER TABLE web.writable_events ADD COLUMN plan String [2]",
      `queue: CREATE TABLE web.incoming__next ${columns} ${kafka} [2]`,
      "view: CREATE MATERIALIZED VIEW web.events_mv__next TO web.writable_events AS SELECT id, team, event, at, plan FROM web.incoming__next AS incoming [2]",
      "view: DROP TABLE web.events_mv SYNC [2]",
      "queue: DROP TABLE web.incoming SYNC [2]",
      `queue: CREATE TABLE web.incoming ${columns} ${kafka} [2]`,
      "view: CREATE MATERIALIZED VIEW web.events_mv TO web.writable_events AS SELECT id, team, event, at, plan FROM web.incoming [2]",
      "view: DROP TABLE web.events_mv__next SYNC [2]",
      "queue: DROP TABLE web.incoming__next SYNC [2]",
    ]);
    expect(plan.findings).toMatchObject([{ rule: "forgotten-companion", message: expect.stringContaining("not web.writable_events") }]);
  });

  it("sends what only the table with the rows has to that table, and leaves ON CLUSTER out", async () => {
    const plan = await planOf(
      cluster,
      "ALTER TABLE events ON CLUSTER c ADD INDEX by_event event TYPE bloom_filter GRANULARITY 4; ALTER TABLE events_local MATERIALIZE INDEX by_event",
    );
    expect(outline(plan)).toEqual([
      "local: ALTER TABLE web.events_local ADD INDEX by_event event TYPE bloom_filter GRANULARITY 4 [2]",
      "local: ALTER TABLE web.events_local MATERIALIZE INDEX by_event [2]",
    ]);
    expect(plan.findings).toMatchObject([{ rule: "on-cluster", severity: "info" }]);
  });

  it("gives replicas of a new table one UUID, and makes it before the Distributed table over it", async () => {
    const plan = await planOf(
      cluster,
      "CREATE TABLE teams_all ON CLUSTER '{cluster}' (id UInt32) ENGINE = Distributed('c', web, teams); CREATE TABLE teams ON CLUSTER c (id UInt32) ENGINE = ReplicatedMergeTree ORDER BY id",
    );
    expect(outline(plan)).toEqual([
      expect.stringMatching(
        /^local: CREATE TABLE teams UUID '[0-9a-f-]{36}' \(id UInt32\) ENGINE = ReplicatedMergeTree ORDER BY id \[2\]$/,
      ),
      "read: CREATE TABLE teams_all (id UInt32) ENGINE = Distributed('c', web, teams) [2]",
    ]);
  });

  it("refuses a view whose output its target would not take: the server accepts it and drops the values silently", async () => {
    const plan = await planOf(cluster, "ALTER TABLE events_mv MODIFY QUERY SELECT id, team, event, at, event AS name FROM web.incoming");
    expect(plan.findings).toMatchObject([
      { rule: "forgotten-companion", severity: "error", message: expect.stringContaining("web.writable_events lacks: name on") },
      { rule: "forgotten-companion", severity: "error", message: expect.stringContaining("web.events_local lacks: name on") },
      { rule: "forgotten-companion", severity: "error" },
    ]);
  });

  it("refuses what would lose queued rows or cannot be told after an interruption", async () => {
    const plan = await planOf(
      cluster,
      "DROP TABLE events; CREATE TABLE events AS events_local ENGINE = Distributed('c', web, events_local); INSERT INTO events_local SELECT * FROM events",
    );
    expect(plan.steps).toEqual([]);
    expect(plan.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(["error cannot-plan", "error rows-would-go"]);
  });

  it("says that a Replicated database was never tried, and plans one statement for it", async () => {
    const live = await liveTopology(cluster);
    const { catalogues } = await readCatalogues(live);
    // No server here can make one: the catalogue of two hosts says that it is.
    const replicated = [...catalogues.values()].map((one) => ({
      ...one,
      databases: one.databases.map((database) => (database.name === "web" ? { ...database, engine: "Replicated" } : database)),
    }));
    const plan = await planOf(cluster, "ALTER TABLE events_local ADD INDEX by_team team TYPE minmax", { live, catalogues: replicated });
    expect(outline(plan)).toEqual(["local: ALTER TABLE web.events_local ADD INDEX by_team team TYPE minmax [1]"]);
    expect(plan.findings).toMatchObject([
      { rule: "not-tried", severity: "error", help: expect.stringContaining("--accept not-tried:web") },
    ]);
  });
});
