import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { formats } from "../report/index.ts";
import { reportSchema } from "../report/schema.ts";
import type { CheckResult } from "./index.ts";
import { rehearseCommandProject } from "./rehearse-command.ts";
import { rehearseProject, type RehearseOptions } from "./rehearse.ts";

const folder = mkdtempSync(join(tmpdir(), "tread-rehearse-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rehearse(files: Readonly<Record<string, string>>, more: Partial<RehearseOptions> = {}): Promise<CheckResult> {
  const cwd = mkdtempSync(join(folder, "project-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const options = { paths: [], base: null, appliedThrough: null, live: [], maxRows: 500, offline: false };
  const config = await loadConfig({ cwd });
  return rehearseProject({ ...options, cwd, config, signal: new AbortController().signal, ...more }, "test", { progress: () => {} });
}
const config = (environments: string): string =>
  `sources: [{ type: sql-dir, path: migrations, appliedThrough: 0001_start }]\nenvironments: ${environments}\n`;

describe("a rehearsal of a command", { timeout: 120_000 }, () => {
  const tool = (script: string): readonly string[] => [
    process.execPath,
    "-e",
    `const { Client } = require("pg"); const c = new Client({ connectionString: process.env.DATABASE_URL });
    (async () => { await c.connect(); for (const sql of ${JSON.stringify(script.split(";"))}) await c.query(sql); await c.end(); })()`,
  ];
  const rulesOf = async (script: string): Promise<readonly string[]> => {
    const cwd = mkdtempSync(join(folder, "command-"));
    mkdirSync(join(cwd, "migrations"));
    writeFileSync(join(cwd, "migrations/0001_start.sql"), "CREATE TABLE invoice (id bigint PRIMARY KEY, total int);");
    writeFileSync(join(cwd, "tread.config.yaml"), config("{ production: { postgres: 18 } }"));
    const options = { paths: [], base: null, appliedThrough: null, live: [], maxRows: 100, offline: false };
    // The tool finds `pg` where this repository has it.
    const command = tool(script);
    const { report } = await rehearseCommandProject(
      { ...options, cwd, config: await loadConfig({ cwd }), signal: new AbortController().signal },
      command.map((part) => part.replace('require("pg")', `require(${JSON.stringify(join(process.cwd(), "node_modules/pg"))})`)),
      "test",
      { progress: () => {} },
    );
    expect(report.problems.filter(({ fatal }) => fatal)).toEqual([]);
    return report.findings.map(({ rule }) => rule);
  };

  it("knows the lock_timeout that the command has set, for the session or in a transaction", async () => {
    const alter = "ALTER TABLE invoice ADD COLUMN paid_at date";
    expect(await rulesOf(alter)).toContain("missing-lock-timeout");
    expect(await rulesOf(`SET lock_timeout = '2s';${alter}`)).not.toContain("missing-lock-timeout");
    expect(await rulesOf(`BEGIN;SET LOCAL lock_timeout = '2s';${alter};COMMIT`)).not.toContain("missing-lock-timeout");
  });
});

describe("a rehearsal of a project", { timeout: 120_000 }, () => {
  it("loads the rows that stand behind COPY in a file, applied or new", async () => {
    const { report } = await rehearse({
      "migrations/0001_start.sql":
        "CREATE TABLE country (code text PRIMARY KEY, name text);\nCOPY country (code, name) FROM stdin;\nNO\tNorway\nSE\tSweden\n\\.\n",
      "migrations/0002_more.sql": `CREATE TABLE currency (code text, country text);
COPY currency (code, country) FROM stdin WITH (DELIMITER ';');
NOK;NO
euro;FI
\\.
ALTER TABLE currency ADD CONSTRAINT iso CHECK (length(code) = 3);
`,
      "tread.config.yaml": config("{ production: { postgres: 18 } }"),
    });
    const [, copy, check] = report.migrations[0]?.statements ?? [];
    expect(copy?.observed?.error).toBeNull();
    // `euro` was really there.
    expect(check?.observed?.error).toMatchObject({ sqlstate: "23514" });
    expect(report.rehearsal?.limits).toEqual([]);
  });

  it("says in each environment what a statement will take there, beside the finding about it", async () => {
    const { report } = await rehearse(
      {
        "migrations/0001_start.sql": "CREATE TABLE parcel (id bigint PRIMARY KEY, weight int, label text);",
        "migrations/0002_change.sql":
          "ALTER TABLE parcel ALTER COLUMN weight TYPE bigint;\nALTER TABLE parcel ADD COLUMN sent_at timestamptz;\n",
        "scale.json": JSON.stringify({
          format: "tread.scale/1",
          collectedAt: "2026-11-21T08:00:00Z",
          server: { engine: "postgres", version: "18.4" },
          tables: [{ table: "public.parcel", rows: 700_000_000, bytes: 60_000_000_000 }],
        }),
        "tread.config.yaml": config("{ laptop: { assume: small }, hosted: { postgres: 18 }, cloud: { postgres: 18, scale: scale.json } }"),
      },
      { growth: { sizes: [4000, 8000, 16_000], inTime: false, repeat: 1 } },
    );
    expect(report.rehearsal?.environment).toBe("cloud");
    const [rewrite, instant] = report.migrations[0]?.statements ?? [];
    expect(instant?.growth).toBeNull();
    expect(rewrite?.growth).toMatchObject({ table: "public.parcel", calibration: report.rehearsal?.calibration });
    expect(rewrite?.growth?.sizes.map(({ rows }) => rows)).toEqual([4000, 8000, 16_000]);
    expect(rewrite?.growth?.estimates.map(({ environment, rows }) => [environment, rows])).toEqual([
      ["hosted", null],
      ["cloud", 700_000_000],
    ]);
    const finding = report.findings.find(({ statement, severity }) => statement === 0 && severity === "error");
    const times = finding?.evidence.filter(({ kind }) => kind === "time") ?? [];
    expect(times.map(({ from }) => from)).toEqual(["estimate", "estimate"]);
    expect(times[0]?.text).toMatch(/^hosted: /);
    expect(times[1]?.text).toMatch(/^cloud: .* at 700\.0 million rows, estimated from 4 k, 8 k and 16 k rows; unknown: your disks/);
    expect(reportSchema.parse(report)).toEqual(report);
    for (const name of ["text", "markdown", "html"] as const) {
      const said = formats[name]
        .render(report, { color: false, width: 240, verbose: false, readFile: () => null })
        .replaceAll(/[\s\\]+/g, "");
      expect(said).toMatch(/0002_change#0[^#]{0,30}cloud:[^#]*at700\.0millionrows/);
      expect(said).toMatch(/thismachine.*writes\d+MB\/s/);
    }
  });

  it("a partitioned table is measured as a whole, and a partition by itself", async () => {
    const { report } = await rehearse(
      {
        "migrations/0001_start.sql": `CREATE TABLE sighting (id bigint, seen_on date NOT NULL, bird text) PARTITION BY RANGE (seen_on);
CREATE TABLE sighting_2025 PARTITION OF sighting FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE sighting_2026 PARTITION OF sighting FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`,
        "migrations/0002_change.sql": "CREATE INDEX sighting_bird ON sighting (bird);\nCREATE INDEX only_2026 ON sighting_2026 (id);\n",
        "scale.json": JSON.stringify({
          format: "tread.scale/1",
          collectedAt: "2026-11-21T08:00:00Z",
          server: { engine: "postgres", version: "18.4" },
          tables: [
            { table: "public.sighting", rows: 90_000_000 },
            { table: "public.sighting_2026", rows: 50_000_000 },
          ],
        }),
        "tread.config.yaml": config("{ cloud: { postgres: 18, scale: scale.json } }"),
      },
      { growth: { sizes: [2000, 4000], inTime: false, repeat: 1 } },
    );
    const measured = report.migrations[0]?.statements.map(({ growth }) => [growth?.table, growth?.sizes.map(({ rows }) => rows)]);
    expect(measured).toEqual([
      ["public.sighting", [2000, 4000]],
      ["public.sighting_2026", [1000, 2000]],
    ]);
    expect(report.migrations[0]?.statements.map(({ growth }) => growth?.estimates[0]?.rows)).toEqual([90_000_000, 50_000_000]);
  });
});
