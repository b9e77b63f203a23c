import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  startHttpClickHouse,
  withoutHttpServer,
  type HttpClickHouse,
} from "../src/engines/clickhouse/introspect/http-server.test-helper.ts";
import { project } from "./project.test-helper.ts";

const HITS = "CREATE TABLE hits (tenant_id UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (tenant_id, at);\n";
const findings = (report: {
  readonly findings: readonly { readonly rule: string; readonly severity: string; readonly migration: string | null }[];
}) => report.findings.filter(({ severity }) => severity === "error").map(({ rule, migration }) => [rule, migration]);

describe("a stranger's ClickHouse migrations", () => {
  test("a bare folder of SQL needs no configuration", () => {
    const { check } = project({ "0001_hits.sql": HITS, "0002_url.sql": "ALTER TABLE hits MODIFY COLUMN url UInt32;\n" });
    const { report, status } = check(".", "--applied-through", "0001_hits");
    expect(report.migrations).toMatchObject([{ id: "0002_url", database: "clickhouse", statements: [{ understood: true }] }]);
    expect(findings(report)).toContainEqual(["unparsable-values", "0002_url"]);
    expect(status).toBe(1);
  });

  test("a repository with both engines is judged in one report, also by a config that names no engine", () => {
    const files = {
      "db/app/0001_person.sql": "CREATE TABLE person (id bigint PRIMARY KEY, name text);\n",
      "db/app/0002_name.sql": "ALTER TABLE person DROP COLUMN name;\n",
      "db/events/0001_hits.sql": HITS,
      "db/events/0002_url.sql": "ALTER TABLE hits DROP COLUMN url;\n",
    };
    const bare = project(files).check().report;
    expect(bare.migrations.map(({ id, database }) => [id, database]).sort()).toEqual(
      [
        ["db/app/0001_person", "postgres"],
        ["0002_name", "postgres"],
        ["0001_hits", "clickhouse"],
        ["0002_url", "clickhouse"],
      ]
        .map(([id = "", database]) => [id.replace("db/app/", ""), database])
        .sort(),
    );
    const configured = project({
      ...files,
      "tread.config.yaml": "sources:\n  - { type: sql-dir, path: db/app }\n  - { type: sql-dir, path: db/events }\n",
    }).check().report;
    expect(configured.migrations.map(({ database }) => database).sort()).toEqual(["clickhouse", "clickhouse", "postgres", "postgres"]);
  });

  test("tread init writes what it found, and check reads it", () => {
    const { tread, check, folder } = project({
      "clickhouse/0001_hits.up.sql": HITS,
      "clickhouse/0001_hits.down.sql": "DROP TABLE hits;",
      "shop/__init__.py": "",
      "shop/clickhouse/__init__.py": "",
      "shop/clickhouse/migrations/0001_events.py":
        'from shop.tools import run_sql_with_exceptions\n\noperations = [run_sql_with_exceptions("CREATE TABLE events (id UInt64) ENGINE = Log")]\n',
    });
    expect(tread("init").status).toBe(0);
    const { report } = check();
    expect([folder === "", report.migrations.map(({ id, source }) => [id, source]).sort()]).toEqual([
      false,
      [
        ["0001_events", "django-clickhouse"],
        ["0001_hits", "sql-dir"],
      ],
    ]);
  });

  test("a live version's queries are held against every step, found to be ClickHouse's by themselves", () => {
    const { check } = project({
      "migrations/0001_hits.sql": HITS,
      "migrations/0002_url.sql": "ALTER TABLE hits DROP COLUMN url;\n",
      "api.sql":
        "-- name: pages\nSELECT url, count() FROM hits WHERE tenant_id = {tenant:UInt32} GROUP BY url;\nSELECT max(at) FROM hits WHERE tenant_id = ?;\n",
      "tread.config.yaml":
        "sources:\n  - { type: sql-dir, path: migrations, appliedThrough: 0001_hits }\nlive:\n  - { name: api, sql: api.sql }\n",
    });
    const { report } = check();
    const cell = report.compatibility.cells.find(({ step }) => step === "0002_url#0");
    expect(cell).toMatchObject({ version: "api", queries: 2, broken: [{ sqlstate: "47", origin: "pages (api.sql:2)" }] });
    expect(findings(report).map(([, migration]) => migration)).toContain("0002_url");
  });

  test("a dump in the words of clickhouse-client is the schema that the migrations meet", () => {
    const dump =
      "CREATE TABLE web.hits\\n(\\n    `tenant_id` UInt32,\\n    `browser` Enum8(\\'firefox\\' = 1, \\'opera\\' = 2)\\n)\\nENGINE = MergeTree\\nORDER BY tenant_id\n";
    const { check } = project({
      "schema.tsv": dump,
      "migrations/0007_opera.sql": "ALTER TABLE hits ON CLUSTER main MODIFY COLUMN browser Enum8('firefox' = 1);\n",
    });
    const { report } = check("migrations", "--schema", "schema.tsv");
    expect(findings(report)).toContainEqual(["enum-value-removed", "0007_opera"]);
    expect(report.coverage.schema).toMatchObject({ from: "file", name: "schema.tsv" });
  });
});

const missing = withoutHttpServer();

describe.skipIf(missing !== null)(`a live server${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let server: HttpClickHouse;
  beforeAll(async () => {
    server = await startHttpClickHouse({
      users:
        "<reader><password>s3cr3t-w0rd</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></reader>",
    });
    for (const sql of [
      "CREATE DATABASE web",
      `CREATE TABLE web.${HITS.slice("CREATE TABLE ".length).replace(";\n", "")}`,
      "INSERT INTO web.hits SELECT number, now(), toString(number) FROM numbers(5000)",
      "CREATE TABLE web.schema_migrations (version Int64, dirty UInt8, sequence UInt64) ENGINE = TinyLog",
      "INSERT INTO web.schema_migrations VALUES (1, 1, 10), (1, 0, 11)",
    ])
      await server.run(sql);
  }, 60_000);
  afterAll(async () => await server?.stop());

  const files = {
    "migrations/000001_hits.up.sql": HITS,
    "migrations/000002_url.up.sql": "ALTER TABLE hits MODIFY COLUMN url UInt32;\n",
  };

  test("tells the schema, what is applied and the sizes; its password stands nowhere", () => {
    const { check } = project(files);
    const { report, stdout, stderr } = check("migrations", "--clickhouse-url", `http://reader:s3cr3t-w0rd@127.0.0.1:${server.port}/web`);
    expect(report.coverage.schema).toEqual({
      from: "database",
      name: `http://reader@127.0.0.1:${server.port}/web`,
      applied: "1 of 2 migrations are recorded in `web`.`schema_migrations`",
    });
    expect(report.migrations.map(({ id }) => id)).toEqual(["000002_url"]);
    expect(findings(report)).toContainEqual(["unparsable-values", "000002_url"]);
    expect(report.migrations[0]?.statements[0]?.predicted).toMatchObject({ class: "mutation", parts: 1 });
    expect(stdout + stderr).not.toContain("s3cr3t-w0rd");
  });

  test("that cannot be asked ends the run in one line, with exit code 3", () => {
    const { tread } = project(files);
    const run = tread("check", "migrations", "--clickhouse-url", `http://reader:wrong@127.0.0.1:${server.port}/web`);
    expect([run.status, run.stderr.split("\n")[0]]).toEqual([
      3,
      `error: http://reader@127.0.0.1:${server.port}/web does not let this user in: the name or the password is wrong, or logging in from here is not allowed`,
    ]);
  });

  test("scale collect writes a profile that check takes; the URL comes from the environment", () => {
    const { tread, check, write } = project(files);
    write({
      "tread.config.yaml":
        "sources:\n  - { type: sql-dir, path: migrations, appliedThrough: 000001_hits }\nenvironments:\n  cloud: { scale: events.json }\n",
    });
    const collected = tread(
      "scale",
      "collect",
      "--clickhouse-url",
      `http://reader:s3cr3t-w0rd@127.0.0.1:${server.port}`,
      "--output",
      "events.json",
      "--config",
      "none.yaml",
    );
    expect([collected.status, collected.stderr]).toEqual([0, expect.stringContaining("No rows, no values")]);
    expect(tread("scale", "show", "events.json").stdout).toMatch(/web\.hits\s+5,?000/);
    expect(JSON.stringify(check().report.environments)).toContain("cloud");
  });
});
