import { describe, expect, test } from "vitest";
import { eachOnFreshDatabase } from "./apply-on.test-helper.ts";

describe("tread apply, statement by statement", () => {
  const each = eachOnFreshDatabase();
  const { rows } = each;

  test("under strong locks, where the server runs everything in one message, the statement that failed is named by its own line", async () => {
    const shop = each.project({
      "migrations/0001_bakery.sql": "CREATE TABLE loaf (id bigint PRIMARY KEY, name text);\n",
      "migrations/0002_weigh.sql": `BEGIN;
-- first a column
ALTER TABLE loaf
  ADD COLUMN grams integer; /* grams,
  and not ounces */
CREATE FUNCTION weigh() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  NEW.grams := length(NEW.name); -- ; it's a 'start'
  RETURN NEW;
END
$body$;
INSERT INTO loaf VALUES (1, 'Rye; the \\ "dark" one''s');
ALTER TABLE loaf ADD CONSTRAINT heavy
  CHECK (grams > 100);
INSERT INTO loaf (id, name, grams)
  VALUES (2, 'Oat', 5);
ALTER TABLE loaf ADD COLUMN late text;
COMMIT;
`,
    });
    const { status, stderr } = shop.apply("--accept", "add-check:0002", "--reason", "the table is empty", "--yes");
    expect(stderr).toContain("migrations/0002_weigh.sql:15: INSERT INTO loaf (id, name, grams) VALUES (2, 'Oat', 5)");
    expect([status, stderr.includes("23514")]).toEqual([4, true]);
    expect(await rows("SELECT count(*)::int AS n FROM loaf")).toEqual([{ n: 0 }]);
  });

  test("a failure inside of a DO block is that block's, also where the block runs SQL of its own", () => {
    const shop = each.project({
      "migrations/0001_bakery.sql": "CREATE TABLE loaf (id bigint PRIMARY KEY, name text);\n",
      "migrations/0002_weigh.sql":
        "BEGIN;\nALTER TABLE loaf ADD COLUMN grams integer;\nDO $$\nBEGIN\n  EXECUTE 'INSERT INTO loaf VALUES (1)';\n  EXECUTE 'INSERT INTO loaf VALUES (1)';\nEND $$;\nALTER TABLE loaf ADD COLUMN late text;\nCOMMIT;\n",
    });
    const { stderr } = shop.apply("--accept", "opaque-code:0002", "--accept", "unknown:all", "--reason", "read it");
    expect(stderr).toContain("migrations/0002_weigh.sql:3: DO $$");
    expect(stderr).toContain("23505");
  });

  test("SELECT … INTO and savepoints run under strong locks as well, and BEGIN keeps its isolation level", async () => {
    const shop = each.project({
      "migrations/0001_bakery.sql": "CREATE TABLE loaf (id bigint PRIMARY KEY, name text);\n",
      "migrations/0002_copy.sql":
        "BEGIN ISOLATION LEVEL SERIALIZABLE;\nALTER TABLE loaf ADD COLUMN grams integer;\nSAVEPOINT weighed;\nSELECT id, current_setting('transaction_isolation') AS isolation INTO loaf_copy FROM (VALUES (1)) AS v (id);\nRELEASE SAVEPOINT weighed;\nCOMMIT;\n",
    });
    const run = shop.apply("--accept", "unknown:all", "--reason", "read it");
    expect([run.status, run.stderr.includes("error")]).toEqual([0, false]);
    expect(await rows("SELECT isolation FROM loaf_copy")).toEqual([{ isolation: "serializable" }]);
  });

  test("a migration that takes itself back is refused before anything has run", () => {
    const shop = each.project({
      "migrations/0001_bakery.sql": "CREATE TABLE loaf (id bigint PRIMARY KEY);\n",
      "migrations/0002_try.sql": "BEGIN;\nALTER TABLE loaf ADD COLUMN grams integer;\nROLLBACK;\n",
    });
    const run = shop.apply("--accept", "unknown:all", "--reason", "read it");
    expect([run.status, run.stderr.includes("migrations/0002_try.sql:3: the migration takes itself back")]).toEqual([2, true]);
  });

  test("an id that no migration has is a mistake, and not nothing to do", () => {
    const shop = each.project({ "migrations/0001_bakery.sql": "CREATE TABLE loaf (id bigint PRIMARY KEY);\n" });
    for (const option of ["--to", "--only"])
      expect([shop.apply(option, "0009").status, shop.apply(option, "0009").stderr]).toEqual([
        2,
        expect.stringContaining("no migration has the id 0009"),
      ]);
  });

  test("who holds a table is found under any name, whatever the search path", async () => {
    await each.database.owner.query(`CREATE SCHEMA "Back Office"; CREATE TABLE "Back Office"."Loaf.Price" (id bigint PRIMARY KEY)`);
    const shop = each.project({
      "migrations/0001_price.sql": `ALTER TABLE "Back Office"."Loaf.Price" ADD COLUMN crowns numeric;\n`,
    });
    expect(shop.on("ledger", "adopt", "migrations", "--nothing").status).toBe(0);
    await each.database.owner.query(`BEGIN; SELECT * FROM "Back Office"."Loaf.Price"`);
    const run = shop.apply("--lock-limit", "1");
    await each.database.owner.query("ROLLBACK");
    expect([run.status, run.stderr.includes("holds ACCESS SHARE on")]).toEqual([4, true]);
  });

  test("names are looked for where the database looks for them: ALTER DATABASE … SET search_path, SET and RESET", async () => {
    await each.database.owner.query("CREATE SCHEMA old; CREATE SCHEMA shop; CREATE TABLE old.loaf (id bigint PRIMARY KEY)");
    await each.database.owner.query(
      'CREATE TABLE shop.loaf ("Id" bigint PRIMARY KEY, grams integer); INSERT INTO shop.loaf SELECT g FROM generate_series(1, 50) g',
    );
    await rows(`ALTER DATABASE ${each.database.name} SET search_path = "$user", shop, old`);
    const bakery = each.project({
      "migrations/0001_price.sql":
        "ALTER TABLE loaf ADD COLUMN price numeric;\nSET search_path = old;\nALTER TABLE loaf ADD COLUMN gone date;\nRESET search_path;\nALTER TABLE loaf ADD COLUMN shape text;\n",
      "migrations/0002_grams.sql": `-- tread: backfill key="Id" new-writes='closed'\nUPDATE loaf SET grams = 500 WHERE grams IS NULL;\n`,
    });
    bakery.on("ledger", "adopt", "migrations", "--nothing");
    const ran = bakery.apply();
    expect([ran.status, ran.stderr.includes("error")]).toEqual([0, false]);
    expect(
      await rows(
        "SELECT attrelid::regclass::text AS table, string_agg(attname, ', ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid IN ('old.loaf'::regclass, 'shop.loaf'::regclass) AND attnum > 0 GROUP BY 1 ORDER BY 2",
      ),
    ).toEqual([expect.objectContaining({ columns: "Id, grams, price, shape" }), expect.objectContaining({ columns: "id, gone" })]);
    expect(await rows("SELECT count(*)::int AS weighed FROM shop.loaf WHERE grams = 500")).toEqual([{ weighed: 50 }]);
  });
});
