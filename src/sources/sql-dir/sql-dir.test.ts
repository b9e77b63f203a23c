import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Migration } from "../../model/migration.ts";
import { diskFiles } from "../files/disk.ts";
import { readSqlDir } from "./index.ts";
import { layouts } from "./layouts/index.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");

function read(root: string, base: string = FIXTURES) {
  return readSqlDir(diskFiles(base, base), { type: "sql-dir", root, database: "postgres", options: {} });
}
const summary = ({ migrations }: { migrations: readonly Migration[] }) =>
  migrations.map(({ id, transaction, down }) => [id, transaction, down]);
const codes = ({ problems }: { problems: readonly { code: string }[] }) => problems.map(({ code }) => code);
const sqlOf = (migration: Migration | undefined) => migration?.steps.map((step) => (step.kind === "sql" ? step.sql.trim() : step.kind));

const made: string[] = [];
/** A project folder with these files, removed after the test. */
function project(files: Record<string, string | Uint8Array>): string {
  const base = mkdtempSync(join(tmpdir(), "tread-sql-dir-"));
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

describe("each layout is recognised, ordered and run as its tool does", () => {
  test("plain numbered files run statement by statement, by number and not by letter; dumps and ways back are no migrations", () => {
    const result = read("plain");
    expect(summary(result)).toEqual([
      ["1_bikes", "none", "unknown"],
      ["2_rentals", "none", "present"],
      ["10_index", "none", "unknown"],
    ]);
    expect(codes(result)).toEqual(["left-out"]);
    expect(result.problems[0]?.message).toContain("plain/schema.sql (a dump of the schema)");
  });

  test("plain files without numbers run in the order of their names", () => {
    expect(read("unnumbered").migrations.map(({ id }) => id)).toEqual(["bikes", "rentals"]);
  });

  test("Flyway orders versions as numbers, puts repeatable ones last and runs CONCURRENTLY outside of a transaction", () => {
    const result = read("flyway");
    expect(summary(result)).toEqual([
      ["V1__bikes", "per-migration", "missing"],
      ["V1.2__rentals", "per-migration", "present"],
      ["V1_10__rental_index", "none", "missing"],
      ["V2__no_tx", "none", "missing"],
      ["R__rental_view", "per-migration", "unknown"],
    ]);
    expect(result.migrations.at(-1)?.repeatable).toBe(true);
    expect(result.problems).toEqual([]);
  });

  test("golang-migrate sends each .up.sql as one query; an empty .down.sql is no way back", () => {
    expect(summary(read("golang-migrate"))).toEqual([
      ["000001_bikes", "single-query", "present"],
      ["000002_rentals", "single-query", "missing"],
    ]);
  });

  test("sqlx is told from golang-migrate by the Cargo.toml above, and runs in a transaction", () => {
    expect(summary(read("sqlx/migrations"))).toEqual([
      ["20240102030405_bikes", "per-migration", "unknown"],
      ["20240203040506_rentals", "per-migration", "present"],
      ["20240304050607_index", "single-query", "unknown"],
    ]);
  });

  test("dbmate runs the up block only", () => {
    const result = read("dbmate");
    expect(summary(result)).toEqual([
      ["20240102030405_bikes", "per-migration", "present"],
      ["20240203040506_index", "single-query", "missing"],
    ]);
    expect(sqlOf(result.migrations[1])).toEqual(["CREATE INDEX CONCURRENTLY rental_bike_id ON rental (bike_id);"]);
  });

  test("goose runs what is between Up and Down, with function bodies whole and places in the file exact", () => {
    const result = read("goose");
    expect(summary(result)).toEqual([
      ["00001_bikes", "per-migration", "present"],
      ["00002_touch", "per-migration", "missing"],
      ["00003_index", "none", "present"],
    ]);
    const [body, trigger] = result.migrations[1]?.steps ?? [];
    expect(body?.kind === "sql" && body.sql.startsWith("CREATE FUNCTION") && body.sql.trimEnd().endsWith("$$;")).toBe(true);
    expect(body?.span).toEqual({ file: "goose/00002_touch.sql", line: 3, column: 1, endLine: 9, endColumn: 1 });
    expect(trigger?.span.line).toBe(10);
  });

  test("sql-migrate knows notransaction", () => {
    expect(summary(read("sql-migrate"))).toEqual([
      ["1-bikes", "per-migration", "present"],
      ["2-index", "none", "present"],
    ]);
  });

  test("node-pg-migrate runs all pending files in one transaction", () => {
    expect(summary(read("node-pg-migrate"))).toEqual([["1700000000000_bikes", "all-pending", "present"]]);
  });

  test.each(["prisma", "prisma/migrations"])("Prisma's folders are named by their folder, from %s", (root) => {
    expect(summary(read(root))).toEqual([
      ["20240102030405_bikes", "single-query", "unknown"],
      ["20240203040506_rentals", "single-query", "unknown"],
    ]);
  });

  test("Drizzle follows its journal, cuts at breakpoints, and names a file that the journal does not know", () => {
    const result = read("drizzle");
    expect(summary(result)).toEqual([
      ["0000_misty_bikes", "all-pending", "unknown"],
      ["0001_calm_rental", "all-pending", "unknown"],
    ]);
    expect(sqlOf(result.migrations[0])).toHaveLength(2);
    expect(result.migrations[0]?.steps[1]?.span).toMatchObject({ line: 2, column: 25 });
    expect(codes(result)).toEqual(["not-in-journal"]);
  });

  test("Drizzle's newer folders are not taken for Prisma's", () => {
    expect(summary(read("drizzle-folders"))).toEqual([["20250101000000_bikes", "all-pending", "unknown"]]);
  });

  test("Supabase runs each file as one transaction and leaves the seed out", () => {
    const result = read("supabase");
    expect(summary(result)).toEqual([
      ["20240102030405_bikes", "per-migration", "unknown"],
      ["20240203040506_rentals", "per-migration", "unknown"],
    ]);
    expect(result.problems[0]?.message).toContain("supabase/seed.sql");
  });

  test("Diesel reads up.sql of each folder and its metadata", () => {
    expect(summary(read("diesel"))).toEqual([
      ["2024-01-02-030405_bikes", "per-migration", "present"],
      ["2024-02-03-040506_index", "single-query", "missing"],
    ]);
  });

  test("Sqitch follows its plan; what leads back or verifies is no migration", () => {
    const result = read("sqitch");
    expect(summary(result)).toEqual([
      ["rentals_table", "none", "present"],
      ["bikes", "none", "missing"],
    ]);
    expect(result.problems).toEqual([]);
  });

  test("Atlas obeys its txmode directive", () => {
    expect(summary(read("atlas"))).toEqual([
      ["20240102030405_bikes", "per-migration", "unknown"],
      ["20240203040506_index", "none", "unknown"],
    ]);
  });
});

describe("one file", () => {
  test.each([
    ["plain/10_index.sql", "10_index", "none"],
    ["flyway/V1.2__rentals.sql", "V1.2__rentals", "per-migration"],
    ["golang-migrate/000001_bikes.up.sql", "000001_bikes", "single-query"],
    ["goose/00003_index.sql", "00003_index", "none"],
    ["dbmate/20240102030405_bikes.sql", "20240102030405_bikes", "per-migration"],
    ["drizzle/0001_calm_rental.sql", "0001_calm_rental", "all-pending"],
    ["prisma/migrations/20240102030405_bikes/migration.sql", "20240102030405_bikes", "single-query"],
    ["diesel/2024-01-02-030405_bikes/up.sql", "2024-01-02-030405_bikes", "per-migration"],
    ["plain/schema.sql", "schema", "none"],
  ])("%s is recognised by itself", (root, id, transaction) => {
    const result = read(root);
    expect(result.migrations.map((migration) => [migration.id, migration.path, migration.transaction])).toEqual([[id, root, transaction]]);
    expect(result.problems).toEqual([]);
  });

  test("that is a migration by the name of its folder is named so from inside of that folder", () => {
    const inside = join(FIXTURES, "prisma/migrations/20240102030405_bikes");
    const files = diskFiles(inside, FIXTURES);
    const { migrations } = readSqlDir(files, { type: "sql-dir", root: ".", database: "postgres", options: {} });
    expect(migrations.map(({ id, path, transaction }) => [id, path, transaction])).toEqual([
      ["20240102030405_bikes", "prisma/migrations/20240102030405_bikes/migration.sql", "single-query"],
    ]);
  });

  test("its way back is still seen", () => {
    expect(read("golang-migrate/000001_bikes.up.sql").migrations[0]?.down).toBe("present");
  });
});

describe("what goes wrong in real folders", () => {
  test("a number used twice is named with both files", () => {
    const base = project({ "0001_a.sql": "SELECT 1;", "0002_b.sql": "SELECT 1;", "0002_c.sql": "SELECT 1;" });
    expect(read(".", base).problems).toMatchObject([
      { code: "duplicate-number", message: "number 2 is used 2 times: 0002_b.sql, 0002_c.sql", fatal: false },
    ]);
  });

  test("Latin-1 is read, and said", () => {
    const base = project({ "0001_caf\u00e9.sql": Buffer.from("COMMENT ON TABLE bike IS 'v\u00e9lo';\n", "latin1") });
    const result = read(".", base);
    expect(sqlOf(result.migrations[0])).toEqual(["COMMENT ON TABLE bike IS 'v\u00e9lo';"]);
    expect(codes(result)).toEqual(["encoding"]);
  });

  test("a byte-order mark is no part of the first statement, and CRLF keeps lines right", () => {
    const base = project({
      "0001_bikes.sql": "\uFEFF-- migrate:up\r\nCREATE TABLE bike (id int);\r\n-- migrate:down\r\nDROP TABLE bike;\r\n",
    });
    const [migration] = read(".", base).migrations;
    expect(sqlOf(migration)).toEqual(["CREATE TABLE bike (id int);"]);
    expect(migration?.steps[0]?.span).toMatchObject({ line: 2, column: 1, endLine: 3, endColumn: 1 });
    expect(migration?.down).toBe("present");
  });

  test("UTF-16 with a byte-order mark is decoded", () => {
    const base = project({ "0001_bikes.sql": Buffer.from("\uFEFFCREATE TABLE bike (id int);", "utf16le") });
    expect(sqlOf(read(".", base).migrations[0])).toEqual(["CREATE TABLE bike (id int);"]);
  });

  test("a folder with nothing in it, or that is not there, is an empty result", () => {
    const base = project({ "README.md": "nothing here" });
    expect(read(".", base)).toEqual({ migrations: [], problems: [] });
    expect(read("no/such/folder", base)).toEqual({ migrations: [], problems: [] });
  });

  test("Flyway refuses a migration that mixes CONCURRENTLY with a transaction", () => {
    const base = project({ "V1__mixed.sql": "ALTER TABLE bike ADD COLUMN hub text;\nCREATE INDEX CONCURRENTLY bike_hub ON bike (hub);" });
    const result = read(".", base);
    expect(codes(result)).toEqual(["flyway-mixed"]);
    expect(result.migrations[0]?.transaction).toBe("none");
  });

  test("unless Flyway is told that mixing is fine", () => {
    const base = project({
      "flyway.toml": "[flyway]\nmixed = true\n",
      "sql/V1__mixed.sql": "ALTER TABLE bike ADD COLUMN hub text;\nCREATE INDEX CONCURRENTLY bike_hub ON bike (hub);",
    });
    expect(read("sql", base)).toMatchObject({ migrations: [{ transaction: "none" }], problems: [] });
  });

  test("the word CONCURRENTLY in a comment or a string does not take a Flyway migration out of its transaction", () => {
    const base = project({ "V1__note.sql": "-- not CREATE INDEX CONCURRENTLY yet\nCOMMENT ON TABLE bike IS 'VACUUM; later';" });
    expect(read(".", base)).toMatchObject({ migrations: [{ transaction: "per-migration" }], problems: [] });
  });

  test("a Flyway baseline is used only where the migrations before it are gone", () => {
    const base = project({ "B5__baseline.sql": "CREATE TABLE bike (id int);", "V6__hub.sql": "ALTER TABLE bike ADD COLUMN hub text;" });
    expect(read(".", base).migrations.map(({ id }) => id)).toEqual(["B5__baseline", "V6__hub"]);
  });

  test("folders of versions run in their natural order, and ids stay unique", () => {
    const base = project({ "v2/0001_init.sql": "SELECT 2;", "v10/0001_init.sql": "SELECT 10;", "v1/0001_init.sql": "SELECT 1;" });
    expect(read(".", base).migrations.map(({ id }) => id)).toEqual(["v1/0001_init", "v2/0001_init", "v10/0001_init"]);
  });

  test("scripts for other engines are left out, and named", () => {
    const base = project({ "postgres/0001_init.sql": "SELECT 1;", "mysql/0001_init.sql": "SELECT `a`;" });
    const result = read(".", base);
    expect(result.migrations.map(({ path }) => path)).toEqual(["postgres/0001_init.sql"]);
    expect(result.problems[0]?.message).toContain("mysql/0001_init.sql (for mysql)");
  });

  test("a journal whose dates go backwards is a migration that Drizzle never runs", () => {
    const entry = (idx: number, when: number, tag: string) => ({ idx, when, tag, version: "7", breakpoints: true });
    const base = project({
      "meta/_journal.json": JSON.stringify({ entries: [entry(0, 2000, "0000_a"), entry(1, 1000, "0001_b")] }),
      "0000_a.sql": "SELECT 1;",
      "0001_b.sql": "SELECT 2;",
    });
    expect(codes(read(".", base))).toEqual(["journal-order"]);
  });

  test("a broken journal and a missing file end the run, with the file named", () => {
    const broken = read(".", project({ "meta/_journal.json": "{", "0000_a.sql": "SELECT 1;" }));
    expect(broken.problems).toMatchObject([{ code: "unreadable", fatal: true, span: { file: "meta/_journal.json" } }]);
    const missing = read(".", project({ "meta/_journal.json": '{"entries":[{"tag":"0000_a","when":1}]}', "x.sql": "" }));
    expect(missing.problems.map(({ code, fatal }) => [code, fatal])).toEqual([
      ["missing-file", true],
      ["not-in-journal", false],
    ]);
  });
});

test("the SQL of a step stands in its file at its place, also in files that were damaged", () => {
  // A small linear congruential generator: the same damage in every run.
  let state = 42;
  const below = (n: number): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % n;
  const inserts = [
    "'",
    "$$",
    "--",
    "/*",
    "\r\n",
    "\uFEFF",
    "-- +goose Up\n",
    "-- migrate:down\n",
    "--> statement-breakpoint",
    "\u{1F6B2}",
    ";",
  ];
  const files = diskFiles(FIXTURES, FIXTURES);
  let steps = 0;
  for (let round = 0; round < 20; round++) {
    const base = project(
      Object.fromEntries(
        files.list(".").map((path) => {
          const text = new TextDecoder().decode(files.read(path));
          const at = below(text.length + 1);
          return [path, text.slice(0, at) + inserts[below(inserts.length)] + text.slice(at + below(20))];
        }),
      ),
    );
    for (const { path, steps: own } of read(".", base).migrations) {
      const text = new TextDecoder().decode(diskFiles(base, base).read(path));
      const lineStarts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
      for (const step of own) {
        if (step.kind !== "sql") continue;
        const offset = (lineStarts[step.span.line - 1] ?? 0) + step.span.column - 1;
        expect([path, text.slice(offset, offset + step.sql.length)]).toEqual([path, step.sql]);
        steps++;
      }
    }
  }
  expect(steps).toBeGreaterThan(300);
});

test("every layout has a fixture that it reads", () => {
  const files = diskFiles(FIXTURES, FIXTURES);
  const read = new Set(["plain", ...files.list(".").map((path) => path.split("/")[0])]);
  for (const { name } of layouts) expect(read).toContain(name);
});
