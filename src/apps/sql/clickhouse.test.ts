import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { diskFiles } from "../../sources/files/disk.ts";
import { clickhousePlaceholders } from "./clickhouse-placeholders.ts";
import { readQueries } from "./index.ts";

const base = mkdtempSync(join(tmpdir(), "tread-clickhouse-queries-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let files = 0;
async function read(name: string, content: string) {
  const path = `${++files}-${name}`;
  writeFileSync(join(base, path), content);
  const version = await readQueries({ files: diskFiles(base, base), path, name: "api", database: "clickhouse" });
  return { ...version, sql: version.queries.map(({ sql }) => sql), codes: version.problems.map(({ code }) => code) };
}

describe("a file of queries", () => {
  test("keeps names, places and {parameters}; what asks nothing of a table is left out and counted", async () => {
    const version = await read(
      "funnel.sql",
      [
        "-- name: funnel",
        "SELECT uniq(person_id) FROM web.hits WHERE tenant_id = {tenant:UInt32} AND at > now() - INTERVAL 1 DAY;",
        "SET max_threads = 2;",
        "-- tread: frequency=120/min name=latest",
        "SELECT * FROM web.hits FINAL ORDER BY at DESC LIMIT 10 BY tenant_id;",
        "INSERT INTO web.hits (tenant_id, at) VALUES (1, now());",
        "INSERT INTO web.hits (tenant_id, at) FORMAT JSONEachRow",
        ";",
        "SELECT name FROM system.tables;",
        "ALTER TABLE web.hits DELETE WHERE tenant_id = {tenant:UInt32};",
      ].join("\n"),
    );
    expect(version.queries.map(({ origin, verb, span }) => [origin.replace(/\d+-/, ""), verb, span?.line])).toEqual([
      ["funnel (funnel.sql:2)", "select", 2],
      ["latest (funnel.sql:5)", "select", 5],
      ["funnel.sql:6", "insert", 6],
      ["funnel.sql:7", "insert", 7],
      ["funnel.sql:10", "delete", 10],
    ]);
    expect(version.queries[0]?.params).toHaveLength(1);
    expect(version.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/1 that asks nothing of a table .*, 1 on the system catalogs only/),
    ]);
  });

  test("USE says what unqualified names mean; the names of a WITH stay as they are", async () => {
    const { sql } = await read(
      "use.sql",
      "USE web;\nWITH recent AS (SELECT * FROM hits) SELECT count() FROM recent JOIN tenants USING (tenant_id)",
    );
    expect(sql).toEqual(["WITH recent AS (SELECT * FROM web.hits) SELECT count() FROM recent JOIN web.tenants USING (tenant_id)"]);
  });

  test.each([
    [
      "SELECT count() FROM hits WHERE tenant_id = ? AND url IN (?, ?) LIMIT ?",
      "SELECT count() FROM hits WHERE tenant_id = NULL AND url IN (NULL, NULL) LIMIT 1",
    ],
    [
      "SELECT count() FROM hits WHERE tenant_id = %(tenant)s AND url LIKE '%%a' AND at > %s",
      "SELECT count() FROM hits WHERE tenant_id = NULL AND url LIKE '%a' AND at > NULL",
    ],
    ["SELECT count() FROM hits WHERE tenant_id = $1 AND url = '?'", "SELECT count() FROM hits WHERE tenant_id = NULL AND url = '?'"],
    [
      "SELECT count() FROM hits WHERE tenant_id = @tenant AND user = @user",
      "SELECT count() FROM hits WHERE tenant_id = NULL AND user = NULL",
    ],
    [
      "SELECT quantile(?)(ms) AS `?`, toStartOfInterval(at, INTERVAL ? MINUTE) FROM hits WHERE a IN (?..) LIMIT ?, ?",
      "SELECT quantile(0.5)(ms) AS alias_1, toStartOfInterval(at, INTERVAL 1 MINUTE) FROM hits WHERE a IN (NULL) LIMIT 1, 1",
    ],
  ])("%s", async (sql, filled) => {
    expect(clickhousePlaceholders(sql)).toBe(filled);
    const version = await read("placeholders.sql", sql);
    expect([version.sql, version.codes]).toEqual([[filled], []]);
  });

  test("a ternary operator is no placeholder", async () => {
    expect((await read("ternary.sql", "SELECT a > 1 ? 'x' : 'y' FROM hits")).sql).toEqual(["SELECT a > 1 ? 'x' : 'y' FROM hits"]);
  });

  test("what does not parse is a problem at its place, and may ask for anything", async () => {
    const version = await read("broken.sql", "SELECT 1 FROM hits;\nSELECT count( FROM hits;");
    expect(version.problems).toMatchObject([{ code: "syntax", fatal: false, span: { line: 2 } }]);
    expect(version.dynamic).toMatchObject([{ tables: [] }]);
    expect(version.queries).toHaveLength(1);
  });

  test("a file in which nothing asks anything ends the run", async () => {
    expect((await read("ddl.sql", "CREATE TABLE t (a UInt8) ENGINE = Log")).problems).toMatchObject([
      { code: "left-out" },
      { code: "no-queries", fatal: true },
    ]);
  });
});

describe("an export of system.query_log", () => {
  const ROWS = [
    { normalized_query: "SELECT count() FROM hits WHERE tenant_id = ?", count: "7200", seconds: 3600, current_database: "web" },
    { normalized_query: "SELECT `?` FROM web.hits LIMIT ?", count: 36, seconds: 3600, current_database: "default" },
    { normalized_query: "SELECT name FROM system.tables", count: 3, seconds: 3600, current_database: "default" },
    { normalized_query: "SHOW TABLES", count: 3, seconds: 3600, current_database: "default" },
  ];

  test.each([
    ["log.jsonl", ROWS.map((row) => JSON.stringify(row)).join("\n")],
    ["log.json", JSON.stringify({ meta: [{ name: "normalized_query", type: "String" }], data: ROWS, rows: 4 })],
    [
      "log.csv",
      [
        "normalized_query,count,seconds,current_database",
        ...ROWS.map((row) =>
          Object.values(row)
            .map((value) => `"${String(value)}"`)
            .join(","),
        ),
      ].join("\n"),
    ],
    [
      "log.tsv",
      [
        "normalized_query\tcount\tseconds\tcurrent_database",
        "String\tUInt64\tInt64\tString",
        ...ROWS.map((row) => Object.values(row).join("\t")),
      ].join("\n"),
    ],
  ])("grouped, as %s", async (name, text) => {
    const version = await read(name, text);
    expect(version.queries.map(({ sql, callsPerSecond }) => [sql, callsPerSecond])).toEqual([
      ["SELECT count() FROM web.hits WHERE tenant_id = NULL", 2],
      ["SELECT alias_1 FROM web.hits LIMIT 1", 0.01],
    ]);
    expect(version.codes).toEqual(["left-out"]);
  });

  test("raw: one query with many values is one, its rate from the times; what was passed on, began or failed is left out", async () => {
    const row = (at: number, query: string, more: object = {}) =>
      JSON.stringify({
        type: "QueryFinish",
        event_time: `2026-11-21 08:00:${String(at).padStart(2, "0")}`,
        query,
        is_initial_query: 1,
        ...more,
      });
    const version = await read(
      "raw.jsonl",
      [
        row(0, "SELECT url FROM web.hits WHERE tenant_id = 7 AND day IN ('2026-01-01', '2026-01-02')"),
        row(5, "SELECT url FROM web.hits WHERE tenant_id = 81 AND day IN ('2026-01-03')", { type: 2 }),
        row(10, "SELECT url FROM web.hits WHERE tenant_id = 9 AND day IN ('2026-01-03')"),
        row(3, "SELECT url FROM web.hits_local WHERE tenant_id = 9", { is_initial_query: 0 }),
        row(3, "SELECT url FROM web.hits WHERE tenant_id = 9", { type: "QueryStart" }),
        row(3, "SELECT nothing FROM web.hits", { type: "ExceptionBeforeStart" }),
      ].join("\n"),
    );
    expect(version.queries).toMatchObject([
      { sql: "SELECT url FROM web.hits WHERE tenant_id = 7 AND day IN ('2026-01-01', '2026-01-02')", callsPerSecond: 0.3 },
    ]);
    expect(version.problems).toMatchObject([{ code: "left-out", message: expect.stringContaining("3 of 6 rows") }]);
  });

  test("line ends inside of a query are kept in TSV", async () => {
    expect((await read("lines.tsv", "query\tcount\nSELECT 1\\nFROM web.hits\\nWHERE url = \\'a\\\\tb\\'\t3\n")).sql).toEqual([
      "SELECT 1\nFROM web.hits\nWHERE url = 'a\\tb'",
    ]);
  });

  test("without query texts it says how to export them", async () => {
    expect((await read("none.csv", "query,count\n,3\n")).problems[0]).toMatchObject({
      code: "no-query-text",
      fatal: true,
      help: expect.stringContaining("normalizeQuery"),
    });
  });
});
