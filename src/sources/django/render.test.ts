import { describe, expect, it } from "vitest";
import type { Migration } from "../../model/migration.ts";
import { memoryFiles } from "../../apps/django/memory-files.test-helper.ts";
import { djangoSource } from "./index.ts";

const PATH = "clinic/migrations/0002_next.py";

async function render(operations: string, { head = "", atomic = true, tree = {}, options = {} } = {}): Promise<Migration> {
  const before =
    'migrations.CreateModel("Patient", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=50))])';
  const files = memoryFiles({
    "clinic/__init__.py": "",
    "clinic/migrations/__init__.py": "",
    "clinic/migrations/0001_initial.py": `from django.db import migrations, models\nclass Migration(migrations.Migration):\n    operations = [${before}]\n`,
    [PATH]: `from django.db import migrations, models\n${head}class Migration(migrations.Migration):\n    atomic = ${atomic ? "True" : "False"}\n    dependencies = [("clinic", "0001_initial")]\n    operations = [\n${operations}\n    ]\n`,
    ...tree,
  });
  const result = await djangoSource.read(files, { type: "django", root: ".", database: "postgres", options });
  expect(result.problems).toEqual([]);
  const found = result.migrations.find((m) => m.id === "clinic.0002_next");
  if (found === undefined) throw new Error("no migration");
  return found;
}

describe("the steps of a migration", () => {
  it("point at the operation and are named for the reader", async () => {
    const { steps, transaction, down } = await render('        migrations.AddField("patient", "email", models.EmailField(null=True)),');
    expect(transaction).toBe("per-migration");
    expect(down).toBe("present");
    expect(steps).toMatchObject([
      {
        kind: "sql",
        operation: "AddField patient.email",
        sql: 'ALTER TABLE "clinic_patient" ADD COLUMN "email" varchar(254) NULL',
        reverse: "present",
        span: { line: 6, column: 9, endLine: 6 },
      },
    ]);
  });

  it("keep the exact place of SQL inside of a triple-quoted string", async () => {
    const { steps } = await render('        migrations.RunSQL("""\n            DROP INDEX old;\n        """),');
    const step = steps[0];
    expect(step).toMatchObject({ kind: "sql", verbatim: true, reverse: "missing", span: { line: 6, column: 30, endLine: 8 } });
    expect(step?.kind === "sql" ? step.sql : "").toBe("\n            DROP INDEX old;\n        ");
  });

  it("put literals in the place of parameters", async () => {
    const { steps } = await render(
      '        migrations.RunSQL([("UPDATE clinic_patient SET name = %s WHERE id %% 2 = %s", ["O\'Neill", 1])], migrations.RunSQL.noop),',
    );
    expect(steps).toMatchObject([
      { sql: "UPDATE clinic_patient SET name = 'O''Neill' WHERE id % 2 = 1", verbatim: false, reverse: "present" },
    ]);
  });

  it("say that a default is made by Python", async () => {
    const { steps } = await render('        migrations.AddField("patient", "token", models.UUIDField(default=uuid.uuid4)),', {
      head: "import uuid\n",
    });
    expect(steps.map((s) => (s.kind === "sql" ? s.sql.replace(/'[0-9a-f]{32}'/, "…") : s.kind))).toEqual([
      'ALTER TABLE "clinic_patient" ADD COLUMN "token" uuid DEFAULT …::uuid NOT NULL',
      'ALTER TABLE "clinic_patient" ALTER COLUMN "token" DROP DEFAULT',
    ]);
    expect(steps[0]?.kind === "sql" ? steps[0].notes?.join() : "").toContain("`uuid4()` is called once by Python");
  });

  it("carry the suppressions beside an operation, with or without a reason", async () => {
    const { steps } = await render(
      '        # tread-ignore drop-column: nobody has read it since 2024\n        migrations.RemoveField("patient", "name"),  # tread-ignore hot-table-alter\n        migrations.AddField("patient", "age", models.IntegerField(null=True)),',
    );
    expect(steps[0]?.suppressions).toMatchObject([
      { rule: "drop-column", reason: "nobody has read it since 2024", span: { line: 6 } },
      { rule: "hot-table-alter", reason: null, span: { line: 7 } },
    ]);
    expect(steps[1]?.suppressions).toEqual([]);
  });

  it("know which steps have a transaction of their own outside of one", async () => {
    const operations =
      "        migrations.RunPython(fill, atomic=True),\n        migrations.RunPython(fill, migrations.RunPython.noop),\n        migrations.RunSQL('SELECT 1; SELECT 2'),";
    const { steps, transaction, down } = await render(operations, { atomic: false, head: "def fill(apps, schema_editor):\n    pass\n" });
    expect(transaction).toBe("none");
    expect(down).toBe("missing");
    expect(steps.map((s) => (s.kind === "opaque" ? null : (s.transaction ?? null)))).toEqual(["own", null, "single-query"]);
  });

  it("state that Django defers comes at the end of the migration", async () => {
    const { steps } = await render(
      '        migrations.AddField("patient", "mother", models.ForeignKey("clinic.Patient", models.CASCADE, null=True)),\n        migrations.RunSQL("SELECT 1"),',
    );
    expect(steps.map((s) => s.operation)).toEqual(["AddField patient.mother", "RunSQL", "AddField patient.mother"]);
    expect(steps.at(-1)?.kind === "sql" ? (steps.at(-1) as { sql: string }).sql : "").toMatch(
      /^CREATE INDEX "clinic_patient_mother_id_[0-9a-f]{8}"/,
    );
  });
});

describe("operations that are not Django's own", () => {
  const usage = '        SafeAddIndex("patient", models.Index(fields=["name"], name="by_name")),';

  it("are opaque, with the way to map them", async () => {
    const { steps, down } = await render(usage, { head: "from some_package.operations import SafeAddIndex\n", atomic: false });
    expect(steps).toMatchObject([{ kind: "opaque", operation: "SafeAddIndex patient", reverse: "unknown" }]);
    expect(steps[0]?.kind === "opaque" ? steps[0].reason : "").toContain("operations: { SafeAddIndex: … }");
    expect(down).toBe("unknown");
  });

  it("are rendered as what the configuration says they are", async () => {
    const options = { operations: { SafeAddIndex: "AddIndexConcurrently" } };
    const { steps } = await render(usage, { head: "from some_package.operations import SafeAddIndex\n", atomic: false, options });
    expect(steps).toMatchObject([{ kind: "sql", sql: 'CREATE INDEX CONCURRENTLY "by_name" ON "clinic_patient" ("name")' }]);
  });

  it("are what their base class is, unless they have a way of their own", async () => {
    const plain = "from django.db import migrations\n\n\nclass SafeAddIndex(migrations.AddIndex):\n    '''Reviewed.'''\n";
    const own = `${plain}\n    def database_forwards(self, app_label, schema_editor, from_state, to_state):\n        pass\n`;
    const head = "from clinic.operations import SafeAddIndex\n";
    const reviewed = await render(usage, { head, tree: { "clinic/operations.py": plain } });
    expect(reviewed.steps).toMatchObject([{ kind: "sql", sql: 'CREATE INDEX "by_name" ON "clinic_patient" ("name")' }]);
    const different = await render(usage, { head, tree: { "clinic/operations.py": own } });
    expect(different.steps).toMatchObject([{ kind: "opaque" }]);
    expect(different.steps[0]?.kind === "opaque" ? different.steps[0].reason : "").toContain("`database_forwards` of its own");
  });

  it("leave a column whose type cannot be told in the schema, and drop or rename it like any other", async () => {
    const head = "import django_fsm\n";
    const add = '        migrations.AddField("patient", "stage", django_fsm.FSMField(default="new", max_length=50)),';
    const { steps } = await render(
      `${add}\n        migrations.RenameField("patient", "stage", "phase"),\n        migrations.RemoveField("patient", "phase"),`,
      { head },
    );
    expect(steps).toMatchObject([
      { kind: "opaque", assumed: [expect.stringContaining(`ADD COLUMN "stage" text`), expect.stringContaining("DROP DEFAULT")] },
      { kind: "sql", sql: 'ALTER TABLE "clinic_patient" RENAME COLUMN "stage" TO "phase"' },
      { kind: "sql", sql: 'ALTER TABLE "clinic_patient" DROP COLUMN "phase" CASCADE' },
    ]);
  });

  it("take a foreign class that is told what happens on delete for a key, and never guess at a join table", async () => {
    const head = "import filer.fields.image\nimport tagulous.models\n";
    const { steps } = await render(
      `        migrations.AddField("patient", "photo", filer.fields.image.FilerImageField(null=True, on_delete=models.SET_NULL, to="clinic.patient")),
        migrations.AddField("patient", "labels", tagulous.models.TagField(to="clinic.patient")),
        migrations.RemoveField("patient", "photo"),
        migrations.RemoveField("patient", "labels"),`,
      { head },
    );
    expect(steps.map((s) => (s.kind === "sql" ? s.sql.replace(/patient_photo_id_\w+/, "…") : [s.kind, s.operation]))).toEqual([
      ["opaque", "AddField patient.photo"],
      ["opaque", "AddField patient.labels"],
      expect.stringContaining("DROP CONSTRAINT"),
      'ALTER TABLE "clinic_patient" DROP COLUMN "photo_id" CASCADE',
      ["opaque", "RemoveField patient.labels"],
    ]);
  });

  it("are those of Postgres where the class asks for the vendor, and opaque where the condition is not known", async () => {
    const under = async (condition: string): Promise<readonly unknown[]> => {
      const { steps } = await render("", {
        tree: {
          [PATH]: `from django.conf import settings\nfrom django.db import connection, migrations\nclass Migration(migrations.Migration):\n    dependencies = [("clinic", "0001_initial")]\n    if ${condition}:\n        operations = [migrations.RunSQL("ALTER TABLE clinic_patient DROP COLUMN name", "")]\n`,
        },
      });
      return steps.map((s) => s.kind);
    };
    expect(await under('connection.vendor == "postgresql"')).toEqual(["sql"]);
    expect(await under('connection.vendor == "mysql"')).toEqual(["opaque"]);
    expect(await under("settings.PURGE")).toEqual(["opaque"]);
  });

  it("are opaque where a loop or a condition decides them, never left out", async () => {
    const loop = '    ]\n    for name in names():\n        operations.append(migrations.RunSQL("SELECT 1"))\n    operations += [';
    const looped = await render(`        migrations.RunSQL("SELECT 0"),\n${loop}`);
    expect(looped.steps.map((s) => s.kind)).toEqual(["sql", "opaque"]);
    const branch = '    ]\n    if settings.SHARDED:\n        operations.append(migrations.RunSQL("SELECT 1"))\n    operations += [';
    const conditional = await render(`        migrations.RunSQL("SELECT 0"),\n${branch}`, { head: "from django.conf import settings\n" });
    expect(conditional.steps.map((s) => s.kind)).toEqual(["sql", "opaque"]);
  });

  it("are opaque as a whole where an expression is not known, and the state still moves on", async () => {
    const { steps } = await render(
      '        migrations.AddConstraint("patient", models.CheckConstraint(condition=models.Q(name__soundex="x"), name="odd")),\n        migrations.RemoveConstraint("patient", "odd"),',
    );
    expect(steps).toMatchObject([
      { kind: "opaque", operation: "AddConstraint patient.odd" },
      { kind: "sql", sql: 'ALTER TABLE "clinic_patient" DROP CONSTRAINT "odd"' },
    ]);
  });
});
