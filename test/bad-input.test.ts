import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "./project.test-helper.ts";

const STACK = /\n\s+at .+:\d+:\d+/;

describe("bad input is named, never a stack trace", () => {
  test("a file that does not parse: its line, exit 3, the other files still judged", () => {
    const { tread } = project({
      "migrations/0001_a.sql": "CREATE TABLE song (id int);\n",
      "migrations/0002_b.sql": "-- a café\nALTER TABEL song ADD x int;\n",
      "migrations/0003_c.sql": "ALTER TABLE song ADD COLUMN length int NOT NULL;\n",
    });
    const run = tread("check", "migrations");
    expect(run.status).toBe(3);
    expect(run.stdout).toContain("migrations/0002_b.sql:2:7");
    expect(run.stdout).toContain("add-column-not-null-no-default");
    expect(run.stdout + run.stderr).not.toMatch(STACK);
  });

  test("an empty folder has not passed", () => {
    const run = project({ "migrations/.keep": "" }).tread("check", "migrations");
    expect(run.status).toBe(3);
    expect(run.stdout + run.stderr).toContain("no migrations were found in migrations");
  });

  test("files without a statement have not passed", () => {
    const run = project({ "migrations/001.sql": "", "migrations/002.sql": "-- nothing yet\n" }).tread("check", "migrations");
    expect(run.status).toBe(3);
    expect(run.stdout + run.stderr).toContain("hold no statements");
  });

  test("a link to a migration that is gone", () => {
    const { tread, folder } = project({ "migrations/001.sql": "CREATE TABLE song (id int);\n" });
    symlinkSync("../elsewhere/002.sql", join(folder, "migrations/002.sql"));
    const run = tread("check", "migrations");
    expect(run.status).toBe(3);
    expect(run.stdout + run.stderr).toContain("migrations/002.sql could not be read");
  });

  test("a path that is not there", () => {
    const run = project({ "a.txt": "" }).tread("check", "db/migrations");
    expect(run.status).toBe(3);
    expect(run.stdout + run.stderr).toContain("db/migrations does not exist");
  });

  test("a config with a mistake: exit 2, the line and the nearest key", () => {
    const run = project({
      "tread.config.yaml": "sources:\n  - { type: sql-dir, pth: migrations }\n",
      "migrations/1.sql": "select 1;",
    }).tread("check");
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("tread.config.yaml:2");
    expect(run.stderr).toContain("path");
    expect(run.stdout + run.stderr).not.toMatch(STACK);
  });

  test("a live version whose ref does not exist: exit 3 and what to do", () => {
    const library = project({ "migrations/0001_a.sql": "CREATE TABLE song (id int);\n" });
    library.git("init", "-q");
    library.git("add", ".");
    library.git("commit", "-qm", "start");
    const run = library.tread("check", "migrations", "--live", "v1=release-1");
    expect(run.status).toBe(3);
    expect(run.stdout + run.stderr).toContain("release-1");
    expect(run.stdout + run.stderr).not.toMatch(STACK);
  });

  test("an unknown option, command or format: exit 2", () => {
    const { tread } = project({ "migrations/0001_a.sql": "CREATE TABLE song (id int);\n" });
    expect(tread("check", "--fromat", "json").status).toBe(2);
    expect(tread("chek").status).toBe(2);
    expect(tread("check", "migrations", "--format", "xml").status).toBe(2);
    expect(tread("check", "migrations", "--postgres", "9").status).toBe(2);
    expect(tread("check", "migrations", "--environment", "moon").status).toBe(2);
  });

  test("Latin-1, CRLF, a byte-order mark, psql commands and DO blocks are handled or named", () => {
    const { report, status } = project({
      "migrations/0001_a.sql": Buffer.from(
        "\uFEFFCREATE TABLE song (id int, title text);\r\n-- ünïcode €\r\nALTER TABLE song ADD COLUMN length int;\r\n",
        "utf8",
      ),
      "migrations/0002_b.sql": Buffer.from("-- caf\xe9\nALTER TABLE song ADD COLUMN composer text;\n", "latin1"),
      "migrations/0003_c.sql": "\\set ON_ERROR_STOP on\nALTER TABLE song ADD COLUMN key text;\n",
      "migrations/0004_d.sql": "DO $$ BEGIN EXECUTE 'DROP TABLE ' || current_setting('app.old_table'); END $$;\n",
    }).check("migrations");
    const added = report.migrations
      .flatMap((migration) => migration.statements)
      .filter((statement) => statement.sql.startsWith("ALTER TABLE song ADD"));
    expect(added.map((statement) => [statement.understood, statement.span.line])).toEqual([
      [true, 3],
      [true, 2],
      [true, 2],
    ]);
    expect(report.coverage.opaque).toBeGreaterThan(0);
    expect(report.verdict).toBe("unknown");
    expect(status).toBe(3);
  });

  test("an opaque statement that a person has judged passes, and is listed", () => {
    const { report, status } = project({
      "migrations/0001_a.sql": "CREATE TABLE song (id int, title text);\n",
      "migrations/0002_b.sql":
        "-- tread-ignore opaque-code: only renames a session variable, read by Ada\nDO $$ BEGIN EXECUTE 'SET a.b = ' || quote_literal(current_user); END $$;\n",
    }).check("migrations");
    expect(status).toBe(0);
    expect(report.suppressions).toMatchObject([{ rule: "opaque-code", used: true, migration: "0002_b" }]);
  });
});
