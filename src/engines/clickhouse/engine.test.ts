import { describe, expect, test } from "vitest";
import { applyClickHouse, emptyClickHouseState } from "../../model/clickhouse/apply/index.ts";
import { silentOf, type ClickHouseEffects } from "../../model/clickhouse/effects.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import { wholeSpan } from "../../text/span.ts";
import { chainOf, dependentsOf, reach } from "./graph/index.ts";
import { loadClickHouse } from "./index.ts";
import type { ClickHousePredictOptions } from "./engine.ts";

const engine = await loadClickHouse();

function read(sql: string) {
  return engine.read({
    kind: "sql",
    sql,
    span: wholeSpan("m.sql", sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  });
}

function schema(sql: string, from: ClickHouseState = emptyClickHouseState()): ClickHouseState {
  let state = from;
  for (const raw of read(sql)) {
    for (const change of engine.changes(raw, state, { database: "web" })) state = applyClickHouse(change, state, { migration: "0001" });
  }
  return state;
}

function predict(sql: string, state: ClickHouseState, options: Partial<ClickHousePredictOptions> = {}): ClickHouseEffects {
  const [raw] = read(sql);
  if (raw === undefined) throw new Error("no statement");
  return engine.predict(engine.changes(raw, state, { database: "web" }), state, { version: "26.7", isEmpty: () => false, ...options });
}

const EVENTS = `
CREATE DATABASE web;
CREATE TABLE web.hits_local (tenant UInt32, at DateTime, url String, browser LowCardinality(String), n Nested(key String, value String))
  ENGINE = ReplicatedReplacingMergeTree('/t/{shard}/hits', '{replica}', at) PARTITION BY toYYYYMM(at) ORDER BY (tenant, at, url);
CREATE TABLE web.hits AS web.hits_local ENGINE = Distributed(main, web, hits_local, rand());
CREATE TABLE web.hits_write AS web.hits_local ENGINE = Distributed(main, web, hits_local, rand());
CREATE TABLE web.hits_kafka (tenant UInt32, at DateTime, url String, browser String) ENGINE = Kafka SETTINGS kafka_broker_list = 'k:9092', kafka_topic_list = 'hits', kafka_group_name = 'g', kafka_format = 'JSONEachRow';
CREATE MATERIALIZED VIEW web.hits_mv TO web.hits_write AS SELECT tenant, at, url, browser FROM web.hits_kafka;
CREATE VIEW web.recent AS SELECT tenant, url FROM web.hits WHERE at > now() - INTERVAL 1 DAY;
`;

describe("the schema that migrations make", () => {
  test("names are resolved, types canonical and a Nested column is stored flat", () => {
    const table = schema(EVENTS).tables.get("web.hits_local");
    expect(table?.columns.map((c) => `${c.name} ${c.type.text}`)).toEqual([
      "tenant UInt32",
      "at DateTime",
      "url String",
      "browser LowCardinality(String)",
      "n.key Array(String)",
      "n.value Array(String)",
    ]);
    expect(table?.engine).toMatchObject({ family: "ReplacingMergeTree", replicated: true });
    expect(table?.engine?.familyArgs.map((a) => a.sql)).toEqual(["at"]);
  });

  test("USE and the columns of AS SELECT are followed", () => {
    const state = schema(
      "CREATE DATABASE shop; USE shop; CREATE TABLE a (k UInt8, v Nullable(BIGINT)); CREATE TABLE b ENGINE = Memory AS SELECT k, v, k + 1 AS next, toString(v) AS t FROM a;",
    );
    expect(state.tables.get("shop.b")?.columns.map((c) => `${c.name} ${c.type.text}`)).toEqual([
      "k UInt8",
      "v Nullable(Int64)",
      "next UInt16",
      "t Nullable(String)",
    ]);
  });

  test("what is dropped without SYNC can be brought back, a rename takes views off their source", () => {
    const state = schema(
      `${EVENTS} DROP TABLE web.recent; UNDROP TABLE web.recent; CREATE TABLE web.s (k UInt8) ENGINE = Null; CREATE MATERIALIZED VIEW web.m TO web.t AS SELECT k FROM web.s; RENAME TABLE web.s TO web.old;`,
    );
    expect(state.tables.has("web.recent")).toBe(true);
    expect(state.tables.get("web.m")?.unsubscribed).toBe(true);
  });
});

describe("the object graph", () => {
  test("rows are followed from Kafka to the local table, and readers from there on", () => {
    const state = schema(EVENTS);
    expect(reach("web.hits_kafka", state, "down")).toEqual(["web.hits_mv", "web.hits_write", "web.hits_local", "web.hits", "web.recent"]);
    expect(chainOf("web.hits_local", state).map((e) => `${e.from} ${e.via} ${e.to}`)).toContain("web.hits_kafka feeds web.hits_mv");
    expect(dependentsOf("web.hits_local", "browser", state).map((t) => t.name)).toEqual(["web.hits", "web.hits_write"]);
  });
});

describe("a live version's queries", () => {
  const state = schema(EVENTS);
  const fate = (sql: string, at = state): string => {
    const found = engine.bind({ sql }, at, "web");
    return found.kind === "fails" ? String(found.code) : found.kind === "works" ? "works" : found.reason;
  };

  test("fail as the server would fail them", () => {
    expect(fate("SELECT tenant, count() FROM hits GROUP BY tenant ORDER BY 2 DESC")).toBe("works");
    expect(fate("SELECT nope FROM hits")).toBe("47");
    expect(fate("SELECT * FROM nowhere")).toBe("60");
    expect(fate("INSERT INTO hits (tenant, nope) VALUES (1, 2)")).toBe("16");
    expect(fate("SELECT recent.url FROM recent JOIN hits AS h USING (tenant) WHERE h.browser IN ('a')")).toBe("works");
    expect(fate("SELECT * FROM s3('https://x/y.csv')")).toContain("s3");
  });

  test("an INSERT through a Distributed table fails with what the local table lacks", () => {
    const ahead = schema("ALTER TABLE web.hits ADD COLUMN utm String", state);
    expect(fate("INSERT INTO hits (tenant, at, url) VALUES (1, now(), '/')", ahead)).toBe("16");
    expect(fate("SELECT utm FROM hits", ahead)).toBe("47");
    const both = schema("ALTER TABLE web.hits_local ADD COLUMN utm String", ahead);
    expect(fate("INSERT INTO hits (tenant, at, url) VALUES (1, now(), '/')", both)).toBe("works");
  });

  test("an INSERT fails when a view that it runs reads a column that is gone", () => {
    const before = schema(
      "CREATE DATABASE app; CREATE TABLE app.raw (k UInt8, v String) ENGINE = MergeTree ORDER BY k; CREATE TABLE app.sums (k UInt8, v String) ENGINE = MergeTree ORDER BY k; CREATE MATERIALIZED VIEW app.mv TO app.sums AS SELECT k, v FROM app.raw;",
    );
    expect(fate("INSERT INTO app.raw (k) VALUES (1)", before)).toBe("works");
    expect(fate("INSERT INTO app.raw (k) VALUES (1)", schema("ALTER TABLE app.raw RENAME COLUMN v TO w", before))).toBe("47");
    expect(fate("INSERT INTO app.raw (k) VALUES (1)", schema("DROP TABLE app.sums", before))).toBe("60");
  });
});

describe("what a statement does", () => {
  const state = schema(
    "CREATE DATABASE web; CREATE TABLE web.t (k UInt32, a Nullable(Int64), e Enum8('x' = 1)) ENGINE = MergeTree ORDER BY k;",
  );

  test("depends on the version of the server", () => {
    expect(predict("ALTER TABLE t MODIFY COLUMN a Int64", state).error?.code).toBe(36);
    const old = predict("ALTER TABLE t MODIFY COLUMN a Int64", state, { version: "24.3" });
    expect(old.silent).toMatchObject({ kind: "unreadable", decidedBy: "SELECT countIf(isNull(a)) FROM web.t" });
    expect(predict("ALTER TABLE t MODIFY COLUMN e ADD ENUM VALUES ('y' = 2)", state, { version: "25.8" }).error?.code).toBe(62);
    expect(predict("ALTER TABLE t ADD COLUMN j JSON", state, { version: "24.3" }).error?.code).toBe(50);
  });

  test("is quiet about the rows of a table that has none", () => {
    const narrowing = "ALTER TABLE t MODIFY COLUMN a Nullable(Int32)";
    expect(predict(narrowing, state).silent?.kind).toBe("wraps");
    expect(predict(narrowing, state, { isEmpty: () => true })).toMatchObject({ silent: null, parts: 0, bytesWritten: 0 });
  });

  test("costs the column in wide parts, the table in compact ones, and nobody knows between", () => {
    const size =
      (wideParts: number, compactParts: number): NonNullable<ClickHousePredictOptions["sizeOf"]> =>
      () => ({
        table: "web.t",
        rows: 1000,
        bytes: 9_000,
        indexBytes: null,
        readsPerSecond: null,
        writesPerSecond: null,
        longestTransactionSeconds: null,
        wideParts,
        compactParts,
        columns: [{ column: "a", type: null, nullFraction: null, distinct: null, averageBytes: null, compressedBytes: 700 }],
      });
    const sql = "ALTER TABLE t MODIFY COLUMN a Nullable(Int128)";
    expect(predict(sql, state, { sizeOf: size(4, 0) })).toMatchObject({ class: "mutation", parts: 4, bytesWritten: 700 });
    expect(predict(sql, state, { sizeOf: size(0, 4) })).toMatchObject({ parts: 4, bytesWritten: 9_000 });
    expect(predict(sql, state, { sizeOf: size(3, 1) })).toMatchObject({ parts: 4, bytesWritten: null });
    expect(predict(sql, state)).toMatchObject({ parts: null, bytesWritten: null });
  });

  test("names every way in which values are lost, gravest first, each with its query", () => {
    const floats = schema("CREATE TABLE web.f (k UInt8, v Float64) ENGINE = MergeTree ORDER BY k", state);
    expect(silentOf(predict("ALTER TABLE f MODIFY COLUMN v Int8", floats)).map((s) => `${s.kind}: ${s.decidedBy ?? ""}`)).toEqual([
      "unreadable: SELECT countIf(NOT isFinite(v)) FROM web.f",
      "wraps: SELECT countIf(isFinite(v) AND (v < -128 OR v > 127)) FROM web.f",
      "drops-values: SELECT countIf(isFinite(v) AND v != trunc(v)) FROM web.f",
    ]);
  });

  test("tells of a no-op that leaves another definition in place, and of partitions that part what should merge", () => {
    expect(predict("ALTER TABLE t ADD COLUMN IF NOT EXISTS a String", state).silent).toMatchObject({ kind: "semantics", columns: ["a"] });
    expect(predict("CREATE TABLE IF NOT EXISTS t (k UInt64) ENGINE = MergeTree ORDER BY k", state).silent?.kind).toBe("semantics");
    expect(predict("CREATE TABLE r (k UInt8, d Date) ENGINE = ReplacingMergeTree PARTITION BY d ORDER BY k", state).silent?.kind).toBe(
      "duplicates",
    );
    expect(
      predict("CREATE TABLE r (k UInt8, d Date) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(d) ORDER BY (k, d)", state).silent,
    ).toBeNull();
  });

  test("is unknown, not refused, over tables that no migration makes", () => {
    const partial = { ...emptyClickHouseState({ complete: false }) };
    expect(predict("ALTER TABLE other ADD COLUMN a UInt8", partial)).toMatchObject({ class: "metadata", error: null });
    expect(engine.bind({ sql: "SELECT a FROM other" }, partial, "web").kind).toBe("unknown");
  });
});

test("a suppression beside a statement is read, and what does not parse is a syntax error in its place", () => {
  const [first, second] = read("-- tread-ignore drop-column: nobody reads it\nALTER TABLE t DROP COLUMN a;\nALTER TABLE t DORP COLUMN a;");
  expect(first?.suppressions).toMatchObject([{ rule: "drop-column", reason: "nobody reads it" }]);
  expect(second?.syntaxError?.span).toMatchObject({ line: 3 });
});
