import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase, testMajors } from "../src/engines/postgres/embedded/test-server.test-helper.ts";
import { NEWEST_POSTGRES } from "../src/engines/postgres/engine.ts";
import { type Guarded, type Running, script, tread, until } from "./guard.test-helper.ts";

/** On the newest major all of it; on the others a sample, and all of that, too, where a suite names its majors (`npm run conformance:postgres`). */
const everywhere = (process.env["TREAD_TEST_MAJORS"] ?? "") !== "";

describe.each(testMajors())("tread guard on PostgreSQL %i", (major) => {
  const whole = everywhere || major === NEWEST_POSTGRES;
  const sample = <T>(all: readonly T[]): readonly T[] => (whole ? all : all.slice(0, 1));
  let database: FreshDatabase;
  beforeEach(async () => {
    database = await freshDatabase(major);
    await database.owner.query("CREATE TABLE loaf (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL)");
    await database.owner.query("INSERT INTO loaf (name) SELECT 'loaf ' || g FROM generate_series(1, 200) g");
  });
  afterEach(async () => {
    await database.close();
  });

  const url = (): string => {
    const { server, name } = database;
    return `host=${server.host} port=${server.port} user=${server.credentials.user} password=${server.credentials.password} dbname=${name}`;
  };
  const start = (command: readonly string[], ...options: readonly string[]): Running =>
    tread(["guard", "--database-url", url(), ...options, "--", ...command]);
  const guard = (command: readonly string[], ...options: readonly string[]): Promise<Guarded> => start(command, ...options).ended;
  const migration = (body: string): readonly string[] => [process.execPath, script(body)];
  const columns = async (): Promise<unknown[]> =>
    (
      await database.superuser.query("SELECT attname FROM pg_attribute WHERE attrelid = 'loaf'::regclass AND attnum > 0 ORDER BY attnum")
    ).rows.map(({ attname }) => attname);

  test("a node-postgres script runs with lock_timeout where it locks, 0 for CONCURRENTLY, and its own value elsewhere", async () => {
    const ran = await guard(
      migration(`
        const shown = async () => (await client.query("SHOW lock_timeout")).rows[0].lock_timeout;
        await client.query("SET lock_timeout = '7s'");
        console.log("before " + await shown());
        await client.query("ALTER TABLE loaf ADD COLUMN price numeric");
        await client.query({ text: "ALTER TABLE loaf ADD COLUMN grams integer", values: [] });
        console.log("after " + await shown());
        await client.query("CREATE INDEX CONCURRENTLY loaf_name ON loaf (name)");
        await client.query("BEGIN");
        await client.query("ALTER TABLE loaf ADD COLUMN shape text");
        console.log("under the lock " + await shown());
        await client.query("COMMIT");
        console.log("at the end " + await shown());`),
    );
    expect(ran.stderr).toContain(
      "the command has lock_timeout = 7s, which would let others wait longer than the stall budget: it is held at 10 ms",
    );
    expect([ran.status, ran.stdout]).toEqual([0, "before 7s\nafter 7s\nunder the lock 7s\nat the end 7s\n"]);
    expect(await columns()).toEqual(["id", "name", "price", "grams", "shape"]);
    expect(ran.stderr).toContain("3 statements under lock_timeout = 10 ms, 1 CONCURRENTLY without one");
    expect(ran.stdout + ran.stderr).not.toContain(database.server.credentials.password);
  });

  test("the server itself sees the limits: event triggers write down what each statement ran with", async () => {
    await database.superuser.query(`
      CREATE TABLE seen (at serial, tag text, lock_timeout text);
      GRANT ALL ON seen, seen_at_seq TO PUBLIC;
      CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen (tag, lock_timeout) VALUES (tg_tag, current_setting('lock_timeout')); END $$;
      CREATE EVENT TRIGGER note ON ddl_command_start EXECUTE FUNCTION note()`);
    const ran = await guard(
      migration(`
        await client.query("ALTER TABLE loaf ADD COLUMN price numeric; CREATE TABLE oven (id bigint PRIMARY KEY)");
        await client.query({ text: "CREATE INDEX CONCURRENTLY loaf_name ON loaf (name)", values: [] });
        await client.query("BEGIN"); await client.query("DROP TABLE oven"); await client.query("COMMIT");`),
      "--stall-budget",
      "25",
    );
    await database.superuser.query("DROP EVENT TRIGGER note");
    expect([ran.status, ran.stderr.includes("error")]).toEqual([0, false]);
    expect((await database.superuser.query("SELECT tag, lock_timeout FROM seen ORDER BY at")).rows).toEqual([
      { tag: "ALTER TABLE", lock_timeout: "25ms" },
      { tag: "CREATE TABLE", lock_timeout: "0" },
      { tag: "CREATE INDEX", lock_timeout: "0" },
      { tag: "DROP TABLE", lock_timeout: "25ms" },
    ]);
  });

  const ways: readonly (readonly [way: string, body: string])[] = [
    ["a statement of its own", `await client.query("ALTER TABLE loaf ADD COLUMN price numeric")`],
    ["a prepared statement", `await client.query({ text: "ALTER TABLE loaf ADD COLUMN price numeric", values: [] })`],
    ["one of several in a message", `await client.query("SELECT 1; ALTER TABLE loaf ADD COLUMN price numeric; SELECT 2")`],
    [
      "a transaction",
      `await client.query("BEGIN"); await client.query("SELECT 1"); await client.query("ALTER TABLE loaf ADD COLUMN price numeric"); await client.query("COMMIT")`,
    ],
  ];
  describe.each(sample(ways))("on a hot table, as %s", (_, body) => {
    test("waits for a long read without making anybody wait behind it, and goes through when it has ended", async () => {
      const reader = await database.server.connect({ role: "owner", database: database.name, applicationName: "report" });
      await reader.query("BEGIN; SELECT count(*) FROM loaf");
      const running = start(migration(body));
      await until(() => running.said().includes("before anything is asked for"), running);
      expect(running.said()).toContain("(report)");
      // Nobody queues: a read with the shortest patience there is gets through.
      await database.owner.query("SET lock_timeout = '1ms'");
      for (let reads = 0; reads < 50; reads++) await database.owner.query("SELECT count(*) FROM loaf");
      await reader.query("COMMIT");
      await reader.end();
      const ran = await running.ended;
      expect([ran.status, ran.stderr.includes("error")]).toEqual([0, false]);
      expect(await columns()).toContain("price");
    });
  });

  /** Reads the table again and again, as an application does. @returns the way to stop, and how many failed */
  async function application(): Promise<() => Promise<{ readonly reads: number; readonly failed: number }>> {
    const client = await database.server.connect({ role: "owner", database: database.name, applicationName: "web" });
    const seen = { stopped: false, reads: 0, failed: 0 };
    const loop = (async () => {
      while (!seen.stopped) {
        await client.query("SELECT count(*) FROM loaf").then(
          () => seen.reads++,
          () => seen.failed++,
        );
        await sleep(2);
      }
      await client.end();
    })();
    return async () => {
      seen.stopped = true;
      await loop;
      return seen;
    };
  }

  test("what works under a strong lock while an application waits is cancelled, tried again, and given up: exit 4, who waited is told", async () => {
    const stop = await application();
    const ran = await guard(
      migration(
        `await client.query("ALTER TABLE loaf ALTER COLUMN name TYPE text USING CASE WHEN pg_sleep(0.05) IS NOT NULL THEN name END")`,
      ),
      "--retries",
      "0",
    );
    const { failed } = await stop();
    expect([ran.status, failed]).toEqual([4, 0]);
    expect(ran.stderr).toContain("(web)");
    expect(ran.stderr).toContain("waited for ACCESS SHARE on loaf");
    expect(ran.stderr).toContain("(cancelled)");
    expect(ran.stderr).toMatch(
      /held its locks for longer than the stall budget \(10 ms\) 3 times, and others waited: it writes every row of public\.loaf again/,
    );
    expect(ran.stderr).toContain("Nothing of it was committed: run the same command again (exit 4)");
  });

  const repeated: readonly (readonly [way: string, body: string])[] = [
    ["a statement of its own", `await client.query(ALTER); await client.query("INSERT INTO oven VALUES (1)")`],
    [
      "a prepared statement",
      `await client.query({ text: ALTER, values: [] }); await client.query({ text: "INSERT INTO oven VALUES ($1)", values: [1] })`,
    ],
    [
      "one of several in a message",
      `const all = await client.query("INSERT INTO oven VALUES (1); " + ALTER + "; SELECT 42 AS answer"); console.log(all.map(({ command }) => command).join(), all[2].rows[0].answer)`,
    ],
    [
      "the first of a transaction that locks",
      `await client.query("BEGIN"); await client.query("INSERT INTO oven VALUES (1)"); await client.query(ALTER); await client.query("COMMIT")`,
    ],
    [
      "the first of a transaction that locks, prepared",
      `await client.query({ text: "BEGIN", values: [] }); await client.query({ text: "INSERT INTO oven VALUES ($1)", values: [1] }); await client.query({ text: ALTER, values: [] }); await client.query({ text: "COMMIT", values: [] })`,
    ],
  ];
  describe.each(sample(repeated))("cancelled once, %s", (_, body) => {
    test("is run again without the command hearing of it, and nothing is done twice", async () => {
      await database.owner.query(`
        CREATE TABLE oven (id int);
        CREATE SEQUENCE tries;
        CREATE FUNCTION dawdle() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF nextval('tries') = 1 THEN PERFORM pg_sleep(20); END IF; RETURN true; END $$`);
      const stop = await application();
      const ran = await guard(
        migration(`const ALTER = "ALTER TABLE loaf ALTER COLUMN name TYPE varchar(99) USING CASE WHEN dawdle() THEN name END"; ${body}`),
        "--stall-budget",
        "100",
        "--retries",
        "0",
      );
      const { failed } = await stop();
      expect(ran.stderr).toContain("(cancelled)");
      expect(ran.stderr).toMatch(/attempts? repeated unseen/);
      expect([ran.status, failed]).toEqual([0, 0]);
      if (body.includes("console.log")) expect(ran.stdout).toBe("INSERT,ALTER,SELECT 42\n");
      expect((await database.superuser.query("SELECT id FROM oven")).rows).toEqual([{ id: 1 }]);
      expect(
        (
          await database.superuser.query(
            "SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'loaf'::regclass AND attname = 'name'",
          )
        ).rows,
      ).toEqual([{ type: "character varying(99)" }]);
    });
  });

  test("a CREATE INDEX CONCURRENTLY that fails leaves no invalid index, and IF NOT EXISTS never takes one for the real one", async () => {
    await database.owner.query("INSERT INTO loaf (name) VALUES ('Rye'), ('Rye')");
    const unique = `await client.query("CREATE UNIQUE INDEX CONCURRENTLY loaf_name ON loaf (name)")`;
    const invalid = async (): Promise<unknown[]> =>
      (
        await database.superuser.query(
          "SELECT indexrelid::regclass::text AS index, indisvalid AS valid FROM pg_index WHERE indrelid = 'loaf'::regclass ORDER BY 1",
        )
      ).rows;
    const failed = await guard(migration(unique));
    expect(failed.status).toBe(7);
    expect(failed.stderr).toContain("dropped the invalid index public.loaf_name");
    expect(await invalid()).toEqual([{ index: "loaf_pkey", valid: true }]);
    await database.owner.query("CREATE UNIQUE INDEX CONCURRENTLY loaf_name ON loaf (name)").catch(() => {});
    expect(await invalid()).toContainEqual({ index: "loaf_name", valid: false });
    await database.owner.query("DELETE FROM loaf WHERE name = 'Rye'");
    const mended = await guard(migration(unique.replace("CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS")));
    expect(mended.status).toBe(0);
    expect(await invalid()).toContainEqual({ index: "loaf_name", valid: true });
  });

  test("SIGINT reaches the command; its end is awaited, and nothing of it stays on the server", async () => {
    const running = start(migration(`console.log("asleep"); await client.query("SELECT pg_sleep(600)")`));
    await until(() => running.said().includes("asleep"), running);
    running.signal("SIGINT");
    const ran = await running.ended;
    expect(ran.status).toBe(130);
    const left = async (): Promise<number> =>
      (
        await database.superuser.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> ALL ($1::int[])", [
          [database.owner, database.superuser].map((client) => (client as unknown as { processID: number }).processID),
        ])
      ).rowCount ?? 0;
    for (let tries = 0; (await left()) > 0 && tries < 400; tries++) await sleep(25);
    expect(await left()).toBe(0);
  });

  describe("killed with kill -9", () => {
    const kill = async (running: Running): Promise<void> => {
      running.signal("SIGKILL");
      await running.ended;
    };
    const atWork = async (query: string): Promise<boolean> =>
      ((await database.superuser.query("SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 || '%'", [query])).rowCount ??
        0) > 0;

    test("what it left at work in a transaction is ended and taken back before the next one begins", async () => {
      const first = start(
        migration(`await client.query("BEGIN"); await client.query("ALTER TABLE loaf ADD COLUMN price numeric");
          console.log("locked"); await client.query("SELECT pg_sleep(600)")`),
      );
      await until(() => first.said().includes("locked"), first);
      while (!(await atWork("SELECT pg_sleep"))) await sleep(25);
      await kill(first);
      const second = await guard(migration(`await client.query("ALTER TABLE loaf ADD COLUMN price numeric")`));
      expect([second.status, second.stderr.includes("error")]).toEqual([0, false]);
      expect(await atWork("SELECT pg_sleep")).toBe(false);
    });

    test("an index that it was building goes on: the next one says who builds it, exit 4, and runs when that has ended", async () => {
      await database.owner.query("BEGIN; INSERT INTO loaf (name) VALUES ('Rye')");
      const building = "CREATE INDEX CONCURRENTLY loaf_name ON loaf (name)";
      const first = start(migration(`await client.query("${building}")`));
      while (!(await atWork(building))) await sleep(25);
      await kill(first);
      const next = migration(`await client.query("CREATE INDEX CONCURRENTLY IF NOT EXISTS loaf_name ON loaf (name)")`);
      const second = await guard(next);
      expect(second.status).toBe(4);
      expect(second.stderr).toContain(`is still at work for an earlier run that was cut off`);
      expect(second.stderr).toContain(building);
      await database.owner.query("COMMIT");
      while (await atWork(building)) await sleep(25);
      expect((await guard(next)).status).toBe(0);
      expect((await database.superuser.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'loaf_name'::regclass")).rows).toEqual([
        { indisvalid: true },
      ]);
    });
  });

  if (!whole) return;

  test("a transaction that dawdles under a strong lock is rolled back, its COMMIT fails, and the whole command is run again", async () => {
    const stop = await application();
    const dawdles = migration(`
      await client.query("BEGIN"); await client.query("ALTER TABLE loaf ADD COLUMN price numeric");
      const { existsSync, writeFileSync } = require("node:fs");
      const first = !existsSync(process.argv[1] + ".ran"); writeFileSync(process.argv[1] + ".ran", "");
      if (first) await new Promise((resolve) => setTimeout(resolve, 2000));
      await client.query("COMMIT")`);
    const ran = await guard(dawdles);
    const { failed } = await stop();
    expect(ran.stderr).toContain("its transaction was rolled back while the command did something else");
    expect(ran.stderr).toContain("the command is run again (1 of 3)");
    expect(ran.stderr).toContain("the command run 2 times");
    expect([ran.status, failed]).toEqual([0, 0]);
    expect(await columns()).toContain("price");
  });

  test("what was committed before and is on no record is not repeated: exit 5 says what to look at", async () => {
    const stop = await application();
    const ran = await guard(
      migration(`
        await client.query("INSERT INTO loaf (name) VALUES ('Rye')");
        await client.query("BEGIN"); await client.query("ALTER TABLE loaf ADD COLUMN price numeric");
        await new Promise((resolve) => setTimeout(resolve, 2000));
        await client.query({ text: "COMMIT", values: [] })`),
    );
    await stop();
    expect(ran.status).toBe(5);
    expect(ran.stderr).toContain("1 change had been committed that no record of migrations tells of");
    expect((await database.superuser.query("SELECT count(*)::int AS rye FROM loaf WHERE name = 'Rye'")).rows).toEqual([{ rye: 1 }]);
    expect(await columns()).not.toContain("price");
  });

  test("a command that takes another way to the database is reported, and what it did too", async () => {
    const past = migration(`
      const direct = new Client({ host: process.env.REAL_HOST, user: process.env.PGUSER, password: process.env.REAL_PASSWORD, database: process.env.PGDATABASE, port: 5432 });
      await direct.connect(); await direct.query("ALTER TABLE loaf ADD COLUMN price numeric")`);
    const { server } = database;
    const ran = await tread(["guard", "--database-url", url(), "--", ...past], {
      REAL_HOST: server.host,
      REAL_PASSWORD: server.credentials.password,
    }).ended;
    expect(ran.status).toBe(5);
    expect(ran.stderr).toMatch(/the schema changed \(loaf\)|past tread: process \d+/);
    expect(ran.stderr).not.toContain(server.credentials.password);
  });

  test("a command that never comes is not said to be guarded", async () => {
    const ran = await guard([process.execPath, "-e", "console.log('done')"]);
    expect([ran.status, ran.stdout]).toEqual([3, "done\n"]);
    expect(ran.stderr).toContain("ended well without connecting to the database that tread put before it");
  });

  test("its exit code is the command's own", async () => {
    const ran = await guard(migration(`await client.query("ALTER TABLE muffin ADD COLUMN price numeric")`));
    expect(ran.status).toBe(7);
    expect(ran.stderr).toContain('relation "muffin" does not exist');
  });

  test.each([
    ["no command", ["guard", "--database-url", "postgres://deploy@127.0.0.1/shop", "--"], 2, "no command follows `--`"],
    ["a URL that cannot be read", ["guard", "--database-url", "shop", "--", "true"], 2, "the database URL cannot be read"],
    [
      "nobody there",
      ["guard", "--database-url", "postgres://deploy@127.0.0.1:1/shop", "--", "true"],
      3,
      "nothing answers at postgres://deploy@127.0.0.1:1/shop",
    ],
    ["no database at all", ["guard", "--", "true"], 2, "which database?"],
  ])("%s is one clear message", async (_, args, code, message) => {
    const ran = await tread(args).ended;
    expect([ran.status, ran.stdout]).toEqual([code, ""]);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain("    at ");
  });

  test("a command that does not exist is one clear message", async () => {
    const ran = await guard(["migrate-everything"]);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain("migrate-everything could not be started: there is no such command");
  });

  test("--watch-only cancels what makes others wait, though it set nothing", async () => {
    const stop = await application();
    const { server } = database;
    const slow = migration(`
      const direct = new Client({ host: ${JSON.stringify(server.host)}, user: process.env.WHO, password: process.env.SECRET, database: process.env.WHERE, port: 5432 });
      await direct.connect();
      await direct.query("ALTER TABLE loaf ALTER COLUMN name TYPE text USING CASE WHEN pg_sleep(0.05) IS NOT NULL THEN name END")`);
    const ran = await tread(["guard", "--database-url", url(), "--watch-only", "--", ...slow], {
      WHO: server.credentials.user,
      SECRET: server.credentials.password,
      WHERE: database.name,
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
    }).ended;
    await stop();
    expect(ran.status).toBe(5);
    expect(ran.stderr).toContain("watching process");
    expect(ran.stderr).toContain("(cancelled)");
  });
});
