import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { djangoEnvironment } from "../../sources/django/django-oracle.test-helper.ts";
import { compareCatalogues, readCatalogue, showDifference } from "../../../conformance/recipes/compare-catalog.ts";
import { planFromMigration, planFromWords } from "../../check/plan.ts";
import { readWords } from "../words/read.ts";
import { ADD_INDEX, emitted, fileOf, findings, NOT_NULL, optionsOf, projectOf } from "./emit.test-helper.ts";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const django = djangoEnvironment();
const skip = django.python === null && process.env["CI"] !== "true";
const because = django.reason === null ? "" : ` (${django.reason})`;

const SETTINGS = `
import os
SECRET_KEY = "club"
INSTALLED_APPS = ["people"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("PGDATABASE", ""),
        "USER": os.environ.get("PGUSER", ""),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
        "HOST": os.environ.get("PGHOST", ""),
        "PORT": os.environ.get("PGPORT", ""),
    }
}
`;
const MANAGE = `
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "club.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`;
const MODELS = `from django.db import models


class Person(models.Model):
    email = models.TextField(null=True, blank=True)
    team_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "person"
`;
const INITIAL = `from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.TextField(null=True, blank=True)),
                ("team_id", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "person"},
        ),
    ]
`;

const CLUB = {
  "manage.py": MANAGE,
  "club/__init__.py": "",
  "club/settings.py": SETTINGS,
  "people/__init__.py": "",
  "people/models.py": MODELS,
  "people/migrations/__init__.py": "",
  "people/migrations/0001_initial.py": INITIAL,
};

/** Runs manage.py as the club would. */
function manage(folder: string, database: FreshDatabase, ...args: readonly string[]): { readonly status: number; readonly out: string } {
  const { server } = database;
  try {
    const out = execFileSync(django.python ?? "", ["manage.py", ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "",
        PYTHONDONTWRITEBYTECODE: "1",
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: server.credentials.user,
        PGPASSWORD: server.credentials.password,
        PGDATABASE: database.name,
      },
    });
    return { status: 0, out };
  } catch (error) {
    const failed = error as { readonly status: number; readonly stdout: string; readonly stderr: string };
    return { status: failed.status, out: `${failed.stdout}${failed.stderr}` };
  }
}

describe("Django migrations of a plan", () => {
  test("an index is AddIndexConcurrently, alone and outside of a transaction; check has nothing to say", async () => {
    const folder = projectOf(CLUB);
    const { files, notes } = await emitted(folder, ADD_INDEX);
    expect(files.map(({ file }) => file)).toEqual(["people/migrations/0002_add_index_person_team_id_build_index.py"]);
    const text = fileOf(folder, files[0]?.file ?? "");
    expect(text).toContain("atomic = False");
    expect(text).toContain('AddIndexConcurrently(model_name="person", index=models.Index(fields=["team_id"], name="person_team_id_idx"))');
    expect(text).toContain('("people", "0001_initial")');
    expect(notes).toContain(
      'with 0002_add_index_person_team_id_build_index, the models say: Person.Meta.indexes has models.Index(fields=["team_id"], name="person_team_id_idx")',
    );
    expect(await findings(folder, "people.0001_initial")).toEqual([]);
  });

  test("NOT NULL is one migration per step, and check has nothing to say", async () => {
    const folder = projectOf(CLUB);
    const { files } = await emitted(folder, NOT_NULL);
    expect(files.map(({ file }) => file)).toEqual(
      ["hold_email", "fill_email", "no_null_email", "check_email", "set_email"].map(
        (step, i) => `people/migrations/000${i + 2}_not_null_person_email_${step}.py`,
      ),
    );
    writeFileSync(join(folder, "people/models.py"), MODELS.replace("null=True, blank=True", "blank=True"));
    expect(await findings(folder, "people.0001_initial")).toEqual([]);
  });

  test.skipIf(skip)(
    `real Django has nothing to make after the models' edit, and goes there and back on a real server${because}`,
    async () => {
      expect(django.reason).toBeNull();
      await using database = await freshDatabase();
      const folder = projectOf(CLUB);
      expect(manage(folder, database, "migrate").status).toBe(0);
      await database.owner.query(
        "INSERT INTO person (email, team_id) SELECT CASE WHEN g % 3 > 0 THEN 'member' || g END, g % 7 FROM generate_series(1, 12000) g",
      );
      await emitted(folder, ADD_INDEX);
      await emitted(folder, NOT_NULL);
      writeFileSync(
        join(folder, "people/models.py"),
        MODELS.replace("null=True, blank=True", "blank=True").replace(
          'db_table = "person"',
          'db_table = "person"\n        indexes = [models.Index(fields=["team_id"], name="person_team_id_idx")]',
        ),
      );
      expect(manage(folder, database, "makemigrations", "--check", "--dry-run")).toEqual({ status: 0, out: "No changes detected\n" });
      const forward = manage(folder, database, "migrate");
      expect([forward.status, forward.out.includes("0007_not_null_person_email_set_email... OK")]).toEqual([0, true]);
      const facts = async (): Promise<unknown> =>
        (
          await database.superuser.query(
            `SELECT (SELECT attnotnull FROM pg_attribute WHERE attrelid = 'person'::regclass AND attname = 'email') AS not_null,
                    (SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'person'::regclass AND contype = 'c') AS checks,
                    (SELECT count(*)::int FROM person WHERE email = 'nobody@example.org') AS filled,
                    (SELECT count(*)::int FROM pg_index WHERE indrelid = 'person'::regclass AND indisvalid) AS indexes`,
          )
        ).rows[0];
      expect(await facts()).toEqual({ not_null: true, checks: 0, filled: 4000, indexes: 2 });
      const back = manage(folder, database, "migrate", "people", "0001");
      expect([back.status, back.out.includes("Unapplying people.0002")]).toEqual([0, true]);
      expect(await facts()).toEqual({ not_null: false, checks: 0, filled: 4000, indexes: 1 });
    },
    240_000,
  );

  test
    .skipIf(skip)
    .each([
      "add-index person (team_id, email)",
      "add-check person (team_id >= 0) name person_team_check",
      "add-unique person (email, team_id) name person_email_team_key",
      "not-null person.email using 'nobody@example.org'",
      "add-column person.token uuid default gen_random_uuid()",
    ])(
    `real Django goes there and back with what is written for %s, and is where it was${because}`,
    async (words) => {
      await using database = await freshDatabase();
      const folder = projectOf(CLUB);
      expect(manage(folder, database, "migrate").status).toBe(0);
      await database.owner.query("INSERT INTO person (email, team_id) SELECT NULLIF('m' || g, 'm7'), g FROM generate_series(1, 3000) g");
      const before = await readCatalogue(database.superuser);
      const { plans } = await planFromWords(readWords([words]), await optionsOf(folder));
      for (const plan of plans) await emitted(folder, plan, { phase: "all" });
      const forth = manage(folder, database, "migrate");
      expect([forth.status, forth.status === 0 ? "" : forth.out]).toEqual([0, ""]);
      expect(compareCatalogues(await readCatalogue(database.superuser), before)).not.toEqual([]);
      const back = manage(folder, database, "migrate", "people", "0001");
      expect([back.status, back.status === 0 ? "" : back.out]).toEqual([0, ""]);
      expect(compareCatalogues(await readCatalogue(database.superuser), before).map(showDifference)).toEqual([]);
    },
    240_000,
  );

  test.skipIf(skip).each([
    [
      "change-type person.email varchar(320)",
      [["models.TextField(null=True, blank=True)", "models.CharField(max_length=320, null=True, blank=True)"]],
    ],
    ["change-type person.team_id int", [["models.BigIntegerField(null=True)", "models.IntegerField(null=True)"]]],
    ["rename-column person.email to mail", [["    email =", "    mail ="]]],
    ["rename-table person to people_person", [['db_table = "person"', 'db_table = "people_person"']]],
    ["drop-column person.team_id", [["    team_id = models.BigIntegerField(null=True)\n", ""]]],
  ] as const)(
    `real Django has nothing left to do after %s, and the phases with a way back are walked both ways${because}`,
    async (words, edits) => {
      await using database = await freshDatabase();
      const folder = projectOf(CLUB);
      expect(manage(folder, database, "migrate").status).toBe(0);
      await database.owner.query("INSERT INTO person (email, team_id) SELECT NULLIF('m' || g, 'm7'), g FROM generate_series(1, 3000) g");
      const before = await readCatalogue(database.superuser);
      const { plans } = await planFromWords(readWords([words]), await optionsOf(folder));
      const [plan] = plans;
      if (plan === undefined) throw new Error("no plan");
      const undone = plan.phases.filter(({ steps }) =>
        steps.every((step) => (step.kind !== "migrate" && step.kind !== "backfill") || step.down.possible),
      );
      for (const { name } of undone) await emitted(folder, plan, { phase: name });
      let models = MODELS;
      for (const [from, to] of edits) models = models.replace(from, to);
      writeFileSync(join(folder, "people/models.py"), models);
      expect(manage(folder, database, "makemigrations", "--check", "--dry-run")).toMatchObject({ status: 0 });
      const forth = manage(folder, database, "migrate");
      expect([forth.status, forth.status === 0 ? "" : forth.out]).toEqual([0, ""]);
      const back = manage(folder, database, "migrate", "people", "0001");
      expect([back.status, back.status === 0 ? "" : back.out]).toEqual([0, ""]);
      expect(compareCatalogues(await readCatalogue(database.superuser), before).map(showDifference)).toEqual([]);
      for (const { name } of plan.phases.filter((phase) => !undone.includes(phase))) await emitted(folder, plan, { phase: name });
      const whole = manage(folder, database, "migrate");
      expect([whole.status, whole.status === 0 ? "" : whole.out]).toEqual([0, ""]);
      expect(manage(folder, database, "makemigrations", "--check", "--dry-run")).toMatchObject({ status: 0 });
    },
    240_000,
  );

  const added = (name: string, field: string): string => `from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(model_name="person", name="${name}", field=${field}),
    ]
`;

  test.skipIf(skip).each([
    ["lang", 'models.CharField(max_length=5, default="de")'],
    ["boss", 'models.ForeignKey("people.Person", null=True, on_delete=django.db.models.deletion.SET_NULL)'],
  ])(
    `a field that Django would add in one unsafe migration is planned, and real Django is where that one would have led: %s${because}`,
    async (name, field) => {
      await using database = await freshDatabase();
      await using plain = await freshDatabase();
      const folder = projectOf({ ...CLUB, "people/migrations/0002_more.py": added(name, field) });
      expect(manage(folder, plain, "migrate").status).toBe(0);
      expect(manage(folder, database, "migrate", "people", "0001").status).toBe(0);
      await database.owner.query("INSERT INTO person (email, team_id) SELECT NULLIF('m' || g, 'm7'), g FROM generate_series(1, 3000) g");
      const before = await readCatalogue(database.superuser);
      const { plans, left } = await planFromMigration("0002_more", await optionsOf(folder, { appliedThrough: "people.0001_initial" }));
      expect(left).toEqual([]);
      for (const plan of plans) await emitted(folder, plan, { phase: "all" });
      rmSync(join(folder, "people/migrations/0002_more.py"));
      writeFileSync(
        join(folder, "people/models.py"),
        MODELS.replace("from django.db import models", "from django.db import models\nimport django.db.models.deletion").replace(
          "\n    class Meta",
          `    ${name} = ${field}\n\n    class Meta`,
        ),
      );
      expect(await findings(folder, "people.0001_initial")).toEqual([]);
      expect(manage(folder, database, "makemigrations", "--check", "--dry-run")).toMatchObject({ status: 0 });
      const forth = manage(folder, database, "migrate");
      expect([forth.status, forth.status === 0 ? "" : forth.out]).toEqual([0, ""]);
      expect(compareCatalogues(await readCatalogue(database.superuser), await readCatalogue(plain.superuser)).map(showDifference)).toEqual(
        [],
      );
      const back = manage(folder, database, "migrate", "people", "0001");
      expect([back.status, back.status === 0 ? "" : back.out]).toEqual([0, ""]);
      expect(compareCatalogues(await readCatalogue(database.superuser), before).map(showDifference)).toEqual([]);
    },
    240_000,
  );
});
