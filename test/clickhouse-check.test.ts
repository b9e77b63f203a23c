import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startClickHouse } from "../src/engines/clickhouse/embedded/index.ts";
import { isClickHouseEffects } from "../src/model/report.ts";
import { project, rules } from "./project.test-helper.ts";

/** A bakery's orders in ClickHouse: a stranger's folder of SQL, with nothing beside it. */
const ORDERS = `CREATE TABLE orders (shop UInt32, at DateTime, cents Int64, state Enum8('open' = 1, 'paid' = 2), note String) ENGINE = MergeTree ORDER BY (shop, at);
CREATE TABLE takings (shop UInt32, cents Int64) ENGINE = SummingMergeTree ORDER BY shop;
CREATE MATERIALIZED VIEW takings_mv TO takings AS SELECT shop, cents FROM orders;
`;

describe("a folder of ClickHouse migrations", () => {
  test("needs no config: what wraps, what breaks and what is free", () => {
    const { status, report } = project({
      "migrations/0001_orders.sql": ORDERS,
      "migrations/0002_smaller.sql":
        "ALTER TABLE orders MODIFY COLUMN cents Int32;\nALTER TABLE orders RENAME COLUMN cents TO amount;\nALTER TABLE orders ADD COLUMN till UInt8;\n",
    }).check("migrations");
    expect(status).toBe(1);
    expect(rules(report, "error")).toEqual(["narrowing-wraps", "view-reads-missing-column"]);
    expect(report.environments).toMatchObject([{ name: "default", verdict: "unsafe", clickhouse: "26.7" }]);
    const statements = report.migrations.find(({ id }) => id === "0002_smaller")?.statements ?? [];
    const effects = statements.map(({ predicted }) => (predicted !== null && isClickHouseEffects(predicted) ? predicted : null));
    expect(effects.map((one) => one?.class)).toEqual(["mutation", "mutation", "metadata"]);
    expect(effects[0]?.silent).toMatchObject({ kind: "wraps", columns: ["cents"] });
    expect(report.findings.filter(({ statement, migration }) => migration === "0002_smaller" && statement === 2)).toEqual([]);
  });

  test("metadata alone is quiet", () => {
    const { status, stdout } = project({
      "migrations/0001_orders.sql": ORDERS,
      "migrations/0002_more.sql":
        "ALTER TABLE orders ADD COLUMN till UInt8;\nALTER TABLE orders MODIFY COLUMN note CODEC(ZSTD(3));\nALTER TABLE orders MODIFY COLUMN state Enum8('open' = 1, 'paid' = 2, 'lost' = 3);\nALTER TABLE orders COMMENT COLUMN note 'what the customer said';\n",
    }).tread("check", "migrations", "--applied-through", "0001_orders");
    expect(stdout).toMatch(/^✓ safe {3}0 findings {3}4 statements judged\n/);
    expect(status).toBe(0);
  });

  test("beside Postgres: one report, one verdict, each engine's statements in its own words", () => {
    const both = project({
      "tread.config.yaml": "sources:\n  - { type: sql-dir, path: db }\n  - { type: sql-dir, path: events, database: clickhouse }\n",
      "db/0001_loaf.sql": "CREATE TABLE loaf (id bigint PRIMARY KEY);\n",
      "events/0001_orders.sql": ORDERS,
      "events/0002_state.sql": "ALTER TABLE orders MODIFY COLUMN state Enum8('open' = 1);\n",
    });
    const { report, status } = both.check();
    expect(report.migrations.map(({ id, database }) => [database, id])).toEqual([
      ["postgres", "0001_loaf"],
      ["clickhouse", "0001_orders"],
      ["clickhouse", "0002_state"],
    ]);
    expect(rules(report, "error")).toEqual(["enum-value-removed"]);
    expect(report.coverage).toMatchObject({ statements: 5, understood: 5 });
    expect(status).toBe(1);
    expect(both.tread("check").stdout).toContain("PostgreSQL 18, ClickHouse 26.7");
  });

  test("a live version's insert is followed through the view", () => {
    const { report } = project({
      "tread.config.yaml":
        "sources:\n  - { type: sql-dir, path: events, database: clickhouse, appliedThrough: 0001_orders }\nlive:\n  - { name: till, sql: till.sql, database: clickhouse }\n",
      "till.sql":
        "INSERT INTO orders (shop, at, cents, state, note) VALUES (1, now(), 250, 'open', '');\nSELECT sum(cents) FROM takings WHERE shop = 1;\n",
      "events/0001_orders.sql": ORDERS,
      "events/0002_drop.sql": "DROP TABLE takings;\n",
    }).check();
    const broken = report.compatibility.cells.filter(({ step }) => step === "0002_drop#0").flatMap((cell) => cell.broken);
    expect(broken.map(({ sqlstate }) => sqlstate)).toEqual(["60", "60"]);
    expect(rules(report, "error")).toContain("view-target-gone");
  });

  test("hosts and macros that nobody described are listed as unknown", () => {
    const { report } = project({
      "migrations/0001_orders.sql":
        "CREATE TABLE orders ON CLUSTER main (shop UInt32) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/orders', '{replica}') ORDER BY shop;\n",
    }).check("migrations");
    expect(report.coverage.topology.join("\n")).toMatch(/ON CLUSTER main[^]*\{replica\} and \{shard\}/);
  });
});

describe("what the data decide", () => {
  const shop = (): ReturnType<typeof project> =>
    project({
      "migrations/0001_orders.sql": ORDERS,
      "migrations/0002_smaller.sql":
        "ALTER TABLE orders MODIFY COLUMN cents Int32;\nALTER TABLE orders MODIFY COLUMN state Enum8('open' = 1);\n",
    });
  const check = ["migrations", "--applied-through", "0001_orders"];

  test("a person asks a real server with the script, and gives the answers back", { timeout: 120_000 }, async () => {
    const bakery = shop();
    expect(bakery.tread("check", ...check, "--pre-checks", "ask.sql").stderr).toContain("wrote 2 pre-checks to ask.sql");
    await using server = await startClickHouse();
    for (const statement of ORDERS.split(";\n").filter((sql) => sql.trim() !== "")) await server.query(statement);
    await server.query("INSERT INTO orders VALUES (1, now(), 250, 'paid', ''), (1, now(), 300, 'paid', ''), (2, now(), 90, 'open', '')");
    const script = readFileSync(join(bakery.folder, "ask.sql"), "utf8").replaceAll(/^--.*$/gm, "");
    const answers: string[] = [];
    for (const query of script.split(";\n").filter((sql) => sql.trim() !== ""))
      answers.push((await server.query(query.replace(/ FORMAT JSONEachRow\s*$/, ""), { format: "JSONEachRow" })).text.trim());
    bakery.write({ "facts.jsonl": `${answers.join("\n")}\n` });
    const { report, status } = bakery.check(...check, "--facts", "facts.jsonl");
    // No amount is too large; two orders are paid.
    expect(rules(report, "error")).toEqual(["enum-value-removed"]);
    expect(report.findings.find(({ rule }) => rule === "enum-value-removed")?.message).toContain("2 rows");
    expect(report.facts?.map(({ value, use }) => [value, use])).toEqual([
      [0, "silences"],
      [2, "confirms"],
    ]);
    expect(status).toBe(1);
  });

  test("answers by hand, with other spaces; old ones and those that nobody asked for are reported", () => {
    const bakery = shop();
    bakery.write({
      "facts.yaml": `format: tread.facts/1
facts:
  - query: |
      SELECT countIf(cents < -2147483648
                     OR cents > 2147483647)
      FROM default.orders
    value: 0
    at: 2020-01-01T00:00:00Z
  - { query: "SELECT count() FROM elsewhere", value: 3 }
`,
    });
    const { report } = bakery.check(...check, "--facts", "facts.yaml");
    expect(rules(report, "error")).toEqual(["enum-value-removed"]);
    expect(report.problems.map(({ code, fatal }) => [code, fatal])).toEqual([
      ["stale-fact", false],
      ["unused-fact", false],
    ]);
  });

  test.each([
    ["no answers at all", "", "the file is empty"],
    ["another format", '{ "format": "tread.scale/1", "facts": [] }', 'expected "tread.facts/1"'],
    ["a value that is no number", '{"query":"SELECT 1","value":"many"}\n', '`value` is "many"'],
    ["a line that is cut off", '{"query":"SELECT 1","value":0}\n{"query":', "facts.jsonl:2:1"],
    ["an answer to nothing", '{"value":0}\n', "`query` is missing"],
  ])("%s: exit 2, and where", (_name, text, message) => {
    const bakery = shop();
    bakery.write({ "facts.jsonl": text });
    const { status, stderr } = bakery.tread("check", ...check, "--facts", "facts.jsonl");
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

describe("bad input", () => {
  test("an engine, a setting and a type that do not exist, and words that do not parse", () => {
    const { report, status } = project({
      "migrations/0001_orders.sql": ORDERS,
      "migrations/0002_wrong.sql":
        "ALTER TABLE orders MODIFY SETTING nonsense = 1;\nCREATE TABLE till (id Strng) ENGINE = MergeTree ORDER BY id;\nALTER TABLE IF EXISTS orders ADD COLUMN till UInt8;\n",
    }).check("migrations");
    expect(rules(report, "error")).toEqual(["setting-refused", "create-table-refused", "syntax-error"]);
    expect(report.findings.at(-1)?.help).toContain("no ALTER TABLE IF EXISTS");
    expect(status).toBe(3);
  });

  test("ten megabytes of inserts are read, and what stands behind them is judged", { timeout: 60_000 }, () => {
    const row = "(1, '2026-01-01 00:00:00', 250, 'open', 'two loaves and a bun'),\n";
    const bakery = project({
      "migrations/0001_orders.sql": ORDERS,
      "migrations/0002_rows.sql": `INSERT INTO orders VALUES\n${row.repeat(Math.ceil(10_000_000 / row.length))}(1, '2026-01-01 00:00:00', 1, 'open', '');\nALTER TABLE orders MODIFY COLUMN cents Int32;\n`,
    });
    const { report } = bakery.check("migrations", "--applied-through", "0001_orders");
    expect(report.coverage).toMatchObject({ statements: 2, understood: 2 });
    expect(rules(report, "error")).toEqual(["narrowing-wraps"]);
    rmSync(join(bakery.folder, "migrations"), { recursive: true });
  });
});
