import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { script, tread, until } from "./guard.test-helper.ts";
import { project } from "./project.test-helper.ts";
import { tcpServer, type TcpServer } from "./tcp-server.test-helper.ts";

/** Looks like nothing else, also where it stands in a URL. */
const PASSWORD = "kumquat%41-9f3b";

let db: TcpServer;
beforeAll(async () => {
  db = await tcpServer(true);
  const superuser = await db.server.connect({ role: "superuser", database: "postgres" });
  await superuser.query(`CREATE ROLE deploy LOGIN PASSWORD '${PASSWORD}'`);
  await superuser.query("CREATE DATABASE shop OWNER deploy");
  await superuser.end();
});
afterAll(async () => {
  await db.stop();
});

const url = (host: string, parameters: string): string =>
  `postgres://deploy:${encodeURIComponent(PASSWORD)}@${host}:${db.port}/shop?${parameters}`;
const SHOP = { "migrations/0001_shop.sql": "CREATE TABLE loaf (id bigint PRIMARY KEY);\n" };
const secret = [PASSWORD, encodeURIComponent(PASSWORD)];
const shows = (text: string): boolean => secret.some((form) => text.includes(form));

describe("the way to the server", () => {
  const commands = [
    ["apply", () => ["apply", "migrations"]],
    [
      "guard",
      () => [
        "guard",
        "--",
        process.execPath,
        script(`console.log((await client.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).rows[0].ssl)`),
      ],
    ],
  ] as const;

  test.each(commands)("%s: sslmode=verify-full with the right authority and name goes through, encrypted", async (name, args) => {
    const { folder } = project(SHOP);
    const ran = await tread(args(), { DATABASE_URL: url("localhost", `sslmode=verify-full&sslrootcert=${db.authority}`) }, folder).ended;
    expect([ran.status, ran.stderr.includes("error")]).toEqual([0, false]);
    if (name === "guard") expect(ran.stdout).toBe("true\n");
  });

  test.each(commands)("%s: another authority, another name, and no authority are each one clear message", async (_, args) => {
    const { folder } = project(SHOP);
    for (const [host, parameters, why] of [
      [
        "localhost",
        `sslmode=verify-full&sslrootcert=${db.stranger}`,
        /no trusted TLS connection to postgres:\/\/deploy@localhost:\d+\/shop: its certificate's authority is not/,
      ],
      [
        "127.0.0.1",
        `sslmode=verify-full&sslrootcert=${db.authority}`,
        /no trusted TLS connection to .*: its certificate is for another host/,
      ],
      ["localhost", "sslmode=verify-full", /no trusted TLS connection to .*: its certificate's authority is not/],
      ["localhost", "sslmode=disable", /refused the login: no pg_hba\.conf entry/],
    ] as const) {
      const ran = await tread(args(), { DATABASE_URL: url(host, parameters) }, folder).ended;
      expect([ran.status, ran.stdout]).toEqual([3, ""]);
      expect(ran.stderr).toMatch(why);
      expect(ran.stderr.match(/^error:/gm)).toHaveLength(1);
      expect(shows(ran.stderr)).toBe(false);
    }
  });
});

describe("the password", () => {
  const right = (): string => url("localhost", `sslmode=verify-full&sslrootcert=${db.authority}`);

  test("is in no output, no error and no command line, and not in the environment of the guarded command", async () => {
    const running = tread(
      ["guard", "--", process.execPath, script(`console.log(JSON.stringify(process.env)); await client.query("SELECT pg_sleep(600)")`)],
      { DATABASE_URL: right(), PRIMARY_DATABASE_URL: right() },
    );
    await until(() => running.said().includes("PGPASSWORD"), running);
    const lines = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          return readFileSync(`/proc/${name}/cmdline`, "utf8");
        } catch {
          return [];
        }
      });
    const given = JSON.parse(running.said().slice(running.said().indexOf("{"), running.said().lastIndexOf("}") + 1)) as {
      PGPASSWORD: string;
      PRIMARY_DATABASE_URL: string;
    };
    running.signal("SIGTERM");
    const ran = await running.ended;
    expect(given.PRIMARY_DATABASE_URL).toContain("@127.0.0.1:");
    expect(lines.some((line) => shows(line) || line.includes(given.PGPASSWORD))).toBe(false);
    expect(shows(ran.stdout + ran.stderr)).toBe(false);
  });

  test("is not in the ledger, the server's log or a failure, of apply and of guard", async () => {
    const { folder } = project({
      ...SHOP,
      "migrations/0002_bad.sql": "INSERT INTO loaf VALUES (1), (1);\n",
    });
    const applied = await tread(["apply", "migrations"], { DATABASE_URL: right() }, folder).ended;
    expect(applied.status).toBe(4);
    const failing = script(`await client.query("ALTER TABLE muffin ADD COLUMN x int")`);
    const guarded = await tread(["guard", "--", process.execPath, failing], { DATABASE_URL: right() }).ended;
    expect(guarded.status).toBe(7);
    const wrong = await tread(["guard", "--", "true"], { DATABASE_URL: right().replace("/shop", "/shop2") }).ended;
    expect(wrong.status).toBe(3);
    const superuser = await db.server.connect({ role: "superuser", database: "shop" });
    const ledger = await superuser.query(
      "SELECT (SELECT json_agg(l)::text FROM tread.ledger l) || (SELECT json_agg(s)::text FROM tread.ledger_step s) AS all",
    );
    await superuser.end();
    expect((ledger.rows[0] as { all: string }).all).toContain("0002_bad");
    for (const text of [applied, guarded, wrong].flatMap(({ stdout, stderr }) => [stdout, stderr])) expect(shows(text)).toBe(false);
    expect(shows(JSON.stringify(ledger.rows))).toBe(false);
    expect(shows(db.log())).toBe(false);
  });

  test("the user's own gets a command in that was configured with it, and a wrong one does not", async () => {
    const configured = (password: string): string =>
      script(`const direct = new Client({ host: process.env.PGHOST, port: Number(process.env.PGPORT), user: "deploy", database: "shop", password: ${JSON.stringify(password)} });
        await direct.connect(); console.log((await direct.query("SELECT 1 AS one")).rows[0].one)`);
    const own = await tread(["guard", "--", process.execPath, configured(PASSWORD)], { DATABASE_URL: right() }).ended;
    expect([own.status, own.stdout]).toEqual([0, "1\n"]);
    const other = await tread(["guard", "--", process.execPath, configured("persimmon")], { DATABASE_URL: right() }).ended;
    expect(other.status).toBe(7);
    expect(other.stderr).toContain("it never had a session behind tread; one connection was turned away");
  });
});

describe("what a migration file cannot do", () => {
  test.each([
    ["COPY … FROM PROGRAM", "COPY loaf FROM PROGRAM 'touch /tmp/tread-was-here';\n"],
    ["psql's \\!", "\\! touch /tmp/tread-was-here\nSELECT 1;\n"],
    ["psql's \\copy", "\\copy loaf FROM PROGRAM 'touch /tmp/tread-was-here'\nSELECT 1;\n"],
    ["psql's \\i", "\\i /etc/passwd\nSELECT 1;\n"],
  ])("run a shell command or read a file of this machine by %s: it is refused by name, and nothing runs", async (_, sql) => {
    const { folder } = project({ ...SHOP, "migrations/0002_shell.sql": sql });
    const ran = await tread(["apply", "migrations", "--yes"], { DATABASE_URL: url("localhost", "sslmode=require") }, folder).ended;
    expect(ran.status).not.toBe(0);
    expect(ran.stderr + ran.stdout).toMatch(/migrations\/0002_shell\.sql:1/);
    expect(readdirSync("/tmp")).not.toContain("tread-was-here");
  });
});

describe("over TCP", () => {
  test("a command that takes another way to the server is ended, with its session", async () => {
    const right = url("localhost", `sslmode=verify-full&sslrootcert=${db.authority}`);
    const past = script(`
      const direct = new Client({ host: "127.0.0.1", port: ${db.port}, user: "deploy", database: "shop", password: ${JSON.stringify(PASSWORD)}, ssl: { rejectUnauthorized: false } });
      await direct.connect(); await direct.query("CREATE TABLE IF NOT EXISTS bypassed (id int)"); await new Promise((resolve) => setTimeout(resolve, 600_000))`);
    const ran = await tread(["guard", "--", process.execPath, past], { DATABASE_URL: right }).ended;
    expect(ran.status).toBe(5);
    expect(ran.stderr).toMatch(
      /works on postgres:\/\/deploy@localhost:\d+\/shop past tread: process \d+ of deploy: CREATE TABLE IF NOT EXISTS bypassed/,
    );
    expect(shows(ran.stderr)).toBe(false);
  });

  // The last test here: the server is gone after it.
  test("a server that goes away in the middle is one clear message, and nothing is left behind", async () => {
    const running = tread(["guard", "--", process.execPath, script(`console.log("at work"); await client.query("SELECT pg_sleep(600)")`)], {
      DATABASE_URL: url("localhost", `sslmode=verify-full&sslrootcert=${db.authority}`),
    });
    await until(() => running.said().includes("at work"), running);
    await db.server.stop();
    const ran = await running.ended;
    expect(ran.status).toBe(4);
    expect(ran.stderr).toMatch(/^error: the connection to postgres:\/\/deploy@localhost:\d+\/shop broke while/m);
    expect(ran.stderr).toContain("nothing of it was committed");
    expect(ran.stderr).not.toContain("    at ");
  });
});
