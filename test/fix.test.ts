import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "./project.test-helper.ts";

// A cinema's bookings, as plain SQL files in a git repository.
const FILES = {
  "db/0001_cinema.sql":
    "CREATE TABLE film (id bigint PRIMARY KEY, title text);\nCREATE TABLE seat (id bigint PRIMARY KEY, film_id bigint, row int);\n",
  "db/0002_next.sql":
    "-- which films have free seats?\nCREATE INDEX seat_film ON seat (film_id);\nALTER TABLE seat ADD CONSTRAINT seat_film FOREIGN KEY (film_id) REFERENCES film (id);\n",
};
const DONE = `-- which films have free seats?
CREATE INDEX CONCURRENTLY seat_film ON seat (film_id);
SET lock_timeout = '2s';
ALTER TABLE seat ADD CONSTRAINT seat_film FOREIGN KEY (film_id) REFERENCES film (id) NOT VALID;
ALTER TABLE seat VALIDATE CONSTRAINT seat_film;
`;

describe("tread check --fix", () => {
  test("edits the files, says what it did and how to undo it, and ends as the check of the result does", () => {
    const { tread, folder } = project(FILES);
    const file = join(folder, "db/0002_next.sql");
    chmodSync(file, 0o640);
    expect(tread("check", "db").status).toBe(1);

    const run = tread("check", "db", "--fix");
    expect(readFileSync(file, "utf8")).toBe(DONE);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(run.status).toBe(0);
    expect(run.stderr).toContain("fixed db/0002_next.sql:2 create-index-blocking\n  CREATE INDEX → CREATE INDEX CONCURRENTLY\n");
    expect(run.stderr).toContain("git restore db/0002_next.sql");
    expect(readdirSync(join(folder, "db"))).toEqual(["0001_cinema.sql", "0002_next.sql"]);

    const again = tread("check", "db", "--fix");
    expect(again.stderr).toContain("no file was changed");
    expect(again.status).toBe(0);
  });

  test("--fix-dry-run prints a diff that git applies, and writes nothing", () => {
    const { tread, folder, git } = project(FILES);
    git("init", "-q");
    const run = tread("check", "db", "--fix-dry-run");
    expect(readFileSync(join(folder, "db/0002_next.sql"), "utf8")).toBe(FILES["db/0002_next.sql"]);
    expect(run.stderr).toContain("nothing was written");
    writeFileSync(join(folder, "fix.patch"), run.stdout);
    git("apply", "fix.patch");
    expect(readFileSync(join(folder, "db/0002_next.sql"), "utf8")).toBe(DONE);
  });

  test("a diff makes the migration that follows, too, and knows files without a last newline", () => {
    const { tread, folder, git } = project({
      "db/001_cinema.up.sql": FILES["db/0001_cinema.sql"],
      "db/001_cinema.down.sql": "DROP TABLE seat, film;",
      "db/002_next.up.sql": "ALTER TABLE seat ADD CONSTRAINT in_front CHECK (row < 30)",
      "db/002_next.down.sql": "ALTER TABLE seat DROP CONSTRAINT in_front;",
    });
    git("init", "-q");
    writeFileSync(join(folder, "fix.patch"), tread("check", "db", "--fix-dry-run").stdout);
    git("apply", "fix.patch");
    expect(readFileSync(join(folder, "db/002_next.up.sql"), "utf8")).toBe(
      "SET LOCAL lock_timeout = '2s';\nALTER TABLE seat ADD CONSTRAINT in_front CHECK (row < 30) NOT VALID",
    );
    expect(readFileSync(join(folder, "db/003_validate_in_front.up.sql"), "utf8")).toContain("VALIDATE CONSTRAINT in_front;\n");
  });

  test("what is applied is not touched", () => {
    const { tread, folder } = project(FILES);
    const run = tread("check", "db", "--applied-through", "0002_next", "--fix");
    expect(run.stderr).toContain("no file was changed");
    expect(readFileSync(join(folder, "db/0002_next.sql"), "utf8")).toBe(FILES["db/0002_next.sql"]);
  });

  test("one file that is named is fixed, with the migration that follows it", () => {
    const { tread, folder } = project({
      "db/001_cinema.up.sql": FILES["db/0001_cinema.sql"],
      "db/001_cinema.down.sql": "DROP TABLE seat, film;",
      "db/002_next.up.sql": "ALTER TABLE seat ADD CONSTRAINT in_front CHECK (row < 30);\n",
      "db/002_next.down.sql": "ALTER TABLE seat DROP CONSTRAINT in_front;",
    });
    const run = tread("check", "db/002_next.up.sql", "--fix");
    expect(run.stderr).toContain("with db/003_validate_in_front.up.sql");
    expect(readFileSync(join(folder, "db/002_next.up.sql"), "utf8")).toContain("NOT VALID;\n");
    expect(run.status).toBe(0);
  });

  test("a file outside of the project is not written through a link", () => {
    const outside = project({ "shared.sql": FILES["db/0002_next.sql"] });
    const { tread, folder } = project({ "db/0001_cinema.sql": FILES["db/0001_cinema.sql"] });
    symlinkSync(join(outside.folder, "shared.sql"), join(folder, "db/0002_next.sql"));
    const run = tread("check", "db", "--fix");
    expect(run.stderr).toContain("it lies outside of the project");
    expect(run.status).toBe(3);
    expect(readFileSync(join(outside.folder, "shared.sql"), "utf8")).toBe(FILES["db/0002_next.sql"]);
  });

  test("JSON on stdout is the report of what remains, with why each of them does", () => {
    const { check } = project({ ...FILES, "db/0003_more.sql": "ALTER TABLE film ADD EXCLUDE (title WITH =);\n" });
    const { report, stderr } = check("db", "--fix");
    expect(stderr).toContain("EXCLUDE has no form that does not block");
    const left = report.findings.find((finding) => finding.rule === "add-unique-constraint");
    expect(left?.fix).toMatchObject({ available: false, reason: "EXCLUDE has no form that does not block" });
    expect(report.findings.some((finding) => finding.rule === "create-index-blocking")).toBe(false);
  });

  test("JSON of a dry run is the report of the files as they stand, with the fix of each finding", () => {
    const { check, folder } = project(FILES);
    const { report, status } = check("db", "--fix-dry-run");
    expect(status).toBe(1);
    expect(report.findings.find((finding) => finding.rule === "create-index-blocking")?.fix).toEqual({
      available: true,
      summary: "CREATE INDEX → CREATE INDEX CONCURRENTLY",
      reason: null,
    });
    expect(readFileSync(join(folder, "db/0002_next.sql"), "utf8")).toBe(FILES["db/0002_next.sql"]);
  });
});
