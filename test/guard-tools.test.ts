import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../src/engines/postgres/embedded/test-server.test-helper.ts";
import { djangoEnvironment } from "../src/sources/django/django-oracle.test-helper.ts";
import { folderOf, type Guarded, type Running, script, tread, until } from "./guard.test-helper.ts";

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  await database.close();
});

const start = (command: readonly string[], cwd?: string): Running => {
  const { server, name } = database;
  const url = `host=${server.host} port=${server.port} user=${server.credentials.user} password=${server.credentials.password} dbname=${name}`;
  return tread(["guard", "--database-url", url, "--", ...command], {}, cwd);
};
const guard = (command: readonly string[], cwd?: string): Promise<Guarded> => start(command, cwd).ended;
const rows = async (sql: string): Promise<unknown[]> => (await database.superuser.query(sql)).rows;

/** Every DDL statement that reaches the server is written down with the lock_timeout that it ran with. */
async function watchTimeouts(): Promise<void> {
  await database.superuser.query(`
    CREATE TABLE seen (at serial, tag text, lock_timeout text);
    GRANT ALL ON seen, seen_at_seq TO PUBLIC;
    CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen (tag, lock_timeout) VALUES (tg_tag, current_setting('lock_timeout')); END $$;
    CREATE EVENT TRIGGER note ON ddl_command_start EXECUTE FUNCTION note()`);
}

const django = djangoEnvironment();

/** A project whose app has migrations that create, add to a table, build an index concurrently, and run Python. */
function bakery(options: string): string {
  const folder = folderOf({
    "manage.py": `import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)`,
    "settings.py": `import os
SECRET_KEY = "x"
INSTALLED_APPS = ["bakery"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"], "USER": os.environ["PGUSER"],
  "PASSWORD": os.environ["PGPASSWORD"], "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"], ${options}}}`,
  });
  const app = join(folder, "bakery", "migrations");
  mkdirSync(app, { recursive: true });
  const migration = (dependency: string | null, operations: string, head = ""): string => `from django.db import migrations, models
from django.contrib.postgres.operations import AddIndexConcurrently
class Migration(migrations.Migration):
    ${head}
    dependencies = [${dependency === null ? "" : `("bakery", "${dependency}")`}]
    operations = [${operations}]
`;
  const files: Readonly<Record<string, string>> = {
    "../__init__.py": "",
    "__init__.py": "",
    "../models.py": `from django.db import models
class Loaf(models.Model):
    name = models.TextField()
    price = models.IntegerField(null=True)
    class Meta:
        indexes = [models.Index(fields=["name"], name="loaf_name")]
`,
    "0001_loaf.py": migration(
      null,
      `migrations.CreateModel(name="Loaf", fields=[("id", models.BigAutoField(primary_key=True, serialize=False)), ("name", models.TextField())])`,
    ),
    "0002_price.py": migration("0001_loaf", `migrations.AddField("loaf", "price", models.IntegerField(null=True))`),
    "0003_index.py": migration(
      "0002_price",
      `AddIndexConcurrently("loaf", models.Index(fields=["name"], name="loaf_name"))`,
      "atomic = False",
    ),
    "0004_fill.py": migration(
      "0003_index",
      `migrations.RunPython(lambda apps, _: apps.get_model("bakery", "Loaf").objects.update(price=1))`,
    ),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(app, name), text);
  return folder;
}

describe.skipIf(django.python === null)("Django's migrate, guarded", () => {
  test.each([
    ["as it is", ""],
    ["with OPTIONS that discard PGOPTIONS and ask for 5 s", `"OPTIONS": {"options": "-c lock_timeout=5000"}`],
    ["with statements prepared on the server", `"OPTIONS": {"server_side_binding": True}`],
  ])("%s: each statement has the limit, CONCURRENTLY none, and all is recorded", async (_, options) => {
    await watchTimeouts();
    const ran = await guard([django.python ?? "", "manage.py", "migrate", "--no-color"], bakery(options));
    await database.superuser.query("DROP EVENT TRIGGER note");
    expect([ran.status, ran.stderr.includes("error")]).toEqual([0, false]);
    expect(await rows("SELECT DISTINCT tag, lock_timeout FROM seen WHERE tag IN ('ALTER TABLE', 'CREATE INDEX') ORDER BY 1")).toEqual([
      { tag: "ALTER TABLE", lock_timeout: "10ms" },
      { tag: "CREATE INDEX", lock_timeout: "0" },
    ]);
    expect(await rows("SELECT name FROM django_migrations WHERE app = 'bakery' ORDER BY id")).toHaveLength(4);
    expect(ran.stderr.includes("the command has lock_timeout = 5s")).toBe(options.includes("5000"));
  });

  test("on a hot table: waits within its transaction, without making anybody wait", async () => {
    const folder = bakery("");
    expect((await guard([django.python ?? "", "manage.py", "migrate", "bakery", "0001"], folder)).status).toBe(0);
    const reader = await database.server.connect({ role: "owner", database: database.name, applicationName: "report" });
    await reader.query("BEGIN; SELECT count(*) FROM bakery_loaf");
    const running = start([django.python ?? "", "manage.py", "migrate"], folder);
    await until(() => running.said().includes("before anything is asked for"), running);
    await database.owner.query("SET lock_timeout = '1ms'");
    for (let reads = 0; reads < 50; reads++) await database.owner.query("SELECT count(*) FROM bakery_loaf");
    await reader.query("COMMIT");
    await reader.end();
    expect((await running.ended).status).toBe(0);
    expect(await rows("SELECT name FROM django_migrations WHERE app = 'bakery' ORDER BY id")).toHaveLength(4);
  });

  test("a migration that others wait for too long is rolled back, and Django goes on behind what it has recorded", async () => {
    const folder = bakery("");
    expect((await guard([django.python ?? "", "manage.py", "migrate", "bakery", "0001"], folder)).status).toBe(0);
    // Adds its column and then dawdles, the first time.
    writeFileSync(
      join(folder, "bakery", "migrations", "0002_price.py"),
      `import os, time
from django.db import migrations, models
def dawdle(apps, editor):
    if not os.path.exists("ran"):
        open("ran", "w").close()
        time.sleep(2)
class Migration(migrations.Migration):
    dependencies = [("bakery", "0001_loaf")]
    operations = [migrations.AddField("loaf", "price", models.IntegerField(null=True)), migrations.RunPython(dawdle)]
`,
    );
    const state = { stopped: false, failed: 0 };
    const web = await database.server.connect({ role: "owner", database: database.name, applicationName: "web" });
    const reading = (async () => {
      while (!state.stopped) {
        await web.query("SELECT count(*) FROM bakery_loaf").catch(() => state.failed++);
        await sleep(2);
      }
      await web.end();
    })();
    const ran = await guard([django.python ?? "", "manage.py", "migrate"], folder);
    state.stopped = true;
    await reading;
    expect(ran.stderr).toContain("the command is run again (1 of 3)");
    expect([ran.status, state.failed]).toEqual([0, 0]);
    expect(await rows("SELECT name FROM django_migrations WHERE app = 'bakery' ORDER BY id")).toHaveLength(4);
  });
});

const psql = spawnSync("psql", ["--version"]).status === 0;

test.skipIf(!psql)("psql, guarded: scripts, COPY both ways and a failed transaction behave as without", async () => {
  const folder = folderOf({
    "migrate.sql": `\\set ON_ERROR_STOP on
CREATE TABLE loaf (id int, name text);
COPY loaf FROM STDIN;
1\tRye
2\tOat
\\.
BEGIN;
ALTER TABLE loaf ADD COLUMN price numeric;
SAVEPOINT before;
\\set ON_ERROR_STOP off
ALTER TABLE loaf ADD COLUMN price numeric;
\\set ON_ERROR_STOP on
ROLLBACK TO before;
COMMIT;
ALTER TABLE loaf ADD COLUMN grams int\\; UPDATE loaf SET grams = 500\\; SELECT sum(grams) FROM loaf;
COPY (SELECT * FROM loaf ORDER BY id) TO STDOUT;
`,
  });
  const ran = await guard(["psql", "-X", "-q", "-A", "-t", "-f", "migrate.sql"], folder);
  expect([ran.status, ran.stdout]).toEqual([0, "1000\n1\tRye\t\\N\t500\n2\tOat\t\\N\t500\n"]);
  expect(ran.stderr).toContain('column "price" of relation "loaf" already exists');
});

test("Prisma's way, guarded: the whole migration.sql as one message, between its own records", async () => {
  // Prisma's engine is not to be had here (binaries.prisma.sh); this is what it sends for `migrate deploy`, by node-postgres.
  await database.owner.query('CREATE TABLE "Loaf" (id int)');
  const reader = await database.server.connect({ role: "owner", database: database.name, applicationName: "report" });
  await reader.query('BEGIN; SELECT count(*) FROM "Loaf"');
  const sql =
    'ALTER TABLE "Loaf" ADD COLUMN "price" INTEGER;\\nCREATE TABLE "Oven" ("id" SERIAL NOT NULL, CONSTRAINT "Oven_pkey" PRIMARY KEY ("id"));';
  const running = start([
    process.execPath,
    script(`
      await client.query("SELECT pg_advisory_lock(72707369)");
      await client.query('CREATE TABLE "_prisma_migrations" (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)');
      await client.query({ text: 'INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)', values: ["1", "c", "20260101_price"] });
      await client.query(\`${sql}\`);
      await client.query({ text: 'UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', values: ["1"] });`),
  ]);
  await until(() => running.said().includes("before anything is asked for"), running);
  await reader.query("COMMIT");
  await reader.end();
  const ran = await running.ended;
  expect([ran.status, ran.stderr.includes("error")]).toEqual([0, false]);
  expect(await rows('SELECT applied_steps_count AS steps, finished_at IS NOT NULL AS finished FROM "_prisma_migrations"')).toEqual([
    { steps: 1, finished: true },
  ]);
});
