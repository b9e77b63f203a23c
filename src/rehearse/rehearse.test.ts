import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { input, type MigrationSpec, query, sized, version } from "./input.test-helper.ts";
import { rehearse } from "./index.ts";
import { StallWatch } from "./traffic/stalls.ts";
import type { RehearseInput, RehearseResult } from "./types.ts";

/** Directories of servers that this process started. */
async function serverDirectories(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`tread-pg-${process.pid}-`)).sort();
}

const quiet = { progress: () => {} };

const shop = [
  "CREATE TABLE team (id serial PRIMARY KEY, name text NOT NULL)",
  "CREATE TABLE person (id bigserial PRIMARY KEY, team_id int NOT NULL REFERENCES team, email text NOT NULL, nickname text, score int)",
];
const selectPerson = query('SELECT "person"."id", "person"."email", "person"."nickname" FROM "person" WHERE "person"."id" = $1', [
  "public.person.id",
]);
const insertPerson = query('INSERT INTO "person" ("team_id", "email", "nickname") VALUES ($1, $2, $3) RETURNING "id"', [
  "public.person.team_id",
  "public.person.email",
  { column: "public.person.nickname", null: true },
]);
const old = version("v1", [selectPerson, insertPerson, query("SELECT id, name FROM team")]);

async function run(
  statements: MigrationSpec["statements"],
  more: Partial<MigrationSpec> & {
    versions?: RehearseInput["versions"];
    environment?: RehearseInput["environment"];
    maxRows?: number;
  } = {},
): Promise<RehearseResult> {
  const { versions = [], environment, maxRows, ...spec } = more;
  return rehearse(
    input({
      before: shop,
      migrations: [{ id: "0002_change", statements, ...spec }],
      versions,
      ...(environment ? { environment } : {}),
      ...(maxRows ? { maxRows } : {}),
    }),
    quiet,
  );
}

describe("the compatibility matrix", () => {
  it("shows the old version's SELECT failing with 42703 once its column is dropped, and what the traffic felt", async () => {
    const result = await run(["ALTER TABLE person DROP COLUMN nickname"], { versions: [old] });
    expect(result.cells.map((cell) => [cell.version, cell.step, cell.broken.length, cell.unknown])).toEqual([
      ["v1", "start", 0, 0],
      ["v1", "0002_change#0", 2, 0],
    ]);
    expect(result.cells[1]?.broken[0]).toMatchObject({ sqlstate: "42703", origin: "app/models.py:12", from: "rehearsed", use: "certain" });
    const [statement] = result.statements;
    expect(statement?.observed).toEqual({
      locks: [{ relation: "public.person", mode: "AccessExclusive" }],
      rewrites: [],
      scans: [],
      indexBuilds: [],
      error: null,
    });
    expect(statement?.traffic?.failed).toMatchObject([{ version: "v1", sqlstate: "42703" }]);
    expect(statement?.traffic?.failed[0]?.count).toBeGreaterThan(0);
    expect(result.report.baseline).toMatchObject({ failed: 0 });
    expect(result.report.baseline.queries).toBeGreaterThan(10);
  });
});

describe("what the traffic feels", () => {
  it("measures in the server how long a rewrite of a large table held everybody up", { timeout: 120_000 }, async () => {
    const result = await run(["ALTER TABLE person ALTER COLUMN score TYPE bigint"], {
      versions: [old],
      environment: sized({ "public.person": 900_000_000, "public.team": 1000 }),
      maxRows: 150_000,
    });
    const [statement] = result.statements;
    expect(statement?.observed?.rewrites).toEqual(["public.person"]);
    expect(statement?.durationMs).toBeGreaterThan(20);
    // Everybody waited about as long as the statement took, and nobody failed.
    expect(statement?.traffic?.longestStallMs).toBeGreaterThan(20);
    expect(statement?.traffic?.longestStallMs).toBeLessThan((statement?.durationMs ?? 0) + 100);
    expect(statement?.traffic?.failed).toEqual([]);
    expect(result.report.baseline.longestStallMs).toBeLessThan(statement?.traffic?.longestStallMs ?? 0);
    expect(result.report.seeded).toContainEqual({ table: "public.person", rows: 150_000, scaledFrom: 900_000_000 });
  });

  it("shows that CREATE INDEX stops writers and its CONCURRENTLY form nobody", { timeout: 120_000 }, async () => {
    const large = { versions: [version("writer", [insertPerson])], environment: sized({ "public.person": 900_000_000 }), maxRows: 150_000 };
    const blocking = await run(["CREATE INDEX person_nickname ON person (email, nickname)"], large);
    const online = await run(["CREATE INDEX CONCURRENTLY person_nickname ON person (email, nickname)"], large);
    expect(blocking.statements[0]?.traffic?.longestStallMs).toBeGreaterThan(15);
    expect(online.statements[0]?.observed?.error).toBeNull();
    expect(online.statements[0]?.traffic?.longestStallMs).toBeLessThan(5);
  });

  it("counts a wait behind the migration's own waiting, not the waits of the traffic among itself", () => {
    const stalls = new StallWatch();
    stalls.addMigration(10);
    for (const pid of [20, 21, 22]) stalls.addTraffic(pid);
    for (const line of [
      "2026-11-22 10:00:00.101 UTC [10] LOG:  process 10 still waiting for AccessExclusiveLock on relation 16400 of database 16384 after 1.020 ms",
      "2026-11-22 10:00:00.101 UTC [10] DETAIL:  Process holding the lock: 20. Wait queue: 10.",
      "2026-11-22 10:00:00.111 UTC [21] LOG:  process 21 still waiting for AccessShareLock on relation 16400 of database 16384 after 1.000 ms at character 15",
      "2026-11-22 10:00:00.111 UTC [21] DETAIL:  Process holding the lock: 20. Wait queue: 10, 21.",
      "2026-11-22 10:00:00.121 UTC [22] LOG:  process 22 still waiting for ShareLock on transaction 777 after 1.000 ms",
      "2026-11-22 10:00:00.121 UTC [22] DETAIL:  Process holding the lock: 20. Wait queue: 22.",
      "2026-11-22 10:00:00.161 UTC [21] LOG:  process 21 acquired AccessShareLock on relation 16400 of database 16384 after 51.000 ms at character 15",
      "2026-11-22 10:00:00.191 UTC [22] LOG:  process 22 acquired ShareLock on transaction 777 after 71.000 ms",
    ]) {
      stalls.read(line);
    }
    const start = Date.parse("2026-11-22T10:00:00.000Z");
    expect(stalls.longest(start, start + 1000, "migration")).toBe(51);
    expect(stalls.longest(start, start + 1000, "any")).toBe(71);
    expect(stalls.longest(start + 140, start + 1000, "migration")).toBe(21);
  });
});

describe("how the migrations run", () => {
  it("stops at a failure, undoes its transaction, and runs nothing after it", async () => {
    const result = await rehearse(
      input({
        before: shop,
        versions: [old],
        migrations: [
          { id: "0002_ok", transaction: "per-migration", statements: ["ALTER TABLE team ADD COLUMN plan text"] },
          {
            id: "0003_fails",
            transaction: "per-migration",
            statements: ["ALTER TABLE person DROP COLUMN nickname", "ALTER TABLE person ADD COLUMN plan text NOT NULL", "SELECT 1"],
          },
          { id: "0004_never", transaction: "per-migration", statements: ["DROP TABLE person"] },
        ],
      }),
      quiet,
    );
    expect(result.statements.map((s) => [s.key, s.observed?.error?.sqlstate ?? null, s.notObserved])).toEqual([
      ["0002_ok#0", null, null],
      ["0003_fails#0", null, null],
      ["0003_fails#1", "23502", null],
      ["0003_fails#2", null, expect.stringContaining("not run: 0003_fails#1 failed before it (23502")],
      ["0004_never#0", null, expect.stringContaining("not run: 0003_fails#1 failed before it")],
    ]);
    const steps = result.cells.map((cell) => [cell.step, cell.broken.length, cell.unknown]);
    expect(steps).toEqual([
      ["start", 0, 0],
      ["0002_ok#0", 0, 0],
      ["0003_fails#0", 2, 0],
      ["0003_fails#1", 0, 0],
      ["0003_fails#2", 0, 3],
      ["0004_never#0", 0, 3],
    ]);
  });

  it("finds the INSERT of the old version that a new NOT NULL column without a default breaks", async () => {
    const result = await run(
      ["ALTER TABLE person ADD COLUMN plan text NOT NULL DEFAULT 'free'", "ALTER TABLE person ALTER COLUMN plan DROP DEFAULT"],
      {
        transaction: "per-migration",
        versions: [old],
      },
    );
    expect(result.cells.at(-2)?.broken).toEqual([]);
    expect(result.cells.at(-1)?.broken).toMatchObject([{ sqlstate: "23502", query: insertPerson.sql }]);
  });

  it("finds the INSERT that has no partition any more, and counts in all what it counts per statement", async () => {
    const log = version("v1", [query("INSERT INTO log (at, line) VALUES (now(), $1)", ["public.log.line"])]);
    const result = await rehearse(
      input({
        before: [
          "CREATE TABLE log (at timestamptz NOT NULL, line text) PARTITION BY RANGE (at)",
          "CREATE TABLE log_now PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2999-01-01')",
        ],
        migrations: [{ id: "0002_change", statements: ["DROP TABLE log_now"] }],
        versions: [log],
      }),
      quiet,
    );
    expect(result.cells.map(({ broken, unknown }) => [broken.map(({ sqlstate }) => sqlstate), unknown])).toEqual([
      [[], 0],
      [["23514"], 0],
    ]);
    const counted = result.statements[0]?.traffic?.failed ?? [];
    expect(counted).toMatchObject([{ version: "v1", sqlstate: "23514" }]);
    expect(result.report.traffic.failed).toBeGreaterThanOrEqual(counted[0]?.count ?? 0);
    expect(result.report.traffic.failed).toBeGreaterThan(0);
  });

  it("keeps what failed before apart from what the migration breaks", async () => {
    const wrong = version("v1", [
      query("SELECT id, colour FROM person"),
      selectPerson,
      query("DELETE FROM team WHERE id = $1", ["public.team.id"], { use: "latent" }),
    ]);
    const result = await run(["ALTER TABLE person DROP COLUMN nickname", "DROP TABLE person"], { versions: [wrong] });
    expect(result.cells.map((cell) => cell.broken.map((broken) => [broken.sqlstate, broken.use]))).toEqual([
      [["42703", "certain"]],
      [["42703", "certain"]],
      [["42P01", "certain"]],
    ]);
  });

  it("does not run code, says so, and lets the statements after it meet the rows that the code would leave", async () => {
    const facts = {
      opaque: null,
      accesses: [
        {
          table: "public.person",
          columns: ["plan"],
          verb: "update" as const,
          perRow: true,
          batched: false,
          wholeTable: true,
          span: { file: "x.py", line: 1, column: 1, endLine: 1, endColumn: 1 },
        },
      ],
    };
    const result = await run(
      [
        "ALTER TABLE person ADD COLUMN plan varchar(20)",
        { code: "RunPython fill_plan", facts },
        "ALTER TABLE person ALTER COLUMN plan SET NOT NULL",
      ],
      { source: "django" },
    );
    expect(result.statements[1]).toMatchObject({
      observed: null,
      notObserved: "Python code: rehearse it with tread rehearse -- python manage.py migrate",
    });
    expect(result.statements[2]?.observed).toMatchObject({ error: null, scans: ["public.person"] });
    expect(result.report.limits.join()).toContain("RunPython fill_plan");
  });

  it("refuses what leaves the database, and names what an extension cannot do", async () => {
    const result = await rehearse(
      input({
        before: [...shop, "CREATE EXTENSION timescaledb", "GRANT SELECT ON team TO reporting", "COPY team TO PROGRAM 'sh'"],
        migrations: [
          {
            id: "0002_evil",
            statements: [
              "COPY team FROM PROGRAM 'curl example.com'",
              "GRANT SELECT ON person TO analytics",
              "ALTER TABLE team ADD COLUMN plan text",
            ],
          },
        ],
      }),
      quiet,
    );
    expect(result.statements[0]?.notObserved).toMatch(/^refused: /);
    expect(result.statements.slice(1).map((s) => s.observed?.error)).toEqual([null, null]);
    expect(result.report.limits.join("\n")).toMatch(/0001_initial#4.* refused/);
  });

  it("fills what one release created before the next one runs", async () => {
    const result = await rehearse(
      input({
        before: [],
        migrations: [
          { id: "0001_initial", statements: ["CREATE TABLE plan (id serial PRIMARY KEY, name text)"] },
          { id: "0002_index", statements: ["CREATE INDEX plan_name ON plan (name)"] },
        ],
        releaseOf: (id) => id,
      }),
      quiet,
    );
    expect(result.statements[1]?.observed).toMatchObject({ scans: ["public.plan"], locks: [{ relation: "public.plan", mode: "Share" }] });
  });

  it("follows BEGIN and COMMIT in the file, and what SET says", async () => {
    const result = await run(
      [
        "SET lock_timeout = '2s'",
        "BEGIN",
        "SET LOCAL search_path = audit, public",
        "CREATE TABLE trail (id int)",
        "COMMIT",
        "DROP TABLE audit.trail",
      ],
      {},
    );
    expect(result.statements.map((s) => s.observed?.error?.sqlstate ?? null)).toEqual([null, null, null, null, null, "3F000"]);
  });

  it("what a file itself rolls back breaks nobody, and what comes after it is seen as ever", async () => {
    const result = await run(
      [
        "BEGIN",
        "ALTER TABLE person DROP COLUMN nickname",
        "SAVEPOINT half",
        "ALTER TABLE person ADD COLUMN score_twice int",
        "ROLLBACK TO half",
        "ROLLBACK",
        "BEGIN",
        "SAVEPOINT half",
        "DROP TABLE person",
        "ROLLBACK TO SAVEPOINT half",
        "ALTER TABLE person ALTER COLUMN score TYPE bigint",
        "COMMIT",
        "ALTER TABLE person DROP COLUMN nickname",
      ],
      { versions: [old] },
    );
    expect(result.statements.flatMap((s) => (s.observed?.error == null ? [] : [s.key]))).toEqual([]);
    const cell = (index: number): readonly number[] =>
      result.cells.filter(({ step }) => step === `0002_change#${index}`).flatMap(({ broken, unknown }) => [broken.length, unknown]);
    expect([1, 3, 5, 8, 10].map(cell)).toEqual([1, 3, 5, 8, 10].map(() => [0, 0]));
    expect(cell(12)).toEqual([2, 0]);
    expect(result.statements[1]?.observed?.locks).toEqual([{ relation: "public.person", mode: "AccessExclusive" }]);
    expect(result.statements[10]?.observed?.rewrites).toEqual(["public.person"]);
    expect(result.report.limits).toEqual([]);
  });

  it("stops within a second and leaves no directory behind", async () => {
    const controller = new AbortController();
    const before = await serverDirectories();
    const running = rehearse(
      input({
        before: shop,
        migrations: [{ id: "0002_slow", statements: ["SELECT pg_sleep(30)"] }],
        versions: [old],
        signal: controller.signal,
      }),
      {
        progress: (message) => {
          if (message.startsWith("rehearsing")) setTimeout(() => controller.abort(new Error("stopped by the user")), 200);
        },
      },
    );
    let aborted = 0;
    controller.signal.addEventListener("abort", () => (aborted = Date.now()));
    await expect(running).rejects.toThrow("stopped by the user");
    expect(Date.now() - aborted).toBeLessThan(1500);
    expect(await serverDirectories()).toEqual(before);
  });

  it("runs two at once without disturbing each other", { timeout: 120_000 }, async () => {
    const [first, second] = await Promise.all([
      run(["ALTER TABLE person DROP COLUMN nickname"], { versions: [old] }),
      run(["ALTER TABLE person ADD COLUMN note text"], { versions: [old] }),
    ]);
    expect(first.cells.at(-1)?.broken).toHaveLength(2);
    expect(second.cells.at(-1)?.broken).toEqual([]);
  });
});
