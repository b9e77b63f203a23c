import { describe, expect, test } from "vitest";
import { project, rules, type ProjectFiles } from "./project.test-helper.ts";

// A theatre: seats are added, indexed, and dropped again.
const MIGRATIONS: ProjectFiles = {
  "db/0001_seat.sql": "CREATE TABLE seat (id bigint PRIMARY KEY, row_name text, number int);\n",
  "db/0002_index.sql": "CREATE INDEX seat_row ON seat (row_name);\n",
  "db/0003_drop.sql": "ALTER TABLE seat DROP COLUMN number;\n",
};
const judged = (report: { readonly migrations: readonly { readonly id: string }[] }): string[] => report.migrations.map(({ id }) => id);

describe("only what is not applied yet is judged", () => {
  test("nothing said: every migration, each a release of its own", () => {
    const { report } = project(MIGRATIONS).check("db");
    expect(judged(report)).toEqual(["0001_seat", "0002_index", "0003_drop"]);
    expect(rules(report, "error").sort()).toEqual(["create-index-blocking", "drop-column"]);
  });

  test("--applied-through: what follows is one release", () => {
    const { report } = project(MIGRATIONS).check("db", "--applied-through", "0002_index");
    expect(judged(report)).toEqual(["0003_drop"]);
    const first = project(MIGRATIONS).tread("check", "db", "--applied-through", "0009_gone");
    expect(first.status).toBe(3);
    expect(first.stdout + first.stderr).toContain("0009_gone");
  });

  test("all of one release: a table that it creates is empty", () => {
    const config =
      "sources: [{ type: sql-dir, path: db }]\nlive: [{ name: box, sql: box.sql }]\nenvironments: { stage: { appliedThrough: 0000_start } }\n";
    const { report } = project({
      ...MIGRATIONS,
      "db/0000_start.sql": "CREATE TABLE play (id int);\n",
      "box.sql": "SELECT id FROM play;\n",
      "tread.config.yaml": config,
    }).check();
    expect(judged(report)).toEqual(["0001_seat", "0002_index", "0003_drop"]);
    expect(rules(report, "error")).toEqual([]);
  });

  test("per environment: what is applied in one may be new in another", () => {
    const config =
      "sources: [{ type: sql-dir, path: db }]\nenvironments:\n  early: { appliedThrough: 0001_seat }\n  late: { appliedThrough: 0002_index }\n";
    const { report } = project({ ...MIGRATIONS, "tread.config.yaml": config }).check();
    const index = report.findings.find((finding) => finding.rule === "create-index-blocking");
    expect(Object.keys(index?.environments ?? {})).toEqual(["early"]);
    const drop = report.findings.find((finding) => finding.rule === "drop-column");
    expect(Object.keys(drop?.environments ?? {}).sort()).toEqual(["early", "late"]);
  });

  test("one file: it is judged, and what lies before it is there", () => {
    const { report } = project(MIGRATIONS).check("db/0002_index.sql");
    expect(judged(report)).toEqual(["0002_index"]);
    expect(rules(report, "error")).toEqual(["create-index-blocking"]);
  });

  test("--base: the merge base with the branch", () => {
    const theatre = project({ "db/0001_seat.sql": MIGRATIONS["db/0001_seat.sql"] ?? "" });
    theatre.git("init", "-q");
    theatre.git("add", ".");
    theatre.git("commit", "-qm", "seats");
    theatre.git("checkout", "-qb", "index");
    theatre.write(MIGRATIONS);
    const { report } = theatre.check("db", "--base", "main");
    expect(judged(report)).toEqual(["0002_index", "0003_drop"]);
    expect(theatre.tread("check", "db", "--base", "nowhere").status).toBe(3);
  });

  test("a released migration that was changed is a finding", () => {
    const theatre = project(MIGRATIONS);
    theatre.git("init", "-q");
    theatre.git("add", ".");
    theatre.git("commit", "-qm", "released");
    theatre.git("tag", "v1");
    theatre.write({ "db/0002_index.sql": "CREATE INDEX seat_number ON seat (number);\n" });
    const { report } = theatre.check("db", "--live", "v1=v1");
    expect(report.findings.map((finding) => [finding.rule, finding.span?.file])).toEqual([["edited-migration", "db/0002_index.sql"]]);
  });
});

describe("verdicts and exit codes", () => {
  const config = (policy: string, environment = "{}"): string =>
    `sources: [{ type: sql-dir, path: db, appliedThrough: 0001_seat }]\nenvironments: { stage: ${environment} }\npolicy: ${policy}\n`;
  const opaque = {
    "db/0001_seat.sql": MIGRATIONS["db/0001_seat.sql"] ?? "",
    "db/0002_do.sql": "DO $$ BEGIN EXECUTE current_setting('a.b'); END $$;\n",
  };

  test("not understood is unknown, 3; `onUnknown: pass` turns it into 0 and says so", () => {
    const strict = project({ ...opaque, "tread.config.yaml": config("{ failOn: error }") }).check();
    expect([strict.status, strict.report.verdict]).toEqual([3, "unknown"]);
    const lenient = project({ ...opaque, "tread.config.yaml": config("{ onUnknown: pass }") }).check();
    expect([lenient.status, lenient.report.verdict]).toEqual([0, "safe"]);
    expect(lenient.report.environments[0]?.reason).toContain("onUnknown");
  });

  test("failOn: warning", () => {
    const nullable = { ...opaque, "db/0002_do.sql": "ALTER TABLE seat ADD COLUMN note text;\n" };
    expect(project({ ...nullable, "tread.config.yaml": config("{ failOn: error }") }).check().status).toBe(0);
    expect(project({ ...nullable, "tread.config.yaml": config("{ failOn: warning }") }).check().status).toBe(1);
  });

  test("an environment in which nothing is live is unknown; the report is still written", () => {
    const { report, status } = project({
      ...opaque,
      "db/0002_do.sql": "ALTER TABLE seat ADD COLUMN note text;\n",
      "tread.config.yaml": config("{ failOn: error }", "{ live: [] }"),
    }).check();
    expect([status, report.verdict]).toEqual([3, "unknown"]);
  });

  test("a setting that nothing acts upon yet is said, not swallowed", () => {
    const run = project({
      ...MIGRATIONS,
      "tread.config.yaml":
        "sources: [{ type: sql-dir, path: db, appliedThrough: 0003_drop }]\nenvironments: { stage: { supports: '>=1.40' } }\n",
    }).tread("check");
    expect(run.stdout).toContain("environments.stage.supports");
  });

  test("everything applied: nothing to judge is said, and is no failure", () => {
    const { report, status, stdout } = project({
      ...MIGRATIONS,
      "tread.config.yaml": "sources: [{ type: sql-dir, path: db, appliedThrough: 0003_drop }]\nenvironments: { stage: {} }\n",
    }).check();
    expect(status).toBe(0);
    expect(report.coverage).toMatchObject({ migrations: 0, appliedMigrations: 3 });
    expect(stdout).not.toBe("");
  });
});
