import { describe, expect, it } from "vitest";
import type { LiveVersion, Query } from "../../model/query.ts";
import { djangoApp } from "./index.ts";
import { memoryFiles } from "./memory-files.test-helper.ts";

const MIGRATIONS = {
  "dashboards/migrations/__init__.py": "",
  "dashboards/migrations/0001_initial.py": `
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Dashboard",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200)),
                ("layout", models.JSONField(null=True)),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="dashboards.team")),
                ("tags", models.ManyToManyField(to="dashboards.tag")),
            ],
        ),
        migrations.CreateModel(
            name="Insight",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("tags", models.JSONField(default=list)),
            ],
        ),
    ]
`,
};

const MODELS = `
from django.db import models


class Team(models.Model):
    name = models.CharField(max_length=80)


class Tag(models.Model):
    name = models.CharField(max_length=80)


class Dashboard(models.Model):
    title = models.CharField(max_length=200)
    layout = models.JSONField(null=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    tags = models.ManyToManyField(Tag)


class Insight(models.Model):
    tags = models.JSONField(default=list)
`;

const MANAGE = `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")\nfrom django.core import management\n`;

function version(files: Readonly<Record<string, string>>): Promise<LiveVersion> {
  const tree = { "manage.py": MANAGE, "dashboards/__init__.py": "", ...MIGRATIONS, "dashboards/models.py": MODELS, ...files };
  return djangoApp.read({ files: memoryFiles(tree), root: ".", name: "v1", database: "postgres", options: {} });
}

const joins = (v: LiveVersion): readonly Query[] => v.queries.filter((q) => q.sql.includes('"dashboards_dashboard_tags"'));

/** `certain` or `latent`, and the line where the use was seen. */
async function tagsUse(code: string, file = "dashboards/views.py"): Promise<string> {
  const v = await version({ [file]: code });
  const all = joins(v);
  expect(all.length).toBeGreaterThan(3);
  expect(new Set(all.map((q) => q.use)).size).toBe(1);
  const [first] = all;
  if (first?.use === "latent") return v.dynamic.length > 0 ? `latent, dynamic: ${v.dynamic[0]?.reason}` : "latent";
  return `certain at ${first?.usedAt?.file}:${first?.usedAt?.line}`;
}

describe("a many-to-many table is in use", () => {
  const head = "from dashboards.models import Dashboard, Insight, Tag, Team\n";
  it.each([
    ["the accessor on an instance", "def f(dashboard):\n    return dashboard.tags.all()\n"],
    ["the accessor on what a query returned", "def f(pk):\n    row = Dashboard.objects.get(pk=pk)\n    row.tags.add(1)\n"],
    ["the accessor in a loop", "def f():\n    for x in Dashboard.objects.filter(title='a'):\n        x.tags.clear()\n"],
    ["the reverse accessor", "def f(tag):\n    return tag.dashboard_set.count()\n"],
    ["prefetch_related", "def f():\n    return Dashboard.objects.prefetch_related('tags')\n"],
    ["a lookup", "def f():\n    return Dashboard.objects.filter(tags__name='sales')\n"],
    ["a lookup from the other side", "def f():\n    return Tag.objects.exclude(dashboard__title='x')\n"],
    ["a lookup through a foreign key", "def f():\n    return Team.objects.filter(dashboard__tags__name='sales')\n"],
    ["a Q object", "from django.db.models import Q\ndef f():\n    return Dashboard.objects.filter(Q(tags__isnull=True))\n"],
    ["values with the field", "def f():\n    return Dashboard.objects.values('title', 'tags__name')\n"],
    ["ordering", "def f():\n    return Dashboard.objects.order_by('-tags__name')\n"],
    ["the through model", "Link = Dashboard.tags.through\n"],
    ["getattr with a constant name", "def f(dashboard):\n    return getattr(dashboard, 'tags').all()\n"],
    ["an instance that is deleted", "def f(dashboard):\n    dashboard.delete()\n"],
    ["a queryset that is deleted", "def f():\n    Dashboard.objects.filter(title='').delete()\n"],
    ["the target that is deleted", "def f(pk):\n    Tag.objects.get(pk=pk).delete()\n"],
    ["a cascade that reaches it", "def f(pk):\n    team = Team.objects.get(pk=pk)\n    team.delete()\n"],
    ["model_to_dict", "from django.forms import model_to_dict\ndef f(dashboard):\n    return model_to_dict(dashboard)\n"],
    [
      "a serializer with __all__",
      "from rest_framework import serializers\nclass S(serializers.ModelSerializer):\n    class Meta:\n        model = Dashboard\n        fields = '__all__'\n",
    ],
    [
      "a form that names it",
      "from django import forms\nclass F(forms.ModelForm):\n    class Meta:\n        model = Dashboard\n        fields = ['title', 'tags']\n",
    ],
    [
      "a view set that can destroy",
      "from rest_framework.viewsets import ModelViewSet\nclass DashboardViewSet(ModelViewSet):\n    queryset = Dashboard.objects.all()\n",
    ],
    [
      "a view set whose serializer has the model",
      "from rest_framework import serializers, viewsets\nclass S(serializers.ModelSerializer):\n    class Meta:\n        model = Dashboard\n        fields = ['title']\nclass V(viewsets.ModelViewSet):\n    serializer_class = S\n",
    ],
    ["a form factory", "from django.forms import modelform_factory\nF = modelform_factory(Dashboard, fields='__all__')\n"],
    [
      "a GraphQL type",
      "from graphene_django import DjangoObjectType\nclass D(DjangoObjectType):\n    class Meta:\n        model = Dashboard\n",
    ],
    [
      "a local import inside of a function",
      "def f():\n    from dashboards.models import Dashboard as Board\n    Board.objects.all().delete()\n",
    ],
    ["an annotated parameter", "def f(x: Dashboard):\n    x.delete()\n"],
    ["a generator of a queryset", "def f():\n    for x in Dashboard.objects.iterator():\n        x.tags.set([])\n"],
    ["an asynchronous delete", "async def f(pk):\n    x = await Dashboard.objects.aget(pk=pk)\n    await x.adelete()\n"],
    ["get_object_or_404", "from django.shortcuts import get_object_or_404\ndef f(pk):\n    get_object_or_404(Dashboard, pk=pk).delete()\n"],
    ["a manager's own method", "def f():\n    Dashboard.objects.stale().delete()\n"],
    ["a delete view", "from django.views.generic import DeleteView\nclass D(DeleteView):\n    model = Dashboard\n"],
    [
      "self.get_object().delete()",
      "from django.views import View\nclass D(View):\n    model = Dashboard\n    def post(self, request):\n        self.get_object().delete()\n",
    ],
    ["an admin class", "from django.contrib import admin\n@admin.register(Dashboard)\nclass A(admin.ModelAdmin):\n    pass\n"],
    ["a registration without a class", "from django.contrib import admin\nadmin.site.register(Dashboard)\n"],
    [
      "an admin of the cascading model",
      "from django.contrib import admin\nclass A(admin.ModelAdmin):\n    fields = ['name']\nadmin.site.register(Team, A)\n",
    ],
    [
      "an admin class that is registered below and names the field",
      "from django.contrib import admin\nclass A(admin.ModelAdmin):\n    filter_horizontal = ('tags',)\n    def has_delete_permission(self, request, obj=None):\n        return False\nadmin.site.register(Dashboard, A)\n",
    ],
    [
      "a Ninja schema of the older kind",
      "from ninja import ModelSchema\nclass S(ModelSchema):\n    class Config:\n        model = Dashboard\n        model_fields = '__all__'\n",
    ],
    [
      "a search document",
      "from django_elasticsearch_dsl import Document, fields\nclass D(Document):\n    tags = fields.NestedField()\n    class Django:\n        model = Dashboard\n        fields = ['title']\n",
    ],
    [
      "a filter set that declares it",
      "import django_filters\nclass F(django_filters.FilterSet):\n    tags = django_filters.CharFilter(lookup_expr='name')\n    class Meta:\n        model = Dashboard\n        fields = ['title']\n",
    ],
  ])("%s", async (_name, code) => {
    expect(await tagsUse(head + code)).toMatch(/^certain at dashboards\/views\.py:\d+$/);
  });

  it("through a proxy of the model", async () => {
    const proxy = `${MODELS}\n\nclass Board(Dashboard):\n    class Meta:\n        proxy = True\n`;
    const migration =
      'from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [("dashboards", "0001_initial")]\n    operations = [migrations.CreateModel(name="Board", fields=[], options={"proxy": True}, bases=("dashboards.dashboard",))]\n';
    const v = await version({
      "dashboards/models.py": proxy,
      "dashboards/migrations/0002_board.py": migration,
      "dashboards/jobs.py": "from dashboards.models import Board\ndef f():\n    Board.objects.all().delete()\n",
    });
    expect(new Set(joins(v).map((q) => q.use))).toEqual(new Set(["certain"]));
  });

  const pinned = (key: string, more: Readonly<Record<string, string>> = {}): Promise<LiveVersion> =>
    version({
      "dashboards/models.py": `${MODELS}\n\nclass Pin(models.Model):\n    dashboard = models.ForeignKey(${key})\n`,
      "dashboards/migrations/0002_pin.py": `from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("dashboards", "0001_initial")]
    operations = [migrations.CreateModel(name="Pin", fields=[("id", models.BigAutoField(primary_key=True)), ("dashboard", models.ForeignKey(to="dashboards.dashboard", on_delete=models.PROTECT))])]
`,
      ...more,
    });
  const uses = (v: LiveVersion): readonly unknown[] => [...new Set(joins(v).map((q) => q.use))];

  it("in the depth of another model's serializer, and only as deep as it goes", async () => {
    const serializer = (depth: number): Readonly<Record<string, string>> => ({
      "dashboards/api.py": `from rest_framework import serializers\nfrom dashboards.models import Pin\nclass S(serializers.ModelSerializer):\n    class Meta:\n        model = Pin\n        fields = "__all__"\n        depth = ${depth}\n`,
    });
    expect(uses(await pinned("Dashboard, on_delete=models.PROTECT", serializer(1)))).toEqual(["certain"]);
    expect(uses(await pinned("Dashboard, on_delete=models.PROTECT", serializer(0)))).toEqual(["latent"]);
  });

  it.each([
    ["a dictionary", '{"tags__name": "sales"}'],
    ["a Q object", 'models.Q(tags__name="sales")'],
    ["nothing", '{"title": "sales"}'],
  ])("in the choices that a key is limited to by %s", async (by, limit) => {
    const v = await pinned(`Dashboard, on_delete=models.PROTECT, limit_choices_to=${limit}`);
    expect(uses(v)).toEqual([by === "nothing" ? "latent" : "certain"]);
  });

  it("in a template", async () => {
    const template = "<ul>{% for tag in dashboard.tags.all %}<li>{{ tag }}</li>{% endfor %}</ul>";
    expect(await tagsUse(template, "dashboards/templates/dashboards/detail.html")).toBe(
      "certain at dashboards/templates/dashboards/detail.html:1",
    );
  });
});

describe("a many-to-many table is only latent", () => {
  const head = "from dashboards.models import Dashboard, Insight, Tag, Team\n";
  it.each([
    ["nothing happens at all", ""],
    ["another model's field has the same name", "def f(insight):\n    return insight.tags\n"],
    ["a lookup of another model", "def f():\n    return Insight.objects.filter(tags__contains=['a'])\n"],
    ["something else is deleted", "def f(insight):\n    insight.delete()\n    Insight.objects.all().delete()\n"],
    ["a cache is cleared", "from django.core.cache import cache\ndef f():\n    cache.delete('tags')\n"],
    ["a file is deleted", "def f(insight):\n    insight.picture.delete(save=False)\n"],
    ["an HTTP client", "import requests\ndef f(url):\n    requests.delete(url)\n"],
    [
      "a plain attribute of a plain object",
      "class Metric:\n    def __init__(self):\n        self.tags = []\n    def send(self):\n        return self.tags\n",
    ],
    [
      "a serializer that leaves it out",
      "from rest_framework import serializers\nclass S(serializers.ModelSerializer):\n    class Meta:\n        model = Dashboard\n        fields = ['title']\n",
    ],
    [
      "a form that excludes it",
      "from django import forms\nclass F(forms.ModelForm):\n    class Meta:\n        model = Dashboard\n        exclude = ['tags']\n",
    ],
    [
      "a view set that cannot delete",
      "from rest_framework.viewsets import ModelViewSet\nclass V(ModelViewSet):\n    queryset = Dashboard.objects.all()\n    http_method_names = ['get', 'post']\n",
    ],
    [
      "a view set that deletes softly",
      "from rest_framework.viewsets import ModelViewSet\nclass V(ModelViewSet):\n    queryset = Dashboard.objects.all()\n    def perform_destroy(self, instance):\n        instance.title = 'deleted'\n        instance.save()\n",
    ],
    [
      "a read-only view set",
      "from rest_framework.viewsets import ReadOnlyModelViewSet\nclass V(ReadOnlyModelViewSet):\n    queryset = Dashboard.objects.all()\n",
    ],
    ["a schema that is filled from a request", "from pydantic import BaseModel\nclass S(BaseModel):\n    tags: list[str]\n"],
    ["a table of this name", "class Other:\n    class Meta:\n        db_table = 'tags'\n"],
    ["a value of an enumeration", "from enum import Enum\nclass Kind(Enum):\n    TAGS = 'tags'\n"],
    ["a comparison", "def f(kind):\n    return kind == 'tags' or kind in ('tags', 'title')\n"],
    ["prose", "def f():\n    raise ValueError('no tags')\n"],
    ["a label of a model", "MODEL = 'dashboards.dashboard'\n"],
    ["a key of a dictionary", "def f(payload):\n    return payload.get('tags'), payload['tags'], {'tags': 1}\n"],
    ["getattr on settings", "from django.conf import settings\ndef f(name):\n    return getattr(settings, name)\n"],
    ["getattr on a model without such fields", "def f(insight, name):\n    return getattr(insight, name)\n"],
  ])("%s", async (_name, code) => {
    expect(await tagsUse(head + code)).toBe("latent");
  });

  it("and tests of the version do not count", async () => {
    expect(await tagsUse("def test(dashboard):\n    dashboard.tags.all()\n", "dashboards/tests/test_tags.py")).toBe("latent");
  });
});

describe("access that reading cannot settle is said", () => {
  it.each([
    ["a delete of nobody knows what", "def purge(thing):\n    thing.delete()\n", "thing.delete()"],
    ["a computed attribute", "def f(dashboard, name):\n    return getattr(dashboard, name)\n", "getattr(dashboard, name)"],
    [
      "computed lookups",
      "from dashboards.models import Dashboard\ndef f(**filters):\n    return Dashboard.objects.filter(**filters)\n",
      "filter(**filters)",
    ],
    [
      "a lookup whose key is computed",
      "from dashboards.models import Dashboard\ndef f(field):\n    return Dashboard.objects.filter(**{field: 3})\n",
      "filter(**{field: 3})",
    ],
    [
      "the field's name handed to a function",
      "from dashboards.copying import copy_relation\ndef f(dashboard):\n    copy_relation(dashboard, 'tags')\n",
      "the string 'tags' names a many-to-many field",
    ],
    [
      "a path handed to a function",
      "from dashboards.finding import dashboards_with\ndef f():\n    return dashboards_with(dashboard__tags__name='old')\n",
      "the path `dashboard__tags__name` is handed on",
    ],
    [
      "a serializer without a model",
      "from rest_framework import serializers\nclass S(serializers.Serializer):\n    tags = serializers.ListField()\n",
      "`S` reads `tags` of the objects that it is given",
    ],
    [
      "a schema that is filled from attributes",
      "from pydantic import BaseModel, ConfigDict\nclass S(BaseModel):\n    model_config = ConfigDict(from_attributes=True)\n    tags: list[str]\n",
      "`S` reads `tags` of the objects that it is given",
    ],
    [
      "a model looked up by name",
      "from django.apps import apps\ndef f(label):\n    return apps.get_model(label)\n",
      "apps.get_model(label)",
    ],
    [
      "a lookup path of a class that nobody here knows",
      "from kit.api import Listing\nclass Dashboards(Listing):\n    ordering_fields = ['title', 'tags__name']\n",
      "the string 'tags__name' names a many-to-many field",
    ],
    [
      "one that is searched by its beginning",
      "class Dashboards:\n    search_fields = ('^tags__name',)\n",
      "the string '^tags__name' names a many-to-many field",
    ],
    [
      "the settings of such a class",
      "from kit.api import Listing\nclass Dashboards(Listing):\n    filterset_fields = {'tags': ['exact']}\n",
      "the string 'tags' names a many-to-many field",
    ],
    [
      "a declared attribute of such a class",
      "from kit.api import Resource, Many\nclass DashboardOut(Resource):\n    tags = Many('name')\n",
      "`DashboardOut` may read `tags`",
    ],
    ["a dotted path", "from kit import Column\nNAMES = Column(accessor='tags.all')\n", "the string 'tags.all' names"],
    ["an accessor that goes on", "GET = lambda thing: thing.tags\n", "`thing.tags` may be a many-to-many accessor"],
    [
      "a variable named after a model that has no such field",
      "def f(team):\n    return team.tags.all()\n",
      "which model has this accessor here cannot be told",
    ],
    ["what a serializer is told to save", "def f(serializer, ids):\n    serializer.save(tags=ids)\n", "the path `tags` is handed on"],
    [
      "a pattern",
      "def f(thing):\n    match thing:\n        case Dashboard(tags=found):\n            return found\n",
      "a pattern reads `tags`",
    ],
  ])("%s", async (_name, code, quoted) => {
    const use = await tagsUse(code);
    expect(use).toContain("latent, dynamic: ");
    expect(use).toContain(quoted);
  });

  it("an accessor that a template hands on", async () => {
    const with_ = await tagsUse("{% with names=dashboard.tags %}{{ names.count }}{% endwith %}", "mails/weekly.html");
    expect(with_).toContain("`dashboard.tags` in a template may be a many-to-many accessor");
    expect(await tagsUse("<p class='dashboard.tags'>All tags: dashboard.tags.all</p>", "mails/weekly.html")).toBe("latent");
  });

  it("a fixture that something loads", async () => {
    const fixture = '[{"model": "dashboards.dashboard", "pk": 1, "fields": {"title": "a", "tags": [1]}}]';
    const loaded = await version({
      "dashboards/fixtures/start.json": fixture,
      "dashboards/seed.py": 'from django.core.management import call_command\ncall_command("loaddata", "start")\n',
    });
    expect(loaded.dynamic).toEqual([expect.objectContaining({ tables: ["public.dashboards_dashboard_tags"] })]);
    expect((await version({ "dashboards/fixtures/start.json": fixture })).dynamic).toEqual([]);
  });

  it("a list of fields that comes from a package", async () => {
    const code =
      "from rest_framework import serializers\nfrom shop_base import FIELDS\nfrom dashboards.models import Dashboard\nclass S(serializers.ModelSerializer):\n    class Meta:\n        model = Dashboard\n        fields = ['title', *FIELDS]\n";
    expect(await tagsUse(code)).toContain("`S` may show the field");
  });

  it("code that does not parse", async () => {
    expect(await tagsUse("class (:\n    'tags'\n")).toContain("syntax error");
  });

  it("names the tables that it may reach and the place", async () => {
    const v = await version({ "dashboards/jobs.py": "\n\ndef purge(thing):\n    thing.delete()\n" });
    expect(v.dynamic).toEqual([
      expect.objectContaining({
        tables: ["public.dashboards_dashboard_tags"],
        span: expect.objectContaining({ file: "dashboards/jobs.py", line: 4 }),
      }),
    ]);
  });

  it("but not where the table is known to be used anyway", async () => {
    const v = await version({ "dashboards/jobs.py": "def f(thing, dashboard):\n    thing.delete()\n    dashboard.tags.all()\n" });
    expect(v.dynamic).toEqual([]);
  });
});

describe("the code of the version corrects its migration state", () => {
  const dashboardColumns = (v: LiveVersion): string => {
    const select = v.queries.find((q) => q.verb === "select" && q.sql.includes('WHERE "dashboards_dashboard"."id" = $1'));
    return [...(select?.sql ?? "").matchAll(/"dashboards_dashboard"\."(\w+)"(?=,| FROM)/g)].map((m) => m[1]).join(" ");
  };
  const insertColumns = (v: LiveVersion): string =>
    v.queries.find((q) => q.sql.startsWith('INSERT INTO "dashboards_dashboard" '))?.sql ?? "";
  const changed = (from: string, to: string): Record<string, string> => {
    expect(MODELS).toContain(from);
    return { "dashboards/models.py": MODELS.replace(from, to) };
  };
  const LAYOUT = "    layout = models.JSONField(null=True)\n";

  it("selects every column, and says where the model stands", async () => {
    const v = await version({});
    expect(dashboardColumns(v)).toBe("id title layout team_id");
    expect(v.queries.find((q) => q.sql.includes('WHERE "dashboards_dashboard"."id" = $1'))?.origin).toBe(
      "Dashboard (dashboards/models.py:13)",
    );
    expect(v.problems).toEqual([]);
  });

  it("a comment changes nothing", async () => {
    const v = await version(changed(LAYOUT, "    layout = models.JSONField(null=True)  # DEPRECATED\n"));
    expect(dashboardColumns(v)).toBe("id title layout team_id");
  });

  it("deprecate_field takes the column out of SELECT and INSERT", async () => {
    const v = await version({
      "dashboards/models.py": `from django_deprecate_fields import deprecate_field\n${MODELS.replace("layout = models.JSONField(null=True)", "layout = deprecate_field(models.JSONField(null=True))")}`,
    });
    expect(dashboardColumns(v)).toBe("id title team_id");
    expect(insertColumns(v)).not.toContain("layout");
  });

  it("a deprecated many-to-many field has no table any more", async () => {
    const v = await version({
      "dashboards/models.py": `from django_deprecate_fields import deprecate_field\n${MODELS.replace("tags = models.ManyToManyField(Tag)", "tags = deprecate_field(models.ManyToManyField(Tag))")}`,
      "dashboards/views.py": "def f(dashboard):\n    dashboard.delete()\n",
    });
    expect(joins(v)).toEqual([]);
  });

  it("a helper that only marks the field leaves it in use", async () => {
    const v = await version({
      "dashboards/marks.py": "def deprecated(field):\n    field.is_deprecated = True\n    return field\n",
      "dashboards/models.py": `from dashboards.marks import deprecated\n${MODELS.replace("layout = models.JSONField(null=True)", "layout = deprecated(models.JSONField(null=True))")}`,
    });
    expect(dashboardColumns(v)).toBe("id title layout team_id");
  });

  it("a field that the class no longer has is not selected", async () => {
    const v = await version(changed(LAYOUT, ""));
    expect(dashboardColumns(v)).toBe("id title team_id");
  });

  it("unless a base of the class cannot be read", async () => {
    const v = await version({
      "dashboards/models.py": MODELS.replace(LAYOUT, "")
        .replace("class Dashboard(models.Model)", "class Dashboard(TimeStampedModel)")
        .replace("from django.db import models\n", "from django.db import models\nfrom model_utils.models import TimeStampedModel\n"),
    });
    expect(dashboardColumns(v)).toBe("id title layout team_id");
  });

  it("abstract bases of the repository count, in other files too", async () => {
    const v = await version({
      "shared/__init__.py": "",
      "shared/bases.py":
        "from django.db import models\nclass WithLayout(models.Model):\n    layout = models.JSONField(null=True)\n    class Meta:\n        abstract = True\n",
      "dashboards/models.py": `from shared.bases import WithLayout\n${MODELS.replace(LAYOUT, "").replace("class Dashboard(models.Model)", "class Dashboard(WithLayout)")}`,
    });
    expect(dashboardColumns(v)).toBe("id layout title team_id");
  });

  it("an app that runs ahead of its migrations is queried as it is", async () => {
    const v = await version(changed(LAYOUT, `${LAYOUT}    colour = models.CharField(max_length=7, db_column="color")\n`));
    expect(dashboardColumns(v)).toBe("id title layout color team_id");
  });

  it("with the names that the code gives to a column and to the table", async () => {
    const v = await version(
      changed(
        LAYOUT,
        `    layout = models.JSONField(null=True, db_column="layout_json")\n\n    class Meta:\n        db_table = "boards"\n`,
      ),
    );
    expect(v.queries.map((q) => q.sql)).toContainEqual(
      'SELECT "boards"."id", "boards"."title", "boards"."layout_json", "boards"."team_id" FROM "boards" WHERE "boards"."id" = $1 LIMIT 21',
    );
  });

  it.each([
    ["defer in the default manager", `.defer("layout")`, ""],
    ["a constant list", `.defer(*HIDDEN)`, `HIDDEN = ("layout",)\n`],
    ["only the others", `.only("title", "team")`, ""],
  ])("%s: not selected, still written", async (_name, call, constant) => {
    const manager = `${constant}class DashboardManager(models.Manager):\n    def get_queryset(self):\n        return super().get_queryset()${call}\n\n\nclass Dashboard(models.Model):\n    objects = DashboardManager()\n`;
    const v = await version(changed("class Dashboard(models.Model):\n", manager));
    expect(dashboardColumns(v)).toBe("id title team_id");
    expect(insertColumns(v)).toContain('"layout"');
  });

  it("a manager that is not the default one defers nothing", async () => {
    const manager = `class Slim(models.Manager):\n    def get_queryset(self):\n        return super().get_queryset().defer("layout")\n\n\nclass Dashboard(models.Model):\n    objects = models.Manager()\n    slim = Slim()\n`;
    const v = await version(changed("class Dashboard(models.Model):\n", manager));
    expect(dashboardColumns(v)).toBe("id title layout team_id");
  });

  it("sends NULL for nullable columns in one INSERT, and a value for all in the other", async () => {
    const v = await version({});
    const inserts = v.queries.filter((q) => q.sql.startsWith('INSERT INTO "dashboards_dashboard" '));
    expect(inserts.map((q) => q.params)).toEqual([
      [
        { column: "public.dashboards_dashboard.title", null: false },
        { column: "public.dashboards_dashboard.layout", null: false },
        { column: "public.dashboards_dashboard.team_id", null: false },
      ],
      [
        { column: "public.dashboards_dashboard.title", null: false },
        { column: "public.dashboards_dashboard.layout", null: true },
        { column: "public.dashboards_dashboard.team_id", null: false },
      ],
    ]);
  });
});

describe("what is no Django app is not taken for one", () => {
  it("a folder without manage.py or Django migrations", () => {
    expect(djangoApp.detect(memoryFiles({ "app.py": "import flask\n", "migrations/env.py": "import alembic\n" }), ".")).toBe(false);
    expect(djangoApp.detect(memoryFiles(MIGRATIONS), ".")).toBe(true);
  });

  it("a version without any model is a problem, not an app that asks nothing", async () => {
    const v = await djangoApp.read({
      files: memoryFiles({ "manage.py": MANAGE }),
      root: ".",
      name: "v1",
      database: "postgres",
      options: {},
    });
    expect(v.queries).toEqual([]);
    expect(v.problems).toEqual([expect.objectContaining({ code: "no-models", fatal: true })]);
  });
});

describe("columns that no class declares and the app has all the same", () => {
  const initial = (columns: string): string =>
    `from django.db import migrations, models\nimport djmoney.models.fields\n\n\nclass Migration(migrations.Migration):\n    operations = [migrations.CreateModel(name="Item", fields=[("id", models.BigAutoField(primary_key=True)), ${columns}])]\n`;
  const selected = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const v = await version({ "shop/__init__.py": "", "shop/migrations/__init__.py": "", ...files });
    return v.queries.find(({ sql, verb }) => verb === "select" && sql.includes('FROM "shop_item"'))?.sql ?? "";
  };

  it("a field of a package brings another along", async () => {
    const sql = await selected({
      "shop/migrations/0001_initial.py": initial(
        '("price_currency", djmoney.models.fields.CurrencyField()), ("price", djmoney.models.fields.MoneyField())',
      ),
      "shop/models.py":
        "from django.db import models\nfrom djmoney.models.fields import MoneyField\n\n\nclass Item(models.Model):\n    price = MoneyField()\n",
    });
    expect(sql).toContain('"shop_item"."price_currency"');
  });

  it("a registration translates a field", async () => {
    const files = {
      "shop/migrations/0001_initial.py": initial('("title", models.CharField()), ("title_de", models.CharField(null=True))'),
      "shop/models.py": "from django.db import models\n\n\nclass Item(models.Model):\n    title = models.CharField()\n",
    };
    expect(await selected(files)).not.toContain("title_de");
    const translation = "from modeltranslation.translator import translator\nfrom shop.models import Item\ntranslator.register(Item)\n";
    expect(await selected({ ...files, "shop/translation.py": translation })).toContain('"shop_item"."title_de"');
  });
});
