import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../src/engines/postgres/embedded/test-server.test-helper.ts";
import { type Guarded, script, tread } from "./guard.test-helper.ts";
import { project } from "./project.test-helper.ts";

/** The role of each test owns its tables and has nothing else: no superuser, no database, no schema. */
let database: FreshDatabase;
let role: string;
let count = 0;
beforeEach(async () => {
  database = await freshDatabase();
  role = `deploy_${++count}`;
  await database.superuser.query(`
    CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD 'least';
    REVOKE ALL ON DATABASE ${database.name} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${database.name} TO ${role};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${role};
    CREATE TABLE oven (id bigint PRIMARY KEY);
    CREATE TABLE loaf (id bigint PRIMARY KEY, name text, oven_id bigint);
    ALTER TABLE loaf OWNER TO ${role};`);
});
afterEach(async () => {
  await database.superuser.query(`DROP OWNED BY ${role} CASCADE`);
  await database.superuser.query(`DROP ROLE ${role}`);
  await database.close();
});

const url = (): string => `host=${database.server.host} port=${database.server.port} user=${role} password=least dbname=${database.name}`;
const FOLDER = {
  "migrations/0001_price.sql": "ALTER TABLE loaf ADD COLUMN price numeric;\n",
  "migrations/0002_index.sql": "CREATE INDEX CONCURRENTLY loaf_name ON loaf (name);\n",
  "migrations/0003_oven.sql":
    "ALTER TABLE loaf ADD CONSTRAINT loaf_oven FOREIGN KEY (oven_id) REFERENCES oven (id) NOT VALID;\nALTER TABLE loaf VALIDATE CONSTRAINT loaf_oven;\n",
  "migrations/0004_tray.sql": "CREATE TABLE tray (id bigint PRIMARY KEY);\n",
};

/** The statements after `help: let …:`. */
function grantsOf(ran: Guarded): readonly string[] {
  const help = /help: let [^:]*: (.*)/.exec(ran.stderr)?.[1] ?? "";
  return help.split(/(?<=;) ?/).filter((grant) => grant !== "");
}

test("apply says what is missing with the exact statements; after these it needs nothing more", async () => {
  const { folder } = project(FOLDER);
  const run = (...args: readonly string[]): Promise<Guarded> => tread([...args, "--database-url", url()], {}, folder).ended;
  const adopt = await run("ledger", "adopt", "migrations", "--nothing");
  expect(adopt.status).toBe(3);
  expect(grantsOf(adopt)).toEqual([`CREATE SCHEMA tread AUTHORIZATION ${role};`]);
  await database.superuser.query(grantsOf(adopt).join(" "));
  expect((await run("ledger", "adopt", "migrations", "--nothing")).status).toBe(0);

  const refused = await run("apply", "migrations");
  expect(refused.status).toBe(3);
  expect(refused.stderr).toContain("migrations/0002_index.sql:1 creates something in the schema public");
  expect(grantsOf(refused)).toEqual([
    `GRANT USAGE, CREATE ON SCHEMA "public" TO "${role}";`,
    `GRANT REFERENCES ON "public"."oven" TO "${role}";`,
    `GRANT MAINTAIN ON "public"."oven" TO "${role}";`,
  ]);
  expect((await database.superuser.query("SELECT FROM tread.ledger")).rowCount).toBe(0);

  await database.superuser.query(grantsOf(refused).join(" "));
  const applied = await run("apply", "migrations");
  expect([applied.stderr, applied.status]).toEqual([expect.not.stringContaining("error"), 0]);
  expect((await database.superuser.query("SELECT migration, state FROM tread.ledger ORDER BY position")).rows).toEqual(
    ["0001_price", "0002_index", "0003_oven", "0004_tray"].map((migration) => ({ migration, state: "done" })),
  );
});

test("a table of somebody else's is refused before anything runs, with whose it is", async () => {
  await database.superuser.query(`CREATE SCHEMA tread AUTHORIZATION ${role}`);
  const { folder } = project({
    "migrations/0001_price.sql": "ALTER TABLE loaf ADD COLUMN price numeric;\n",
    "migrations/0002_heat.sql": "ALTER TABLE oven ADD COLUMN heat integer;\n",
  });
  await tread(["ledger", "adopt", "migrations", "--nothing", "--database-url", url()], {}, folder).ended;
  const refused = await tread(["apply", "migrations", "--database-url", url()], {}, folder).ended;
  expect(refused.status).toBe(3);
  expect(refused.stderr).toMatch(/migrations\/0002_heat\.sql:1 changes public\.oven, which belongs to \w+/);
  expect(grantsOf(refused)[0]).toMatch(/^GRANT "\w+" TO "deploy_\d+";$/);
  expect((await database.superuser.query("SELECT FROM tread.ledger")).rowCount).toBe(0);
});

test("a ledger of somebody else's is named with the statements that open it", async () => {
  await database.superuser.query("CREATE SCHEMA tread");
  const { folder } = project(FOLDER);
  const refused = await tread(["apply", "migrations", "--database-url", url()], {}, folder).ended;
  expect(refused.status).toBe(3);
  expect(refused.stderr).toContain(`and ${role} may not use it`);
  expect(refused.stderr).toContain(`GRANT USAGE ON SCHEMA tread TO ${role};`);
});

test("guard needs the same, and no more: it watches, limits and cancels its own role's sessions", async () => {
  const stop = { stopped: false };
  const web = await database.server.connect({ role: "superuser", database: database.name, applicationName: "web" });
  const reading = (async () => {
    while (!stop.stopped) await web.query("SELECT count(*) FROM loaf");
    await web.end();
  })();
  await database.superuser.query("INSERT INTO loaf SELECT g, 'loaf ' || g FROM generate_series(1, 200) g");
  const slow = script(
    `await client.query("ALTER TABLE loaf ALTER COLUMN name TYPE text USING CASE WHEN pg_sleep(0.05) IS NOT NULL THEN name END")`,
  );
  const ran = await tread(["guard", "--retries", "0", "--database-url", url(), "--", process.execPath, slow]).ended;
  stop.stopped = true;
  await reading;
  expect(ran.status).toBe(4);
  expect(ran.stderr).toContain("(cancelled)");
});
