import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { NEWEST_POSTGRES } from "../engines/postgres/engine.ts";
import { startServer } from "../engines/postgres/embedded/index.ts";
import type { EmbeddedServer } from "../engines/postgres/embedded/server.ts";
import { CloneRefused } from "../rehearse/full-size/index.ts";
import { type FullSizeOptions, rehearseOnClone } from "./full-size.ts";
import type { CheckResult } from "./index.ts";

// A library's loans: the clone is another real server, filled as production is.
const START = `CREATE TABLE reader (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE loan (id bigint PRIMARY KEY, reader_id bigint NOT NULL, title text, due date, fee int);
`;
const ROWS = `INSERT INTO reader SELECT n, 'reader' || n || '@secret.example' FROM generate_series(1, 300) n;
INSERT INTO loan SELECT n, n % 300 + 1, 'Title ' || n, '2026-01-01', n % 7 FROM generate_series(1, 20000) n;
ANALYZE;`;
const CHANGE = `ALTER TABLE loan ALTER COLUMN fee TYPE bigint;
CREATE INDEX CONCURRENTLY loan_due ON loan (due);
BEGIN;
ALTER TABLE loan ALTER COLUMN title SET NOT NULL;
ALTER TABLE loan ADD COLUMN returned_at timestamptz;
COMMIT;
UPDATE loan SET fee = fee + 1;
ALTER TABLE reader DROP COLUMN email;
`;
const QUERIES = `SELECT id, email FROM reader WHERE id = $1;
INSERT INTO loan (id, reader_id) VALUES ($1, $2);
`;

let server: EmbeddedServer;
let databases = 0;
const folder = mkdtempSync(join(tmpdir(), "tread-full-size-"));

beforeAll(async () => {
  server = await startServer({ major: NEWEST_POSTGRES, offline: false, onProgress: () => {} });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function clone(sql: string): Promise<{ readonly name: string; readonly url: string; readonly password: string }> {
  const name = `library_${++databases}`;
  await server.createDatabase(name);
  const client = await server.connect({ role: "owner", database: name });
  await client.query(sql);
  await client.end();
  // The server takes its time to end a session: until then it, and what it adds to the counters, is somebody else on the clone.
  const watch = await server.connect({ role: "superuser", database: "postgres" });
  const busy = async (): Promise<number> => (await watch.query("SELECT FROM pg_stat_activity WHERE datname = $1", [name])).rowCount ?? 0;
  while ((await busy()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await watch.end();
  const { user, password } = server.credentials;
  return { name, password, url: `postgres://${user}:${password}@${encodeURIComponent(server.host)}:${server.port}/${name}` };
}

async function rehearse(
  on: string,
  change: string,
  more: Partial<FullSizeOptions> & { readonly says?: string[] } = {},
): Promise<CheckResult> {
  const cwd = mkdtempSync(join(folder, "project-"));
  const files = {
    "migrations/0001_start.sql": START,
    "migrations/0002_change.sql": change,
    "queries.sql": QUERIES,
    "tread.config.yaml": `sources: [{ type: sql-dir, path: migrations, appliedThrough: 0001_start }]
live: [{ name: desk, sql: queries.sql }]
environments: { branch: { postgres: 14, databaseUrlFrom: LIBRARY_URL } }
`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const config = await loadConfig({ cwd });
  const { says = [], ...options } = more;
  return rehearseOnClone(
    {
      cwd,
      config,
      paths: [],
      base: null,
      appliedThrough: null,
      live: [],
      maxRows: 1000,
      offline: true,
      signal: new AbortController().signal,
      disposable: true,
      allowed: [],
      on,
      ...options,
    },
    "test",
    { progress: (message) => says.push(message) },
  );
}

describe("a rehearsal at full size", { timeout: 120_000 }, () => {
  it("sees on the real rows what is predicted, with durations of its own, and tells which queries break", async () => {
    const { name, url, password } = await clone(START + ROWS);
    const says: string[] = [];
    const { report } = await rehearse(url, CHANGE, { says });
    expect(report.rehearsal?.fullSize).toMatchObject({
      drift: [],
      tables: [{ table: "public.loan", rows: 20_000 }, { table: "public.reader" }],
    });
    expect(report.environments[0]?.postgres).toBe(NEWEST_POSTGRES);
    const statements = report.migrations[0]?.statements ?? [];
    for (const { sql, predicted, observed } of statements) {
      if (!/^(?:BEGIN|COMMIT)/.test(sql)) expect([sql, observed]).toEqual([sql, predicted]);
    }
    expect(report.findings.map(({ rule }) => rule)).not.toContain("witness-disagreement");
    expect(statements.every((statement) => /^(?:BEGIN|COMMIT)/.test(statement.sql) || (statement.durationMs ?? 0) > 0)).toBe(true);
    const rewrite = report.findings.find(({ statement, rule }) => statement === 0 && rule.includes("type"));
    expect(rewrite?.evidence).toContainEqual(
      expect.objectContaining({
        kind: "time",
        from: "rehearsed",
        witness: `measured on your clone: PostgreSQL ${server.version}, 20 k rows`,
      }),
    );
    const last = statements.at(-1)?.index ?? 0;
    const broken = (step: string): readonly string[] =>
      report.compatibility.cells.find((cell) => cell.step === step)?.broken.map(({ sqlstate }) => sqlstate) ?? [];
    expect(broken("0002_change#0")).toEqual([]);
    // After COMMIT the title must be given; at the end the e-mail is gone too.
    expect(broken("0002_change#5")).toEqual(["23502"]);
    expect([...broken(`0002_change#${last}`)].sort()).toEqual(["23502", "42703"]);

    // Neither the password nor a value of a row is anywhere.
    const everything = JSON.stringify(report) + says.join("\n");
    expect(everything).not.toContain(password);
    expect(everything).not.toContain("secret.example");
    expect(says.join("\n")).toMatch(new RegExp(`rehearsing on postgres://.*${name}: PostgreSQL .*loan 20,000 rows`));

    // It was really done, on the clone.
    const client = await server.connect({ role: "owner", database: name });
    const { rows } = await client.query<{ type: string }>(
      "SELECT format_type(atttypid, -1) AS type FROM pg_attribute WHERE attrelid = 'loan'::regclass AND attname = 'fee'",
    );
    await client.end();
    expect(rows).toEqual([{ type: "bigint" }]);
    expect(report.rehearsal?.limits.join("\n")).toMatch(/is migrated now.*throw it away/);
  });

  it("a clone that stands elsewhere is said to differ, and a value in an error stays on the clone", async () => {
    const { url } = await clone(
      `${START.replace("due date", "due date, shelf text")} ${ROWS} ALTER TABLE reader ALTER COLUMN email DROP NOT NULL; CREATE INDEX ON loan (reader_id);`,
    );
    const { report, exitCode } = await rehearse(
      url,
      "ALTER TABLE reader ALTER COLUMN email TYPE int USING email::int;\nALTER TABLE loan ADD COLUMN note text;\n",
    );
    expect(report.rehearsal?.fullSize?.drift).toEqual([
      "reader.email is not NOT NULL there",
      "loan.shelf is there, and no applied migration makes it",
      "loan has a index (reader_id) there that no applied migration makes",
    ]);
    expect(report.problems.map(({ code }) => code)).toContain("clone-drift");
    const [first, second] = report.migrations[0]?.statements ?? [];
    expect(first?.observed?.error).toEqual({ sqlstate: "22P02", message: 'invalid input syntax for type integer: "…"' });
    expect(second?.notObserved).toContain("0002_change#0 failed before it");
    expect(JSON.stringify(report)).not.toContain("secret.example");
    expect(exitCode).not.toBe(0);
  });

  it("does nothing to a server that is in use, that is another database than was said, or that an environment names", async () => {
    const { name, url } = await clone(START + ROWS);
    const refused = async (more: Partial<FullSizeOptions>): Promise<CloneRefused> => {
      const error: unknown = await rehearse(url, CHANGE, more).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof CloneRefused)) throw new Error(`not refused: ${String(error)}`);
      return error;
    };
    expect((await refused({ disposable: null })).message).toContain("nobody said that it is disposable");
    expect((await refused({ disposable: "library" })).message).toContain(
      `it is the database ${name}, and library was said to be disposable`,
    );
    process.env["LIBRARY_URL"] = url;
    const named = await refused({});
    delete process.env["LIBRARY_URL"];
    expect(named.message).toContain("it is the database of the environment branch (LIBRARY_URL)");
    const desk = await server.connect({ role: "owner", database: name, applicationName: "lending desk" });
    const busy = await refused({});
    expect(busy.message).toMatch(/not taken for a clone.*nothing was done there[\s\S]*lending desk/);
    expect(busy.message).not.toContain(server.credentials.password);
    const { rows } = await desk.query<{ n: number }>("SELECT count(*)::int AS n FROM pg_class WHERE relname = 'loan_due'");
    await desk.end();
    expect(rows).toEqual([{ n: 0 }]);
  });

  it("a stop reaches the statement on the clone", async () => {
    const { name, url } = await clone(START + ROWS);
    const abort = new AbortController();
    const running = rehearse(url, "SELECT pg_sleep(60);\n", { signal: abort.signal, allowed: ["lookout"] });
    const watch = await server.connect({ role: "superuser", database: "postgres", applicationName: "lookout" });
    const sleeping = async (): Promise<number> =>
      (await watch.query("SELECT FROM pg_stat_activity WHERE datname = $1 AND query LIKE '%pg_sleep(60)%' AND state = 'active'", [name]))
        .rowCount ?? 0;
    const found: unknown[] = [];
    running.catch((error: unknown) => found.push(error));
    for (let tries = 0; tries < 300 && (await sleeping()) === 0 && found.length === 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(found).toEqual([]);
    abort.abort();
    await expect(running).rejects.toThrow();
    for (let tries = 0; tries < 100 && (await sleeping()) > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await sleeping()).toBe(0);
    await watch.end();
  });
});
