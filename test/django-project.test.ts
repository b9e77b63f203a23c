import { describe, expect, test } from "vitest";
import { project, rules, type ProjectFiles } from "./project.test-helper.ts";

// A clinic: one Django app, as a stranger would lay it out. `v1` is what serves; `app` is the working tree.
const MODELS = `from django.db import models


class Patient(models.Model):
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=20, null=True)
    wards = models.ManyToManyField("Ward")


class Ward(models.Model):
    title = models.CharField(max_length=50)


class Visit(models.Model):
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE)
    note = models.TextField(default="")
`;

const INITIAL = `from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(name="Ward", fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("title", models.CharField(max_length=50)),
        ]),
        migrations.CreateModel(name="Patient", fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100)),
            ("phone", models.CharField(max_length=20, null=True)),
            ("wards", models.ManyToManyField(to="clinic.ward")),
        ]),
        migrations.CreateModel(name="Visit", fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("note", models.TextField(default="")),
            ("patient", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="clinic.patient")),
        ]),
    ]
`;

function app(folder: string, models: string, migrations: Readonly<Record<string, string>>, more: ProjectFiles = {}): ProjectFiles {
  return {
    [`${folder}/manage.py`]: "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n",
    [`${folder}/clinic/__init__.py`]: "",
    [`${folder}/clinic/models.py`]: models,
    [`${folder}/clinic/migrations/__init__.py`]: "",
    [`${folder}/clinic/migrations/0001_initial.py`]: INITIAL,
    ...Object.fromEntries(Object.entries(migrations).map(([name, text]) => [`${folder}/clinic/migrations/${name}.py`, text])),
    ...more,
  };
}

function migration(
  operations: string,
  options: { readonly after?: string; readonly atomic?: boolean; readonly before?: string } = {},
): string {
  return `from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

${options.before ?? ""}

class Migration(migrations.Migration):
${options.atomic === false ? "    atomic = False\n" : ""}    dependencies = [("clinic", "${options.after ?? "0001_initial"}")]
    operations = [
${operations}
    ]
`;
}

const FORGET_PHONE = migration(
  '        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("patient", "phone")]),',
);
const WITHOUT_PHONE = MODELS.replace("    phone = models.CharField(max_length=20, null=True)\n", "");
const WITHOUT_WARDS = MODELS.replace('    wards = models.ManyToManyField("Ward")\n', "");

describe("a Django project, against the version that serves", () => {
  test("removing a field breaks the SELECT of the old version with 42703", () => {
    const { report, status } = project({
      ...app("v1", MODELS, {}),
      ...app("app", WITHOUT_PHONE, { "0002_drop": migration('        migrations.RemoveField("patient", "phone"),') }),
    }).check("app", "--live", "v1=v1");
    expect(status).toBe(1);
    expect(rules(report, "error")).toContain("drop-column");
    const cell = report.compatibility.cells.find((candidate) => candidate.version === "v1" && candidate.step === "clinic.0002_drop#0");
    expect(cell?.broken.map((query) => query.sqlstate)).toContain("42703");
    expect(cell?.broken[0]?.origin).toContain("v1/clinic/models.py:4");
    const finding = report.findings.find((candidate) => candidate.rule === "drop-column");
    expect(finding?.span?.file).toBe("app/clinic/migrations/0002_drop.py");
    expect(finding?.liveVersions).toEqual(["v1"]);
  });

  test("the same drop passes after a release that has forgotten the field", () => {
    const drop = migration('        migrations.RunSQL("ALTER TABLE clinic_patient DROP COLUMN phone", migrations.RunSQL.noop),', {
      after: "0002_forget",
    });
    const { report, status } = project({
      ...app("v2", WITHOUT_PHONE, { "0002_forget": FORGET_PHONE }),
      ...app("app", WITHOUT_PHONE, { "0002_forget": FORGET_PHONE, "0003_drop": drop }),
    }).check("app", "--live", "v2=v2");
    expect(rules(report, "error")).toEqual([]);
    expect(report.verdict).toBe("safe");
    expect(status).toBe(0);
  });

  test("a required field with a Python default breaks the old INSERT; with db_default it does not", () => {
    const run = (field: string): ReturnType<ReturnType<typeof project>["check"]> =>
      project({
        ...app("v1", MODELS, {}),
        ...app("app", `${MODELS}    urgent = models.BooleanField(default=False)\n`, {
          "0002_urgent": migration(`        migrations.AddField("visit", "urgent", ${field}),`),
        }),
      }).check("app", "--live", "v1=v1");
    const dropped = run("models.BooleanField(default=False)");
    expect(rules(dropped.report, "error")).toContain("add-column-default-dropped");
    expect(dropped.report.compatibility.cells.flatMap((cell) => cell.broken).map((query) => query.sqlstate)).toContain("23502");
    const kept = run("models.BooleanField(db_default=False)");
    expect(rules(kept.report, "error")).toEqual([]);
    expect(kept.status).toBe(0);
  });

  test("a many-to-many table may go only after a release in which it is not in the models", () => {
    const forget = migration('        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("patient", "wards")]),');
    const drop = migration('        migrations.RunSQL("DROP TABLE clinic_patient_wards", migrations.RunSQL.noop),', {
      after: "0002_forget",
    });
    const inUse = project({
      ...app("v1", MODELS, {}, { "v1/clinic/views.py": "def wards_of(patient):\n    return [w.title for w in patient.wards.all()]\n" }),
      ...app("app", WITHOUT_WARDS, { "0002_drop": migration('        migrations.RemoveField("patient", "wards"),') }),
    }).check("app", "--live", "v1=v1");
    expect(rules(inUse.report, "error")).toContain("drop-m2m-table");
    const unused = project({
      ...app("v1", MODELS, {}),
      ...app("app", WITHOUT_WARDS, { "0002_drop": migration('        migrations.RemoveField("patient", "wards"),') }),
    }).check("app", "--live", "v1=v1");
    expect(rules(unused.report, "error")).toEqual([]);
    expect(rules(unused.report, "warning")).toContain("drop-m2m-table");
    const gone = project({
      ...app("v2", WITHOUT_WARDS, { "0002_forget": forget }),
      ...app("app", WITHOUT_WARDS, { "0002_forget": forget, "0003_drop": drop }),
    }).check("app", "--live", "v2=v2");
    expect(rules(gone.report, "error")).toEqual([]);
    expect(gone.status).toBe(0);
  });

  test("index, concurrently: the way Django writes it decides", () => {
    const index = 'index=models.Index(fields=["name"], name="patient_name")';
    const blocking = project({
      ...app("v1", MODELS, {}),
      ...app("app", MODELS, { "0002_index": migration(`        migrations.AddIndex("patient", ${index}),`) }),
    }).check("app", "--live", "v1=v1");
    expect(rules(blocking.report, "error")).toContain("create-index-blocking");
    const atomic = project({
      ...app("v1", MODELS, {}),
      ...app("app", MODELS, { "0002_index": migration(`        AddIndexConcurrently("patient", ${index}),`) }),
    }).check("app", "--live", "v1=v1");
    expect(rules(atomic.report, "error")).toContain("concurrently-in-transaction");
    const online = project({
      ...app("v1", MODELS, {}),
      ...app("app", MODELS, { "0002_index": migration(`        AddIndexConcurrently("patient", ${index}),`, { atomic: false }) }),
    }).check("app", "--live", "v1=v1");
    expect(rules(online.report, "error")).toEqual([]);
    expect(online.status).toBe(0);
  });

  test("RunPython is read: a loop over every row is found, batches pass", () => {
    const loop =
      "def fill(apps, schema_editor):\n    Visit = apps.get_model('clinic', 'Visit')\n    for visit in Visit.objects.all():\n        visit.note = visit.note.strip()\n        visit.save()\n";
    const batches =
      "def fill(apps, schema_editor):\n    Visit = apps.get_model('clinic', 'Visit')\n    last = 0\n    while True:\n        ids = list(Visit.objects.filter(pk__gt=last).order_by('pk').values_list('pk', flat=True)[:1000])\n        if not ids:\n            break\n        Visit.objects.filter(pk__in=ids).update(note='')\n        last = ids[-1]\n";
    const run = (before: string, atomic: boolean): ReturnType<ReturnType<typeof project>["check"]> =>
      project({
        ...app("v1", MODELS, {}),
        ...app("app", MODELS, {
          "0002_fill": migration("        migrations.RunPython(fill, migrations.RunPython.noop),", { before, atomic }),
        }),
      }).check("app", "--live", "v1=v1");
    expect(rules(run(loop, true).report, "error")).toContain("row-by-row");
    expect(rules(run(batches, false).report, "error")).toEqual([]);
  });

  test("the same from git: --base judges what the branch adds, against what the base serves", () => {
    const clinic = project(app("app", MODELS, {}));
    clinic.git("init", "-q");
    clinic.git("add", ".");
    clinic.git("commit", "-qm", "v1");
    clinic.git("checkout", "-qb", "feature");
    clinic.write(app("app", WITHOUT_PHONE, { "0002_drop": migration('        migrations.RemoveField("patient", "phone"),') }));
    clinic.git("add", ".");
    clinic.git("commit", "-qm", "drop phone");
    const { report, status } = clinic.check("--base", "main");
    expect(status).toBe(1);
    expect(report.migrations.map((one) => one.id)).toEqual(["clinic.0002_drop"]);
    expect(report.findings.find((finding) => finding.rule === "drop-column")?.liveVersions).toEqual(["main"]);
  });
});

describe("a Django project of which nobody says what serves", () => {
  test("each migration is held against the models before it", () => {
    const { report, status } = project(
      app("app", WITHOUT_PHONE, {
        "0002_drop": migration('        migrations.RemoveField("patient", "phone"),'),
        "0003_urgent": migration('        migrations.AddField("visit", "urgent", models.BooleanField(default=False)),', {
          after: "0002_drop",
        }),
      }),
    ).check("app");
    expect(status).toBe(1);
    expect(report.findings.filter((finding) => finding.severity === "error").map((finding) => [finding.rule, finding.migration])).toEqual([
      ["drop-column", "clinic.0002_drop"],
      ["add-column-default-dropped", "clinic.0003_urgent"],
    ]);
  });

  test("a column that an earlier migration took out of the models may go", () => {
    const drop = migration('        migrations.RunSQL("ALTER TABLE clinic_patient DROP COLUMN phone", migrations.RunSQL.noop),', {
      after: "0002_forget",
    });
    const { report, status } = project(app("app", WITHOUT_PHONE, { "0002_forget": FORGET_PHONE, "0003_drop": drop })).check("app");
    expect(rules(report, "error")).toEqual([]);
    expect(status).toBe(0);
  });
});

describe("a release that only changes the models", () => {
  test("is judged though it sends nothing: the field's column may stay behind when it may be left out", () => {
    const { report, status } = project({
      ...app("v1", MODELS, {}),
      ...app("app", WITHOUT_PHONE, { "0002_forget": FORGET_PHONE }),
    }).check("app", "--live", "v1=v1");
    expect(report.migrations.map((one) => [one.id, one.statements.length])).toEqual([["clinic.0002_forget", 0]]);
    expect([report.verdict, status, report.problems, report.findings]).toEqual(["safe", 0, [], []]);
  });

  test("breaks its own INSERTs when the column that stays behind is NOT NULL", () => {
    const forget = migration('        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("patient", "name")]),');
    const { report, status } = project({
      ...app("v1", MODELS, {}),
      ...app("app", MODELS.replace("    name = models.CharField(max_length=100)\n", ""), { "0002_forget": forget }),
    }).check("app", "--live", "v1=v1");
    expect(status).toBe(1);
    const finding = report.findings.find((candidate) => candidate.rule === "breaks-live-version");
    expect(finding?.severity).toBe("error");
    expect(finding?.span).toMatchObject({ file: "app/clinic/models.py", line: 4 });
    expect(JSON.stringify(finding?.evidence)).toContain("23502");
  });

  const WITHOUT_VISIT = MODELS.slice(0, MODELS.indexOf("class Visit")).trimEnd();
  const FORGET_VISIT = '        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("visit")]),';

  test("leaves a foreign key behind: deleting a patient fails for good, until the key goes too", () => {
    const forget = (operations: string): ReturnType<ReturnType<typeof project>["check"]> =>
      project({
        ...app("v1", MODELS, {}),
        ...app("app", WITHOUT_VISIT, { "0002_forget": migration(operations) }),
      }).check("app", "--live", "v1=v1");
    const left = forget(FORGET_VISIT);
    expect([left.status, rules(left.report, "error")]).toEqual([1, ["breaks-live-version"]]);
    expect(left.report.findings[0]?.label).toMatch(/table "clinic_patient" violates foreign key constraint "\w+" on table "clinic_visit"/);

    const constraint = /constraint "(\w+)"/.exec(left.report.findings[0]?.label ?? "")?.[1] ?? "";
    const dropped = forget(
      `        migrations.RunSQL("SET LOCAL lock_timeout = '2s'; ALTER TABLE clinic_visit DROP CONSTRAINT ${constraint}", migrations.RunSQL.noop),\n${FORGET_VISIT}`,
    );
    expect([dropped.status, rules(dropped.report, "error")]).toEqual([0, []]);
  });

  test("leaves a join table behind: allowed, and said", () => {
    const forget = migration('        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("patient", "wards")]),');
    const { report, status } = project({
      ...app("v1", MODELS, {}),
      ...app("app", WITHOUT_WARDS, { "0002_forget": forget }),
    }).check("app", "--live", "v1=v1");
    expect([status, report.verdict, rules(report, "warning")]).toEqual([0, "safe", ["breaks-live-version"]]);
  });
});

describe("field classes of packages that are not in the repository", () => {
  const WITH_STAGE = `import django_fsm\n${MODELS}    stage = django_fsm.FSMField(default="new", max_length=20)\n`;
  const ADD_STAGE = migration('        migrations.AddField("visit", "stage", django_fsm.FSMField(default="new", max_length=20)),').replace(
    "from django.db",
    "import django_fsm\nfrom django.db",
  );

  test("adding one is not understood, dropping one breaks whoever selects it", () => {
    const added = project({ ...app("v1", MODELS, {}), ...app("app", WITH_STAGE, { "0002_stage": ADD_STAGE }) });
    expect(added.check("app", "--live", "v1=v1").report.coverage.opaque).toBe(1);
    const dropped = project({
      ...app("v2", WITH_STAGE, { "0002_stage": ADD_STAGE }),
      ...app("app", MODELS, {
        "0002_stage": ADD_STAGE,
        "0003_drop": migration('        migrations.RemoveField("visit", "stage"),', { after: "0002_stage" }),
      }),
    }).check("app", "--live", "v2=v2");
    expect(rules(dropped.report, "error")).toEqual(["drop-column"]);
    expect(dropped.status).toBe(1);
  });
});

describe("a migration graph that cannot be run", () => {
  test("a cycle: exit 3 and the files", () => {
    const run = project(
      app("app", MODELS, {
        "0002_a": migration("        migrations.RunSQL('select 1'),", { after: "0003_b" }),
        "0003_b": migration("        migrations.RunSQL('select 1'),", { after: "0002_a" }),
      }),
    ).tread("check", "app");
    expect(run.status).toBe(3);
    expect(run.stdout + run.stderr).toMatch(/0002_a[\s\S]*0003_b/);
  });

  test("a missing parent: exit 3, file and line", () => {
    const run = project(
      app("app", MODELS, { "0002_a": migration("        migrations.RunSQL('select 1'),", { after: "0009_gone" }) }),
    ).tread("check", "app");
    expect(run.status).toBe(3);
    expect(run.stdout + run.stderr).toContain("0009_gone");
    expect(run.stdout + run.stderr).toMatch(/app\/clinic\/migrations\/0002_a\.py:\d+/);
  });

  test("a syntax error in one file: exit 3, the others are still judged", () => {
    const run = project(
      app("app", MODELS, {
        "0002_broken":
          "from django.db import migrations\n\nclass Migration(migrations.Migration:\n    dependencies = [('clinic', '0001_initial')]\n",
        "0003_drop": migration('        migrations.RemoveField("patient", "phone"),'),
      }),
    ).tread("check", "app");
    expect(run.status).toBe(3);
    expect(run.stdout + run.stderr).toMatch(/0002_broken\.py:3/);
    expect(run.stdout).toContain("drop-column");
  });

  test("two leaves are a finding", () => {
    const { report } = project(
      app("app", MODELS, {
        "0002_a": migration("        migrations.RunSQL('select 1', migrations.RunSQL.noop),"),
        "0002_b": migration("        migrations.RunSQL('select 1', migrations.RunSQL.noop),"),
      }),
    ).check("app");
    expect(report.findings.map((finding) => finding.rule)).toContain("two-leaves");
  });
});
