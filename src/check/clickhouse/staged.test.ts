import { describe, expect, test } from "vitest";
import { findings, project, staged, type Project } from "../../review/project.test-helper.ts";

// Page views. v1.1 asks for a fax-like relic of a column, v1.2 no longer does; the code of neither names it beside its queries.
const SCHEMA = `CREATE TABLE hits (id UInt64, at DateTime, url String, dialect String, region String) ENGINE = MergeTree ORDER BY id;
CREATE TABLE hits_old (id UInt64, at DateTime) ENGINE = MergeTree ORDER BY id;
CREATE VIEW by_region AS SELECT region, count() AS n FROM hits GROUP BY region;
`;
const V1 = "SELECT id, url, dialect FROM hits;\nSELECT count() FROM hits_old;\n";
const V2 = "SELECT id, url FROM hits;\nINSERT INTO hits (id, at, url) VALUES (1, now(), '/');\n";

const CONFIG = `sources:
  - { type: sql-dir, path: clickhouse, database: clickhouse }
live:
  - { name: v1.1, sql: queries/v1.1.sql, database: clickhouse }
  - { name: v1.2, sql: queries/v1.2.sql, database: clickhouse }
environments:
  cloud: { assume: small, appliedThrough: 0001_hits }
  eu: { assume: small, appliedThrough: 0001_hits }
`;

function release(name: string, environments: Readonly<Record<string, readonly [string, string | null]>>): string {
  const where = Object.entries(environments).map(
    ([environment, [live, retired]]) => `      ${environment}: { live: ${live}, retired: ${retired ?? "null"} }\n`,
  );
  return `  - name: ${name}\n    path: releases/${name}\n    released: 2026-09-01\n    environments:\n${where.join("")}`;
}

function pageViews(change: string, more: Readonly<Record<string, string>> = {}): Project {
  return project({
    "tread.config.yaml": CONFIG,
    "tread.releases.yaml": `format: tread.releases/1\nreleases:\n${release("v1.1", { cloud: ["2026-09-01", "2026-11-03"], eu: ["2026-09-01", null] })}${release("v1.2", { cloud: ["2026-11-02", null], eu: ["2026-11-02", null] })}`,
    "clickhouse/0001_hits.sql": SCHEMA,
    "clickhouse/0002_less.sql": `${change};\n`,
    "queries/v1.1.sql": V1,
    "queries/v1.2.sql": V2,
    "releases/v1.1/clickhouse/0001_hits.sql": SCHEMA,
    "releases/v1.2/clickhouse/0001_hits.sql": SCHEMA,
    ...more,
  });
}

describe("what goes from ClickHouse is decided by the releases on record", () => {
  test("a column may go where its last release was retired, and not where that still serves", async () => {
    const { report } = await pageViews("ALTER TABLE hits DROP COLUMN dialect").check();
    const [finding] = findings(report, "column-dropped");
    expect(finding?.environments).toEqual({ cloud: "warning", eu: "error" });
    expect(staged(finding)).toEqual([
      "cloud: safe since v1.2 is live and v1.1 was retired on 3 November 2026",
      "eu: not safe yet: v1.1 reads it (queries/v1.1.sql:1); missing: retire v1.1",
    ]);
    expect(report.environments.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual(["cloud: safe", "eu: unsafe"]);
  });

  test("the same for a table, which is dropped or emptied", async () => {
    for (const change of ["DROP TABLE hits_old", "TRUNCATE TABLE hits_old"]) {
      const { report } = await pageViews(change).check();
      const [finding] = findings(report, "rows-dropped");
      expect(finding?.environments, change).toEqual({ cloud: "warning", eu: "error" });
      expect(staged(finding)[0], change).toBe("cloud: safe since v1.2 is live and v1.1 was retired on 3 November 2026");
    }
  });

  test("a column that is cleared is read without an error ever after: who reads it is told all the same", async () => {
    const { report } = await pageViews("ALTER TABLE hits CLEAR COLUMN dialect IN PARTITION tuple()").check();
    const [finding] = findings(report, "column-dropped");
    expect(finding?.environments["eu"]).toBe("error");
    expect(finding?.why).not.toContain("No query");
  });

  test("several things of one statement are as safe as the one furthest from it", async () => {
    const { report } = await pageViews("ALTER TABLE hits DROP COLUMN at, DROP COLUMN dialect").check();
    const all = findings(report, "column-dropped");
    expect(all.map(({ environments }) => environments["cloud"])).toEqual(["error", "warning"]);
    expect(staged(all[0])[0]).toBe(
      "cloud: not safe yet: v1.2 writes it (queries/v1.2.sql:2); missing: release a version that no longer uses default.hits.at (the working tree does not); retire v1.2",
    );
  });

  test("a view that reads the column is in the way, and no more once the same migration took it out of there", async () => {
    const { report } = await pageViews("ALTER TABLE hits DROP COLUMN region").check();
    expect(staged(findings(report, "column-dropped")[0])[0]).toMatch(/^cloud: not safe yet: view default\.by_region depends on it/);
    const first = await pageViews("DROP VIEW by_region;\nALTER TABLE hits DROP COLUMN region").check();
    expect(staged(findings(first.report, "column-dropped")[0])[0]).toMatch(/^cloud: safe/);
  });

  test("code that names it beside the queries makes it unknown, until a person signs it", async () => {
    const code = { "releases/v1.2/jobs/export.py": 'def run(client):\n    return client.execute("SELECT dialect FROM hits")\n' };
    const { report, exitCode } = await pageViews("ALTER TABLE hits DROP COLUMN dialect", code).check();
    expect(staged(findings(report, "column-dropped")[0])[0]).toMatch(
      /^cloud: not known to be safe: look at jobs\/export\.py:2 \(v1\.2\): it names dialect/,
    );
    expect(report.environments.find(({ name }) => name === "cloud")?.verdict).toBe("unknown");
    expect(exitCode).toBe(1);
    const signed = "-- tread-ignore column-dropped: the export was switched off in October\nALTER TABLE hits DROP COLUMN dialect";
    const later = await pageViews(signed, code).check();
    expect(later.report.environments.find(({ name }) => name === "cloud")?.verdict).toBe("safe");
  });
});
