import { describe, expect, test } from "vitest";
import { type ApplyProject, eachOnFreshDatabase } from "./apply-on.test-helper.ts";

describe("backfills meet every row once", { timeout: 240_000 }, () => {
  const each = eachOnFreshDatabase();
  const { rows } = each;

  async function shop(setup: string, fill: string): Promise<ApplyProject> {
    await each.database.owner.query(setup);
    const made = each.project({ "migrations/0001_fill.sql": `${fill}\n` });
    expect(made.on("ledger", "adopt", "migrations", "--nothing").status).toBe(0);
    return made;
  }

  // The trigger counts how often a row was met, whatever the statement says of itself.
  const COUNTED = (table: string): string =>
    `CREATE FUNCTION count_${table.replace(".", "_")}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.met := OLD.met + 1; RETURN NEW; END $$;
     CREATE TRIGGER counts BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION count_${table.replace(".", "_")}()`;

  test("by any key that Postgres can order: text in another collation, citext elsewhere, char, numbers that are none, domains, several columns", async () => {
    await each.database.superuser.query(
      "CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions; GRANT USAGE ON SCHEMA extensions TO PUBLIC",
    );
    const keys: Readonly<Record<string, readonly [columns: string, key: string, values: string]>> = {
      text_key: ['k text COLLATE "C"', "k", "SELECT chr(32 + g) || '\\''' || g FROM generate_series(1, 60) g"],
      citext_key: [
        "k extensions.citext",
        "k",
        "SELECT (CASE WHEN g % 2 = 0 THEN 'a' ELSE 'B' END || g)::extensions.citext FROM generate_series(1, 60) g",
      ],
      char_key: ["k char(6)", "k", "SELECT 'k' || g FROM generate_series(1, 60) g"],
      float_key: [
        "k float8",
        "k",
        "SELECT v FROM (VALUES ('NaN'::float8), ('Infinity'), ('-Infinity'), ('-0'), (0.1 + 0.2), (1e-300)) AS x (v) UNION ALL SELECT g + 0.1 FROM generate_series(1, 54) g",
      ],
      numeric_key: [
        "k numeric",
        "k",
        "SELECT v FROM (VALUES ('NaN'::numeric), (0.10), (-5)) AS x (v) UNION ALL SELECT g / 7.0 FROM generate_series(1, 57) g",
      ],
      domain_key: ["k positive", "k", "SELECT g FROM generate_series(1, 60) g"],
      interval_key: ["k interval", "k", "SELECT g * interval '-1 day 2 hours' FROM generate_series(1, 60) g"],
      moment_key: [
        "k timestamp",
        "k",
        "SELECT timestamp '0044-03-15 12:00:00.000001 BC' + g * interval '1 microsecond' FROM generate_series(1, 58) g UNION ALL VALUES (timestamp 'infinity'), ('-infinity')",
      ],
      bytea_key: ["k bytea", "k", "SELECT decode(lpad(to_hex(g * 4), 2, '0'), 'hex') FROM generate_series(1, 60) g"],
      array_key: ["k int[]", "k", "SELECT array[g % 3, g] FROM generate_series(1, 60) g"],
      several_key: ["k int, l text, m date", "k,l,m", "SELECT g % 3, 'x' || g % 5, date '2026-01-01' + g FROM generate_series(1, 60) g"],
    };
    const tables = Object.entries(keys).map(
      ([table, [columns, key, values]]) =>
        `CREATE TABLE ${table} (${columns}, done boolean, met int NOT NULL DEFAULT 0, PRIMARY KEY (${key})); INSERT INTO ${table} (${key}) ${values}; ${COUNTED(table)};`,
    );
    // How texts are written is the database's own affair: what the statements write must not change.
    await each.database.superuser.query(
      `ALTER DATABASE ${each.database.name} SET datestyle = 'German'; ALTER DATABASE ${each.database.name} SET intervalstyle = 'sql_standard'; ALTER DATABASE ${each.database.name} SET bytea_output = 'escape'`,
    );
    const made = await shop(
      `CREATE DOMAIN positive AS int CHECK (VALUE > 0); ${tables.join(" ")}`,
      Object.keys(keys)
        .map((table) => `-- tread: backfill batch=7 new-writes='closed'\nUPDATE ${table} SET done = true WHERE done IS NULL;`)
        .join("\n"),
    );
    const { status, stderr } = made.apply("--accept", "unknown:all", "--reason", "looked at");
    expect([status, stderr.includes("error")]).toEqual([0, false]);
    for (const table of Object.keys(keys))
      expect([table, await rows(`SELECT count(*)::int AS n, min(met) AS least, max(met) AS most FROM ${table} WHERE done`)]).toEqual([
        table,
        [{ n: 60, least: 1, most: 1 }],
      ]);
  });

  test("further workers mean the same table as the first: they have the migration's own settings", async () => {
    const made = await shop(
      `CREATE SCHEMA bakery; CREATE TABLE public.loaf (id int PRIMARY KEY, done boolean); INSERT INTO public.loaf SELECT generate_series(1, 500);
       CREATE TABLE bakery.loaf (id int PRIMARY KEY, done boolean, met int NOT NULL DEFAULT 0); INSERT INTO bakery.loaf SELECT generate_series(1, 500); ${COUNTED("bakery.loaf")}; ANALYZE`,
      "SET search_path = bakery;\n-- tread: backfill workers=3 batch=50 new-writes='closed'\nUPDATE loaf SET done = true WHERE done IS NULL;",
    );
    expect(made.apply().status).toBe(0);
    expect(await rows("SELECT count(*) FILTER (WHERE met = 1)::int AS met FROM bakery.loaf")).toEqual([{ met: 500 }]);
    expect(await rows("SELECT count(*) FILTER (WHERE done)::int AS done FROM public.loaf")).toEqual([{ done: 0 }]);
  });

  test("rows that come, go and change their key while it runs do not bring it to an end before its time", async () => {
    const made = await shop(
      `CREATE TABLE loaf (id int PRIMARY KEY, done boolean); INSERT INTO loaf SELECT g * 10 FROM generate_series(1, 4000) g;
       CREATE FUNCTION finish() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.done := true; RETURN NEW; END $$;
       CREATE TRIGGER finish BEFORE INSERT ON loaf FOR EACH ROW EXECUTE FUNCTION finish()`,
      "-- tread: backfill batch=40\nUPDATE loaf SET done = true WHERE done IS NULL;",
    );
    const running = made.start("--rest", "0");
    for (let g = 1; !running.ended(); g++) {
      const at = 1 + ((g * 7919) % 4000);
      await each.database.owner.query(
        `DELETE FROM loaf WHERE id = ${at * 10}; INSERT INTO loaf VALUES (${at * 10 + 3}) ON CONFLICT DO NOTHING; UPDATE loaf SET id = -id WHERE id = ${(at + 1) * 10}`,
      );
    }
    expect((await running.done).code).toBe(0);
    expect(await rows("SELECT count(*)::int AS todo FROM loaf WHERE done IS NOT TRUE")).toEqual([{ todo: 0 }]);
  });

  test("it can be paused from elsewhere and goes on; a sign that the role cannot see is refused, and not taken for quiet", async () => {
    const made = await shop(
      "CREATE TABLE loaf (id int PRIMARY KEY, done boolean); INSERT INTO loaf SELECT generate_series(1, 3000)",
      "-- tread: backfill batch=10 new-writes='closed'\nUPDATE loaf SET done = true WHERE done IS NULL;",
    );
    const blind = made.apply("--max-active", "1");
    expect([blind.status, blind.stderr]).toEqual([4, expect.stringContaining("GRANT pg_read_all_stats")]);
    const running = made.start("--pause-file", "not-yet");
    let paused = 2;
    for (let tries = 0; tries < 100 && paused === 2 && !running.ended(); tries++) paused = made.on("pause").status ?? 2;
    expect(paused).toBe(0);
    expect(made.on("status", "migrations").stdout).toContain(", paused");
    expect(made.on("resume").status).toBe(0);
    expect((await running.done).code).toBe(0);
    expect(await rows("SELECT count(*)::int AS todo FROM loaf WHERE done IS NULL")).toEqual([{ todo: 0 }]);
  });

  test("ONLY is kept, rounding is no difference, and what cannot be compared is said", async () => {
    const made = await shop(
      `CREATE TABLE loaf (id int PRIMARY KEY, grams numeric(8,2), label json, price numeric); CREATE TABLE rye (PRIMARY KEY (id)) INHERITS (loaf);
       INSERT INTO loaf (id, price) SELECT g, g / 3.0 FROM generate_series(1, 100) g; INSERT INTO rye (id, price) SELECT g, 1 FROM generate_series(1, 100) g`,
      "-- tread: backfill new-writes='closed'\nUPDATE ONLY loaf SET grams = price / 7 WHERE grams IS NULL;\n-- tread: backfill new-writes='closed'\nUPDATE ONLY loaf SET label = '{}' WHERE id > 0;",
    );
    const run = made.apply();
    expect([run.status, run.stdout.includes("cannot be verified at the end")]).toEqual([0, true]);
    expect(await rows("SELECT count(grams)::int AS loaves, count(label)::int AS labels FROM ONLY loaf")).toEqual([
      { loaves: 100, labels: 100 },
    ]);
    expect(await rows("SELECT count(grams)::int AS rye FROM rye")).toEqual([{ rye: 0 }]);
  });

  test.each([
    [
      "a table that others inherit from",
      "CREATE TABLE rye () INHERITS (loaf)",
      "UPDATE loaf SET grams = 1 WHERE grams IS NULL",
      "public.rye inherits from public.loaf",
    ],
    ["a view", "CREATE VIEW loaves AS SELECT * FROM loaf", "UPDATE loaves SET grams = 1 WHERE grams IS NULL", "public.loaves is a view"],
    [
      "a table with a rule",
      "CREATE RULE log AS ON UPDATE TO loaf DO ALSO NOTIFY baked",
      "UPDATE loaf SET grams = 1 WHERE grams IS NULL",
      "public.loaf has rules (log)",
    ],
    [
      "a trigger that reads other rows",
      "CREATE FUNCTION heaviest() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.grams := (SELECT max(l.grams) FROM loaf l) + 1; RETURN NEW; END $$; CREATE TRIGGER heaviest BEFORE UPDATE ON loaf FOR EACH ROW EXECUTE FUNCTION heaviest()",
      "UPDATE loaf SET grams = 1 WHERE grams IS NULL",
      "its trigger heaviest reads or writes public.loaf itself",
    ],
    [
      "a function that reads other rows",
      "CREATE FUNCTION total() RETURNS int STABLE LANGUAGE sql AS 'SELECT count(*)::int FROM loaf'",
      "UPDATE loaf SET grams = total() WHERE grams IS NULL",
      "total() reads loaf itself",
    ],
    [
      "a condition that chance decides",
      "",
      "UPDATE loaf SET grams = 1 WHERE random() < 0.5",
      "its condition answers differently each time",
    ],
    ["a condition that the clock decides", "", "DELETE FROM loaf WHERE baked < now()", "its condition answers differently each time"],
    [
      "the whole row, which holds what it writes",
      "ALTER TABLE loaf ADD COLUMN copy jsonb",
      "UPDATE loaf SET copy = to_jsonb(loaf)",
      "each row must be met exactly once",
    ],
    [
      "a conflict that two batches may meet",
      "CREATE TABLE kind (name text PRIMARY KEY, loaf int)",
      "INSERT INTO kind (name, loaf) SELECT name, id FROM loaf ON CONFLICT (name) DO UPDATE SET loaf = excluded.loaf",
      "may meet one row from two batches",
    ],
    [
      "a counter behind a conflict",
      "CREATE TABLE kind (id int PRIMARY KEY, n int)",
      "INSERT INTO kind (id, n) SELECT id, 1 FROM loaf ON CONFLICT (id) DO UPDATE SET n = kind.n + 1",
      "each row must be met exactly once",
    ],
    [
      "a SELECT in parentheses",
      "CREATE TABLE kind (id int PRIMARY KEY)",
      "INSERT INTO kind (SELECT id FROM loaf) ON CONFLICT DO NOTHING",
      "where a batch's range belongs in its text cannot be told",
    ],
  ])("refused before anything has run: %s", async (_, setup, statement, reason) => {
    const made = await shop(
      `CREATE TABLE loaf (id int PRIMARY KEY, name text, grams int, baked timestamptz); INSERT INTO loaf (id) SELECT generate_series(1, 20); ${setup}`,
      `-- tread: backfill new-writes='closed'\n${statement};`,
    );
    const run = made.apply("--accept", "unknown:all", "--reason", "looked at", "--yes");
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(reason)]);
  });

  test.each([
    [
      "a default that is not what is written",
      "ALTER TABLE loaf ALTER COLUMN grams SET DEFAULT 0",
      "UPDATE loaf SET grams = 700 WHERE grams = 0",
      "grams has no default that would make it so",
    ],
    [
      "a trigger that only logs",
      "CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE LOG 'baked %', NEW.id; RETURN NEW; END $$; CREATE TRIGGER log AFTER INSERT ON loaf FOR EACH ROW EXECUTE FUNCTION log()",
      "UPDATE loaf SET grams = 700 WHERE grams IS NULL",
      "no trigger fills it",
    ],
  ])("is no proof that new rows are right: %s", async (_, setup, statement, reason) => {
    const made = await shop(`CREATE TABLE loaf (id int PRIMARY KEY, grams int); ${setup}`, `-- tread: backfill\n${statement};`);
    const run = made.apply();
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});
