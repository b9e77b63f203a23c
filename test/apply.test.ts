import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { eachOnFreshDatabase } from "./apply-on.test-helper.ts";

const BAKERY = {
  "migrations/0001_loaf.sql":
    "CREATE TABLE loaf (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, grams integer);\nCREATE TABLE oven (id bigint PRIMARY KEY);\n",
  "migrations/0002_price.sql": "ALTER TABLE loaf ADD COLUMN price numeric;\n",
};

describe("tread apply", () => {
  const each = eachOnFreshDatabase();

  const bakery = each.project;
  const { rows } = each;
  const ledger = (): Promise<unknown[]> => rows("SELECT migration, state FROM tread.ledger ORDER BY position");

  test("runs what is pending, records it, and has nothing to do the second time", async () => {
    const shop = bakery(BAKERY);
    const first = shop.apply();
    expect([first.status, first.stderr.includes("error")]).toEqual([0, false]);
    expect(await ledger()).toEqual([
      { migration: "0001_loaf", state: "done" },
      { migration: "0002_price", state: "done" },
    ]);
    const second = shop.apply();
    expect([second.status, second.stdout]).toEqual([0, "nothing is pending: 2 migrations are recorded as applied\n"]);
    expect(`${first.stdout}${first.stderr}`).not.toContain(each.database.server.credentials.password);
  });

  test("--dry-run says how each statement would be run, and changes nothing, not even the ledger", async () => {
    const shop = bakery(BAKERY);
    const { status, stdout } = shop.apply("--dry-run");
    expect(status).toBe(0);
    expect(stdout).toContain("locks-first");
    expect(stdout).toContain("predicted: ACCESS EXCLUSIVE on public.loaf");
    expect(await rows("SELECT to_regclass('tread.ledger')::text AS ledger, to_regclass('loaf')::text AS loaf")).toEqual([
      { ledger: null, loaf: null },
    ]);
  });

  test("a statement that fails takes back its transaction, keeps what ran before, and the corrected file goes on there", async () => {
    const shop = bakery({
      ...BAKERY,
      "migrations/0003_rye.sql":
        "INSERT INTO loaf (name) VALUES ('Rye');\nINSERT INTO oven VALUES (1), (1);\nINSERT INTO loaf (name) VALUES ('Oat');\n",
    });
    const failed = shop.apply();
    expect(failed.status).toBe(4);
    expect(failed.stderr).toContain("migrations/0003_rye.sql:2");
    expect(failed.stderr).toContain("23505");
    shop.write({
      "migrations/0003_rye.sql":
        "INSERT INTO loaf (name) VALUES ('Rye');\nINSERT INTO oven VALUES (1), (2);\nINSERT INTO loaf (name) VALUES ('Oat');\n",
    });
    expect(shop.apply().status).toBe(0);
    expect(await rows("SELECT name FROM loaf ORDER BY id")).toEqual([{ name: "Rye" }, { name: "Oat" }]);
    expect(await rows("SELECT id::int FROM oven ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("what check calls unsafe is refused; accepted with a reason it runs, and the ledger knows why", async () => {
    const shop = bakery(BAKERY);
    shop.apply();
    shop.write({ "migrations/0003_drop.sql": "ALTER TABLE loaf DROP COLUMN grams;\n" });
    const refused = shop.apply("--yes");
    expect([refused.status, refused.stderr.includes("error[drop-column]: migrations/0003_drop.sql:1")]).toEqual([1, true]);
    expect(
      await rows("SELECT count(*)::int AS n FROM information_schema.columns WHERE table_name = 'loaf' AND column_name = 'grams'"),
    ).toEqual([{ n: 1 }]);
    expect(shop.apply("--accept", "drop-column:0003").status).toBe(2);
    const unasked = shop.apply("--accept", "drop-column:0003", "--reason", "nobody weighs any more");
    expect([unasked.status, unasked.stderr.includes("drops the column public.loaf.grams")]).toEqual([2, true]);
    expect(shop.apply("--accept", "drop-column:0003", "--reason", "nobody weighs any more", "--yes").status).toBe(0);
    expect(await rows("SELECT accepted FROM tread.ledger WHERE migration = '0003_drop'")).toEqual([
      { accepted: ["drop-column: nobody weighs any more"] },
    ]);
  });

  test("behind somebody who holds the table it waits without a queue, then says who: exit 4, and readers never waited", async () => {
    const shop = bakery(BAKERY);
    shop.apply("--to", "0001");
    await each.database.owner.query("BEGIN; SELECT * FROM loaf");
    const running = shop.start("--lock-limit", "1");
    const waits: number[] = [];
    const reader = await each.database.server.connect({ role: "owner", database: each.database.name, applicationName: "shop window" });
    while (!running.ended()) {
      const from = performance.now();
      await reader.query("SELECT * FROM loaf");
      waits.push(performance.now() - from);
      await sleep(5);
    }
    await reader.end();
    await each.database.owner.query("ROLLBACK");
    const { code, said } = await running.done;
    expect(code).toBe(4);
    expect(said).toContain("holds ACCESS SHARE on loaf");
    expect(said).toContain("idle in transaction after BEGIN; SELECT * FROM loaf");
    // An ALTER in the queue would have kept every reader waiting for the whole second.
    expect(Math.max(...waits)).toBeLessThan(500);
    expect(shop.apply().status).toBe(0);
  });

  test("an invalid index that a failed CREATE INDEX CONCURRENTLY left is dropped before the next try", async () => {
    const shop = bakery({ ...BAKERY, "migrations/0003_unique.sql": "CREATE UNIQUE INDEX CONCURRENTLY loaf_name ON loaf (name);\n" });
    shop.apply("--to", "0002");
    await each.database.owner.query("INSERT INTO loaf (name) VALUES ('Rye'), ('Rye')");
    const failed = shop.apply();
    expect([failed.status, failed.stderr.includes("23505")]).toEqual([4, true]);
    expect(failed.stdout).toContain("dropped the invalid index public.loaf_name");
    await expect(each.database.owner.query("CREATE UNIQUE INDEX CONCURRENTLY loaf_name ON loaf (name)")).rejects.toThrow(
      "could not create",
    );
    await each.database.owner.query("DELETE FROM loaf WHERE id = 2");
    expect(shop.apply().status).toBe(0);
    expect(await rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'loaf_name'::regclass")).toEqual([{ indisvalid: true }]);
  });

  test("a database that another tool has migrated must be adopted first, by what that tool recorded", async () => {
    await each.database.owner.query(
      "CREATE TABLE loaf (id bigint PRIMARY KEY, name text NOT NULL, grams integer); CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('0001')",
    );
    const shop = bakery({
      "db/migrations/0001_loaf.sql":
        "-- migrate:up\nCREATE TABLE loaf (id bigint PRIMARY KEY, name text NOT NULL, grams integer);\n-- migrate:down\nDROP TABLE loaf;\n",
      "db/migrations/0002_price.sql":
        "-- migrate:up\nALTER TABLE loaf ADD COLUMN price numeric;\n-- migrate:down\nALTER TABLE loaf DROP COLUMN price;\n",
    });
    const early = shop.tread("apply", "db/migrations", "--database-url", shop.url);
    expect([early.status, early.stderr.includes("tread ledger adopt")]).toEqual([3, true]);
    const adopted = shop.tread("ledger", "adopt", "db/migrations", "--database-url", shop.url);
    expect([adopted.status, adopted.stdout]).toEqual([0, expect.stringContaining("pending: 0002_price")]);
    expect(shop.tread("apply", "db/migrations", "--database-url", shop.url).status).toBe(0);
    expect(await ledger()).toEqual([
      { migration: "0001_loaf", state: "adopted" },
      { migration: "0002_price", state: "done" },
    ]);
  });

  test("a file that was changed after it ran is named and never run again; repair says that it is right", () => {
    const shop = bakery(BAKERY);
    shop.apply();
    shop.write({ "migrations/0002_price.sql": "-- in crowns\nALTER TABLE loaf ADD COLUMN price numeric;\n" });
    const run = shop.apply();
    expect([run.status, run.stderr.includes("applied, and changed since: 0002_price")]).toEqual([3, true]);
    expect(shop.tread("ledger", "repair", "0002_price", "--hash", "--database-url", shop.url).status).toBe(0);
    expect(shop.apply().status).toBe(0);
  });

  test("what the review policy wants approved waits for its approval", () => {
    const shop = bakery({
      ...BAKERY,
      "tread.config.yaml":
        "sources: [{ type: sql-dir, path: migrations }]\npolicy: { review: [{ paths: ['migrations/**'], approvers: ['grace@example.org'] }] }\n",
    });
    shop.git("init", "-q");
    shop.git("add", ".");
    shop.git("commit", "-qm", "Loaves");
    const run = shop.apply();
    expect([run.status, run.stderr.includes("error[needs-review]"), run.stderr.includes("grace@example.org")]).toEqual([1, true, true]);
    shop.git("config", "user.name", "Grace");
    shop.git("config", "user.email", "grace@example.org");
    for (const id of ["0001_loaf", "0002_price"]) expect(shop.tread("approve", id).status).toBe(0);
    expect(shop.apply().status).toBe(0);
  });

  test("one applier at a time, and the second is told who the first is", async () => {
    const shop = bakery(BAKERY);
    await each.database.owner.query("SELECT pg_advisory_lock(hashtext('tread'), hashtext('apply'))");
    const run = shop.apply();
    expect([run.status, run.stderr.includes("another tread applies to this database: process")]).toEqual([4, true]);
  });

  describe("backfills", () => {
    const FILL = "-- tread: backfill key=id\nUPDATE loaf SET grams = length(name) WHERE grams IS NULL;\n";

    async function shopWithLoaves(fill: string, setup = ""): Promise<ReturnType<typeof bakery>> {
      const shop = bakery({ ...BAKERY, "migrations/0003_fill.sql": fill });
      shop.apply("--to", "0002");
      await each.database.owner.query(`INSERT INTO loaf (name) SELECT 'loaf ' || g FROM generate_series(1, 5000) g; ${setup}`);
      return shop;
    }

    test("new writes must be right before it begins: a default, a trigger, or a reason", async () => {
      const shop = await shopWithLoaves(FILL);
      const refused = shop.apply();
      expect([refused.status, refused.stderr.includes("grams has no default")]).toEqual([2, true]);
      await each.database.owner.query(
        "CREATE FUNCTION weigh() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.grams := length(NEW.name); RETURN NEW; END $$; CREATE TRIGGER weigh BEFORE INSERT ON loaf FOR EACH ROW EXECUTE FUNCTION weigh()",
      );
      expect(shop.apply().status).toBe(0);
      expect(await rows("SELECT count(*)::int AS todo FROM loaf WHERE grams IS DISTINCT FROM length(name)")).toEqual([{ todo: 0 }]);
    });

    test("a counter is counted once per row, also where it was killed in the middle", async () => {
      const shop = await shopWithLoaves(
        "-- tread: backfill key=id batch=100 new-writes='the shop is closed'\nUPDATE loaf SET grams = coalesce(grams, 0) + 1;\n",
      );
      const running = shop.start();
      for (let tries = 0; tries < 3000; tries++) {
        const [cursor] = (await rows("SELECT sum(batches)::int AS batches FROM tread.backfill").catch(() => [])) as {
          batches: number | null;
        }[];
        if ((cursor?.batches ?? 0) >= 3) break;
        await sleep(10);
      }
      running.send("SIGKILL");
      await running.done;
      const [half] = (await rows("SELECT count(*) FILTER (WHERE grams = 1)::int AS done FROM loaf")) as { done: number }[];
      expect(half?.done).toBeGreaterThanOrEqual(300);
      expect(shop.apply().status).toBe(0);
      expect(await rows("SELECT min(grams), max(grams), count(*)::int AS n FROM loaf")).toEqual([{ min: 1, max: 1, n: 5000 }]);
    });

    test("what depends on other rows, or on where a batch ends, is refused", async () => {
      for (const [sql, why] of [
        ["UPDATE loaf SET grams = (SELECT max(id) FROM loaf)", "a subquery reads loaf itself"],
        ["UPDATE loaf SET id = id + 1", "by which it is walked"],
        ["DELETE FROM loaf WHERE id IN (SELECT id FROM loaf LIMIT 10)", "a subquery reads loaf itself"],
        ["UPDATE loaf SET grams = s.n FROM (SELECT count(*) AS n FROM oven) s", "count() would see"],
      ] as const) {
        const shop = await shopWithLoaves(`-- tread: backfill key=id new-writes='closed'\n${sql};\n`);
        const run = shop.apply("--dry-run", "--accept", "syntax-error:0003", "--reason", "x");
        expect([sql, run.status, run.stderr.includes(why)]).toEqual([sql, 2, true]);
        await each.another();
      }
    });

    test("rows that row security hides are never counted as done: refused before it begins, with what to grant", async () => {
      const shop = await shopWithLoaves(
        "-- tread: backfill key=id new-writes='closed'\nUPDATE loaf SET grams = 1 WHERE grams IS NULL;\n",
        "ALTER TABLE loaf ENABLE ROW LEVEL SECURITY; ALTER TABLE loaf FORCE ROW LEVEL SECURITY; CREATE POLICY half ON loaf USING (id % 2 = 0)",
      );
      const run = shop.apply();
      expect(run.status).toBe(3);
      expect(run.stderr).toContain("row level security, which is forced upon the owner, hides some");
      expect(run.stderr).toContain("BYPASSRLS");
    });

    test("a timestamp is a key to its last microsecond", async () => {
      const shop = bakery({
        "migrations/0001_bell.sql": "CREATE TABLE bell (at timestamptz PRIMARY KEY, rung boolean);\n",
        "migrations/0002_fill.sql":
          "-- tread: backfill key=at batch=7 new-writes='closed'\nUPDATE bell SET rung = true WHERE rung IS NULL;\n",
      });
      shop.apply("--to", "0001");
      await each.database.owner.query(
        "INSERT INTO bell SELECT timestamptz '2026-11-22 08:00:00.000001+01' + g * interval '1 microsecond' FROM generate_series(1, 500) g",
      );
      expect(shop.apply().status).toBe(0);
      expect(await rows("SELECT count(*)::int AS rung FROM bell WHERE rung")).toEqual([{ rung: 500 }]);
    });
  });
});
