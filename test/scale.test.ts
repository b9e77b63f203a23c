import { spawn } from "node:child_process";
import { readFileSync, utimesSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../src/engines/postgres/embedded/test-server.test-helper.ts";
import { project, type Project, type Run } from "./project.test-helper.ts";

const TREAD = join(fileURLToPath(new URL(".", import.meta.url)), "..", "bin", "tread.js");

interface Profile {
  readonly server: { readonly version: string };
  readonly collectedAt: string;
  readonly tables: readonly {
    readonly table: string;
    readonly rows: number | null;
    readonly bytes: number | null;
    readonly indexBytes: number | null;
    readonly readsPerSecond: number | null;
  }[];
}

const profileOf = (shop: Project, file: string): Profile => JSON.parse(readFileSync(join(shop.folder, file), "utf8")) as Profile;

/** Without blocking this process: the Metabase double answers from it. */
function run(shop: Project, env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [TREAD, ...args], { cwd: shop.folder, env: { ...process.env, NO_COLOR: "1", ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

describe("tread scale collect, and what check makes of it", () => {
  let database: FreshDatabase;
  let url: string;
  beforeAll(async () => {
    database = await freshDatabase();
    const { user, password } = database.server.credentials;
    url = `postgres://${user}:${password}@${encodeURIComponent(database.server.host)}/${database.name}`;
    await database.owner.query(`
      CREATE TABLE book (id bigint PRIMARY KEY, title text NOT NULL, isbn text);
      INSERT INTO book SELECT g, 'Middlemarch', 'isbn-' || g FROM generate_series(1, 5000) g;
      CREATE TABLE loan (id bigint PRIMARY KEY);
      ANALYZE book;`);
  });
  afterAll(() => database.close());

  test("says what leaves the server before it writes, and never the password; the profile is one that check takes", () => {
    const library = project({
      "db/0001_book.sql": "CREATE TABLE book (id bigint PRIMARY KEY, title text NOT NULL, isbn text);\n",
      "db/0002_isbn.sql": "CREATE INDEX book_isbn ON book (isbn);\n",
      "tread.config.yaml":
        "sources: [{ type: sql-dir, path: db, appliedThrough: 0001_book }]\nenvironments:\n  cloud: { scale: cloud.json, databaseUrlFrom: CLOUD_URL }\nthresholds: { largeRows: 4000 }\n",
      "cloud.json": '{"format":"tread.scale/1","collectedAt":"2026-01-01","server":{"engine":"postgres","version":"17"},"tables":[]}',
    });
    const collected = library.tread("scale", "collect", "--database-url", url, "--seconds", "1", "--output", "cloud.json");
    expect(collected.status).toBe(0);
    expect(collected.stderr).toContain("names, sizes and rates of 2 tables");
    expect(collected.stderr).toContain("No rows, no most common values, no histogram bounds.");
    expect(collected.stderr.indexOf("leaves postgres://")).toBeLessThan(collected.stderr.indexOf("wrote cloud.json"));
    expect(collected.stderr).not.toContain(database.server.credentials.password);
    const written = readFileSync(join(library.folder, "cloud.json"), "utf8");
    expect(written).not.toContain("Middlemarch");
    expect(written).not.toContain(database.server.credentials.password);
    expect(profileOf(library, "cloud.json").tables.map(({ table, rows }) => [table, rows])).toEqual([
      ["public.book", 5000],
      ["public.loan", 0],
    ]);
    const { report } = library.check();
    const finding = report.findings.find((candidate) => candidate.rule === "create-index-blocking");
    expect(finding?.severity).toBe("error");
    expect(JSON.stringify(finding?.evidence)).toContain("5,000 rows");
  });

  test("a file that cannot be written is said before anything is asked; a folder that is missing is made", () => {
    const library = project({ "full.json/inside": "" });
    const folder = library.tread("scale", "collect", "--database-url", "postgres://nobody@127.0.0.1:9/x", "--output", "full.json");
    expect([folder.status, folder.stderr]).toEqual([2, expect.stringContaining("full.json is a folder")]);
    expect(library.tread("scale", "collect", "--database-url", url, "--seconds", "0", "--output", "scale/deep/cloud.json").status).toBe(0);
    expect(profileOf(library, "scale/deep/cloud.json").tables).toHaveLength(2);
  });

  test("the URL from the variable that the environment names, from DATABASE_URL, or from PG*", async () => {
    const library = project({
      "db/0001_book.sql": "CREATE TABLE book (id bigint);\n",
      "tread.config.yaml": "sources: [{ type: sql-dir, path: db }]\nenvironments: { cloud: { databaseUrlFrom: CLOUD_URL } }\n",
    });
    const { host, credentials } = database.server;
    const ways: readonly [readonly string[], NodeJS.ProcessEnv][] = [
      [["--environment", "cloud"], { CLOUD_URL: url }],
      [[], { DATABASE_URL: url }],
      [[], { PGHOST: host, PGUSER: credentials.user, PGPASSWORD: credentials.password, PGDATABASE: database.name }],
    ];
    for (const [args, env] of ways) {
      const result = await run(library, env, "scale", "collect", "--seconds", "0", ...args);
      expect(result.stderr).not.toContain("error");
      expect((JSON.parse(result.stdout) as Profile).tables).toHaveLength(2);
    }
    const nowhere = await run(library, { DATABASE_URL: "", PGHOST: "" }, "scale", "collect");
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringContaining("which database?")]);
    const inFile = project({ "tread.config.yaml": `environments: { cloud: { databaseUrlFrom: "postgres://a:b@c/d" } }\n` }).tread("check");
    expect([inFile.status, inFile.stderr]).toEqual([2, expect.stringContaining("a URL with a password does not belong in a file")]);
  });
});

const CLOUD = `{ "format": "tread.scale/1", "collectedAt": "2020-03-01T08:00:00Z", "server": { "engine": "postgres", "version": "17.4" },
  "tables": [
    { "table": "public.tag", "rows": 900, "bytes": 65536, "indexBytes": 16384, "readsPerSecond": 1, "writesPerSecond": 0 },
    { "table": "public.visit", "rows": 2004118230, "bytes": 811748818944, "indexBytes": 310000000000, "readsPerSecond": 5200, "writesPerSecond": 900, "longestTransactionSeconds": 41 },
    { "table": "public.visit_2026", "rows": 4118230, "bytes": 1748818944, "partitionOf": "public.visit" },
    { "table": "audit.entry", "rows": null, "bytes": 4096000 } ] }`;

describe("tread scale show", () => {
  const clinic = (): Project =>
    project({
      "db/0001_visit.sql": "CREATE TABLE visit (id bigint);\n",
      "scale/cloud.json": CLOUD,
      "tread.config.yaml":
        "sources: [{ type: sql-dir, path: db }]\nenvironments:\n  laptop: { assume: small }\n  cloud: { scale: scale/cloud.json }\n",
    });

  test("the largest first, what is large and hot, totals without counting partitions twice, and that it is old", () => {
    const { stdout, status } = clinic().tread("scale", "show");
    expect(status).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^scale\/cloud\.json · cloud · PostgreSQL 17\.4 · collected 2020-03-01, [\d,]+ days ago$/);
    expect(lines[1]).toContain("collect it again with `tread scale collect`");
    const names = lines.slice(3).map((line) => line.trim().split(/\s+/)[0]);
    expect(names.slice(0, 4)).toEqual(["visit", "visit_2026", "audit.entry", "tag"]);
    expect(lines[3]).toMatch(/visit\s+2,004,118,230\s+756 GB\s+289 GB\s+5,200\s+900\s+41 s\s+large, hot$/);
    expect(stdout).toMatch(/audit\.entry\s+\?\s+3\.9 MB/);
    expect(stdout).toMatch(/total of 3 tables\s+2,004,119,130\s+756 GB/);
  });

  test("as JSON and as markdown, of one environment or one file", () => {
    const shop = clinic();
    const json = JSON.parse(shop.tread("scale", "show", "--environment", "cloud", "--format", "json").stdout) as {
      format: string;
      profiles: { old: boolean; totals: { rows: number }; tables: { table: string; large: boolean; hot: boolean }[] }[];
    };
    expect(json.format).toBe("tread.scale-overview/1");
    expect(json.profiles[0]).toMatchObject({ old: true, totals: { tables: 3, rows: 2_004_119_130 } });
    expect(json.profiles[0]?.tables[0]).toMatchObject({ table: "visit", large: true, hot: true });
    const markdown = shop.tread("scale", "show", "scale/cloud.json", "--format", "markdown").stdout;
    expect(markdown).toContain("| visit | 2,004,118,230 | 756 GB | 289 GB | 5,200 | 900 | 41 s | large, hot |");
  });

  test("an environment without a profile, a file that is none: exit 2 and why", () => {
    const shop = clinic();
    expect(shop.tread("scale", "show", "--environment", "laptop")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("there is no scale profile to show") as string,
    });
    expect(shop.tread("scale", "show", "db/0001_visit.sql").status).toBe(2);
    expect(shop.tread("scale", "show", "gone.json")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("does not exist") as string,
    });
  });
});

describe("tread scale import from a saved file", () => {
  test("columns by their usual names, sizes as people write them", () => {
    const shop = project({
      "sizes.csv":
        'Schema,Table Name,Row Count,Table Size,Index Size\npublic,person,"2,004,118,230",812 GB,310 GB\nbilling,invoice,41230,12 MB,4096\npublic,draft,-1,0 bytes,\n',
    });
    const imported = shop.tread("scale", "import", "sizes.csv", "--postgres", "17", "--output", "cloud.json");
    expect(imported.status).toBe(0);
    expect(imported.stderr).toContain("rows from Row Count");
    expect(profileOf(shop, "cloud.json").tables).toMatchObject([
      { table: "public.person", rows: 2_004_118_230, bytes: 812 * 1024 ** 3, indexBytes: 310 * 1024 ** 3 },
      { table: "billing.invoice", rows: 41_230, bytes: 12 * 1024 ** 2, indexBytes: 4096 },
      { table: "public.draft", rows: null, bytes: 0, indexBytes: null },
    ]);
    expect(shop.tread("scale", "show", "cloud.json").stdout).toContain("812 GB");
  });

  test("columns of other names are named, and what is missing is said with what there is", () => {
    const shop = project({ "q.json": '[{"ding":"person","wieviel":"2.0 Mio","platz":"1.5 GiB"}]' });
    const lost = shop.tread("scale", "import", "q.json", "--postgres", "17");
    expect(lost).toMatchObject({ status: 2, stderr: expect.stringContaining("no column holds the tables' names") as string });
    expect(lost.stderr).toContain("the columns are: ding, wieviel, platz; say which: --column table=NAME");
    const wrong = shop.tread("scale", "import", "q.json", "--postgres", "17", "--column", "tabel=ding");
    expect(wrong.stderr).toContain("did you mean `table`?");
    const found = shop.tread(
      "scale",
      "import",
      "q.json",
      "--postgres",
      "17",
      "--column",
      "table=ding",
      "--column",
      "rows=wieviel",
      "--column",
      "bytes=platz",
    );
    expect((JSON.parse(found.stdout) as Profile).tables).toMatchObject([
      { table: "public.person", rows: 2_000_000, bytes: 1.5 * 1024 ** 3 },
    ]);
  });

  test("into a profile that is there: new numbers over old ones, the rest stays", () => {
    const shop = project({ "cloud.json": CLOUD, "today.csv": "relname,n_live_tup\nvisit,3000000000\nroom,12\n" });
    utimesSync(join(shop.folder, "today.csv"), new Date("2026-11-20T10:00:00Z"), new Date("2026-11-20T10:00:00Z"));
    const imported = shop.tread("scale", "import", "today.csv", "--into", "cloud.json");
    expect(imported.stderr).toContain("1 added, 1 updated, 5 in all");
    const profile = profileOf(shop, "cloud.json");
    expect(profile).toMatchObject({ collectedAt: "2026-11-20T10:00:00Z", server: { version: "17.4" } });
    expect(profile.tables.find(({ table }) => table === "public.visit")).toMatchObject({ rows: 3_000_000_000, readsPerSecond: 5200 });
  });

  test("bad input: where it is and what it is", () => {
    const shop = project({
      "bad.csv": "table,rows\nperson,many\n",
      "twice.csv": "table,rows\nperson,1\nperson,2\n",
      "empty.csv": "table,rows\n",
      "broken.json": "[{",
      "nothing.csv": "",
    });
    const said = (...args: string[]): [number | null, string] => {
      const { status, stderr } = shop.tread("scale", "import", ...args);
      return [status, stderr];
    };
    expect(said("bad.csv", "--postgres", "17")).toEqual([
      2,
      expect.stringContaining('bad.csv, row 1 (public.person), column rows: not a number: "many"'),
    ]);
    expect(said("twice.csv", "--postgres", "17")).toEqual([2, expect.stringContaining("row 2: public.person is there twice")]);
    expect(said("empty.csv", "--postgres", "17")).toEqual([3, expect.stringContaining("holds a heading and no rows")]);
    expect(said("broken.json", "--postgres", "17")).toEqual([3, expect.stringContaining("broken.json is no JSON")]);
    expect(said("nothing.csv", "--postgres", "17")).toEqual([3, expect.stringContaining("is empty")]);
    expect(said("bad.csv")).toEqual([2, expect.stringContaining("which version is the server?")]);
    expect(said("--postgres", "17")).toEqual([2, expect.stringContaining("neither a file nor --metabase")]);
  });
});

/**
 * A double of Metabase: it answers `POST /api/card/:id/query/json` in the shapes of Metabase's API and knows one key. A real Metabase is
 * a Java server with a database of its own, which a test cannot carry.
 */
class MetabaseDouble {
  readonly key = "mb_7Jq0s3cretKey=";
  readonly seen: { readonly method: string; readonly url: string; readonly type: string }[] = [];
  base = "";
  #server: Server | null = null;

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.seen.push({ method: request.method ?? "", url: request.url ?? "", type: request.headers["content-type"] ?? "" });
      const answer = (status: number, body: unknown): void => {
        response.writeHead(status, { "content-type": typeof body === "string" ? "text/plain" : "application/json;charset=utf-8" });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      };
      if (request.headers["x-api-key"] !== this.key) return answer(401, "Unauthenticated");
      const id = /^\/reports\/api\/card\/(\d+)\/query\/json$/.exec(request.url ?? "")?.[1];
      if (request.method !== "POST" || id === undefined) return answer(404, "API endpoint does not exist.");
      if (id === "7")
        return answer(200, [
          { "Table Name": "public.person", "Row Count": 2_004_118_230, Size: "812 GB", "Reads/s": 5200 },
          { "Table Name": "public.team", "Row Count": 184_320, Size: "42 MB", "Reads/s": null },
        ]);
      // A question that fails is answered with 202 and the error inside (metabase issue 41945).
      if (id === "8")
        return answer(202, {
          database_id: 2,
          status: "failed",
          class: "class org.postgresql.util.PSQLException",
          error: 'ERROR: relation "sizes" does not exist',
        });
      if (id === "9") return answer(403, "You don't have permissions to do that.");
      if (id === "10") return answer(200, "<!doctype html><title>Sign in</title>");
      return answer(404, "Not found.");
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    this.base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/reports`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()));
  }
}

describe("tread scale import from Metabase (a double)", () => {
  const metabase = new MetabaseDouble();
  beforeAll(() => metabase.start());
  afterAll(() => metabase.stop());
  afterEach(() => void metabase.seen.splice(0));
  const ask = (...args: readonly string[]): Promise<Run> =>
    run(project({}), { METABASE_API_KEY: metabase.key }, "scale", "import", "--postgres", "17", ...args);

  test("base URL and question, or the question's address from the browser", async () => {
    for (const args of [
      ["--metabase", metabase.base, "--question", "7"],
      ["--metabase", `${metabase.base}/question/7-table-sizes#eyJkYXRhc2V0`],
    ]) {
      const { status, stdout, stderr } = await ask(...args);
      expect([status, stderr]).toEqual([0, expect.stringContaining("read 2 tables of question 7")]);
      expect((JSON.parse(stdout) as Profile).tables).toMatchObject([
        { table: "public.person", rows: 2_004_118_230, bytes: 812 * 1024 ** 3, readsPerSecond: 5200 },
        { table: "public.team", rows: 184_320, readsPerSecond: null },
      ]);
      expect(stdout + stderr).not.toContain(metabase.key);
    }
    expect(metabase.seen[0]).toEqual({ method: "POST", url: "/reports/api/card/7/query/json", type: "application/x-www-form-urlencoded" });
  });

  test("every way to fail is one error, without the key", async () => {
    const fails: readonly [readonly string[], string][] = [
      [["--question", "8"], 'the question failed: ERROR: relation "sizes" does not exist'],
      [["--question", "9"], "the API key may not run question 9"],
      [["--question", "10"], "answered with something that is no JSON"],
      [["--question", "11"], "question 11"],
    ];
    for (const [args, said] of fails) {
      const { status, stderr } = await ask("--metabase", metabase.base, ...args);
      expect([status, stderr]).toEqual([3, expect.stringContaining(said)]);
      expect(stderr).not.toContain(metabase.key);
    }
    const stranger = await run(
      project({}),
      { METABASE_API_KEY: "wrong" },
      "scale",
      "import",
      "--postgres",
      "17",
      "--metabase",
      metabase.base,
      "--question",
      "7",
    );
    expect([stranger.status, stranger.stderr]).toEqual([3, expect.stringContaining("does not accept the API key")]);
    const keyless = await run(
      project({}),
      { METABASE_API_KEY: "" },
      "scale",
      "import",
      "--postgres",
      "17",
      "--metabase",
      metabase.base,
      "--question",
      "7",
    );
    expect([keyless.status, keyless.stderr]).toEqual([2, expect.stringContaining("METABASE_API_KEY is not set")]);
    const nobody = await ask("--metabase", "http://127.0.0.1:9", "--question", "7");
    expect([nobody.status, nobody.stderr]).toEqual([3, expect.stringContaining("cannot be reached")]);
    expect((await ask("--metabase", metabase.base)).stderr).toContain("which question?");
  });
});
