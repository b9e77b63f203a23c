import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Migration } from "../../model/migration.ts";
import { diskFiles } from "../files/disk.ts";
import { detectSources } from "../index.ts";
import { engineOfSql } from "./engine-of.ts";
import { readSqlDir } from "./index.ts";
import { piecesOf } from "./pieces.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");

function read(root: string, base: string = FIXTURES, options: Record<string, unknown> = {}) {
  return readSqlDir(diskFiles(base, base), { type: "sql-dir", root, database: "clickhouse", options });
}
const sqlOf = (migration: Migration | undefined) => migration?.steps.map((step) => (step.kind === "sql" ? step.sql.trim() : step.kind));
const summary = ({ migrations }: { migrations: readonly Migration[] }) =>
  migrations.map(({ id, layout, transaction, down }) => [id, layout, transaction, down]);

const made: string[] = [];
function project(files: Record<string, string>): string {
  const base = mkdtempSync(join(tmpdir(), "tread-clickhouse-dir-"));
  made.push(base);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), content);
  }
  return base;
}
afterEach(() => {
  for (const base of made.splice(0)) rmSync(base, { recursive: true, force: true });
});

describe("each tool's folder is read in its order, and nothing runs in a transaction", () => {
  test("golang-migrate: a file with two statements is one query, which ClickHouse refuses", () => {
    const result = read("clickhouse/golang-migrate");
    expect(summary(result)).toEqual([
      ["000001_hits", "golang-migrate", "none", "present"],
      ["000002_url", "golang-migrate", "none", "missing"],
    ]);
    expect(result.problems.map(({ code, span, message }) => [code, span?.line, message.includes("code 62")])).toEqual([
      ["one-query", 2, true],
      ["one-query", 2, false],
    ]);
    expect(result.problems[1]?.message).toContain("inside of a string");
  });

  test("golang-migrate: where the project says x-multi-statement=true, only the semicolon in a string is in the way", () => {
    const base = project({
      Makefile: "migrate:\n\tmigrate -database 'clickhouse://ch:9000?x-multi-statement=true' up\n",
      "migrations/000001_hits.up.sql": "CREATE TABLE hits (a UInt8) ENGINE = Log;\nCREATE TABLE visits (a UInt8) ENGINE = Log;",
    });
    expect(read("migrations", base).problems).toEqual([]);
  });

  test("dbmate sends the up block as one query", () => {
    const result = read("clickhouse/dbmate");
    expect(summary(result)).toEqual([
      ["20260101090000_hits", "dbmate", "none", "present"],
      ["20260102090000_url", "dbmate", "none", "missing"],
    ]);
    expect(result.problems).toMatchObject([{ code: "one-query", span: { line: 3, column: 1 }, help: expect.stringContaining("218") }]);
  });

  test("goose cuts by itself, except between StatementBegin and StatementEnd", () => {
    const result = read("clickhouse/goose");
    expect(summary(result).map(([id]) => id)).toEqual(["00001_hits", "00002_both"]);
    expect(result.problems).toMatchObject([{ code: "one-query", span: { line: 4 } }]);
  });

  test("clickhouse-migrations of npm orders by number; what it takes from the environment is named", () => {
    const result = read("clickhouse-migrations/migrations");
    expect(summary(result)).toEqual([
      ["1_hits", "clickhouse-migrations", "none", "unknown"],
      ["2_sessions", "clickhouse-migrations", "none", "unknown"],
      ["10_browser", "clickhouse-migrations", "none", "unknown"],
    ]);
    const [step] = result.migrations[1]?.steps ?? [];
    expect(step).toMatchObject({ verbatim: true, notes: [expect.stringContaining("${CLUSTER} is filled in when the tool runs")] });
    expect(sqlOf(result.migrations[1])?.[0]).toContain("ON CLUSTER __CLUSTER_ (id UUID");
  });

  test("and the value of the configuration stands in its place", () => {
    const result = read("clickhouse-migrations/migrations", FIXTURES, { constants: { CLUSTER: "main" } });
    expect(sqlOf(result.migrations[1])?.[0]).toContain("ON CLUSTER main (id UUID");
    expect(result.migrations[1]?.steps[0]).not.toHaveProperty("notes");
  });

  test("clickhouse-migrations of PyPI keeps the way back beside, as .down.sql", () => {
    expect(summary(read("clickhouse/pypi"))).toEqual([
      ["001_hits", "clickhouse-migrations", "none", "present"],
      ["002_url", "clickhouse-migrations", "none", "unknown"],
    ]);
  });

  test("Atlas follows its delimiter", () => {
    const result = read("clickhouse/atlas");
    expect(summary(result).map(([id, layout, transaction]) => [id, layout, transaction])).toEqual([
      ["20260101090000_hits", "atlas", "none"],
      ["20260102090000_url", "atlas", "none"],
    ]);
    expect(sqlOf(result.migrations[1])).toEqual([
      "ALTER TABLE `hits` ADD COLUMN `url` String",
      "ALTER TABLE `hits` ADD COLUMN `referrer` String",
    ]);
    expect(result.migrations[1]?.steps[1]?.span).toMatchObject({ line: 5, column: 1 });
  });

  test("plain files", () => {
    expect(summary(read("clickhouse/plain")).map(([id, layout]) => [id, layout])).toEqual([
      ["001_hits", "plain"],
      ["002_url", "plain"],
    ]);
  });
});

describe("the engine is told by what stands in the files", () => {
  test.each([
    "CREATE TABLE hits (id UInt64) ENGINE = MergeTree ORDER BY id",
    "create table hits (id UInt64) engine=ReplicatedReplacingMergeTree('/p', '{replica}') order by id",
    "ALTER TABLE hits ON CLUSTER main ADD COLUMN url String",
    "ALTER TABLE hits MODIFY COLUMN at DateTime64(3)",
    "ALTER TABLE hits UPDATE url = '' WHERE tenant_id = 3",
    "ALTER TABLE hits DELETE WHERE tenant_id = 3",
    "ALTER TABLE hits DROP PARTITION '202601'",
    "CREATE MATERIALIZED VIEW hits_mv TO hits AS SELECT * FROM hits_kafka",
    "CREATE DICTIONARY tenants (id UInt64) PRIMARY KEY id SOURCE(NULL()) LAYOUT(FLAT()) LIFETIME(0)",
    "OPTIMIZE TABLE hits FINAL",
    "EXCHANGE TABLES a AND b",
    "SYSTEM RELOAD DICTIONARY tenants",
    "ALTER TABLE hits MODIFY TTL at + INTERVAL 30 DAY",
    "INSERT INTO hits SETTINGS async_insert = 1 VALUES (1)",
  ])("ClickHouse: %s", (sql) => expect(engineOfSql(sql)).toBe("clickhouse"));

  test.each([
    "CREATE TABLE person (id bigserial PRIMARY KEY, at timestamptz)",
    "CREATE INDEX CONCURRENTLY person_email ON person (email)",
    "COMMENT ON TABLE person IS 'moved to ENGINE = MergeTree ON CLUSTER main'; ALTER TABLE person ALTER COLUMN email SET NOT NULL",
    "DO $$ BEGIN RAISE NOTICE 'UInt64'; END $$",
  ])("Postgres: %s", (sql) => expect(engineOfSql(sql)).toBe("postgres"));

  test.each(["SELECT 1", "ALTER TABLE t DROP COLUMN a", "DROP TABLE t", ""])("either: %s", (sql) => expect(engineOfSql(sql)).toBeNull());
});

describe("a project is recognised", () => {
  const detected = (files: Record<string, string>) => {
    const base = project(files);
    return detectSources(diskFiles(base, base)).map(({ type, root, database }) => [type, root, database]);
  };
  const HITS = "CREATE TABLE hits (id UInt64) ENGINE = MergeTree ORDER BY id;";

  test("by a bare folder whose files say ENGINE = …MergeTree", () => {
    expect(detected({ "0001_hits.sql": HITS, "0002_drop.sql": "ALTER TABLE hits DROP COLUMN a;" })).toEqual([
      ["sql-dir", ".", "clickhouse"],
    ]);
    expect(detected({ "hits.sql": HITS })).toEqual([["sql-dir", ".", "clickhouse"]]);
  });

  test("with both engines, each in a folder of its own whose name says nothing", () => {
    const files = {
      "db/app/0001_person.sql": "CREATE TABLE person (id bigserial PRIMARY KEY);",
      "db/events/0001_hits.sql": HITS,
    };
    expect(detected(files)).toEqual([
      ["sql-dir", "db/app", "postgres"],
      ["sql-dir", "db/events", "clickhouse"],
    ]);
    const base = project(files);
    expect(read("db", base).migrations.map(({ path }) => path)).toEqual(["db/events/0001_hits.sql"]);
    expect(read("db", base).problems[0]?.message).toContain("db/app/0001_person.sql (for Postgres, by what is in it)");
  });

  test("with both engines, one below the other", () => {
    expect(
      detected({ "migrations/0001_person.sql": "CREATE TABLE person (id bigserial);", "migrations/analytics/0001_hits.sql": HITS }),
    ).toEqual([
      ["sql-dir", "migrations", "postgres"],
      ["sql-dir", "migrations", "clickhouse"],
    ]);
  });
});

test("statements are told from semicolons in strings, comments and quoted names", () => {
  const text = "-- one; two\nINSERT INTO `a;b` VALUES ('x\\';y'), ($$;$$);\n/* ; */ # ;\nSELECT 1 ;;\n";
  const { statements, hiddenSemicolons } = piecesOf(text);
  expect(statements.map(({ start, end }) => text.slice(start, end))).toEqual(["INSERT INTO `a;b` VALUES ('x\\';y'), ($$;$$)", "SELECT 1"]);
  expect(hiddenSemicolons).toHaveLength(6);
});
