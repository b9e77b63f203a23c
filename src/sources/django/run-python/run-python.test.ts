import { describe, expect, it } from "vitest";
import type { CodeAccess, CodeFacts } from "../../../model/migration.ts";
import type { Files } from "../../source.ts";
import { readDjangoProject } from "../project.ts";
import type { PyValue } from "../values.ts";
import { readRunPython } from "./index.ts";

const INITIAL = `
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Author",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("email", models.CharField(max_length=80, unique=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Label",
            fields=[("id", models.BigAutoField(primary_key=True, serialize=False)), ("name", models.CharField(max_length=80))],
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("reference", models.CharField(max_length=80, null=True)),
                ("status", models.CharField(max_length=20, db_column="state")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="library.author", related_name="quotes")),
                ("labels", models.ManyToManyField(to="library.label")),
            ],
        ),
    ]
`;

async function facts(
  body: string,
  options: { readonly atomic?: boolean; readonly files?: Record<string, string>; readonly fn?: string } = {},
): Promise<CodeFacts> {
  const migration = `from django.db import connection, migrations, models, transaction\nfrom django.db.models import F\n\n${body}\n\nclass Migration(migrations.Migration):\n    dependencies = [("library", "0001_initial")]\n    operations = []\n`;
  const tree: Record<string, string> = {
    "library/__init__.py": "",
    "library/migrations/__init__.py": "",
    "library/migrations/0001_initial.py": INITIAL,
    "library/migrations/0002_data.py": migration,
    "library/backfill.py": "def run():\n    pass\n",
    ...options.files,
  };
  const files: Files = {
    label: "a test",
    list: () => Object.keys(tree).sort(),
    read: (path) => new TextEncoder().encode(tree[path]),
    exists: (path) => path in tree,
    display: (path) => path,
  };
  const project = await readDjangoProject(files, { type: "django", root: ".", database: "postgres", options: {} });
  const module = project.modules.load("library/migrations/0002_data.py");
  if (module === null) throw new Error("the migration was not read");
  const binding = project.modules.scope(module).bindings.get(options.fn ?? "forwards");
  const state = project.stateAfter("all");
  const unknown = (reason: string): PyValue => ({ kind: "unknown", reason, span: module.span(0, 0) });
  return readRunPython({
    module,
    code: binding?.kind === "def" ? binding.node : null,
    functionName: options.fn ?? "forwards",
    files,
    appLabel: "library",
    stateBefore: state,
    atomic: options.atomic ?? true,
    tableOf: (label) => {
      const model = state.models.get(label.toLowerCase());
      return model === undefined ? null : `public.${model.table}`;
    },
    lookup: (m, name) => project.evaluator.lookup(m, name) ?? unknown(`\`${name}\` is not bound`),
    evaluate: (node) => project.evaluator.evaluate(node),
  });
}

/** `update library_quote(reference) per row, whole`: short enough to read a table of them. */
function told(a: CodeAccess): string {
  const flags = [a.perRow ? "per row" : "", a.batched ? "batched" : "", a.wholeTable ? "whole" : ""].filter((f) => f !== "");
  const columns = a.columns.length > 0 ? `(${a.columns.join(" ")})` : "";
  return `${a.verb} ${a.table.replace("public.library_", "")}${columns}${flags.length > 0 ? ` ${flags.join(", ")}` : ""}`;
}

const writes = (f: CodeFacts): readonly string[] => f.accesses.filter((a) => a.verb !== "select").map(told);

describe("a RunPython is read as code", () => {
  it.each([
    [
      "a loop over all rows that saves each",
      `def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    for quote in Quote.objects.all():
        quote.reference = quote.text[:20]
        quote.save(update_fields=["reference"])`,
      ["update quote(reference) per row, whole"],
    ],
    [
      "the same with iterator, a database alias and a chained get_model",
      `def forwards(apps, schema_editor):
    db_alias = schema_editor.connection.alias
    for quote in apps.get_model("library", "Quote").objects.using(db_alias).iterator(chunk_size=500):
        quote.status = "x"
        quote.save()`,
      ["update quote(text reference state author_id) per row, whole"],
    ],
    [
      "one UPDATE without a filter",
      `def forwards(apps, schema_editor):
    apps.get_model("library", "Quote").objects.update(status=F("reference"))`,
      ["update quote(state) whole"],
    ],
    [
      "one UPDATE with a filter that may leave any number of rows",
      `def forwards(apps, schema_editor):
    Author = apps.get_model("library", "Author")
    Author.objects.filter(name="").update(name="unknown")`,
      ["update author(name) whole"],
    ],
    [
      "an UPDATE of one row by a unique column",
      `def forwards(apps, schema_editor):
    apps.get_model("library", "Author").objects.filter(email="ada@example.org").update(name="Ada")`,
      ["update author(name) batched"],
    ],
    [
      "a unique column compared with None is not one row",
      `def forwards(apps, schema_editor):
    apps.get_model("library", "Author").objects.filter(email=None).update(name="nobody")`,
      ["update author(name) whole"],
    ],
    [
      "bulk_update of everything at once",
      `def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    quotes = list(Quote.objects.all())
    for quote in quotes:
        quote.reference = "a"
    Quote.objects.bulk_update(quotes, ["reference"])`,
      ["update quote(reference) whole"],
    ],
    [
      "rows that are made and bulk created",
      `def forwards(apps, schema_editor):
    Label = apps.get_model("library", "Label")
    Label.objects.bulk_create([Label(name=n) for n in ("a", "b")])`,
      ["insert label(name) batched"],
    ],
    [
      "get_or_create for a constant list",
      `NAMES = ["Action", "Comedy"]
def forwards(apps, schema_editor):
    for name in NAMES:
        apps.get_model("library", "Label").objects.get_or_create(name=name)`,
      ["insert label(name) batched"],
    ],
    [
      "model names that run through a list",
      `def forwards(apps, schema_editor):
    for model_name in ["Author", "Label"]:
        model = apps.get_model("library", model_name)
        model.objects.using(schema_editor.connection.alias).filter(name="").update(name="x")`,
      ["update author(name) whole", "update label(name) whole"],
    ],
    [
      "pairs of model names and mappings",
      `MAP = {"a": "b"}
def forwards(apps, schema_editor):
    for model_name, mapping in (("Author", MAP), ("Label", MAP)):
        model = apps.get_model("library", model_name)
        for old, new in mapping.items():
            model.objects.filter(name=old).update(name=new)`,
      ["update author(name) whole", "update label(name) whole"],
    ],
    [
      "a delete with its cascade",
      `def forwards(apps, schema_editor):
    apps.get_model("library", "Author").objects.filter(name="").delete()`,
      ["delete author whole", "delete quote whole"],
    ],
    [
      "a helper of the module that is given the model",
      `def fill(model, value):
    for row in model.objects.filter(reference__isnull=True):
        row.reference = value
        row.save()
def forwards(apps, schema_editor):
    fill(apps.get_model("library", "Quote"), "x")`,
      ["update quote(text reference state author_id) per row, whole"],
    ],
    [
      "many-to-many accessors of each row",
      `def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    label = apps.get_model("library", "Label").objects.get(pk=1)
    for quote in Quote.objects.all():
        quote.labels.add(label)`,
      ["insert quote_labels per row, whole"],
    ],
    [
      "reverse accessors of each row",
      `def forwards(apps, schema_editor):
    for author in apps.get_model("library", "Author").objects.all():
        author.quotes.update(reference=author.name)`,
      ["update quote(reference) per row, whole"],
    ],
    [
      "a row fetched in a loop over ids",
      `def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    for pk in Quote.objects.values_list("pk", flat=True):
        Quote.objects.filter(pk=pk).update(reference="x")`,
      ["update quote(reference) per row, whole"],
    ],
    [
      "a model imported instead of asked for",
      `from library.models import Quote
def forwards(apps, schema_editor):
    for q in Quote.objects.all():
        q.save()`,
      ["update quote(text reference state author_id) per row, whole"],
    ],
    [
      "a module of models that is imported",
      `from library import models as live
def forwards(apps, schema_editor):
    for name in ["a", "b"]:
        live.Label.objects.create(name=name)`,
      ["insert label(name) batched"],
    ],
    [
      "nested functions and early returns",
      `def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    if schema_editor.connection.vendor != "postgresql":
        return
    def touch(quote):
        quote.save()
    for quote in Quote.objects.exclude(reference=None):
        touch(quote)`,
      ["update quote(text reference state author_id) per row, whole"],
    ],
    [
      "rows that are made while another table is read",
      `def forwards(apps, schema_editor):
    Author = apps.get_model("library", "Author")
    Label = apps.get_model("library", "Label")
    Label.objects.bulk_create([Label(name=author.name) for author in Author.objects.all()])`,
      ["insert label(name) whole"],
    ],
    [
      "a class with a static method",
      `class Backfill:
    @staticmethod
    def run(apps):
        apps.get_model("library", "Quote").objects.update(reference="")
def forwards(apps, schema_editor):
    Backfill.run(apps)`,
      ["update quote(reference) whole"],
    ],
  ])("%s", async (_name, body, expected) => {
    const found = await facts(body);
    expect(found.opaque).toBeNull();
    expect(writes(found)).toEqual(expected);
  });
});

describe("batches help only where each of them commits", () => {
  const WHILE = `def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    while True:
        ids = list(Quote.objects.filter(reference__isnull=True).values_list("pk", flat=True)[:1000])
        if not ids:
            break
        Quote.objects.filter(pk__in=ids).update(reference="")`;
  const RANGE = `BATCH = 1000
def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    last = Quote.objects.order_by("-pk").first().pk
    for start in range(0, last + 1, BATCH):
        with transaction.atomic():
            Quote.objects.filter(pk__gte=start, pk__lt=start + BATCH).update(reference="")`;
  const GENERATOR = `def in_pieces(queryset):
    start = 0
    while True:
        rows = list(queryset.order_by("pk").filter(pk__gt=start)[:100])
        if not rows:
            break
        yield rows
        start = rows[-1].pk
def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    for rows in in_pieces(Quote.objects.all()):
        for row in rows:
            row.reference = "x"
        Quote.objects.bulk_update(rows, ["reference"])`;
  const PAGES = `from django.core.paginator import Paginator
def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    paginator = Paginator(Quote.objects.order_by("pk"), 500)
    for number in paginator.page_range:
        batch = []
        for quote in paginator.page(number).object_list:
            quote.reference = "x"
            batch.append(quote)
        Quote.objects.bulk_update(batch, ["reference"])`;
  const CHUNK_FILL = `def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    batch = []
    for quote in Quote.objects.iterator():
        quote.reference = "x"
        batch.append(quote)
    Quote.objects.bulk_update(batch, ["reference"], batch_size=500)`;
  it.each([
    ["while and slices", WHILE],
    ["ranges of keys", RANGE],
    ["a generator of slices", GENERATOR],
    ["a paginator", PAGES],
    ["bulk_update with a batch size", CHUNK_FILL],
  ])("%s", async (_name, body) => {
    const apart = await facts(body, { atomic: false });
    const together = await facts(body, { atomic: true });
    expect([apart.opaque, together.opaque]).toEqual([null, null]);
    expect(writes(apart)).toEqual(["update quote(reference) batched, whole"]);
    expect(writes(together)).toEqual(["update quote(reference) whole"]);
  });

  it("an atomic block around the whole loop takes the help away", async () => {
    const body = `@transaction.atomic\n${WHILE}`;
    expect(writes(await facts(body, { atomic: false }))).toEqual(["update quote(reference) whole"]);
  });

  it("rows of a slice that are saved one by one are per row, and batched", async () => {
    const body = `def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    while Quote.objects.filter(reference__isnull=True).exists():
        with transaction.atomic():
            for row in Quote.objects.filter(reference__isnull=True)[:1000]:
                row.reference = "x"
                row.save(update_fields=["reference"])`;
    expect(writes(await facts(body, { atomic: false }))).toEqual(["update quote(reference) per row, batched, whole"]);
  });
});

describe("SQL in the code is handed on", () => {
  it("from a cursor and from the schema editor, constants followed", async () => {
    const body = `SQL = "UPDATE library_quote SET reference = ''"
def forwards(apps, schema_editor):
    schema_editor.execute(SQL)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM library_quote WHERE id = %s", [1])
    with schema_editor.connection.cursor() as c:
        c.execute("""SELECT 1""")`;
    const found = await facts(body);
    expect(found.opaque).toBeNull();
    expect(found.sql).toEqual(["UPDATE library_quote SET reference = ''", "DELETE FROM library_quote WHERE id = $1", "SELECT 1"]);
  });

  it("and SQL that is put together is opaque", async () => {
    const body = `def forwards(apps, schema_editor):
    for table in open("tables.txt"):
        schema_editor.execute("UPDATE " + table + " SET a = 1")`;
    expect((await facts(body)).opaque).toMatch(/put together when it runs \(library\/migrations\/0002_data\.py:\d+\)/);
  });
});

describe("what cannot be followed is said", () => {
  it.each([
    [
      "a model by a computed name",
      `def forwards(apps, schema_editor):\n    import json\n    apps.get_model("library", json.loads("x")).objects.all().delete()`,
      /which model it is cannot be told/,
    ],
    [
      "a model that the state does not have",
      `def forwards(apps, schema_editor):\n    apps.get_model("library", "Shelf").objects.all().delete()`,
      /library\.shelf.*not in the migration state/,
    ],
    [
      "models given to a package",
      `from somewhere import backfill\ndef forwards(apps, schema_editor):\n    backfill(apps.get_model("library", "Quote"))`,
      /hands models to code/,
    ],
    [
      "a management command",
      `from django.core.management import call_command\ndef forwards(apps, schema_editor):\n    call_command("loaddata", "quotes")`,
      /runs code outside of the migration/,
    ],
    [
      "a change of the schema",
      `def forwards(apps, schema_editor):\n    Quote = apps.get_model("library", "Quote")\n    schema_editor.remove_field(Quote, Quote._meta.get_field("text"))`,
      /change of the schema from Python/,
    ],
    [
      "an unknown method of a queryset",
      `def forwards(apps, schema_editor):\n    apps.get_model("library", "Quote").objects.purge_old()`,
      /no method of Django's querysets/,
    ],
    [
      "a helper that is imported inside of the function",
      `def forwards(apps, schema_editor):\n    from library.backfill import run\n    run()`,
      /`library\.backfill\.run` is imported inside of the function/,
    ],
    ["code that is not in the repository", `x = 1`, /is not in the repository/],
  ])("%s", async (_name, body, reason) => {
    expect((await facts(body)).opaque).toMatch(reason);
  });

  it("helpers of other modules of the repository are followed", async () => {
    const body = `from library.backfill import run\ndef forwards(apps, schema_editor):\n    run(apps)`;
    const helper = `def run(apps):\n    for q in apps.get_model("library", "Quote").objects.all():\n        q.delete()\n`;
    const found = await facts(body, { files: { "library/backfill.py": helper } });
    expect(found.opaque).toBeNull();
    expect(writes(found)[0]).toBe("delete quote per row, whole");
    expect(found.accesses.find((a) => a.verb === "delete")?.span.file).toBe("library/backfill.py");
  });

  it("ordinary Python around it is not", async () => {
    const body = `import json
import uuid
import logging
from django.utils import timezone
from django.utils.text import slugify
logger = logging.getLogger(__name__)
def forwards(apps, schema_editor):
    Quote = apps.get_model("library", "Quote")
    total = Quote.objects.count()
    logger.info("%s quotes at %s", total, timezone.now())
    seen = {}
    for i, quote in enumerate(Quote.objects.select_related("author").only("text").order_by("pk")):
        if quote.author_id in seen or not quote.text.strip():
            continue
        seen[quote.author_id] = quote
        quote.reference = slugify(f"{quote.author.name}-{uuid.uuid4().hex[:8]}-{json.dumps({'a': 1})}")
        try:
            quote.save(update_fields=["reference"])
        except Exception as error:
            print(f"skipped {quote.pk}: {error}")
        if i % 100 == 0:
            print(i)`;
    const found = await facts(body);
    expect(found.opaque).toBeNull();
    expect(writes(found)).toEqual(["update quote(reference) per row, whole"]);
  });

  it("a noop does nothing", async () => {
    expect(await facts("x = 1", { fn: "migrations.RunPython.noop" })).toEqual({ opaque: null, accesses: [] });
  });
});

describe("what is written for another database", () => {
  const PRAGMA = 'schema_editor.execute("PRAGMA foreign_keys = ON")';
  const INDEX = 'schema_editor.execute("CREATE INDEX quote_text ON library_quote (text)")';
  const read = async (...lines: readonly string[]): Promise<CodeFacts> =>
    facts(`def forwards(apps, schema_editor):\n${lines.map((line) => `    ${line}`).join("\n")}`);

  it.each([
    ["if schema_editor.connection.vendor == 'sqlite':", `    ${PRAGMA}`, "else:", `    ${INDEX}`],
    [
      "vendor = schema_editor.connection.vendor",
      "if vendor == 'mysql':",
      `    ${PRAGMA}`,
      "elif vendor == 'postgresql':",
      `    ${INDEX}`,
      "else:",
      "    raise ValueError(vendor)",
    ],
    ["if not connection.vendor == 'postgresql':", "    return", INDEX],
    ["if connection.vendor.startswith('postgres'):", `    ${INDEX}`, "    return", PRAGMA],
    ["if 'sqlite' in connection.vendor and DEBUG:", `    ${PRAGMA}`, INDEX],
    [
      "from django.db import connection as c",
      "if c.vendor not in ('postgresql', 'cockroachdb'):",
      `    ${PRAGMA}`,
      "else:",
      `    ${INDEX}`,
    ],
    ["with transaction.atomic():", "    if connection.vendor != 'sqlite':", `        ${INDEX}`, "        return", PRAGMA],
  ])("is not read: %s", async (...lines) => {
    const { opaque, sql } = await read(...lines);
    expect({ opaque, sql }).toEqual({ opaque: null, sql: ["CREATE INDEX quote_text ON library_quote (text)"] });
  });

  it.each([
    ["if DEBUG:", `    ${PRAGMA}`, INDEX],
    ["if connection.vendor == 'postgresql' and DEBUG:", `    ${PRAGMA}`, INDEX],
    ["if DEBUG:", "    return", "elif connection.vendor == 'postgresql':", "    return", PRAGMA, INDEX],
    ["vendor = choose()", "if vendor == 'sqlite':", `    ${PRAGMA}`, INDEX],
  ])("is read where something else decides: %s", async (...lines) => {
    expect((await read(...lines)).sql).toContain("CREATE INDEX quote_text ON library_quote (text)");
    expect((await read(...lines)).sql).toContain("PRAGMA foreign_keys = ON");
  });
});

describe("what a backfill copies from where", () => {
  const copied = (f: CodeFacts): readonly string[] =>
    f.accesses.flatMap((a) => (a.copies ?? []).map(({ column, from }) => `${a.verb} ${column} <- ${from.map((s) => s.column).join(" ")}`));
  const quote = `Quote = apps.get_model("library", "Quote")`;

  it.each([
    ["F()", `    ${quote}\n    Quote.objects.filter(reference=None).update(reference=F("text"))`, ["update reference <- text"]],
    [
      "expressions around fields, but no constants",
      `    ${quote}\n    Quote.objects.update(reference=Coalesce(Lower("text"), Value("status")), status="new")`,
      ["update reference <- text"],
    ],
    [
      "attributes of a row that is saved",
      `    ${quote}\n    for q in Quote.objects.all():\n        q.reference = q.text.strip()[:80]\n        q.save(update_fields=["reference"])`,
      ["update reference <- text"],
    ],
    [
      "through a name, in bulk",
      `    ${quote}\n    rows = []\n    for q in Quote.objects.all():\n        short = q.text[:80]\n        q.reference = short\n        rows.append(q)\n    Quote.objects.bulk_update(rows, ["reference"])`,
      ["update reference <- text"],
    ],
    [
      "values_list",
      `    ${quote}\n    for pk, text in Quote.objects.values_list("pk", "text"):\n        Quote.objects.filter(pk=pk).update(reference=text)`,
      ["update reference <- text"],
    ],
    [
      "into another table",
      `    ${quote}\n    Author = apps.get_model("library", "Author")\n    for q in Quote.objects.all():\n        Author.objects.get_or_create(email=q.reference, defaults={"name": q.text})`,
      ["insert email <- reference", "insert name <- text"],
    ],
    ["a column under another name", `    ${quote}\n    Quote.objects.update(status=F("reference"))`, ["update state <- reference"]],
    [
      "what is computed from nothing",
      `    ${quote}\n    for q in Quote.objects.all():\n        q.reference = "none"\n        q.save()`,
      [],
    ],
  ])("%s", async (_, body, expected) => {
    const found = copied(await facts(`def forwards(apps, schema_editor):\n${body}\n`)).filter((line) => !line.includes("<- id"));
    expect([...new Set(found)].sort()).toEqual([...expected].sort());
  });
});
