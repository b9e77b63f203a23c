// A made-up Django repository that looks like a real one, as a git repository with three tagged releases: 30 apps, 300 models,
// 1,500 Python files, some of the fields marked deprecated, some of them taken out in a later release. The same seed writes the same
// files.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const APPS = 30;
const MODELS = 10;
const NOUNS =
  "Account Invoice Project Member Event Session Webhook Token Report Dashboard Insight Cohort Person Plugin Export Batch Alert Audit Billing Plan".split(
    " ",
  );
const FIELDS = {
  name: "models.CharField(max_length=200)",
  slug: "models.SlugField(max_length=80)",
  description: "models.TextField(blank=True, null=True)",
  status: "models.CharField(max_length=20, default='new')",
  amount: "models.DecimalField(max_digits=12, decimal_places=2, null=True)",
  position: "models.IntegerField(default=0)",
  is_active: "models.BooleanField(default=True)",
  payload: "models.JSONField(default=dict)",
  created_at: "models.DateTimeField(auto_now_add=True)",
  updated_at: "models.DateTimeField(auto_now=True)",
  region: "models.CharField(max_length=40, null=True)",
  email: "models.EmailField(null=True)",
};

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Writes the repository into `folder`. @returns what it holds */
export function writeRepository(folder, seed = 1) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const apps = Array.from({ length: APPS }, (_, a) => {
    const app = `app_${String(a).padStart(2, "0")}`;
    const models = Array.from({ length: MODELS }, (_, m) => {
      const name = `${NOUNS[(a + m) % NOUNS.length]}${a}x${m}`;
      const fields = Object.keys(FIELDS).filter(() => next() < 0.7);
      const legacy = next() < 0.35 ? { name: `legacy_${pick(["code", "flag", "note", "kind"])}`, gone: next() < 0.4 } : null;
      const parent =
        a > 0 && next() < 0.6 ? { app: `app_${String(Math.floor(next() * a)).padStart(2, "0")}`, m: Math.floor(next() * MODELS) } : null;
      return { name, fields, legacy, parent, tags: m === 3 };
    });
    return { app, models };
  });
  const nameOf = (app, m) => apps.find((one) => one.app === app).models[m].name;
  let files = 0;
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  const modelFile = ({ app, models }, from, version) =>
    `from django.db import models\n\n\n${models
      .slice(from, from + 2)
      .map((model) => {
        const lines = [];
        if (model.parent !== null)
          lines.push(
            `    owner = models.ForeignKey("${model.parent.app}.${nameOf(model.parent.app, model.parent.m)}", on_delete=models.CASCADE)`,
          );
        for (const field of model.fields) lines.push(`    ${field} = ${FIELDS[field]}`);
        if (model.legacy !== null && !(model.legacy.gone && version >= 3)) {
          const mark = version >= 2 ? "  # DEPRECATED: nothing needs it any more" : "";
          lines.push(`    ${model.legacy.name} = models.CharField(max_length=50, null=True)${mark}`);
        }
        if (model.tags) lines.push(`    related = models.ManyToManyField("${models[0].name}", related_name="+")`);
        return `class ${model.name}(models.Model):\n${lines.join("\n")}\n\n    class Meta:\n        db_table = "${app}_${model.name.toLowerCase()}"\n`;
      })
      .join("\n\n")}`;

  const operations = ({ app, models }) =>
    models.map((model) => {
      const fields = ['("id", models.BigAutoField(primary_key=True, serialize=False))'];
      if (model.parent !== null)
        fields.push(
          `("owner", models.ForeignKey(to="${model.parent.app}.${nameOf(model.parent.app, model.parent.m).toLowerCase()}", on_delete=models.CASCADE))`,
        );
      for (const field of model.fields) fields.push(`("${field}", ${FIELDS[field]})`);
      if (model.legacy !== null) fields.push(`("${model.legacy.name}", models.CharField(max_length=50, null=True))`);
      if (model.tags) fields.push(`("related", models.ManyToManyField(to="${app}.${models[0].name.toLowerCase()}", related_name="+"))`);
      return `        migrations.CreateModel(\n            name="${model.name}",\n            fields=[\n                ${fields.join(",\n                ")},\n            ],\n            options={"db_table": "${app}_${model.name.toLowerCase()}"},\n        )`;
    });
  const migration = (dependencies, body) =>
    `from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [${dependencies.join(", ")}]\n\n    operations = [\n${body}\n    ]\n`;

  const code = ({ app, models }, kind, i) => {
    const model = models[i % MODELS];
    const field = model.fields[i % Math.max(model.fields.length, 1)] ?? "id";
    const functions = Array.from(
      { length: 6 },
      (_, n) => `
def ${kind}_${n}(request, ${field}=None, limit=${10 + n}):
    """Lists what was asked for, newest first."""
    queryset = ${model.name}.objects.filter(pk__gt=${n * 7})
    if ${field} is not None:
        queryset = queryset.filter(${field}=${field})
    rows = []
    for row in queryset.order_by("-pk")[:limit]:
        rows.append({"id": row.pk, "value": row.${field}, "position": len(rows) + ${n}})
    return {"count": len(rows), "results": rows, "kind": "${kind}"}
`,
    );
    return `from ${app}.models import ${model.name}\n\n${functions.join("\n")}`;
  };

  const release = (version) => {
    files = 0;
    const py = (path, text) => {
      files++;
      write(path, text);
    };
    py("manage.py", 'import os\nimport django\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")\n');
    py(
      "site_settings.py",
      `INSTALLED_APPS = [\n    "django.contrib.contenttypes",\n    "django.contrib.auth",\n${apps.map(({ app }) => `    "${app}",`).join("\n")}\n]\nDEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n`,
    );
    for (const one of apps) {
      const { app, models } = one;
      py(`${app}/__init__.py`, "");
      py(`${app}/models/__init__.py`, [0, 2, 4, 6, 8].map((m) => `from .part_${m} import *  # noqa`).join("\n") + "\n");
      for (const m of [0, 2, 4, 6, 8]) py(`${app}/models/part_${m}.py`, modelFile(one, m, version));
      py(`${app}/migrations/__init__.py`, "");
      const parents = [...new Set(models.flatMap(({ parent }) => (parent === null || parent.app === app ? [] : [parent.app])))].sort();
      py(
        `${app}/migrations/0001_initial.py`,
        migration(
          parents.map((parent) => `("${parent}", "0001_initial")`),
          operations(one).join(",\n"),
        ),
      );
      for (let n = 2; n <= 8; n++) {
        const model = models[n % MODELS];
        py(
          `${app}/migrations/000${n}_extra_${n}.py`,
          migration(
            [`("${app}", "${n === 2 ? "0001_initial" : `000${n - 1}_extra_${n - 1}`}")`],
            `        migrations.AddIndex(model_name="${model.name.toLowerCase()}", index=models.Index(fields=["id"], name="${app}_i${n}")),`,
          ),
        );
      }
      if (version >= 3) {
        const gone = models.filter(({ legacy }) => legacy?.gone === true);
        py(
          `${app}/migrations/0009_forget.py`,
          migration(
            [`("${app}", "0008_extra_8")`],
            `        migrations.SeparateDatabaseAndState(state_operations=[\n${gone.map((model) => `            migrations.RemoveField(model_name="${model.name.toLowerCase()}", name="${model.legacy.name}"),`).join("\n")}\n        ]),`,
          ),
        );
      }
      for (const kind of ["views", "tasks", "services", "serializers", "signals", "admin_pages", "reports"])
        for (let i = 0; i < 5; i++) py(`${app}/${kind}_${i}.py`, code(one, kind, i));
    }
    return files;
  };

  const git = (...args) => {
    const { status, stderr } = spawnSync(
      "git",
      ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main", ...args],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  };
  mkdirSync(folder, { recursive: true });
  git("init", "-q");
  write(
    "tread.config.yaml",
    `sources:
  - { type: django, root: . }
live:
  - { name: v1.1, ref: v1.1 }
  - { name: v1.2, ref: v1.2 }
  - { name: v1.3, ref: v1.3 }
environments:
  self-hosted: { live: [v1.1, v1.2, v1.3] }
  cloud: { live: [v1.3] }
`,
  );
  for (const version of [1, 2, 3]) {
    release(version);
    git("add", "-A");
    git("commit", "-q", "-m", `release ${version}`);
    git("tag", `v1.${version}`);
  }
  return { files, models: APPS * MODELS };
}
