import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { postgresEffects } from "../src/model/report.ts";
import { project, rules } from "./project.test-helper.ts";

const TREAD = join(dirname(fileURLToPath(import.meta.url)), "..", "bin", "tread.js");

// A radio archive.
const BASE = `CREATE TABLE host (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE show (id bigint PRIMARY KEY, host_id bigint NOT NULL REFERENCES host (id), title varchar(100) NOT NULL, minutes int, slug text);
`;
const QUERIES = `-- name: find
SELECT id, host_id, title, minutes FROM show WHERE id = $1;
-- name: add
INSERT INTO show (id, host_id, title) VALUES ($1, $2, $3);
`;
const CONFIG = (postgres = 18): string => `sources: [{ type: sql-dir, path: migrations, appliedThrough: 0001_start }]
live: [{ name: site, sql: queries.sql }]
environments: { production: { postgres: ${postgres} } }
`;

function archive(sql: string): ReturnType<typeof project> {
  return project({
    "migrations/0001_start.sql": BASE,
    "migrations/0002_change.sql": sql,
    "queries.sql": QUERIES,
    "tread.config.yaml": CONFIG(),
  });
}

describe("tread rehearse, from the command line", () => {
  test("a dropped column makes the live version's real query fail with 42703, on a real server", () => {
    const { report, status } = archive("ALTER TABLE show DROP COLUMN minutes;").rehearse("--rows", "2000");
    expect(status).toBe(1);
    expect(report.mode).toBe("rehearse");
    expect(report.rehearsal?.server).toMatch(/^PostgreSQL 18\./);
    const cell = report.compatibility.cells.find((candidate) => candidate.version === "site" && candidate.step === "0002_change#0");
    expect(cell?.broken).toMatchObject([
      { sqlstate: "42703", from: "rehearsed", origin: expect.stringContaining("queries.sql") as string },
    ]);
    expect(report.rehearsal?.baseline.failed).toBe(0);
    expect(report.migrations[0]?.statements[0]?.traffic?.failed.some((failed) => failed.sqlstate === "42703")).toBe(true);
  });

  test("what is predicted is what is seen: locks, rewrite, scan, index builds", () => {
    const { report } = archive(
      `ALTER TABLE show ADD COLUMN public_id uuid DEFAULT gen_random_uuid();
ALTER TABLE show ALTER COLUMN slug SET NOT NULL;
CREATE INDEX show_title ON show (title);
CREATE INDEX CONCURRENTLY show_minutes ON show (minutes);
ALTER TABLE show ADD CONSTRAINT minutes_positive CHECK (minutes > -1000000) NOT VALID;
ALTER TABLE show VALIDATE CONSTRAINT minutes_positive;
ALTER TABLE show ALTER COLUMN title TYPE varchar(200);
BEGIN;
ALTER TABLE show ADD COLUMN rerun boolean NOT NULL DEFAULT false;
ALTER TABLE host ADD COLUMN born date;
COMMIT;
`,
    ).rehearse("--rows", "2000");
    const statements = report.migrations[0]?.statements ?? [];
    const seen = statements.filter((statement) => statement.observed !== null);
    expect(seen.length).toBeGreaterThanOrEqual(9);
    for (const statement of seen) expect([statement.sql, statement.observed]).toEqual([statement.sql, statement.predicted]);
    expect(rules(report, "error")).not.toContain("witness-disagreement");
    // Inside the transaction the second ALTER is observed by itself, though the first one's lock is still held.
    const inside = statements.find((statement) => statement.sql.includes("born"));
    expect(postgresEffects(inside?.observed)?.locks).toEqual([{ relation: "public.host", mode: "AccessExclusive" }]);
  });

  test("the safe way to the same end passes", () => {
    const { status, report } = archive("ALTER TABLE show ADD COLUMN rerun boolean;\n").rehearse("--rows", "2000");
    expect(rules(report, "error")).toEqual([]);
    expect(status).toBe(0);
  });

  test("a migration that would reach outside of the database is refused and named", () => {
    const { report, status } = archive("COPY show FROM PROGRAM 'cat /etc/passwd';\n").rehearse("--rows", "500");
    expect(status).not.toBe(0);
    expect(JSON.stringify(report)).toMatch(/PROGRAM/);
    expect(report.migrations[0]?.statements[0]?.observed?.error ?? report.migrations[0]?.statements[0]?.notObserved).toBeTruthy();
  });

  test("Ctrl-C stops the server and leaves nothing behind", async () => {
    const { folder } = archive("ALTER TABLE show ADD COLUMN public_id uuid DEFAULT gen_random_uuid();");
    const temporary = mkdtempSync(join(tmpdir(), "tread-interrupt-"));
    try {
      const child = spawn(process.execPath, [TREAD, "rehearse"], {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, TMPDIR: temporary },
      });
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
      while (!/seeding/.test(said) && child.exitCode === null) await sleep(50);
      child.kill("SIGINT");
      expect(await ended).toBe(3);
      expect(said).toContain("nothing was left behind");
      expect(readdirSync(temporary)).toEqual([]);
      const processes = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout;
      expect(processes.split("\n").filter((line) => line.includes(temporary))).toEqual([]);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
});
