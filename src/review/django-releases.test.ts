import { describe, expect, test } from "vitest";
import { findings, project, staged, type Person, type Project } from "./project.test-helper.ts";

// A forum on Django. v1 has a signature column, a table of badges, and tags on posts; v2 takes badges and the tags' use away; v3 takes
// the fields out of the models, and leaves table and columns in the database. Then the drops are wished for.
const ada: Person = { name: "Ada", email: "ada@example.org" };

const MODELS = {
  v1: `from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=40)


class Badge(models.Model):
    title = models.CharField(max_length=40)


class Post(models.Model):
    title = models.CharField(max_length=200)
    signature = models.CharField(max_length=200, null=True)
    tags = models.ManyToManyField(Tag)
`,
  v2: `from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=40)


class Post(models.Model):
    title = models.CharField(max_length=200)
    signature = models.CharField(max_length=200, null=True)
    tags = models.ManyToManyField(Tag)
`,
  v3: `from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=40)


class Post(models.Model):
    title = models.CharField(max_length=200)
`,
};

const ID = '("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),';
const migration = (dependency: string | null, operations: string): string => `from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [${dependency === null ? "" : `("forum", "${dependency}")`}]
    operations = [
${operations}
    ]
`;

const INITIAL = migration(
  null,
  `        migrations.CreateModel(name="Tag", fields=[${ID} ("name", models.CharField(max_length=40))]),
        migrations.CreateModel(name="Badge", fields=[${ID} ("title", models.CharField(max_length=40))]),
        migrations.CreateModel(name="Post", fields=[
            ${ID}
            ("title", models.CharField(max_length=200)),
            ("signature", models.CharField(max_length=200, null=True)),
            ("tags", models.ManyToManyField(to="forum.tag")),
        ]),`,
);
const FORGET_BADGES = migration(
  "0001_initial",
  `        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Badge")]),`,
);
const FORGET_FIELDS = migration(
  "0002_forget_badges",
  `        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.RemoveField(model_name="post", name="signature"),
            migrations.RemoveField(model_name="post", name="tags"),
        ]),`,
);
const DROPS = migration(
  "0003_forget_fields",
  `        migrations.RunSQL("ALTER TABLE forum_post DROP COLUMN signature", migrations.RunSQL.noop),
        migrations.RunSQL("DROP TABLE forum_badge", migrations.RunSQL.noop),
        migrations.RunSQL("DROP TABLE forum_post_tags", migrations.RunSQL.noop),`,
);

const VIEWS = {
  v1: "from .models import Badge, Post\n\n\ndef page(request, pk):\n    post = Post.objects.get(pk=pk)\n    return post.signature, list(post.tags.all()), Badge.objects.count()\n",
  v2: "from .models import Post\n\n\ndef page(request, pk):\n    return Post.objects.get(pk=pk).title\n",
  v3: "from .models import Post\n\n\ndef page(request, pk):\n    return Post.objects.get(pk=pk).title\n",
};

type Version = keyof typeof MODELS;

function commit(there: Project, version: Version, migrations: Readonly<Record<string, string>>): void {
  there.write({
    "site/manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n",
    "site/forum/__init__.py": "",
    "site/forum/migrations/__init__.py": "",
    "site/forum/models.py": MODELS[version],
    "site/forum/views.py": VIEWS[version],
    ...Object.fromEntries(Object.entries(migrations).map(([name, text]) => [`site/forum/migrations/${name}.py`, text])),
  });
  there.commit(ada, version);
  there.git("tag", version);
}

const CONFIG = `sources: [{ type: django, root: site }]
environments:
  cloud: { assume: small }
  eu: { assume: small }
  self-hosted: { assume: small, supports: ">=2" }
`;

function forum(environments: Readonly<Record<Version, string>>): Project {
  const there = project({ "tread.config.yaml": CONFIG });
  commit(there, "v1", { "0001_initial": INITIAL });
  commit(there, "v2", { "0002_forget_badges": FORGET_BADGES });
  commit(there, "v3", { "0003_forget_fields": FORGET_FIELDS });
  const entries = (Object.keys(environments) as Version[]).map(
    (version) =>
      `  - name: ${version}\n    ref: ${version}\n    commit: ${there.git("rev-parse", version).trim()}\n    released: 2026-10-01\n    environments: { ${environments[version]} }\n`,
  );
  there.write({
    "tread.releases.yaml": `format: tread.releases/1\nreleases:\n${entries.join("")}`,
    "site/forum/migrations/0004_drop.py": DROPS,
  });
  return there;
}

const live = (environment: string, retired: string | null = null): string =>
  `${environment}: { live: 2026-10-01, retired: ${retired ?? "null"} }`;

describe("three releases of a Django project, read from git", () => {
  const everywhere = (): Project =>
    forum({
      v1: `${live("cloud", "2026-10-20")}, ${live("eu", "2026-10-20")}`,
      v2: `${live("cloud", "2026-11-03")}, ${live("eu")}`,
      v3: `${live("cloud")}, ${live("eu")}`,
    });

  test("column, table and many-to-many table are told apart per environment", async () => {
    const { report } = await everywhere().check();
    const [column] = findings(report, "drop-column");
    expect(staged(column)).toEqual([
      "cloud: safe since v3 is live and v2 was retired on 3 November 2026",
      expect.stringMatching(
        /^eu: not safe yet: v2 reads it \(the ORM.s SELECT names it: Post \(site\/forum\/models\.py:\d+\)\); missing: retire v2$/,
      ),
      expect.stringMatching(/^self-hosted: not safe yet: v2 reads it .*; missing: raise `supports` above v2$/),
    ]);
    expect(column?.environments).toEqual({ cloud: "warning", eu: "error", "self-hosted": "error" });
    // Badges left the models with v2: every release that serves does without the table.
    const [table] = findings(report, "drop-table");
    expect(table?.environments).toEqual({ cloud: "warning", eu: "warning", "self-hosted": "warning" });
    expect(staged(table)[1]).toBe("eu: safe since v2 is live and v1 was retired on 20 October 2026");
    // v2 is the release in which the field exists unused. A delete by hand would query the table while it is in its models.
    const [join] = findings(report, "drop-m2m-table");
    expect(join?.environments).toEqual({ cloud: "warning", eu: "warning", "self-hosted": "warning" });
    expect(staged(join)[0]).toBe("cloud: safe since v3 is live and v1 was retired on 20 October 2026");
    expect(staged(join)[1]).toMatch(
      /^eu: safe since v2 is live and v1 was retired .*; v2 still has it in the models: .* doing so by hand would fail$/,
    );
    expect(report.environments.map(({ verdict }) => verdict)).toEqual(["safe", "unsafe", "unsafe"]);
  });

  test("a tag that was moved is read as it was recorded, and said", async () => {
    const there = everywhere();
    there.git("tag", "-f", "v3", "v1");
    const { report } = await there.check();
    expect(report.problems).toContainEqual(expect.objectContaining({ code: "release-moved", fatal: false }));
    expect(findings(report, "drop-column")[0]?.environments["cloud"]).toBe("warning");
  });

  test("a tag that is gone is read by its commit; with the commit gone too nothing is called safe", async () => {
    const there = everywhere();
    there.git("tag", "-d", "v3");
    const kept = await there.check();
    expect(kept.report.problems).toContainEqual(expect.objectContaining({ code: "release-tag-gone", fatal: false }));
    expect(findings(kept.report, "drop-column")[0]?.environments["cloud"]).toBe("warning");
    const commit = there.git("rev-parse", "HEAD").trim();
    const record = there.git("show", "HEAD:tread.config.yaml");
    expect(record).toBe(CONFIG);
    there.write({
      "tread.releases.yaml": `format: tread.releases/1\nreleases:\n  - name: v3\n    ref: v3\n    commit: ${commit.replace(/^./, (first) => (first === "0" ? "1" : "0"))}\n    released: 2026-10-01\n    environments: { ${live("cloud")} }\n`,
    });
    const { report, exitCode } = await there.check();
    expect(report.problems).toContainEqual(expect.objectContaining({ code: "release-gone", fatal: true }));
    expect(report.environments[0]?.verdict).not.toBe("safe");
    expect(exitCode).not.toBe(0);
  });

  test("SQL that names its column only when it runs may read the one that goes: unknown, never safe", async () => {
    const there = everywhere();
    there.remove("site/forum/migrations/0004_drop.py");
    there.git("checkout", "-q", "v3");
    there.write({
      "site/forum/views.py":
        'from django.db import connection\n\n\ndef page(request, name):\n    with connection.cursor() as cursor:\n        cursor.execute(f"SELECT {name} FROM forum_post")\n        return cursor.fetchall()\n',
    });
    there.commit(ada, "any field");
    const commit = there.git("rev-parse", "HEAD").trim();
    there.git("checkout", "-q", "main");
    there.write({
      "tread.releases.yaml": `format: tread.releases/1\nreleases:\n  - name: v3\n    ref: ${commit}\n    released: 2026-10-01\n    environments: { ${live("cloud")}, ${live("eu")} }\n`,
      "site/forum/migrations/0004_drop.py": DROPS,
    });
    const { report } = await there.check();
    const verdict = report.environments.find(({ name }) => name === "cloud")?.verdict;
    expect(verdict).not.toBe("safe");
    expect(staged(findings(report, "drop-column")[0])[0]).not.toContain("cloud: safe");
  });
});

describe("a base that nobody can read may still have the field", () => {
  const signature = async (base: string, imported: string): Promise<readonly string[]> => {
    const models = `${imported}\n${MODELS.v3.replace("class Post(models.Model)", `class Post(${base})`)}`;
    const there = project({ "tread.config.yaml": CONFIG });
    commit(there, "v1", { "0001_initial": INITIAL });
    commit(there, "v2", { "0002_forget_badges": FORGET_BADGES });
    there.write({ "site/forum/models.py": models, "site/forum/migrations/0003_forget_fields.py": FORGET_FIELDS });
    there.commit(ada, "v3");
    there.git("tag", "v3");
    const releases = (["v1", "v2", "v3"] as const).map(
      (name, at) =>
        `  - { name: ${name}, ref: ${name}, released: 2026-10-0${at + 1}, environments: { cloud: { live: 2026-10-0${at + 1}, retired: ${name === "v3" ? "null" : "2026-11-03"} } } }\n`,
    );
    there.write({
      "tread.releases.yaml": `format: tread.releases/1\nreleases:\n${releases.join("")}`,
      "site/forum/migrations/0004_drop.py": DROPS,
    });
    const { report } = await there.check();
    return staged(findings(report, "drop-column")[0]).filter((text) => text.startsWith("cloud"));
  };

  test("of a package that nobody here knows", async () => {
    const [cloud] = await signature("Signed", "from letters.models import Signed");
    expect(cloud).toMatch(
      /^cloud: not known to be safe: look at \S*0001_initial\.py:\d+ \(v3\): no class Post that is known to be a model/,
    );
  });

  test("beside one of the project's own", async () => {
    const [cloud] = await signature("Signed, models.Model", "from letters import Signed");
    expect(cloud).toMatch(
      /^cloud: not known to be safe: look at \S*models\.py:\d+ \(v3\): Post may have fields that no migration has: the base `Signed`/,
    );
  });

  test("a base of a package whose fields are known has no such field", async () => {
    const [cloud] = await signature("TimeStampedModel", "from model_utils.models import TimeStampedModel");
    expect(cloud).toBe("cloud: safe since v3 is live and v2 was retired on 3 November 2026");
  });
});
