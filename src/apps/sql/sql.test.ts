import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import { loadGrammar } from "../../engines/postgres/parse/load.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import { readQueryFile } from "../index.ts";
import { readQueries } from "./index.ts";
import { numberPlaceholders } from "./placeholders.ts";
import { exportFormat } from "./export-format.ts";
import { queriesOfExport } from "./statements-export.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const read = (path: string) => readQueries({ files: diskFiles(FIXTURES, FIXTURES), path, name: "workers", database: "postgres" });

let grammar: Grammar;
beforeAll(async () => {
  grammar = await loadGrammar();
});

describe("placeholders of drivers become Postgres' own", () => {
  test.each([
    ["SELECT 1 FROM t WHERE a = ? AND b IN (?, ?)", "SELECT 1 FROM t WHERE a = $1 AND b IN ($2, $3)"],
    ["SELECT 1 FROM t WHERE data ? 'key' AND data ?| ? AND a = ?", "SELECT 1 FROM t WHERE data ? 'key' AND data ?| $1 AND a = $2"],
    ["UPDATE t SET a = %s, b = b %% 2 WHERE c LIKE %s", "UPDATE t SET a = $1, b = b % 2 WHERE c LIKE $2"],
    ["SELECT a % s FROM t", "SELECT a % s FROM t"],
    ["INSERT INTO t VALUES (%(a)s, %(b)s, %(a)s)", "INSERT INTO t VALUES ($1, $2, $1)"],
    ["SELECT a::text, b[1:2] FROM t WHERE c = :c AND d = :c", "SELECT a::text, b[1:2] FROM t WHERE c = $1 AND d = $1"],
    ["SELECT ':no', \"%s\", $$?$$ -- ?\nFROM t WHERE a = ?", "SELECT ':no', \"%s\", $$?$$ -- ?\nFROM t WHERE a = $1"],
    ["SELECT 1 FROM t WHERE a = @author AND b @> c AND d @@ e", "SELECT 1 FROM t WHERE a = $1 AND b @> c AND d @@ e"],
    ["SELECT 1 FROM t WHERE a = $3 AND b = $7 AND c = $3", "SELECT 1 FROM t WHERE a = $1 AND b = $2 AND c = $1"],
    ["SELECT sqlc.embed(t) FROM t WHERE a = sqlc.arg('a')", "SELECT t.* FROM t WHERE a = $1"],
    ["SELECT 1 FROM t WHERE a = #{author.id,jdbcType=BIGINT}", "SELECT 1 FROM t WHERE a = $1"],
  ])("%s", (sql, expected) => {
    const { sql: numbered } = numberPlaceholders(sql);
    expect(numbered).toBe(expected);
    expect(grammar.parse(numbered)).toMatchObject({ ok: true });
  });
});

describe("a file of queries", () => {
  test("gives each query with its name, place, and the columns its values meet", async () => {
    const { queries, problems } = await read("workers.sql");
    expect(
      queries.map(({ origin, verb, params }) => [origin, verb, params.map(({ column, null: n }) => (n ? `${column}?` : column))]),
    ).toEqual([
      ["OpenRentals (workers.sql:5)", "select", ["public.rental.customer_id"]],
      ["CloseRental (workers.sql:10)", "update", ["public.rental.price_cents?", "public.rental.id"]],
      ["workers.sql:14", "insert", ["billing.invoice.rental_id", "billing.invoice.amount"]],
      ["workers.sql:17", "delete", ["public.rental.id", "public.rental.id"]],
      ["workers.sql:18", "select", ["public.rental.created_at", "public.rental.created_at"]],
    ]);
    expect(problems.map(({ code, span, fatal }) => [code, span?.line, fatal])).toEqual([
      ["syntax", 19, false],
      ["left-out", 1, false],
    ]);
  });

  test("queries are what a real Postgres prepares", async () => {
    await using database = await freshDatabase();
    await database.owner.query(`
      CREATE TABLE bike (id bigint PRIMARY KEY, frame_number text);
      CREATE TABLE rental (id bigint PRIMARY KEY, bike_id bigint, customer_id bigint, closed_at timestamptz, created_at timestamptz,
        price_cents int, note text, data jsonb);
      CREATE SCHEMA billing;
      CREATE TABLE billing.invoice (rental_id bigint PRIMARY KEY, amount numeric);`);
    const { queries } = await read("workers.sql");
    expect(queries).toHaveLength(5);
    for (const [i, { sql }] of queries.entries()) await database.owner.query(`PREPARE q${i} AS ${sql}`);
  });

  test("a path that is not there, or holds no query, ends the run and names the path", async () => {
    const missing = await readQueryFile({
      path: join(FIXTURES, "gone.sql"),
      shown: "workers/gone.sql",
      name: "workers",
      database: "postgres",
    });
    expect(missing.problems).toMatchObject([{ code: "unreadable", fatal: true, message: expect.stringContaining("workers/gone.sql") }]);
  });
});

describe("an export of pg_stat_statements", () => {
  test("gives each query once with its calls per second; commands, catalogs and unreadable rows are counted", async () => {
    const { queries, problems } = await read("pg_stat_statements.csv");
    expect(queries).toMatchObject([
      {
        sql: "SELECT id, email FROM public.person WHERE team_id = $1\n  AND created_at > now() - CAST($2 AS interval)",
        callsPerSecond: 2,
        params: [{ column: "public.person.team_id" }, { column: null }],
        origin: "pg_stat_statements.csv:2",
      },
    ]);
    expect(problems.map(({ code, fatal }) => [code, fatal])).toEqual([
      ["syntax", false],
      ["no-query-text", false],
      ["left-out", false],
    ]);
  });

  test.each([
    ["json", JSON.stringify([{ query: "SELECT id FROM bike WHERE id = $1", calls: 5 }])],
    ["json", JSON.stringify({ data: [{ QUERY: "SELECT id FROM bike WHERE id = $1", CALLS: "5" }] }, null, 1)],
    ["jsonl", '{"query":"SELECT id FROM bike WHERE id = $1","calls":5}\n{"query":"SHOW search_path","calls":1}\n'],
    ["csv", "query;calls\nSELECT id FROM bike WHERE id = $1;5\n"],
  ] as const)("as %s", (format, text) => {
    expect(exportFormat("export.txt", text) ?? exportFormat(`export.${format}`, text)).toBe(format);
    const { queries } = queriesOfExport(grammar, text, "export", format);
    expect(queries).toMatchObject([
      { sql: "SELECT id FROM bike WHERE id = $1", callsPerSecond: null, params: [{ column: "public.bike.id" }] },
    ]);
  });

  test("that is cut off says so and how to export", () => {
    const { queries, problems } = queriesOfExport(grammar, '[{"query": "SEL', "export.json", "json");
    expect(queries).toEqual([]);
    expect(problems).toMatchObject([{ code: "unreadable", fatal: true, help: expect.stringContaining("\\copy") }]);
  });
});
