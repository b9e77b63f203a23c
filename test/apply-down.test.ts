import { describe, expect, test } from "vitest";
import { eachOnFreshDatabase } from "./apply-on.test-helper.ts";
import type { ProjectFiles } from "./project.test-helper.ts";

const LOAVES = "CREATE TABLE loaf (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);\n";

/** The same three migrations as each tool writes them. */
const TOOLS: Readonly<Record<string, ProjectFiles>> = {
  "golang-migrate": {
    "migrations/0001_loaf.up.sql": LOAVES,
    "migrations/0001_loaf.down.sql": "DROP TABLE loaf;\n",
    "migrations/0002_price.up.sql": "ALTER TABLE loaf ADD COLUMN price numeric;\n",
    "migrations/0002_price.down.sql": "ALTER TABLE loaf DROP COLUMN price;\n",
    "migrations/0003_name.up.sql": "CREATE INDEX CONCURRENTLY loaf_name ON loaf (name);\n",
    "migrations/0003_name.down.sql": "DROP INDEX CONCURRENTLY loaf_name;\n",
  },
  dbmate: {
    "migrations/0001_loaf.sql": `-- migrate:up\n${LOAVES}\n-- migrate:down\nDROP TABLE loaf;\n`,
    "migrations/0002_price.sql":
      "-- migrate:up\nALTER TABLE loaf ADD COLUMN price numeric;\n-- migrate:down\nALTER TABLE loaf DROP COLUMN price;\n",
    "migrations/0003_name.sql":
      "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY loaf_name ON loaf (name);\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY loaf_name;\n",
  },
  goose: {
    "migrations/0001_loaf.sql": `-- +goose Up\n${LOAVES}\n-- +goose Down\nDROP TABLE loaf;\n`,
    "migrations/0002_price.sql":
      "-- +goose Up\nALTER TABLE loaf ADD COLUMN price numeric;\n-- +goose Down\nALTER TABLE loaf DROP COLUMN price;\n",
    "migrations/0003_name.sql":
      "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY loaf_name ON loaf (name);\n-- +goose Down\nDROP INDEX CONCURRENTLY loaf_name;\n",
  },
  sqlx: {
    "Cargo.toml": '[dependencies]\nsqlx = "0.8"\n',
    "migrations/0001_loaf.up.sql": LOAVES,
    "migrations/0001_loaf.down.sql": "DROP TABLE loaf;\n",
    "migrations/0002_price.up.sql": "ALTER TABLE loaf ADD COLUMN price numeric;\n",
    "migrations/0002_price.down.sql": "ALTER TABLE loaf DROP COLUMN price;\n",
    "migrations/0003_name.up.sql": "-- no-transaction\nCREATE INDEX CONCURRENTLY loaf_name ON loaf (name);\n",
    "migrations/0003_name.down.sql": "-- no-transaction\nDROP INDEX CONCURRENTLY loaf_name;\n",
  },
  Flyway: {
    "migrations/V0001__loaf.sql": LOAVES,
    "migrations/U0001__loaf.sql": "DROP TABLE loaf;\n",
    "migrations/V0002__price.sql": "ALTER TABLE loaf ADD COLUMN price numeric;\n",
    "migrations/U0002__price.sql": "ALTER TABLE loaf DROP COLUMN price;\n",
    "migrations/V0003__name.sql": "CREATE INDEX CONCURRENTLY loaf_name ON loaf (name);\n",
    "migrations/U0003__name.sql": "DROP INDEX CONCURRENTLY loaf_name;\n",
  },
  "plain files": {
    "migrations/0001_loaf.sql": LOAVES,
    "migrations/0001_loaf.down.sql": "DROP TABLE loaf;\n",
    "migrations/0002_price.sql": "ALTER TABLE loaf ADD COLUMN price numeric;\n",
    "migrations/0002_price.down.sql": "ALTER TABLE loaf DROP COLUMN price;\n",
    "migrations/0003_name.sql": "CREATE INDEX CONCURRENTLY loaf_name ON loaf (name);\n",
    "migrations/0003_name.down.sql": "DROP INDEX CONCURRENTLY loaf_name;\n",
  },
};

describe("tread apply --down", { timeout: 240_000 }, () => {
  const each = eachOnFreshDatabase();
  const { rows } = each;
  const columns = (): Promise<unknown[]> =>
    rows(
      "SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) AS columns FROM information_schema.columns WHERE table_name = 'loaf'",
    );

  test.each(Object.entries(TOOLS))("%s: back to the first migration, and forward again", async (tool, files) => {
    const shop = each.project(files);
    expect(shop.apply().status).toBe(0);
    const first = tool === "Flyway" ? "V0001__loaf" : "0001_loaf";
    const back = shop.apply("--down", "--to", first);
    expect([back.status, back.stderr.includes("the schema is what it was")]).toEqual([0, true]);
    expect(await columns()).toEqual([{ columns: "id name" }]);
    expect(await rows("SELECT to_regclass('loaf_name')::text AS name")).toEqual([{ name: null }]);
    expect(shop.apply().status).toBe(0);
    expect(await columns()).toEqual([{ columns: "id name price" }]);
  });

  test("the last one only, unless told otherwise; the ledger keeps both ways", async () => {
    const shop = each.project(TOOLS["dbmate"] ?? {});
    shop.apply();
    expect(shop.apply("--down").status).toBe(0);
    expect(await columns()).toEqual([{ columns: "id name price" }]);
    expect(await rows("SELECT migration, state FROM tread.ledger ORDER BY position")).toEqual([
      { migration: "0001_loaf", state: "done" },
      { migration: "0002_price", state: "done" },
      { migration: "0003_name", state: "undone" },
      { migration: "0003_name#down-1", state: "done" },
    ]);
    expect(shop.on("status", "migrations").stdout).toContain("pending: 0003_name");
  });

  test("what goes with it is counted and asked for; an empty column is no loss", async () => {
    const shop = each.project(TOOLS["dbmate"] ?? {});
    shop.apply("--to", "0002");
    await each.database.owner.query("INSERT INTO loaf (name, price) VALUES ('Rye', 4), ('Oat', 3), ('Spelt', NULL)");
    const asked = shop.apply("--down");
    expect([asked.status, asked.stderr]).toEqual([2, expect.stringContaining("drops the column public.loaf.price (2 values)")]);
    expect(await columns()).toEqual([{ columns: "id name price" }]);
    expect(shop.apply("--down", "--dry-run").stdout).toContain("drops the column public.loaf.price (2 values)");
    await each.database.owner.query("UPDATE loaf SET price = NULL");
    expect(shop.apply("--down").status).toBe(0);
    expect(await columns()).toEqual([{ columns: "id name" }]);
  });

  test("a migration without a down side is named, and nothing runs", async () => {
    const shop = each.project({
      ...TOOLS["dbmate"],
      "migrations/0002_price.sql": "-- migrate:up\nALTER TABLE loaf ADD COLUMN price numeric;\n",
    });
    shop.apply();
    const run = shop.apply("--down", "--to", "0001");
    expect([run.status, run.stderr.includes("0002_price has no way back")]).toEqual([2, true]);
    expect(await rows("SELECT to_regclass('loaf_name')::text AS name")).toEqual([{ name: "loaf_name" }]);
  });

  test("a down side that does not lead back is shown by the rehearsal, and refused", async () => {
    const shop = each.project({
      ...TOOLS["dbmate"],
      "migrations/0002_price.sql":
        "-- migrate:up\nALTER TABLE loaf ADD COLUMN price numeric;\nCREATE INDEX loaf_price ON loaf (price);\nALTER TABLE loaf ALTER COLUMN name DROP NOT NULL;\n-- migrate:down\nALTER TABLE loaf DROP COLUMN price;\nCREATE TABLE IF NOT EXISTS price_history (id bigint);\n",
      "migrations/0003_name.sql": "-- migrate:up\nSELECT 1;\n-- migrate:down\nDROP INDEX never_made;\n",
    });
    shop.apply("--accept", "create-index-not-concurrently:0002", "--accept", "unknown:all", "--reason", "a new table");
    const failing = shop.apply("--down");
    expect([failing.status, failing.stderr.includes("42704")]).toEqual([1, true]);
    const run = shop.apply("--down", "--only", "0002");
    expect([run.status, run.stderr]).toEqual([
      1,
      expect.stringContaining('taken back and run again: CREATE TABLE "public"."price_history" is new'),
    ]);
    expect(await columns()).toEqual([{ columns: "id name price" }]);
    expect(shop.apply("--down", "--only", "0002", "--accept", "down-differs:0002", "--reason", "meant").status).toBe(0);
    expect(await rows("SELECT accepted FROM tread.ledger WHERE migration = '0002_price#down-1'")).toEqual([
      { accepted: ["down-differs: meant"] },
    ]);
  });

  test("a way back that was interrupted is gone on with, and nothing runs forward before it has ended", async () => {
    const shop = each.project({
      "migrations/0001_loaf.sql": LOAVES,
      "migrations/0002_price.sql": "ALTER TABLE loaf ADD COLUMN price numeric;\nALTER TABLE loaf ADD COLUMN weight numeric;\n",
      "migrations/0002_price.down.sql": "ALTER TABLE loaf DROP COLUMN weight;\nALTER TABLE loaf DROP COLUMN price;\n",
    });
    shop.apply();
    // The second statement waits in vain for a reader of a view that needs the column.
    await each.database.owner.query("CREATE VIEW prices AS SELECT price FROM loaf");
    const stopped = shop.apply(
      "--down",
      "--accept",
      "down-failed:0002",
      "--accept",
      "drop-column:0002",
      "--accept",
      "statement-fails:0002",
      "--reason",
      "the view goes first",
    );
    expect([stopped.status, stopped.stderr.includes("2BP01")]).toEqual([4, true]);
    expect(await columns()).toEqual([{ columns: "id name price" }]);
    const forward = shop.apply();
    expect([forward.status, forward.stderr.includes("the way back of 0002_price was begun and has not ended")]).toEqual([3, true]);
    await each.database.owner.query("DROP VIEW prices");
    const ended = shop.apply("--down", "--accept", "down-failed:0002", "--reason", "half of it is gone already");
    expect(ended.stderr).not.toContain("error[");
    expect(ended.status).toBe(0);
    expect(await columns()).toEqual([{ columns: "id name" }]);
  });
});
