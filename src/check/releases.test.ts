import { describe, expect, test } from "vitest";
import { findings, project, staged, type Project } from "../review/project.test-helper.ts";

// A library that lends books. v1 knows a fax number, a table of fines and the tags of a book; each release forgets more of them.
const SCHEMA = `CREATE TABLE reader (id bigint PRIMARY KEY, name text NOT NULL, fax text);
CREATE TABLE fine (id bigint PRIMARY KEY, cents int NOT NULL);
`;

const queries = (...sql: readonly string[]): string => `${sql.join(";\n")};\n`;
const release = (name: string, environments: Readonly<Record<string, string>>, where = `path: releases/${name}`): string =>
  [
    `  - name: ${name}`,
    `    ${where}`,
    "    released: 2026-10-01",
    "    environments:",
    ...Object.entries(environments).map(([environment, dates]) => {
      const [live, retired] = dates.split("..");
      return `      ${environment}: { live: ${live}, retired: ${retired === undefined || retired === "" ? "null" : retired} }`;
    }),
    "",
  ].join("\n");
const record = (...releases: readonly string[]): string => `format: tread.releases/1\nreleases:\n${releases.join("")}`;

const CONFIG = `sources:
  - { type: sql-dir, path: migrations }
environments:
  cloud: { postgres: 17, assume: small }
  self-hosted: { postgres: 14, assume: small, supports: ">=1.2" }
`;

function library(drop: string, releases: string, config = CONFIG): Project {
  return project({
    "tread.config.yaml": config,
    "tread.releases.yaml": releases,
    "migrations/0001_initial.sql": SCHEMA,
    "migrations/0002_forget.sql": `SET lock_timeout = '2s';\n${drop};\n`,
    "releases/v1.1/migrations/0001_initial.sql": SCHEMA,
    "releases/v1.1/app.sql": queries("SELECT id, name, fax FROM reader", "SELECT cents FROM fine"),
    "releases/v1.2/migrations/0001_initial.sql": SCHEMA,
    "releases/v1.2/app.sql": queries("SELECT id, name, fax FROM reader"),
    "releases/v1.3/migrations/0001_initial.sql": SCHEMA,
    "releases/v1.3/app.sql": queries("SELECT id, name FROM reader"),
  });
}

const RETIRED = record(
  release("v1.1", { cloud: "2026-09-01..2026-10-05" }),
  release("v1.2", { cloud: "2026-10-02..2026-11-03" }),
  release("v1.3", { cloud: "2026-11-02" }),
);

describe("a drop is decidable from the releases on record", () => {
  test("a column may go in the cloud, where v1.2 was retired, and not where it is still supported", async () => {
    const { report, exitCode } = await library("ALTER TABLE reader DROP COLUMN fax", RETIRED).check();
    const [finding] = findings(report, "drop-column");
    expect(finding?.environments).toEqual({ cloud: "warning", "self-hosted": "error" });
    expect(staged(finding)).toEqual([
      "cloud: safe since v1.3 is live and v1.2 was retired on 3 November 2026",
      "self-hosted: not safe yet: v1.2 reads it (releases/v1.2/app.sql:1); missing: raise `supports` above v1.2",
    ]);
    expect(report.environments.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["cloud", "safe"],
      ["self-hosted", "unsafe"],
    ]);
    expect(exitCode).toBe(1);
  });

  test("a table that no supported release uses may go everywhere", async () => {
    const { report, exitCode } = await library("DROP TABLE fine", RETIRED).check();
    const [finding] = findings(report, "drop-table");
    expect(finding?.environments).toEqual({ cloud: "warning", "self-hosted": "warning" });
    expect(finding?.why).toMatch(/^Safe since v1\.3 is live and v1\.1 was retired on 5 October 2026\./);
    expect(staged(finding)[1]).toBe(
      "self-hosted: safe since v1.2, the oldest release inside of `supports: >=1.2`, and every later one do without it",
    );
    expect(exitCode).toBe(0);
  });

  test("while v1.2 serves in the cloud the finding says that it must be retired", async () => {
    const both = record(release("v1.2", { cloud: "2026-10-02" }), release("v1.3", { cloud: "2026-11-02" }));
    const there = library("ALTER TABLE reader DROP COLUMN fax", both);
    there.remove("releases/v1.1");
    const { report } = await there.check();
    const [finding] = findings(report, "drop-column");
    expect(finding?.environments["cloud"]).toBe("error");
    expect(staged(finding)[0]).toBe("cloud: not safe yet: v1.2 reads it (releases/v1.2/app.sql:1); missing: retire v1.2");
  });

  test("a retired release that is to come back tomorrow is none: the day has not come", async () => {
    const tomorrow = RETIRED.replace("2026-11-03", "2026-11-24");
    const { report } = await library("ALTER TABLE reader DROP COLUMN fax", tomorrow).check();
    expect(findings(report, "drop-column")[0]?.environments["cloud"]).toBe("error");
  });

  test("SELECT * of a worker reads every column: the worker must name those that it needs", async () => {
    const config = `${CONFIG}live:\n  - { name: mailer, sql: mailer.sql }\n`;
    const there = library("ALTER TABLE reader DROP COLUMN fax", RETIRED, config);
    there.write({ "mailer.sql": queries("SELECT * FROM reader WHERE id = $1") });
    const { report, exitCode } = await there.check();
    expect(staged(findings(report, "drop-column")[0])[0]).toMatch(
      /^cloud: not safe yet: mailer reads it \(mailer\.sql:1\); missing: take it out of mailer/,
    );
    expect(report.environments.find(({ name }) => name === "cloud")?.verdict).toBe("unsafe");
    expect(exitCode).not.toBe(0);
  });

  test("what an old migration of a release once wrote is no query of that release", async () => {
    const there = library("ALTER TABLE reader DROP COLUMN fax", RETIRED);
    there.write({ "releases/v1.3/migrations/0001_initial.sql": `${SCHEMA}UPDATE reader SET fax = NULL WHERE fax = '';\n` });
    const { report } = await there.check();
    expect(findings(report, "drop-column")[0]?.environments["cloud"]).toBe("warning");
  });

  test("a release that reaches its tables through a mapper which tread does not read says nothing either", async () => {
    const there = library("ALTER TABLE reader DROP COLUMN fax", RETIRED);
    there.write({
      "releases/v1.3/models.py": "from sqlalchemy.orm import Mapped, mapped_column\n\n\nclass Reader(Base):\n    fax: Mapped[str]\n",
    });
    const { report } = await there.check();
    expect(staged(findings(report, "drop-column")[0])[0]).toContain(
      "cloud: not known to be safe: look at releases/v1.3/models.py:1 (v1.3): an object-relational mapper that tread does not read",
    );
    expect(report.environments.find(({ name }) => name === "cloud")?.verdict).toBe("unknown");
  });

  test("a release in which not one query was found says nothing about who uses what", async () => {
    const there = library("ALTER TABLE reader DROP COLUMN fax", RETIRED);
    there.remove("releases/v1.3/app.sql");
    const { report } = await there.check();
    expect(staged(findings(report, "drop-column")[0])[0]).toContain(
      "cloud: not known to be safe: say what v1.3 asks of the database: no query of it was found (`live: - { name: v1.3, sql: FILE }`)",
    );
    expect(report.environments.find(({ name }) => name === "cloud")?.verdict).not.toBe("safe");
  });

  test("raw SQL in the working tree that still writes it holds it back", async () => {
    const there = library("ALTER TABLE reader DROP COLUMN fax", RETIRED);
    there.write({ "jobs/import.py": 'cursor.execute("UPDATE reader SET fax = %s WHERE id = %s", [fax, id])\n' });
    const { report } = await there.check();
    const [finding] = findings(report, "drop-column");
    expect(finding?.environments["cloud"]).toBe("error");
  });
});

describe("what is live", () => {
  test("an environment in which nothing is on record as live is unknown: the JSON is written, exit 3", async () => {
    const config = CONFIG.replace(
      '  self-hosted: { postgres: 14, assume: small, supports: ">=1.2" }',
      "  eu: { postgres: 17, assume: small }",
    );
    const { report, exitCode } = await library("ALTER TABLE reader ADD COLUMN email text", RETIRED, config).check();
    expect(report.environments).toMatchObject([
      { name: "cloud", verdict: "safe" },
      { name: "eu", verdict: "unknown", reason: expect.stringContaining("`tread release live NAME --environment eu`") },
    ]);
    expect(exitCode).toBe(3);
  });

  test("workers and exports under `live` are added to the releases", async () => {
    const config = `${CONFIG}live:\n  - { name: mailer, sql: mailer.sql }\n`;
    const there = library("ALTER TABLE reader DROP COLUMN fax", RETIRED, config);
    there.write({ "mailer.sql": queries("SELECT fax FROM reader") });
    const { report } = await there.check();
    expect(findings(report, "drop-column")[0]?.liveVersions).toContain("mailer");
    expect(report.compatibility.cells.filter(({ environment }) => environment === "cloud").map(({ version }) => version)).toEqual(
      expect.arrayContaining(["v1.3", "mailer"]),
    );
  });

  test("a release that is retired and still listed under `live` is reported, and counts as live", async () => {
    const config = `${CONFIG}live:\n  - { name: v1.2, path: releases/v1.2 }\n`;
    const { report } = await library("ALTER TABLE reader DROP COLUMN fax", RETIRED, config).check();
    expect(report.problems).toContainEqual(
      expect.objectContaining({
        code: "retired-and-listed",
        message: "v1.2 is on record as retired in cloud since 3 November 2026, and is still listed under `live`: it counts as live",
      }),
    );
    expect(findings(report, "drop-column")[0]?.environments["cloud"]).toBe("error");
  });

  test("`environments.*.live` may name releases on record, and nothing that nobody knows", async () => {
    const named = CONFIG.replace("postgres: 17, assume", "live: [v1.2], postgres: 17, assume");
    const { report } = await library("ALTER TABLE reader DROP COLUMN fax", RETIRED, named).check();
    expect(findings(report, "drop-column")[0]?.environments["cloud"]).toBe("error");
    const misspelt = library("ALTER TABLE reader DROP COLUMN fax", RETIRED, named.replace("[v1.2]", "[v12]"));
    await expect(misspelt.check()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('there is no live version "v12"'),
    });
  });

  test("a release whose code is gone is not passed over: exit 3, and what to do", async () => {
    const there = library("ALTER TABLE reader ADD COLUMN email text", RETIRED);
    there.remove("releases/v1.3");
    const { report, exitCode } = await there.check();
    expect(report.problems).toContainEqual(
      expect.objectContaining({ code: "release-gone", fatal: true, message: "release v1.3: releases/v1.3 does not exist" }),
    );
    expect(exitCode).toBe(3);
  });

  test("a support window that is no range, and a release without a version", async () => {
    const broken = library("SELECT 1", RETIRED, CONFIG.replace(">=1.2", "latest and greatest"));
    await expect(broken.check()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("is no range of versions") });
    const named = library("ALTER TABLE reader DROP COLUMN fax", RETIRED.replace("name: v1.1", "name: spring"));
    named.write({ "releases/spring/app.sql": "SELECT 1;\n" });
    const { report } = await named.check();
    expect(report.problems).toContainEqual(
      expect.objectContaining({ code: "not-semver", message: expect.stringContaining("release spring has no semantic version") }),
    );
  });
});

describe("upgrades that skip versions", () => {
  // v1.2 → v1.3 brings a table of loans, v1.4 fills and then locks it.
  const LOANS = "CREATE TABLE loan (id bigint PRIMARY KEY, reader_id bigint);\n";
  const skipping = (next: string): Project =>
    project({
      "tread.config.yaml": CONFIG.replace("assume: small, supports", "supports").replace(
        "cloud: { postgres: 17, assume: small }",
        "cloud: { postgres: 17 }",
      ),
      "tread.releases.yaml": record(release("v1.2", { cloud: "2026-10-02..2026-11-03" }), release("v1.3", { cloud: "2026-11-02" })),
      "migrations/0001_initial.sql": SCHEMA,
      "migrations/0002_loans.sql": LOANS,
      "migrations/0003_next.sql": next,
      "releases/v1.2/migrations/0001_initial.sql": SCHEMA,
      "releases/v1.2/app.sql": queries("SELECT id, name FROM reader", "INSERT INTO fine (id, cents) VALUES ($1, $2)"),
      "releases/v1.3/migrations/0001_initial.sql": SCHEMA,
      "releases/v1.3/migrations/0002_loans.sql": LOANS,
      "releases/v1.3/app.sql": queries("SELECT id, name FROM reader", "SELECT id, reader_id FROM loan"),
    });

  test("what is applied there is what the oldest supported release carries: its migrations are judged in the order of the upgrade", async () => {
    const { report } = await skipping("ALTER TABLE reader ADD COLUMN email text;\n").check();
    const cells = (environment: string, version: string): string[] =>
      report.compatibility.cells.filter((cell) => cell.environment === environment && cell.version === version).map(({ step }) => step);
    expect(cells("self-hosted", "v1.2")).toEqual(["start", "0002_loans#0", "0003_next#0"]);
    // An installation that runs v1.3 begins where v1.3 ends.
    expect(cells("self-hosted", "v1.3")).toEqual(["start", "0003_next#0"]);
    expect(findings(report, "baseline")).toEqual([]);
    expect(report.environments.find(({ name }) => name === "self-hosted")?.reason).toContain(
      "what v1.2, the oldest supported version, contains is applied",
    );
  });

  test("the oldest supported release is live through all of it: what only it writes may not be broken", async () => {
    const { report } = await skipping("ALTER TABLE fine ADD COLUMN currency text NOT NULL;\n").check();
    const broken = report.findings.filter(({ liveVersions }) => liveVersions.includes("v1.2"));
    expect(broken.map(({ environments }) => environments["self-hosted"])).toContain("error");
    const cell = (environment: string) =>
      report.compatibility.cells.find((one) => one.environment === environment && one.version === "v1.2" && one.step === "0003_next#0");
    expect(cell("self-hosted")?.broken).toMatchObject([{ sqlstate: "23502" }]);
    expect(cell("cloud")).toBeUndefined();
  });

  test("a table that an upgrade from the oldest creates holds rows where a newer release runs", async () => {
    const { report } = await skipping("ALTER TABLE loan ALTER COLUMN id TYPE int;\n").check();
    const rewrite = report.findings.filter(({ severity, migration }) => severity === "error" && migration === "0003_next");
    expect(rewrite.some(({ environments }) => environments["self-hosted"] === "error")).toBe(true);
  });

  test("a query of v1.3 that the last migration breaks is found though v1.2 has never known the table", async () => {
    const { report } = await skipping("ALTER TABLE loan DROP COLUMN reader_id;\n").check();
    const [finding] = findings(report, "drop-column");
    expect(finding?.liveVersions).toContain("v1.3");
    expect(finding?.environments).toEqual({ cloud: "error", "self-hosted": "error" });
  });
});
