import { describe, expect, test } from "vitest";
import { eachOnFreshDatabase } from "./apply-on.test-helper.ts";

describe("tread apply, where something comes in between", () => {
  const each = eachOnFreshDatabase();
  const { rows } = each;
  const owned = async (sql: string): Promise<void> => {
    const owner = await each.database.server.connect({ role: "owner", database: each.database.name });
    await owner.query(sql);
    await owner.end();
  };
  const until = async (sql: string): Promise<void> => {
    for (let tries = 0; (await rows(sql)).length === 0; tries++) {
      if (tries > 1500) throw new Error(`never came true: ${sql}`);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  };
  const ORPHAN = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tread apply'";

  test("times after which a role or a database ends sessions, statements and transactions end no index and no validation", async () => {
    await owned(`CREATE TABLE loaf (id bigint PRIMARY KEY, name text); INSERT INTO loaf VALUES (1, 'Rye'), (2, 'Oat'), (3, 'Spelt');
      CREATE FUNCTION slow(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN $1; END $$`);
    const bakery = each.project({
      "migrations/0001_name.sql": "CREATE INDEX CONCURRENTLY loaf_name ON loaf (slow(name));\n",
      "migrations/0002_named.sql": "ALTER TABLE loaf ADD CONSTRAINT named CHECK (slow(name) <> '') NOT VALID;\n",
      "migrations/0003_valid.sql": "ALTER TABLE loaf VALIDATE CONSTRAINT named;\n",
    });
    bakery.on("ledger", "adopt", "migrations", "--nothing");
    const settings = await rows(
      "SELECT name FROM pg_settings WHERE name IN ('statement_timeout', 'idle_session_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')",
    );
    for (const { name } of settings as { name: string }[]) await rows(`ALTER DATABASE ${each.database.name} SET ${name} = '900ms'`);
    const { status, stderr } = bakery.apply("--accept", "unknown:all", "--reason", "slow() is read");
    expect([status, stderr.includes("connection was lost")]).toEqual([0, false]);
    expect(await rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'loaf_name'::regclass")).toEqual([{ indisvalid: true }]);
    expect(await rows("SELECT convalidated FROM pg_constraint WHERE conname = 'named'")).toEqual([{ convalidated: true }]);
  });

  test("an index that the server went on building for an applier that was killed is waited for, accepted, and not built again", async () => {
    await owned("CREATE TABLE loaf (id bigint PRIMARY KEY, name text); INSERT INTO loaf VALUES (1, 'Rye')");
    const bakery = each.project({ "migrations/0001_name.sql": "CREATE INDEX CONCURRENTLY loaf_name ON loaf (name);\n" });
    bakery.on("ledger", "adopt", "migrations", "--nothing");
    // Its build waits for whoever has written the table.
    const writer = await each.database.server.connect({ role: "owner", database: each.database.name });
    await writer.query("BEGIN; UPDATE loaf SET name = 'Oat'");
    const killed = bakery.start();
    await until(`${ORPHAN} AND query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock'`);
    killed.send("SIGKILL");
    await killed.done;

    const meanwhile = bakery.apply();
    expect([meanwhile.status, meanwhile.stderr]).toEqual([
      4,
      expect.stringMatching(
        /process \d+ of \w+ is still at work for an earlier run that was cut off, since \d+ s: CREATE INDEX CONCURRENTLY loaf_name/,
      ),
    ]);

    await writer.query("COMMIT");
    await writer.end();
    await until(`SELECT 1 WHERE NOT EXISTS (${ORPHAN})`);
    const [built] = (await rows(
      "SELECT 'loaf_name'::regclass::oid AS oid, indisvalid FROM pg_index WHERE indexrelid = 'loaf_name'::regclass",
    )) as {
      indisvalid: boolean;
    }[];
    expect(built?.indisvalid).toBe(true);
    const after = bakery.apply();
    expect([after.status, after.stdout + after.stderr]).toEqual([0, expect.stringContaining("the catalogue shows that it has ended well")]);
    expect(await rows("SELECT 'loaf_name'::regclass::oid AS oid, true AS indisvalid")).toEqual([built]);
  });

  test("a transaction that the server would still commit for an applier that was killed is not run a second time beside it", async () => {
    await owned("CREATE TABLE loaf (id bigint PRIMARY KEY, name text); CREATE TABLE sold (id bigint)");
    const bakery = each.project({
      "migrations/0001_sold.sql":
        "BEGIN;\nALTER TABLE loaf ADD COLUMN grams integer;\nINSERT INTO sold VALUES (1);\nDO $$ BEGIN PERFORM pg_sleep(6); END $$;\nCOMMIT;\n",
    });
    bakery.on("ledger", "adopt", "migrations", "--nothing");
    const accepted = ["--accept", "unknown:all", "--accept", "opaque-code:0001", "--reason", "it waits only"];
    const killed = bakery.start(...accepted);
    await until(`${ORPHAN} AND wait_event = 'PgSleep' AND clock_timestamp() - query_start > interval '400 ms'`);
    killed.send("SIGKILL");
    await killed.done;
    const { status } = bakery.apply(...accepted);
    expect(status).toBe(0);
    await until(`SELECT 1 WHERE NOT EXISTS (${ORPHAN})`);
    expect(await rows("SELECT count(*)::int AS n FROM sold")).toEqual([{ n: 1 }]);
    expect(await rows("SELECT state, attempts FROM tread.ledger_step")).toEqual([
      { state: "done", attempts: expect.any(Number) as number },
    ]);
  });
});
