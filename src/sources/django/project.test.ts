import { describe, expect, it } from "vitest";
import { memoryFiles } from "../../apps/django/memory-files.test-helper.ts";
import { djangoSource, readDjangoProject } from "./index.ts";

const settings = { type: "django", root: ".", database: "postgres" as const, options: {} };

function migration(body: string, { dependencies = "[]", extra = "" } = {}): string {
  return `from django.conf import settings\nfrom django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = ${dependencies}\n${extra}    operations = [${body}]\n`;
}

const model = (name: string): string => `migrations.CreateModel("${name}", [("id", models.BigAutoField(primary_key=True))])`;

async function read(tree: Readonly<Record<string, string>>): ReturnType<typeof readAll> {
  return readAll(tree);
}

async function readAll(tree: Readonly<Record<string, string>>) {
  const files = memoryFiles(tree);
  const project = await readDjangoProject(files, settings);
  return { project, result: await djangoSource.read(files, settings), plan: project.plan.map((m) => m.id) };
}

describe("the order of migrations", () => {
  it("goes by dependencies over several apps, with run_before", async () => {
    const { plan } = await read({
      "orders/migrations/0001_initial.py": migration(model("Order"), { dependencies: '[("customers", "0002_vip")]' }),
      "customers/migrations/0001_initial.py": migration(model("Customer")),
      "customers/migrations/0002_vip.py": migration("", { dependencies: '[("customers", "0001_initial")]' }),
      "audit/migrations/0001_initial.py": migration(model("Entry"), { extra: '    run_before = [("customers", "0001_initial")]\n' }),
    });
    expect(plan).toEqual(["audit.0001_initial", "customers.0001_initial", "customers.0002_vip", "orders.0001_initial"]);
  });

  it("uses a squash in place of what it replaces, and keeps what it replaced on record", async () => {
    const { plan, result } = await read({
      "orders/migrations/0001_initial.py": migration(model("Order")),
      "orders/migrations/0002_note.py": migration("", { dependencies: '[("orders", "0001_initial")]' }),
      "orders/migrations/0001_squashed_0002_note.py": migration(model("Order"), {
        extra: '    replaces = [("orders", "0001_initial"), ("orders", "0002_note")]\n',
      }),
      "orders/migrations/0003_total.py": migration("", { dependencies: '[("orders", "0002_note")]' }),
    });
    expect(plan).toEqual(["orders.0001_squashed_0002_note", "orders.0003_total"]);
    expect(result.migrations[0]?.replaces).toEqual(["orders.0001_initial", "orders.0002_note"]);
    expect(result.migrations[1]?.dependsOn).toEqual(["orders.0001_squashed_0002_note"]);
  });

  it("brings django.contrib's own migrations where something depends on them, never as new ones", async () => {
    const { result } = await read({
      "orders/migrations/0001_initial.py": migration(
        'migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)), ("owner", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE))])',
        { dependencies: "[migrations.swappable_dependency(settings.AUTH_USER_MODEL)]" },
      ),
    });
    const users = result.migrations.find((m) => m.id === "auth.0001_initial");
    expect(users).toMatchObject({ builtIn: true, path: "django.contrib.auth (built in)", source: "django" });
    expect(result.problems).toEqual([]);
    const sql = result.migrations
      .at(-1)
      ?.steps.map((s) => (s.kind === "sql" ? s.sql : s.kind))
      .join("\n");
    expect(sql).toContain('"owner_id" integer NOT NULL');
    expect(sql).toContain('REFERENCES "auth_user" ("id")');
  });

  it("reads the user model, the app's label and the key class from settings and apps.py", async () => {
    const { result } = await read({
      "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")\n',
      "site_config/__init__.py": "",
      "site_config/settings.py": 'AUTH_USER_MODEL = "people.Member"\nDEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n',
      "accounts/__init__.py": "",
      "accounts/apps.py":
        'from django.apps import AppConfig\nclass AccountsConfig(AppConfig):\n    name = "accounts"\n    label = "people"\n',
      "accounts/migrations/__init__.py": "",
      "accounts/migrations/0001_initial.py": migration(
        'migrations.CreateModel("Member", [("name", models.TextField())], options={"swappable": "AUTH_USER_MODEL"})',
      ),
      "orders/__init__.py": "",
      "orders/migrations/__init__.py": "",
      "orders/migrations/0001_initial.py": migration(
        'migrations.CreateModel("Order", [("owner", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE))])',
        { dependencies: "[migrations.swappable_dependency(settings.AUTH_USER_MODEL)]" },
      ),
    });
    expect(result.migrations.map((m) => m.id)).toEqual(["people.0001_initial", "orders.0001_initial"]);
    const sql = result.migrations[1]?.steps.map((s) => (s.kind === "sql" ? s.sql : s.kind)).join("\n");
    expect(sql).toContain('"id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY');
    expect(sql).toContain('REFERENCES "people_member" ("id")');
  });
});

it("a user model that the environment may change is the one of the default, and that is said", async () => {
  const { result } = await read({
    "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo.settings")\n',
    "geo/__init__.py": "",
    "geo/settings.py": 'import os\nAUTH_USER_MODEL = os.getenv("GEO_USER_MODEL", "people.Profile")\n',
    "people/__init__.py": "",
    "people/migrations/__init__.py": "",
    "people/migrations/0001_initial.py": migration(
      'migrations.CreateModel("Profile", [("name", models.TextField())], options={"swappable": "AUTH_USER_MODEL"})',
    ),
    "maps/__init__.py": "",
    "maps/migrations/__init__.py": "",
    "maps/migrations/0001_initial.py": migration(
      'migrations.CreateModel("Map", [("owner", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE))])',
      { dependencies: "[migrations.swappable_dependency(settings.AUTH_USER_MODEL)]" },
    ),
  });
  const sql = result.migrations.flatMap((m) => m.steps.map((s) => (s.kind === "sql" ? s.sql : s.kind))).join("\n");
  expect(sql).toContain('REFERENCES "people_profile" ("id")');
  expect(result.problems.map(({ message }) => message).join("\n")).toContain("AUTH_USER_MODEL comes from the environment (GEO_USER_MODEL)");
});

describe("a graph that Django would refuse", () => {
  it("names the files of a circle and reads the rest", async () => {
    const { result, plan } = await read({
      "a/migrations/0001_initial.py": migration(model("A"), { dependencies: '[("b", "0001_initial")]' }),
      "b/migrations/0001_initial.py": migration(model("B"), { dependencies: '[("a", "0001_initial")]' }),
      "c/migrations/0001_initial.py": migration(model("C")),
    });
    const problem = result.problems.find((p) => p.code === "cycle");
    expect(problem?.fatal).toBe(true);
    expect(problem?.message).toContain("a/migrations/0001_initial.py");
    expect(problem?.message).toContain("b/migrations/0001_initial.py");
    expect(problem?.span?.line).toBe(6);
    expect(plan).toEqual(["c.0001_initial"]);
  });

  it("points at a dependency that does not exist", async () => {
    const { result } = await read({
      "shop/migrations/0001_initial.py": migration(model("Order")),
      "shop/migrations/0002_next.py": migration("", { dependencies: '[("shop", "0001_inital")]' }),
    });
    expect(result.problems.find((p) => p.code === "missing-parent")).toMatchObject({
      fatal: true,
      span: { file: expect.stringContaining("shop/migrations/0002_next.py") as string, line: 6 },
    });
  });

  it("reports two last migrations and a number used twice without stopping", async () => {
    const { result } = await read({
      "shop/migrations/0001_initial.py": migration(model("Order")),
      "shop/migrations/0002_coupon.py": migration(model("Coupon"), { dependencies: '[("shop", "0001_initial")]' }),
      "shop/migrations/0002_refund.py": migration(model("Refund"), { dependencies: '[("shop", "0001_initial")]' }),
    });
    expect(result.problems.map((p) => [p.code, p.fatal])).toEqual([
      ["two-leaves", false],
      ["duplicate-number", false],
    ]);
    expect(result.migrations).toHaveLength(3);
  });

  it("takes tables of an app outside of the repository as given, and says so", async () => {
    const { result } = await read({
      "shop/migrations/0001_initial.py": migration(
        'migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)), ("plan", models.ForeignKey("payments.Plan", models.CASCADE))])',
        { dependencies: '[("payments", "0004_plans")]' },
      ),
    });
    expect(result.problems).toMatchObject([{ code: "unknown-app", fatal: false }]);
    const created = result.migrations[0]?.steps[0];
    expect(created?.kind === "sql" ? created.sql : "").toContain('"plan_id" bigint NOT NULL');
    expect(created?.kind === "sql" ? created.notes?.join() : "").toContain("payments.plan");
  });
});

describe("files that are not as they should be", () => {
  it("makes an operation with a syntax error opaque and reads the others", async () => {
    const { result } = await read({
      "shop/migrations/0001_initial.py": migration(
        `\n        ${model("Order")},\n        migrations.AddField("order", "note", models.TextField(null==)),\n        ${model("Coupon")},\n    `,
      ),
    });
    expect(result.problems).toMatchObject([{ code: "syntax", fatal: true, span: { line: 9 } }]);
    const kinds = result.migrations[0]?.steps.map((s) => s.kind) ?? [];
    expect(kinds).toContain("opaque");
    expect(result.migrations[0]?.steps.map((s) => (s.kind === "sql" ? s.sql : "")).join()).toContain("shop_order");
  });

  it("names a file without a migration and reads the others", async () => {
    const { result } = await read({
      "shop/migrations/0001_initial.py": migration(model("Order")),
      "shop/migrations/helpers.py": "def backfill():\n    pass\n",
      "shop/migrations/_private.py": "nothing = 1\n",
    });
    expect(result.problems.map((p) => p.code)).toEqual(["unreadable"]);
    expect(result.problems[0]?.message).toContain("helpers.py");
    expect(result.migrations.map((m) => m.id)).toEqual(["shop.0001_initial"]);
  });

  it("does not take folders of other tools for Django's", async () => {
    const files = memoryFiles({ "alembic/migrations/env.py": "x = 1\n", "readme.md": "" });
    expect(djangoSource.detect(files, ".")).toBe(false);
    const result = await djangoSource.read(files, settings);
    expect(result.problems).toMatchObject([{ code: "nothing", fatal: true }]);
  });

  it("finds no place in the operations for what does not fit the state, instead of failing", async () => {
    const { result } = await read({
      "shop/migrations/0001_initial.py": migration(
        'migrations.RemoveField("order", "gone"), migrations.AddField("nothing", "x", models.TextField())',
      ),
    });
    expect(result.migrations[0]?.steps).toMatchObject([
      { kind: "opaque", operation: "RemoveField order.gone" },
      { kind: "opaque", operation: "AddField nothing.x" },
    ]);
  });
});
