import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import { scanWriters } from "./index.ts";
import type { WritersScan } from "./index.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");

let scan: WritersScan;
beforeAll(async () => {
  scan = await scanWriters(diskFiles(FIXTURES, FIXTURES), { tables: new Set(["public.person"]) });
});
const inFile = (file: string) =>
  scan.queries.filter(({ span }) => span?.file === file).map(({ span, verb, sql }) => [span?.line, verb, sql.replace(/\s+/g, " ").trim()]);
const dynamicIn = (file: string) =>
  scan.dynamic.filter(({ span }) => span.file === file).map(({ span, tables, reason }) => [span.line, tables, reason]);

test("COPY, MERGE, PREPARE, psql's \\\\copy and several statements in one string ask for columns like any query", async () => {
  const base = mkdtempSync(join(tmpdir(), "tread-writers-"));
  const files = {
    "app/queries.sql": "SELECT name FROM person;\n",
    "reports/weekly.sql": "\\copy (SELECT email FROM person) TO 'weekly.csv' CSV\n",
    "db/prepared.sql": "PREPARE one (bigint) AS SELECT note FROM person WHERE id = $1;\n",
    "sync/store.go":
      "package sync\nconst merge = `MERGE INTO person t USING incoming s ON s.id = t.id WHEN MATCHED THEN UPDATE SET email = s.email`\n",
    "sync/load.py":
      'def load(c):\n    c.copy("COPY person (id, email) FROM STDIN")\n    c.execute("BEGIN; UPDATE person SET note = 1; COMMIT")\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  try {
    const { queries } = await scanWriters(diskFiles(base, base), { tables: new Set(["public.person"]) });
    expect(queries.map(({ span, sql }) => `${span?.file ?? ""}: ${sql.trim().slice(0, 26)}`).sort()).toEqual([
      "app/queries.sql: SELECT name FROM person",
      "db/prepared.sql: SELECT note FROM person WH",
      "reports/weekly.sql: COPY (SELECT email FROM pe",
      "sync/load.py: COPY person (id, email) FR",
      "sync/load.py: UPDATE person SET note = 1",
      "sync/store.go: MERGE INTO person t USING ",
    ]);
  } finally {
    rmSync(base, { recursive: true });
  }
});

test("a SQL file that Postgres refuses and ClickHouse takes whole is the other engine's; one that both refuse is named", async () => {
  const base = mkdtempSync(join(tmpdir(), "tread-writers-"));
  const files = {
    "events/trend.sql": "SELECT count() AS n FROM web.hits WHERE tenant = {tenant:UInt64} GROUP BY event WITH TOTALS;\n",
    "notes/browsers.sql": "ALTER TABLE web.hits COMMENT COLUMN browser 'not written any more';\nSELECT email FROM person;\n",
    "reports/broken.sql": "SELECT email FROM person WHERE;\nSELECT count() FROM person SAMPLE 0.1;\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  try {
    const { queries, problems, scanned } = await scanWriters(diskFiles(base, base), { tables: new Set(["public.person"]) });
    expect(problems.map(({ code, span }) => `${code} ${span?.file ?? ""}:${span?.line ?? 0}`)).toEqual([
      "syntax reports/broken.sql:1",
      "syntax reports/broken.sql:2",
    ]);
    // What both take counts: to see a use too many keeps a column, to miss one loses it.
    expect(queries.map(({ sql }) => sql)).toEqual(["SELECT email FROM person"]);
    expect(scanned).toMatchObject({ otherEngine: 2, notUnderstood: 2 });
  } finally {
    rmSync(base, { recursive: true });
  }
});

describe("raw SQL is found where it is written", () => {
  test("TypeScript: joined literals, tagged templates, names of constants; what is computed is named", () => {
    expect(inFile("ingest/ingest.ts")).toEqual([
      [7, "insert", "INSERT INTO person (id, team_id, email) VALUES ($1, $2, $3)"],
      [8, "update", "UPDATE person SET email = $1 WHERE id = $2"],
      [11, "select", "SELECT id, email FROM person WHERE team_id = $1 ORDER BY $2"],
    ]);
    expect(dynamicIn("ingest/ingest.ts")).toEqual([
      [9, ["public.person"], 'part of this INSERT is computed: COLUMNS.join(", ")'],
      [10, [], "part of this DELETE is computed: tableFor(person)"],
      [11, ["public.person"], "part of this SELECT is computed: column"],
    ]);
  });

  test("Python: psycopg's placeholders and lists, f-strings, % formatting", () => {
    expect(inFile("worker/tasks.py")).toEqual([
      [8, "insert", "INSERT INTO person (id, team_id, email) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING"],
      [10, "update", "UPDATE person SET email = lower(email), note = '{}' WHERE team_id = $1 AND id IN ($2)"],
      [17, "delete", "DELETE FROM person WHERE email LIKE '%@example.org' AND id = $1"],
    ]);
    expect(dynamicIn("worker/tasks.py")).toEqual([[18, [], "part of this INSERT is computed: %s"]]);
  });

  test("Rust: raw strings in macros, line continuations, format!", () => {
    expect(inFile("relay/src/main.rs")).toEqual([
      [4, "insert", 'INSERT INTO person (id, team_id, "email") VALUES ($1, $2, $3)'],
      [11, "update", "UPDATE person SET email = $1 WHERE id = $2"],
    ]);
    expect(dynamicIn("relay/src/main.rs")).toEqual([[10, [], "part of this DELETE is computed: {}"]]);
  });

  test("Go: backticks, concatenation with constants, Sprintf", () => {
    expect(inFile("gateway/store.go")).toEqual([
      [8, "insert", "INSERT INTO person (id, team_id, email) VALUES ($1, $2, $3)"],
      [11, "update", "UPDATE person SET email = $1 WHERE id = $2"],
    ]);
    expect(dynamicIn("gateway/store.go")).toEqual([[12, [], "part of this DELETE is computed: %s"]]);
  });

  test("Java: joined literals and text blocks", () => {
    expect(inFile("billing/Store.java")).toEqual([
      [2, "insert", "INSERT INTO person (id, team_id, email) VALUES ($1, $2, $3)"],
      [4, "update", "UPDATE person SET email = NULL WHERE id = $1"],
    ]);
  });

  test("Ruby: heredocs and joined strings", () => {
    expect(inFile("admin/cleanup.rb")).toEqual([
      [3, "delete", "DELETE FROM person WHERE id = $1"],
      [7, "update", "UPDATE person SET email = 'x' WHERE team_id = $1"],
    ]);
  });

  test("SQL files outside of the migrations", () => {
    expect(inFile("reports/people.sql")).toEqual([[2, "select", "SELECT id, email FROM person WHERE team_id = $1"]]);
  });
});

test("each value is matched with the column that it goes into", () => {
  const insert = scan.queries.find(({ origin }) => origin === "ingest/ingest.ts:7");
  expect(insert?.params.map(({ column }) => column)).toEqual(["public.person.id", "public.person.team_id", "public.person.email"]);
});

test("what looks like a write and does not parse is named; prose, tests, migrations and other databases are not taken for writers", () => {
  expect(scan.problems.map(({ code, span, fatal }) => [code, span?.file, span?.line, fatal])).toEqual([
    ["raw-sql-not-understood", "worker/tasks.py", 19, false],
  ]);
  expect(scan.scanned).toMatchObject({ notUnderstood: 1, otherTables: 2, leftOut: { tests: 1, migrations: 1, vendored: 0 } });
});

test("folders that belong to a source are left out", async () => {
  const { queries } = await scanWriters(diskFiles(FIXTURES, FIXTURES), {
    without: ["ingest", "worker", "relay", "gateway", "billing/Store.java", "admin"],
  });
  expect(queries.map(({ origin }) => origin)).toEqual(["metrics/events.py:2", "people-of-team (reports/people.sql:2)"]);
});

test("every query found is one that a real Postgres prepares", async () => {
  await using database = await freshDatabase();
  await database.owner.query("CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint NOT NULL, email text, note text)");
  for (const [i, { sql }] of scan.queries.entries()) await database.owner.query(`PREPARE q${i} AS ${sql}`);
  expect(scan.queries.length).toBeGreaterThan(12);
});

describe("generated code does not stop the search", () => {
  const scanText = async (text: string): Promise<WritersScan> => {
    const base = mkdtempSync(join(tmpdir(), "tread-writers-"));
    try {
      writeFileSync(join(base, "generated.ts"), text);
      return await scanWriters(diskFiles(base, base));
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  };

  test("a template with thousands of values is computed, on the table that it names", async () => {
    const { dynamic } = await scanText(`q(\`INSERT INTO person (id) VALUES ${"${id}, ".repeat(3000)}\`);`);
    expect(dynamic.map(({ tables }) => tables)).toEqual([["public.person"]]);
  });

  test("thousands of joined strings are one statement", async () => {
    const { queries } = await scanText(`q("INSERT INTO person (id) VALUES (0)"${' + ",\\n (1)"'.repeat(2000)});`);
    expect(queries).toHaveLength(1);
  });

  test("parentheses without end are no statement", async () => {
    expect(await scanText(`q("WITH a AS (SELECT ${"(".repeat(20_000)}")`)).toMatchObject({ queries: [], dynamic: [] });
  });

  test("a file cut off in the middle is read as far as it goes", async () => {
    const { queries } = await scanText('q("DELETE FROM person WHERE id = $1");\nfunction (((\nq(`UPDATE person SET');
    expect(queries.map(({ verb }) => verb)).toEqual(["delete"]);
  });
});

test("5,000 files are searched in a few seconds", async () => {
  const base = mkdtempSync(join(tmpdir(), "tread-writers-"));
  try {
    const filler = Array.from(
      { length: 150 },
      (_, i) => `def step_${i}(value):\n    return select_related("x").filter(team=${i})  # select the rows from ${i}\n`,
    ).join("\n");
    for (let i = 0; i < 5000; i++) {
      const path = join(base, `app${i % 50}`, `module_${i}.py`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, i % 100 === 0 ? `${filler}\ncursor.execute("UPDATE person SET email = %s WHERE id = %s")\n` : filler);
    }
    const started = performance.now();
    const { queries, scanned } = await scanWriters(diskFiles(base, base));
    expect(queries).toHaveLength(50);
    expect(scanned).toMatchObject({ files: 5000, parsed: 50 });
    // 0.4 s on two cores (60 MB of Python); the bound leaves room for a busy machine and still catches work that grows with the square.
    expect(performance.now() - started).toBeLessThan(15_000);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
