import { djangoEnvironment } from "../../../sources/django/django-oracle.test-helper.ts";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import net from "node:net";
import { Client, type DatabaseError, Query } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../embedded/test-server.test-helper.ts";
import { type ProxiedStatement, type ProxyHooks, type RunningProxy, type StatementOutcome, startProxy } from "./index.ts";

interface Seen extends StatementOutcome {
  readonly statement: ProxiedStatement;
}

async function rehearsal(hooks: Partial<ProxyHooks> = {}): Promise<{ proxy: RunningProxy; database: FreshDatabase; seen: Seen[] }> {
  const database = await freshDatabase();
  const seen: Seen[] = [];
  const proxy = await startProxy({
    server: database.server,
    database: database.name,
    hooks: {
      beforeStatement: (statement) => hooks.beforeStatement?.(statement) ?? Promise.resolve(),
      afterStatement: async (statement, outcome) => {
        seen.push({ statement, ...outcome });
        await hooks.afterStatement?.(statement, outcome);
      },
    },
  });
  onTestFinished(async () => {
    await proxy.stop();
    await database.close();
  });
  return { proxy, database, seen };
}

async function client(proxy: RunningProxy): Promise<Client> {
  const connected = new Client({ connectionString: proxy.url });
  connected.on("error", () => {});
  await connected.connect();
  onTestFinished(() => connected.end().catch(() => {}));
  return connected;
}

const told = (seen: readonly Seen[]): string[] => seen.map((s) => `${s.statement.sql} → ${s.error?.sqlstate ?? s.commandTag}`);

function run(command: string, args: readonly string[], proxy: RunningProxy, input = ""): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { env: { PATH: process.env["PATH"], ...proxy.env } });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
}

test("a migration tool's statements are seen one by one, with how each ended", async () => {
  const { proxy, seen } = await rehearsal();
  const tool = await client(proxy);
  await tool.query("CREATE TABLE person (id serial PRIMARY KEY, email text NOT NULL)");
  await tool.query("INSERT INTO person (email) VALUES ($1), ($2)", ["ada@example.com", "grace@example.com"]);
  await expect(tool.query("SELECT nickname FROM person WHERE id = $1", [1])).rejects.toMatchObject({ code: "42703" });
  const people = await tool.query<{ email: string }>("SELECT email FROM person ORDER BY id");
  expect(people.rows.map((row) => row.email)).toEqual(["ada@example.com", "grace@example.com"]);
  expect(told(seen)).toEqual([
    "CREATE TABLE person (id serial PRIMARY KEY, email text NOT NULL) → CREATE TABLE",
    "INSERT INTO person (email) VALUES ($1), ($2) → INSERT 0 2",
    "SELECT nickname FROM person WHERE id = $1 → 42703",
    "SELECT email FROM person ORDER BY id → SELECT 2",
  ]);
  expect(seen.map((s) => s.statement.protocol)).toEqual(["simple", "extended", "extended", "simple"]);
  expect(proxy).toMatchObject({ connections: 1, statements: 4, failure: null });
});

test("between two statements of a transaction, the locks that it holds can be looked at", async () => {
  const held: string[] = [];
  const { proxy, database } = await rehearsal({
    afterStatement: async (statement) => {
      const locks = await database.superuser.query<{ mode: string }>(
        "SELECT mode FROM pg_locks WHERE pid = $1 AND relation = to_regclass('person') AND granted ORDER BY mode",
        [statement.backendPid],
      );
      held.push(`${statement.sql}: ${locks.rows.map((row) => row.mode).join(", ")}`);
    },
  });
  await database.owner.query("CREATE TABLE person (id int)");
  const tool = await client(proxy);
  await tool.query("BEGIN; ALTER TABLE person ADD COLUMN email text; SELECT 1; COMMIT");
  await tool.query("ALTER TABLE person ADD COLUMN phone text");
  expect(held).toEqual([
    "BEGIN: ",
    "ALTER TABLE person ADD COLUMN email text: AccessExclusiveLock",
    "SELECT 1: AccessExclusiveLock",
    "COMMIT: ",
    "ALTER TABLE person ADD COLUMN phone text: ",
  ]);
});

test("a prepared statement's locks are still held when it is reported, before the client syncs", async () => {
  const held: number[] = [];
  const { proxy, database } = await rehearsal({
    afterStatement: async (statement) => {
      const locks = await database.superuser.query("SELECT FROM pg_locks WHERE pid = $1 AND relation = to_regclass('person')", [
        statement.backendPid,
      ]);
      held.push(locks.rowCount ?? 0);
    },
  });
  await database.owner.query("CREATE TABLE person (id int)");
  const tool = await client(proxy);
  await tool.query({ name: "add", text: "ALTER TABLE person ADD COLUMN email text" });
  expect(held).toEqual([1]);
});

test("several statements in one message are all or nothing, as Postgres has it", async () => {
  const { proxy, database, seen } = await rehearsal();
  const tool = await client(proxy);
  const script = "CREATE TABLE a (id int); INSERT INTO a VALUES (1); /* naïve 🐘 */ SELECT * FROM missing; CREATE TABLE b ()";
  const direct = await database.owner.query(script).catch((error: DatabaseError) => error);
  expect(direct).toMatchObject({ code: "42P01" });
  const { code, position, message } = direct as DatabaseError;
  await expect(tool.query(script)).rejects.toMatchObject({ code, position, message });
  expect((await tool.query("SELECT to_regclass('a') AS a")).rows).toEqual([{ a: null }]);
  expect(told(seen).slice(0, 3)).toEqual([
    "CREATE TABLE a (id int) → CREATE TABLE",
    "INSERT INTO a VALUES (1) → INSERT 0 1",
    expect.stringContaining("SELECT * FROM missing → 42P01"),
  ]);
  expect(seen.some((s) => s.statement.sql.includes("TABLE b"))).toBe(false);
});

test("in one message: a syntax error runs nothing, CONCURRENTLY fails, COMMIT and BEGIN mean what they say", async () => {
  const { proxy } = await rehearsal();
  const tool = await client(proxy);
  await expect(tool.query("CREATE TABLE a (id int); CREATE TABEL b (id int)")).rejects.toMatchObject({ code: "42601" });
  expect((await tool.query("SELECT to_regclass('a') AS a")).rows).toEqual([{ a: null }]);
  await tool.query("CREATE TABLE a (id int)");
  await expect(tool.query("CREATE INDEX CONCURRENTLY a_id ON a (id); SELECT 1")).rejects.toMatchObject({ code: "25001" });
  await expect(tool.query("INSERT INTO a VALUES (1); COMMIT; INSERT INTO a VALUES (2); SELECT 1/0")).rejects.toMatchObject({
    code: "22012",
  });
  expect((await tool.query("SELECT id FROM a")).rows).toEqual([{ id: 1 }]);
  await tool.query("INSERT INTO a VALUES (3); BEGIN; INSERT INTO a VALUES (4)");
  await tool.query("ROLLBACK");
  expect((await tool.query("SELECT id FROM a")).rows).toEqual([{ id: 1 }]);
  await tool.query("CREATE INDEX CONCURRENTLY a_id ON a (id)");
});

test("as a prepared statement, CONCURRENTLY and VACUUM run as they do without the proxy", async () => {
  const { proxy, seen } = await rehearsal();
  const tool = await client(proxy);
  await tool.query("CREATE TABLE person (id int)");
  await tool.query({ name: "index", text: "CREATE INDEX CONCURRENTLY person_id ON person (id)" });
  await tool.query({ name: "vacuum", text: "VACUUM person" });
  await tool.query({ name: "begin", text: "BEGIN" });
  await expect(tool.query({ name: "again", text: "REINDEX INDEX CONCURRENTLY person_id" })).rejects.toMatchObject({ code: "25001" });
  await tool.query({ name: "rollback", text: "ROLLBACK" });
  expect(told(seen).slice(1)).toEqual([
    "CREATE INDEX CONCURRENTLY person_id ON person (id) → CREATE INDEX",
    "VACUUM person → VACUUM",
    "BEGIN → BEGIN",
    "REINDEX INDEX CONCURRENTLY person_id → 25001",
    "ROLLBACK → ROLLBACK",
  ]);
});

test("a deferred constraint that fails at the implicit commit is a failed COMMIT, in both protocols", async () => {
  const { proxy, seen } = await rehearsal();
  const tool = await client(proxy);
  await tool.query("CREATE TABLE team (id int PRIMARY KEY)");
  await tool.query("CREATE TABLE person (team int REFERENCES team DEFERRABLE INITIALLY DEFERRED)");
  await expect(tool.query("SELECT 1; INSERT INTO person VALUES (7)")).rejects.toMatchObject({ code: "23503" });
  await expect(tool.query("INSERT INTO person VALUES ($1)", [8])).rejects.toMatchObject({ code: "23503" });
  const commits = (): string[] =>
    seen.filter((s) => s.statement.implicit).map((s) => `${s.statement.protocol} ${s.statement.sql} ${s.error?.sqlstate}`);
  // The driver rejects on the error itself; the statement has ended only with what comes behind it.
  await expect.poll(commits, { timeout: 10_000 }).toEqual(["simple COMMIT 23503", "extended COMMIT 23503"]);
  expect((await tool.query("SELECT * FROM person")).rows).toEqual([]);
});

test("what reaches outside is refused with 42501 in tread's name, and the transaction fails as it would", async () => {
  const { proxy, seen } = await rehearsal();
  const tool = await client(proxy);
  await tool.query("BEGIN");
  await expect(tool.query("COPY (SELECT 1) TO PROGRAM 'cat'")).rejects.toMatchObject({
    code: "42501",
    message: expect.stringMatching(/^tread: COPY … TO PROGRAM/),
  });
  await expect(tool.query("SELECT 1")).rejects.toMatchObject({ code: "25P02" });
  await tool.query("ROLLBACK");
  await expect(tool.query({ name: "peek", text: "SELECT pg_read_file('/etc/passwd')" })).rejects.toMatchObject({ code: "42501" });
  await expect(tool.query("SELECT pg_read_file($1)", ["/etc/passwd"])).rejects.toMatchObject({ code: "42501" });
  await expect.poll(() => seen.filter((s) => s.error?.message.startsWith("tread: ")).length, { timeout: 10_000 }).toBe(3);
});

test("rows stream through: a large result does not pile up in the proxy", async () => {
  const { proxy } = await rehearsal();
  const tool = await client(proxy);
  const before = process.memoryUsage().rss;
  let rows = 0;
  let bytes = 0;
  const big = tool.query(new Query("SELECT repeat('x', 1000) AS filler FROM generate_series(1, 200000)"));
  await new Promise<void>((resolve, reject) => {
    big.on("row", (row: { filler: string }) => {
      rows++;
      bytes += row.filler.length;
    });
    big.on("end", () => resolve());
    big.on("error", reject);
  });
  expect({ rows, bytes }).toEqual({ rows: 200_000, bytes: 200_000_000 });
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
});

test("a cancel request reaches the statement", async () => {
  const { proxy } = await rehearsal();
  const tool = await client(proxy);
  const sleeping = expect(tool.query("SELECT pg_sleep(30)")).rejects.toMatchObject({ code: "57014" });
  const { processID, secretKey } = tool as unknown as { processID: number; secretKey: number };
  await new Promise((resolve) => setTimeout(resolve, 200));
  const cancel = Buffer.alloc(16);
  cancel.writeInt32BE(16, 0);
  cancel.writeInt32BE(80_877_102, 4);
  cancel.writeInt32BE(processID, 8);
  cancel.writeInt32BE(secretKey, 12);
  net.connect(Number(proxy.env["PGPORT"]), "127.0.0.1").end(cancel);
  await sleeping;
});

test("a wrong password and another database are turned away and not counted", async () => {
  const { proxy } = await rehearsal();
  const { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password } = proxy.env;
  await expect(new Client({ host, port: Number(port), user, password: "guess", database: "app" }).connect()).rejects.toMatchObject({
    code: "28P01",
  });
  await expect(new Client({ host, port: Number(port), user, password, database: "postgres" }).connect()).rejects.toMatchObject({
    code: "3D000",
  });
  expect(proxy.connections).toBe(0);
});

test("a hook that throws ends the connection and is on record", async () => {
  const { proxy } = await rehearsal({
    beforeStatement: () => Promise.reject(new Error("the observer lost its own connection")),
  });
  const tool = await client(proxy);
  await expect(tool.query("SELECT 1")).rejects.toThrow(/the observer lost its own connection|terminated/);
  expect(proxy.failure?.message).toBe("the observer lost its own connection");
});

test("two connections wait for each other's locks as they would without the proxy", async () => {
  const { proxy, seen } = await rehearsal();
  const [one, two] = [await client(proxy), await client(proxy)];
  await one.query("CREATE TABLE person (id int); INSERT INTO person VALUES (1)");
  await one.query("BEGIN; LOCK TABLE person IN ACCESS EXCLUSIVE MODE");
  const waiting = two.query("SELECT count(*)::int AS n FROM person");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await one.query("COMMIT");
  expect((await waiting).rows).toEqual([{ n: 1 }]);
  expect(seen.find((s) => s.statement.connectionId === 2)?.durationMs).toBeGreaterThan(200);
});

const PSQL = "/usr/bin/psql";
test.skipIf(!existsSync(PSQL))("psql: scripts, COPY both ways, and several statements in one -c", async () => {
  const { proxy, seen } = await rehearsal();
  const script = `CREATE TABLE person (id int, email text);
COPY person FROM STDIN;
1\tada@example.com
2\tgrace@example.com
\\.
BEGIN;
ALTER TABLE person ADD COLUMN phone text;
COMMIT;
COPY person TO STDOUT WITH CSV;
`;
  const scripted = await run(PSQL, ["-X", "-v", "ON_ERROR_STOP=1", "-q"], proxy, script);
  expect(scripted).toEqual({ code: 0, output: "1,ada@example.com,\n2,grace@example.com,\n" });
  expect(told(seen)).toContain("COPY person FROM STDIN → COPY 2");
  const broken = await run(
    PSQL,
    ["-X", "-v", "ON_ERROR_STOP=1", "-q"],
    proxy,
    "COPY person FROM STDIN;\nnot a number\tx\n\\.\nSELECT 1;\n",
  );
  expect(broken.code).toBe(3);
  expect(broken.output).toContain("invalid input syntax for type integer");
  const several = await run(PSQL, ["-X", "-At", "-c", "SELECT 'first'; SELECT 'second' FROM person"], proxy);
  expect(several).toEqual({ code: 0, output: "first\nsecond\nsecond\n" });
});

const drivers = djangoEnvironment();
const skipDrivers = drivers.python === null && process.env["CI"] !== "true";
const SCRIPTS = {
  psycopg: `
import psycopg
with psycopg.connect() as connection:
    connection.execute("CREATE TABLE person (id int, email text)")
    with connection.cursor().copy("COPY person FROM STDIN") as copy:
        copy.write_row((1, "ada@example.com")); copy.write_row((2, "grace@example.com"))
    with connection.pipeline():
        for i in range(5): connection.execute("INSERT INTO person VALUES (%s, %s)", (i, "x"))
    with connection.cursor("server side") as cursor:
        cursor.itersize = 2
        print(len(list(cursor.execute("SELECT * FROM person"))))
`,
  psycopg2: `
import psycopg2, io
with psycopg2.connect("") as connection:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE person (id int, email text); SELECT 1")
    cursor.copy_expert("COPY person FROM STDIN", io.StringIO("".join(f"{i}\\tx\\n" for i in range(7))))
    cursor.execute("SELECT count(*) FROM person")
    print(cursor.fetchone()[0])
`,
  asyncpg: `
import asyncio, asyncpg
async def main():
    connection = await asyncpg.connect(ssl=False)
    async with connection.transaction():
        await connection.execute("CREATE TABLE person (id int, email text)")
        await connection.executemany("INSERT INTO person VALUES ($1, $2)", [(i, "x") for i in range(7)])
        rows = 0
        async for row in connection.cursor("SELECT * FROM person", prefetch=2): rows += 1
        print(rows)
asyncio.run(main())
`,
};
for (const [driver, script] of Object.entries(SCRIPTS)) {
  test.skipIf(skipDrivers)(`${driver} works through the proxy and its statements are seen`, async () => {
    const { proxy, seen } = await rehearsal();
    expect(await run(drivers.python ?? "python3", ["-c", script], proxy)).toEqual({ code: 0, output: "7\n" });
    expect(told(seen).some((line) => line.includes("CREATE TABLE person (id int, email text)"))).toBe(true);
    expect(seen.every((s) => s.error === null)).toBe(true);
  });
}
