import { describe, expect, test } from "vitest";
import { project, type ProjectFiles } from "./project.test-helper.ts";

// A bakery that gives its customers a display name of their own, while v1 still takes orders with the name alone.
const INITIAL = `from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(name="Customer", fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=80)),
        ]),
    ]
`;

const ADD = `migrations.AddField("customer", "display_name", models.CharField(max_length=80, null=True))`;

const COPY = `from django.db import migrations, models
from django.db.models import F


def copy(apps, schema_editor):
    Customer = apps.get_model("bakery", "Customer")
    while ids := list(Customer.objects.filter(display_name=None).values_list("pk", flat=True)[:5000]):
        Customer.objects.filter(pk__in=ids).update(display_name=F("name"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("bakery", "LAST")]
    operations = [OPERATIONS]
`;

const model = (fields: string): string => `from django.db import models\n\n\nclass Customer(models.Model):\n    ${fields}\n`;

function app(folder: string, models: string, migrations: Readonly<Record<string, string>>): ProjectFiles {
  return {
    [`${folder}/manage.py`]: "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n",
    [`${folder}/bakery/__init__.py`]: "",
    [`${folder}/bakery/models.py`]: models,
    [`${folder}/bakery/migrations/__init__.py`]: "",
    [`${folder}/bakery/migrations/0001_initial.py`]: INITIAL,
    ...Object.fromEntries(Object.entries(migrations).map(([name, text]) => [`${folder}/bakery/migrations/${name}.py`, text])),
  };
}

const NAME = "name = models.CharField(max_length=80)";
const BOTH = `${NAME}\n    display_name = models.CharField(max_length=80, null=True)`;
const CONFIG = "sources:\n  - { type: django, root: app }\nlive:\n  - { name: v1, path: v1 }\n";
const added = COPY.replace("LAST", "0001_initial").replace("OPERATIONS", `${ADD}, migrations.RunPython(copy, migrations.RunPython.noop)`);

describe("a column is copied while the version before still serves", () => {
  test("rows that it writes afterwards are missed: found by its own INSERT, at the RunPython", () => {
    const { report, status } = project({
      ...app("v1", model(NAME), {}),
      ...app("app", model(BOTH), { "0002_display_name": added }),
      "tread.config.yaml": CONFIG,
    }).check();
    const finding = report.findings.find(({ rule }) => rule === "diverging-data");
    expect(finding).toMatchObject({ severity: "error", migration: "bakery.0002_display_name", liveVersions: ["v1"] });
    expect(finding?.evidence[0]?.text).toContain("its INSERT on `bakery_customer` names `name`");
    expect(status).toBe(1);
  });

  test("a version that knows the column writes both, and nothing is missed", () => {
    const add = COPY.replace("LAST", "0001_initial").replace("OPERATIONS", ADD);
    const copy = COPY.replace("LAST", "0002_display_name").replace("OPERATIONS", "migrations.RunPython(copy, migrations.RunPython.noop)");
    const { report } = project({
      ...app("v1", model(BOTH), { "0002_display_name": add }),
      ...app("app", model(BOTH), { "0002_display_name": add, "0003_copy": copy }),
      "tread.config.yaml": CONFIG,
    }).check();
    expect(report.findings.map(({ rule }) => rule)).not.toContain("diverging-data");
  });

  test("a version under judgement that forgets the original closes the way back", () => {
    const forget = `from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bakery", "0002_display_name")]
    operations = [
        migrations.AlterField("customer", "name", models.CharField(max_length=80, null=True)),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("customer", "name")]),
    ]
`;
    const { report } = project({
      ...app("v1", model(NAME), {}),
      ...app("app", model("display_name = models.CharField(max_length=80, null=True)"), {
        "0002_display_name": added,
        "0003_forget": forget,
      }),
      "tread.config.yaml": CONFIG,
    }).check();
    const finding = report.findings.find(({ rule }) => rule === "cannot-roll-back");
    expect(finding).toMatchObject({ severity: "warning", liveVersions: ["v1"] });
    expect(finding?.why).toContain("no longer `name`");
    expect(finding?.help).toContain("# tread-ignore cannot-roll-back:");
  });
});

describe("the version that a rollback would deploy does not serve here", () => {
  const files: ProjectFiles = {
    "migrations/0001_customer.sql": "CREATE TABLE customer (id bigint PRIMARY KEY, name text, phone text);\n",
    "migrations/0002_drop_phone.sql": "SET lock_timeout = '2s';\nALTER TABLE customer DROP COLUMN phone;\n",
    "v1/migrations/0001_customer.sql": "CREATE TABLE customer (id bigint PRIMARY KEY, name text, phone text);\n",
    "v1/report.py":
      'import psycopg\n\ndef phones(connection):\n    return connection.execute("SELECT phone FROM customer WHERE id = %s", (1,))\n',
    "workers.sql": "SELECT id, name FROM customer;\n",
  };

  test("what it reads and the release takes away is told, with the step to hold back", () => {
    const { report } = project({
      ...files,
      "tread.config.yaml":
        "sources:\n  - { type: sql-dir, path: migrations, appliedThrough: 0001_customer }\nlive:\n  - { name: v1, path: v1 }\n  - { name: workers, sql: workers.sql }\nenvironments:\n  cloud: { live: [workers] }\n",
    }).check();
    const finding = report.findings.find(({ rule }) => rule === "cannot-roll-back");
    expect(finding).toMatchObject({ severity: "warning", migration: "0002_drop_phone", statement: 1, liveVersions: ["v1"] });
    expect(finding?.why).toContain("42703");
  });
});
