import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { main } from "../src/cli/main.ts";
import type { DeprecationItem, DeprecationsReport } from "../src/review/deprecations/item.ts";
import { project, type Project, type ProjectFiles } from "./project.test-helper.ts";

const schema = JSON.parse(readFileSync(join(import.meta.dirname, "../schemas/deprecations.schema.json"), "utf8")) as object;
const fits = new Ajv2020({ allErrors: true, strict: false }).compile(schema);

interface Result {
  readonly status: number;
  readonly report: DeprecationsReport;
  /** @param name without `public.` */
  readonly item: (name: string) => DeprecationItem;
  /** `{ cloud: "droppable" }` */
  readonly verdicts: (name: string) => DeprecationItem["verdicts"];
  /** The names of what nobody marked. */
  readonly unused: string[];
}

/** Runs the command in the project's folder and reads what it wrote. */
async function deprecations(shop: Project, ...args: readonly string[]): Promise<Result> {
  const before = process.cwd();
  const file = join(shop.folder, ".report.json");
  process.chdir(shop.folder);
  try {
    const status = await main(["deprecations", "--format", "json", "--output", file, "--no-cache", ...args]);
    const report = JSON.parse(readFileSync(file, "utf8")) as DeprecationsReport;
    expect(fits(report) ? null : fits.errors).toBeNull();
    const item = (name: string): DeprecationItem => {
      const found = report.items.find((one) => one.name === `public.${name}`);
      if (found === undefined) throw new Error(`${name} is not listed; there are ${report.items.map((one) => one.name).join(", ")}`);
      return found;
    };
    const unused = report.items.filter(({ marked }) => !marked).map(({ name }) => name.replace("public.", ""));
    return { status, report, item, verdicts: (name) => item(name).verdicts, unused };
  } finally {
    process.chdir(before);
  }
}

/** Commits the files as a release and tags it. */
function release(shop: Project, tag: string, files: ProjectFiles, gone: readonly string[] = []): string {
  shop.write(files);
  for (const path of gone) shop.git("rm", "-q", path);
  shop.git("add", "-A");
  shop.git("commit", "-q", "--allow-empty", "-m", tag);
  shop.git("tag", tag);
  return shop.git("rev-parse", "HEAD").trim();
}

function empty(): Project {
  const shop = project({});
  shop.git("init", "-q");
  return shop;
}

/** `releases({ "v1.42": { cloud: ["2026-09-01", "2026-10-20"] } })`: when each went live, and when it was retired. */
function releases(all: Readonly<Record<string, Readonly<Record<string, readonly [string, string | null]>>>>): string {
  const entries = Object.entries(all).map(([name, environments]) => ({
    name,
    ref: name,
    released: "2026-09-01",
    environments: Object.fromEntries(Object.entries(environments).map(([at, [live, retired]]) => [at, { live, retired }])),
  }));
  return JSON.stringify({ format: "tread.releases/1", releases: entries });
}

const settings: ProjectFiles = {
  "manage.py": 'import os\nimport django\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
  "settings.py": 'INSTALLED_APPS = ["shop"]\nDEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n',
  "shop/__init__.py": "",
  "shop/migrations/__init__.py": "",
};
const migration = (dependencies: string, operations: string): string =>
  `from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [${dependencies}]\n    operations = [\n${operations}\n    ]\n`;

const INITIAL = migration(
  "",
  `        migrations.CreateModel(name="Tag", fields=[("id", models.BigAutoField(primary_key=True)), ("label", models.CharField(max_length=40))]),
        migrations.CreateModel(name="Customer", fields=[
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=100)),
            ("nickname", models.CharField(max_length=100, null=True)),
            ("fax", models.CharField(max_length=30, null=True)),
            ("phone", models.CharField(max_length=30, null=True, db_comment="DEPRECATED: see contact")),
            ("legacy_id", models.IntegerField(null=True)),
            ("tags", models.ManyToManyField(to="shop.tag", related_name="+")),
        ]),
        migrations.CreateModel(name="Order", fields=[
            ("id", models.BigAutoField(primary_key=True)),
            ("customer", models.ForeignKey(to="shop.customer", on_delete=models.CASCADE)),
            ("watchers", models.ManyToManyField(to="shop.tag", related_name="+")),
        ]),
        migrations.CreateModel(name="Coupon", fields=[("id", models.BigAutoField(primary_key=True)), ("code", models.CharField(max_length=40))]),`,
);

interface Customer {
  readonly nickname?: string;
  readonly fax?: string;
  readonly legacy?: boolean;
  readonly coupon?: string | null;
  readonly order?: string;
}

const models = ({
  nickname = "",
  fax = "models.CharField(max_length=30, null=True)",
  legacy = true,
  coupon = "",
  order = "",
}: Customer): string => `
from django.db import models
from django_deprecate_fields import deprecate_field


class Tag(models.Model):
    label = models.CharField(max_length=40)


class Customer(models.Model):
    name = models.CharField(max_length=100)
    nickname = models.CharField(max_length=100, null=True)${nickname}
    fax = ${fax}
    phone = models.CharField(max_length=30, null=True, db_comment="DEPRECATED: see contact")
${legacy ? "    legacy_id = models.IntegerField(null=True)\n" : ""}    tags = models.ManyToManyField(Tag, related_name="+")


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    watchers = models.ManyToManyField(Tag, related_name="+")${order}

${coupon === null ? "" : `\n${coupon}class Coupon(models.Model):\n    code = models.CharField(max_length=40)\n`}`;

const DELETES_ORDERS = "from shop.models import Order\n\n\ndef cancel(request, pk):\n    Order.objects.get(pk=pk).delete()\n";

/** v1.42 uses everything, v1.43 has stopped using some of it, v1.44 is like the working tree. */
function shop(): { shop: Project; marked: string } {
  const app = empty();
  const views = `${DELETES_ORDERS}\n\ndef tags(request, customer):\n    return list(customer.tags.all())\n`;
  release(app, "v1.42", {
    ...settings,
    "tread.config.yaml": "sources:\n  - { type: django, root: . }\nenvironments:\n  cloud: {}\n  self-hosted: { supports: '>=1.42' }\n",
    "shop/migrations/0001_initial.py": INITIAL,
    "shop/models.py": models({}),
    "shop/views.py": views,
  });
  const marked = release(app, "v1.43", {
    "shop/models.py": models({
      nickname: "  # DEPRECATED: use name",
      fax: "deprecate_field(models.CharField(max_length=30, null=True))",
      legacy: false,
      coupon: "# Deprecated: nobody redeems them\n",
    }),
    "shop/migrations/0002_forget.py": migration(
      '("shop", "0001_initial")',
      '        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(model_name="customer", name="legacy_id")]),',
    ),
    "shop/views.py": DELETES_ORDERS,
  });
  return { shop: app, marked };
}

test("fields, tables and many-to-many fields are told apart by what serves in each environment", async () => {
  const { shop: app, marked } = shop();
  app.write({
    "tread.releases.yaml": releases({ "v1.42": { cloud: ["2026-09-01", "2026-10-20"] }, "v1.43": { cloud: ["2026-10-10", null] } }),
  });
  const { item, verdicts, unused, status } = await deprecations(app);

  // The helper takes the field out of the running app: nothing in cloud names it. Self-hosted may still run v1.42.
  expect(verdicts("shop_customer.fax")).toEqual({ cloud: "droppable", "self-hosted": "blocked" });
  expect(item("shop_customer.fax")).toMatchObject({
    kind: "column",
    marked: true,
    since: { commit: marked, release: "v1.43" },
    missing: { cloud: [], "self-hosted": ["raise `supports` above v1.42"] },
    safeSince: { cloud: "2026-10-20" },
  });
  // A comment changes nothing: the ORM's SELECT names the column in every version.
  expect(verdicts("shop_customer.nickname")).toEqual({ cloud: "blocked", "self-hosted": "blocked" });
  expect(item("shop_customer.nickname").reasons["cloud"]).toMatch(/the ORM's SELECT names it: Customer/);
  expect(item("shop_customer.nickname").missing["cloud"]).toEqual([
    "remove the field Customer.nickname (shop/models.py:12) from the model and release",
    "retire v1.43",
  ]);
  expect(item("shop_customer.nickname").uses).toContainEqual(
    expect.objectContaining({ version: "v1.43", kind: "read", place: "shop/models.py:10" }),
  );
  expect(item("shop_customer.phone")).toMatchObject({ marked: true, since: { release: "v1.42" }, verdicts: { cloud: "blocked" } });
  expect(item("shop_coupon")).toMatchObject({ kind: "table", marked: true, verdicts: { cloud: "blocked" } });
  // Nobody marked it, and its field left the models in v1.43 while the column stayed.
  expect(item("shop_customer.legacy_id")).toMatchObject({
    marked: false,
    since: { commit: null, release: null },
    verdicts: { cloud: "droppable", "self-hosted": "blocked" },
  });
  // It exists unused in v1.43, and no code there deletes customers or tags.
  expect(item("shop_customer_tags")).toMatchObject({ kind: "m2m", verdicts: { cloud: "droppable", "self-hosted": "blocked" } });
  // Never used either; but orders are deleted, and the collector queries the table.
  expect(unused).not.toContain("shop_order_watchers");
  expect(unused.sort()).toEqual(["shop_customer.legacy_id", "shop_customer_tags"]);
  expect(status).toBe(0);
});

test("nothing is safe where nothing is on record as live", async () => {
  const { shop: app } = shop();
  app.write({ "tread.releases.yaml": releases({ "v1.43": { "self-hosted": ["2026-10-10", null] } }) });
  const { report, verdicts, status } = await deprecations(app, "--environment", "cloud");
  expect(verdicts("shop_customer.fax")).toEqual({ cloud: "unknown" });
  expect(report.environments[0]?.doubt).toMatch(/tread release live NAME --environment cloud/);
  expect(status).toBe(3);
});

test("a release whose tag is gone is named, and nothing it may use is safe", async () => {
  const { shop: app } = shop();
  app.write({ "tread.releases.yaml": releases({ "v1.41": { cloud: ["2026-08-01", null] }, "v1.43": { cloud: ["2026-10-10", null] } }) });
  const { report, verdicts, status } = await deprecations(app);
  expect(verdicts("shop_customer.fax")["cloud"]).toBe("unknown");
  expect(
    report.problems
      .filter(({ fatal }) => fatal)
      .map(({ message }) => message)
      .join(),
  ).toMatch(/v1\.41/);
  expect(status).toBe(3);
});

test("dynamic access keeps a many-to-many table from being safe, and raw SQL in any version uses what it names", async () => {
  const { shop: app } = shop();
  app.write({ "tread.releases.yaml": releases({ "v1.44": { cloud: ["2026-11-01", null] } }) });
  release(app, "v1.44", {
    "shop/export.py": "def export(customer, names):\n    return [getattr(customer, name) for name in names]\n",
    "worker/sync.ts": 'export const sync = (db) => db.query("UPDATE shop_customer SET fax = NULL WHERE legacy_id = $1", [1]);\n',
  });
  const { item, verdicts } = await deprecations(app, "--environment", "cloud");
  expect(verdicts("shop_customer_tags")).toEqual({ cloud: "unknown" });
  expect(item("shop_customer_tags").missing["cloud"]?.join()).toMatch(/shop\/export\.py:2/);
  expect(item("shop_customer.fax")).toMatchObject({ verdicts: { cloud: "blocked" } });
  expect(item("shop_customer.fax").uses).toContainEqual({
    version: "v1.44",
    kind: "write",
    query: "UPDATE shop_customer SET fax = NULL WHERE legacy_id = $1",
    place: "worker/sync.ts:1",
  });
});

test.each([
  [
    "a piece of SQL",
    "shop/search.py",
    'from shop.models import Customer\n\nfound = Customer.objects.extra(where=["fax IS NOT NULL"])\n',
    /shop\/search\.py:3/,
  ],
  [
    "a piece of SQL over several lines",
    "shop/search.py",
    'from django.db.models.expressions import RawSQL\nfrom shop.models import Customer\n\nfound = Customer.objects.annotate(reachable=RawSQL("""\n    fax IS NOT NULL\n""", []))\n',
    /shop\/search\.py:5/,
  ],
  [
    "a piece of SQL after a docstring",
    "shop/search.py",
    '"""Finds customers.\n\nBy fax, in earlier times.\n"""\nfrom shop.models import Customer\n\nfound = Customer.objects.extra(where=["fax IS NOT NULL"])\n',
    /shop\/search\.py:7/,
  ],
  ["another language", "legacy/report.php", "<?php $db->query('SELECT fax FROM shop_customer');\n", /legacy\/report\.php:1/],
  [
    "another mapper",
    "worker/models.py",
    'class Customer(Base):\n    __tablename__ = "shop_customer"\n    id = Column(Integer, primary_key=True)\n    fax = Column(String)\n',
    /worker\/models\.py:4/,
  ],
  [
    "a mapper that follows conventions",
    "admin/customer.rb",
    "class ShopCustomer < ApplicationRecord\n  def reachable?\n    fax.present?\n  end\nend\n",
    /admin\/customer\.rb:3/,
  ],
  [
    "a query builder",
    "api/customers.ts",
    'export const faxes = (db) => db("shop_customer").select("id", "fax");\n',
    /api\/customers\.ts:1/,
  ],
  [
    "SQL that is put together",
    "shop/report.py",
    'def report(cursor, column):\n    cursor.execute(f"SELECT {column} FROM shop_customer")\n',
    /shop\/report\.py:2/,
  ],
])("%s that may name a column makes it unknown", async (_, path, text, place) => {
  const { shop: app } = shop();
  app.write({ "tread.releases.yaml": releases({ "v1.44": { cloud: ["2026-11-01", null] } }) });
  release(app, "v1.44", { [path]: text });
  const { item } = await deprecations(app, "--environment", "cloud");
  expect(item("shop_customer.fax").verdicts).toEqual({ cloud: "unknown" });
  expect(item("shop_customer.fax").missing["cloud"]?.join()).toMatch(place);
});

test("a piece of SQL in the file of the models counts, what declares columns and what explains does not", async () => {
  const { shop: app } = shop();
  app.write({ "tread.releases.yaml": releases({ "v1.44": { cloud: ["2026-11-01", null] } }) });
  const models = readFileSync(join(app.folder, "shop/models.py"), "utf8");
  const managed = (piece: string): string =>
    `${models}\n\nclass Found(models.Manager):\n    """Finds customers.\n\n    Not by fax any more.\n    """\n\n    def reachable(self):\n        return self.extra(where=["${piece}"])\n`;
  release(app, "v1.44", { "shop/models.py": managed("name IS NOT NULL") });
  expect((await deprecations(app, "--environment", "cloud")).verdicts("shop_customer.fax")).toEqual({ cloud: "droppable" });
  release(app, "v1.45", { "shop/models.py": managed("fax IS NOT NULL") });
  const { item } = await deprecations(app, "--environment", "cloud");
  expect(item("shop_customer.fax").verdicts).toEqual({ cloud: "unknown" });
  expect(item("shop_customer.fax").missing["cloud"]?.join()).toMatch(/look at shop\/models\.py:\d+ \(the working tree\)/);
});

test("what is safe for too long is overdue", async () => {
  const { shop: app } = shop();
  app.write({
    "tread.releases.yaml": releases({ "v1.42": { cloud: ["2025-09-01", "2025-10-20"] }, "v1.43": { cloud: ["2025-10-10", null] } }),
  });
  expect((await deprecations(app, "--environment", "cloud")).status).toBe(0);
  expect((await deprecations(app, "--environment", "cloud", "--fail-on", "overdue")).status).toBe(1);
  expect((await deprecations(app, "--environment", "cloud", "--fail-on", "overdue", "--overdue-after", "4000w")).status).toBe(0);
});

test("what a migration that waits will take away is the next step, and only where it waits", async () => {
  const { shop: app } = shop();
  release(app, "v1.44", {
    "shop/migrations/0003_report.py": migration(
      '("shop", "0002_forget")',
      '        migrations.RunSQL("CREATE VIEW fax_numbers AS SELECT id, fax FROM shop_customer", migrations.RunSQL.noop),',
    ),
    "shop/migrations/0004_no_report.py": migration(
      '("shop", "0003_report")',
      '        migrations.RunSQL("DROP VIEW fax_numbers", migrations.RunSQL.noop),',
    ),
    "tread.config.yaml":
      "sources:\n  - { type: django, root: . }\nlive:\n  - { name: v1.44, ref: v1.44 }\nenvironments:\n  cloud: { appliedThrough: shop.0004_no_report }\n  self-hosted: { appliedThrough: shop.0003_report }\n",
  });
  const { item } = await deprecations(app);
  expect(item("shop_customer.fax")).toMatchObject({
    verdicts: { cloud: "droppable", "self-hosted": "blocked" },
    missing: { cloud: [], "self-hosted": ["apply shop.0004_no_report, which takes view public.fax_numbers away"] },
  });
  expect(item("shop_customer.fax").dependents).toContain("view public.fax_numbers");
});

test("a model that only the state forgot stays blocked while a key of another table points at it", async () => {
  const { shop: app } = shop();
  const order = "    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)\n";
  release(app, "v1.44", {
    "shop/models.py": models({ legacy: false, coupon: null }).replace(order, `${order}    coupon_id = models.BigIntegerField(null=True)\n`),
    "shop/migrations/0003_coupon.py": migration(
      '("shop", "0002_forget")',
      `        migrations.AddField("order", "coupon", models.ForeignKey(to="shop.coupon", null=True, on_delete=models.SET_NULL)),
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.RemoveField(model_name="order", name="coupon"),
            migrations.AddField("order", "coupon_id", models.BigIntegerField(null=True)),
            migrations.DeleteModel("Coupon"),
        ]),`,
    ),
    "tread.config.yaml":
      "sources:\n  - { type: django, root: . }\nlive:\n  - { name: v1.43, ref: v1.43 }\n  - { name: v1.44, ref: v1.44 }\nenvironments:\n  cloud: { live: [v1.44] }\n",
  });
  const { item } = await deprecations(app);
  // The mark went with the class; v1.43 still shows it.
  expect(item("shop_coupon")).toMatchObject({ kind: "table", marked: true, since: { release: "v1.43" }, verdicts: { cloud: "blocked" } });
  expect(item("shop_coupon").missing["cloud"]?.join()).toMatch(/drop the foreign key shop_order_coupon_id_\w+ of public\.shop_order first/);
});

test("a release that is still to come and uses it holds a drop back, and one that is live elsewhere does not", async () => {
  const { shop: app } = shop();
  release(app, "v1.44", {
    "shop/models.py": models({ legacy: false, fax: "deprecate_field(models.CharField(max_length=30, null=True))" }),
  });
  release(app, "v1.45", { "worker/fax.sql": "-- name: faxes\nSELECT fax FROM shop_customer WHERE fax IS NOT NULL;\n" });
  app.git("rm", "-q", "worker/fax.sql");
  app.git("commit", "-q", "-m", "no worker");
  app.write({
    "tread.releases.yaml": releases({ "v1.44": { cloud: ["2026-10-10", null] }, "v1.45": { "self-hosted": ["2026-11-01", null] } }),
    "tread.config.yaml": "sources:\n  - { type: django, root: . }\nenvironments:\n  cloud: {}\n  self-hosted: {}\n",
  });
  const { verdicts, item } = await deprecations(app);
  expect(verdicts("shop_customer.fax")).toEqual({ cloud: "blocked", "self-hosted": "blocked" });
  expect(item("shop_customer.fax").missing["cloud"]).toEqual(["release a version after v1.45 that does without it"]);
});

test("a field of an abstract base is one per table, under the column and table that it really has", async () => {
  const app = empty();
  release(app, "v1", {
    ...settings,
    "shop/migrations/0001_initial.py": migration(
      "",
      ["Invoice", "Receipt"]
        .map(
          (name) =>
            `        migrations.CreateModel(name="${name}", fields=[("id", models.BigAutoField(primary_key=True)), ("legacy", models.IntegerField(null=True, db_column="old_no"))], options={"db_table": "book_${name.toLowerCase()}"}),`,
        )
        .join("\n"),
    ),
    "shop/base.py":
      'from django.db import models\n\n\nclass Numbered(models.Model):\n    # DEPRECATED: numbers come from the ledger\n    legacy = models.IntegerField(null=True, db_column="old_no")\n\n    class Meta:\n        abstract = True\n',
    "shop/models.py":
      'from shop.base import Numbered\n\n\nclass Invoice(Numbered):\n    class Meta:\n        db_table = "book_invoice"\n\n\nclass Receipt(Numbered):\n    class Meta:\n        db_table = "book_receipt"\n',
    "tread.config.yaml": "sources:\n  - { type: django, root: . }\nlive:\n  - { name: v1, ref: v1 }\n",
  });
  const { report, item } = await deprecations(app);
  expect(report.items.map(({ name }) => name)).toEqual(["public.book_invoice.old_no", "public.book_receipt.old_no"]);
  expect(item("book_receipt.old_no")).toMatchObject({ mark: { place: "shop/base.py:5" }, since: { release: "v1" } });
  expect(Object.values(item("book_receipt.old_no").verdicts)).toEqual(["blocked"]);
});

test("an admin page deletes, and deletes query the tables of many-to-many fields that nobody uses", async () => {
  const { shop: app } = shop();
  release(app, "v1.44", {
    "shop/admin.py": "from django.contrib import admin\nfrom shop.models import Customer\n\nadmin.site.register(Customer)\n",
  });
  app.write({ "tread.releases.yaml": releases({ "v1.44": { cloud: ["2026-11-01", null] } }) });
  const { report } = await deprecations(app, "--environment", "cloud");
  expect(report.items.find(({ name }) => name === "public.shop_customer_tags")?.verdicts["cloud"]).not.toBe("droppable");
});

test("a field that the models have lost and whose migration drops it is safe once its last reader is retired", async () => {
  const { shop: app } = shop();
  const files = {
    "shop/models.py": models({ legacy: false }).replace("    nickname = models.CharField(max_length=100, null=True)\n", ""),
    "shop/migrations/0003_drop.py": migration(
      '("shop", "0002_forget")',
      '        migrations.RemoveField(model_name="customer", name="nickname"),',
    ),
  };
  release(app, "v1.44", { "shop/models.py": files["shop/models.py"] });
  app.write(files);
  app.write({
    "tread.releases.yaml": releases({
      "v1.43": { cloud: ["2026-10-01", "2026-11-10"], eu: ["2026-10-01", null] },
      "v1.44": { cloud: ["2026-11-01", null], eu: ["2026-11-01", null] },
    }),
  });
  app.write({ "tread.config.yaml": "sources:\n  - { type: django, root: . }\nenvironments:\n  cloud: {}\n  eu: {}\n" });
  const { item } = await deprecations(app);
  expect(item("shop_customer.nickname")).toMatchObject({
    marked: true,
    verdicts: { cloud: "droppable", eu: "blocked" },
    missing: { cloud: [], eu: ["retire v1.43"] },
    safeSince: { cloud: "2026-11-10", eu: null },
    notes: ["shop.0003_drop drops it"],
  });
  expect(item("shop_customer.nickname").reasons["cloud"]).toBe("safe since v1.44 is live and v1.43 was retired on 10 November 2026");
});

test("text and markdown say the same, with the next step first", async () => {
  const { shop: app } = shop();
  app.write({ "tread.releases.yaml": releases({ "v1.42": { cloud: ["2026-09-01", null] }, "v1.43": { cloud: ["2026-10-10", null] } }) });
  const before = process.cwd();
  process.chdir(app.folder);
  try {
    for (const format of ["text", "markdown"]) {
      await main(["deprecations", "--environment", "cloud", "--format", format, "--output", `report.${format}`]);
    }
  } finally {
    process.chdir(before);
  }
  const text = readFileSync(join(app.folder, "report.text"), "utf8");
  expect(text).toMatch(/public\.shop_customer\.fax {2}column\n {2}marked in shop\/models\.py:13 \(deprecate_field/);
  expect(text).toMatch(/cloud: not yet — v1\.42 reads it[^\n]*\n {4}next: retire v1\.42/);
  expect(text).toMatch(/4 marked as deprecated/);
  expect(readFileSync(join(app.folder, "report.markdown"), "utf8")).toMatch(
    /\| `public\.shop_customer\.fax` \(column\) \| v1\.43, commit \w{12} \|/,
  );
});

test("an answer is kept for the same content only", async () => {
  const { shop: app } = shop();
  app.write({ "tread.releases.yaml": releases({ "v1.43": { cloud: ["2026-10-10", null] } }) });
  const before = process.cwd();
  const cache = process.env["TREAD_CACHE"];
  process.env["TREAD_CACHE"] = join(app.folder, "..", `${app.folder.split("/").at(-1) ?? ""}-cache`);
  process.chdir(app.folder);
  const file = join(app.folder, ".report.json");
  const run = async (): Promise<string> => {
    await main(["deprecations", "--environment", "cloud", "--format", "json", "--output", file]);
    const report = JSON.parse(readFileSync(file, "utf8")) as DeprecationsReport;
    rmSync(file);
    return report.items.map(({ name, verdicts }) => `${name} ${verdicts["cloud"] ?? ""}`).join();
  };
  try {
    const first = await run();
    expect(await run()).toBe(first);
    expect(readdirSync(join(process.env["TREAD_CACHE"] ?? "", "deprecations"))).toHaveLength(1);
    app.write({ "worker/fax.ts": 'export const fax = (db) => db.query("SELECT fax FROM shop_customer", []);\n' });
    const changed = await run();
    expect(first).toContain("public.shop_customer.fax droppable");
    expect(changed).toContain("public.shop_customer.fax blocked");
    // A tag that moves is another release, though no file has changed.
    rmSync(join(app.folder, "worker"), { recursive: true });
    app.git("tag", "-f", "v1.43", "v1.42");
    expect(await run()).toContain("public.shop_customer.fax blocked");
  } finally {
    process.chdir(before);
    rmSync(process.env["TREAD_CACHE"] ?? "", { recursive: true, force: true });
    if (cache === undefined) delete process.env["TREAD_CACHE"];
    else process.env["TREAD_CACHE"] = cache;
  }
});

test("a key that only the state forgot is named: it makes deletes fail", async () => {
  const { shop: app } = shop();
  release(app, "v1.44", {
    "shop/models.py": models({ legacy: false }).replace("    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)\n", ""),
    "shop/migrations/0003_forget_customer.py": migration(
      '("shop", "0002_forget")',
      '        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(model_name="order", name="customer")]),',
    ),
    "tread.config.yaml": "sources:\n  - { type: django, root: . }\nlive:\n  - { name: v1.44, ref: v1.44 }\nenvironments:\n  cloud: {}\n",
  });
  const { item } = await deprecations(app);
  expect(item("shop_order.customer_id").notes.join()).toMatch(/left behind.*deletes of shop_customer.*23503/);
  expect(item("shop_order.customer_id").dependents.join()).toMatch(/foreign key public\.shop_order\./);
});

const PRISMA = (user: string, more = ""): string => `
generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id       Int    @id @default(autoincrement())
  email    String @unique
${user}
}
${more}`;

const PRISMA_INIT = `
CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "email" TEXT NOT NULL, "nickname" TEXT, "avatar" TEXT);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE TABLE "AuditLog" ("id" SERIAL PRIMARY KEY, "line" TEXT NOT NULL);
`;

test("Prisma: `/// @deprecated` on fields and models", async () => {
  const app = empty();
  release(app, "v1", {
    "prisma/schema.prisma": PRISMA(
      "  nickname String?\n  avatar   String?",
      "\nmodel AuditLog {\n  id   Int    @id @default(autoincrement())\n  line String\n}\n",
    ),
    "prisma/migrations/20260101000000_init/migration.sql": PRISMA_INIT,
    "tread.config.yaml":
      "sources:\n  - { type: prisma, root: . }\nlive:\n  - { name: v1, ref: v1 }\n  - { name: v2, ref: v2 }\n  - { name: v3, ref: v3 }\nenvironments:\n  cloud: { live: [v3] }\n  self-hosted: { live: [v1, v3] }\n",
  });
  const second = release(app, "v2", {
    "prisma/schema.prisma": PRISMA(
      "  /// @deprecated use the profile\n  nickname String?\n  avatar   String? /// @deprecated",
      "\n/// @deprecated nobody reads it\nmodel AuditLog {\n  id   Int    @id @default(autoincrement())\n  line String\n}\n",
    ),
  });
  release(app, "v3", { "prisma/schema.prisma": PRISMA("  avatar   String? /// @deprecated") });
  const { item, status } = await deprecations(app);
  expect(item("User.nickname")).toMatchObject({
    marked: true,
    since: { commit: second, release: "v2" },
    verdicts: { cloud: "droppable", "self-hosted": "blocked" },
    missing: { "self-hosted": ["retire v1"] },
  });
  expect(item("User.avatar")).toMatchObject({
    since: { commit: second, release: "v2" },
    verdicts: { cloud: "blocked", "self-hosted": "blocked" },
  });
  expect(item("AuditLog")).toMatchObject({
    kind: "table",
    since: { commit: second, release: "v2" },
    verdicts: { cloud: "droppable", "self-hosted": "blocked" },
  });
  expect(status).toBe(0);
});

test("Drizzle: `/** @deprecated */` on columns and tables", async () => {
  const app = empty();
  const schema = (columns: string, more = ""): string =>
    `import { pgTable, serial, text } from "drizzle-orm/pg-core";\n\nexport const users = pgTable("users", {\n  id: serial("id").primaryKey(),\n  name: text("name"),\n${columns}});\n${more}`;
  const sessions = 'export const sessions = pgTable("sessions", { id: serial("id").primaryKey() });\n';
  release(app, "v1", {
    "drizzle.config.ts":
      'import { defineConfig } from "drizzle-kit";\n\nexport default defineConfig({ dialect: "postgresql", schema: "./src/schema.ts", out: "./drizzle" });\n',
    "drizzle/0000_init.sql":
      'CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL, "name" text, "nick" text);\n--> statement-breakpoint\nCREATE TABLE "sessions" ("id" serial PRIMARY KEY NOT NULL);\n',
    "drizzle/meta/_journal.json": JSON.stringify({
      version: "7",
      dialect: "postgresql",
      entries: [{ idx: 0, version: "7", when: 1, tag: "0000_init", breakpoints: true }],
    }),
    "src/schema.ts": schema('  nick: text("nick"),\n', sessions),
    "tread.config.yaml":
      "sources:\n  - { type: drizzle, root: . }\nlive:\n  - { name: v1, ref: v1 }\n  - { name: v2, ref: v2 }\n  - { name: v3, ref: v3 }\nenvironments:\n  cloud: { live: [v3] }\n  self-hosted: { live: [v2, v3] }\n",
  });
  const second = release(app, "v2", {
    "src/schema.ts": schema(
      '  /** @deprecated use name */\n  nick: text("nick"),\n',
      `/**\n * @deprecated kept for old cookies\n */\n${sessions}`,
    ),
  });
  release(app, "v3", { "src/schema.ts": schema("") });
  const { item } = await deprecations(app);
  expect(item("users.nick")).toMatchObject({
    marked: true,
    since: { commit: second, release: "v2" },
    verdicts: { cloud: "droppable", "self-hosted": "blocked" },
    missing: { "self-hosted": ["retire v2"] },
  });
  expect(item("sessions")).toMatchObject({ marked: true, verdicts: { cloud: "droppable", "self-hosted": "blocked" } });
});

const TABLES = `
CREATE TABLE account (
  id bigint PRIMARY KEY,
  email text NOT NULL,
  -- DEPRECATED: use display_name
  nickname text,
  display_name text,
  theme text, -- deprecated, see settings
  plan text
);

-- DEPRECATED: moved to the event store
CREATE TABLE audit_entry (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id));
CREATE TABLE invoice (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account (id), note text);
COMMENT ON COLUMN invoice.note IS 'DEPRECATED since the redesign';
COMMENT ON COLUMN account.plan IS 'Deprecated';
`;

function service(): Project {
  const app = empty();
  const code = (account: string): string =>
    `import { db } from "./db";\n\nexport const account = (id) => db.query(${JSON.stringify(account)}, [id]);\nexport const invoices = () => db.query("SELECT id, account_id FROM invoice");\n`;
  release(app, "v1", {
    "migrations/0001_tables.sql": TABLES,
    "src/account.ts": code("SELECT id, email, nickname, display_name, theme, plan FROM account WHERE id = $1"),
    "tread.config.yaml":
      "sources:\n  - { type: sql-dir, path: migrations }\nlive:\n  - { name: v1, ref: v1 }\n  - { name: v2, ref: v2 }\n  - { name: v3, ref: v3 }\nenvironments:\n  cloud: { live: [v3] }\n  self-hosted: { live: [v1, v3] }\n",
  });
  release(app, "v2", { "migrations/0002_plan.sql": "COMMENT ON COLUMN account.plan IS NULL;\n" });
  release(app, "v3", { "src/account.ts": code("SELECT id, email, display_name, plan FROM account WHERE id = $1") });
  return app;
}

test("SQL: comments beside definitions, comments that the database keeps, and those that were taken back", async () => {
  const { item, report, unused, verdicts } = await deprecations(service());
  const marked = report.items.filter((one) => one.marked).map(({ name }) => name.replace("public.", ""));
  expect(marked.sort()).toEqual(["account.nickname", "account.theme", "audit_entry", "invoice.note"]);
  expect(verdicts("account.nickname")).toEqual({ cloud: "droppable", "self-hosted": "blocked" });
  expect(item("account.nickname").mark).toMatchObject({ by: "comment", place: "migrations/0001_tables.sql:5" });
  expect(item("account.nickname").uses).toContainEqual(expect.objectContaining({ version: "v1", kind: "read", place: "src/account.ts:3" }));
  expect(verdicts("invoice.note")).toEqual({ cloud: "droppable", "self-hosted": "droppable" });
  expect(item("audit_entry")).toMatchObject({ kind: "table", since: { release: "v1" }, verdicts: { cloud: "droppable" } });
  expect(unused).toEqual([]);
});

test.each([
  ["a view", "CREATE VIEW names AS SELECT id, nickname FROM account;", "view public.names", /drop view public\.names/],
  [
    "a materialized view",
    "CREATE MATERIALIZED VIEW names AS SELECT * FROM account;",
    "materialized view public.names",
    /drop materialized view/,
  ],
  [
    "a generated column",
    "ALTER TABLE account ADD COLUMN shown text GENERATED ALWAYS AS (upper(nickname)) STORED;",
    "generated column public.account.shown",
    /computed from nickname/,
  ],
  [
    "a foreign key",
    "CREATE UNIQUE INDEX account_nickname ON account (nickname); CREATE TABLE alias (nickname text REFERENCES account (nickname));",
    "foreign key public.alias.alias_nickname_fkey",
    /drop the foreign key alias_nickname_fkey of public\.alias/,
  ],
  [
    "a trigger's function",
    "CREATE FUNCTION fold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.nickname := lower(NEW.nickname); RETURN NEW; END $$; CREATE TRIGGER fold BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION fold();",
    "trigger public.account.fold",
    /replace the function public\.fold/,
  ],
  [
    "a function",
    "CREATE FUNCTION nicknames() RETURNS SETOF text LANGUAGE sql AS $$ SELECT nickname FROM account $$;",
    "function public.nicknames",
    /replace or drop the function public\.nicknames/,
  ],
  ["a publication", "CREATE PUBLICATION feed FOR TABLE account;", "publication feed", /take public\.account out of the publication feed/],
  ["a policy", "CREATE POLICY own ON account USING (nickname = current_user);", "policy public.account.own", /policy own/],
])("%s on a column is in the way of its drop", async (_, sql, dependent, step) => {
  const app = service();
  app.write({ "migrations/0003_more.sql": sql });
  app.git("add", "-A");
  app.git("commit", "-q", "-m", "more");
  app.git("tag", "-f", "v3");
  const { item } = await deprecations(app, "--environment", "cloud");
  expect(item("account.nickname").dependents).toContain(dependent);
  expect(item("account.nickname").verdicts).toEqual({ cloud: "blocked" });
  expect(item("account.nickname").missing["cloud"]?.join()).toMatch(step);
});

test("a function that builds its SQL may use anything", async () => {
  const app = service();
  app.write({
    "migrations/0003_more.sql":
      "CREATE FUNCTION wipe(col text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('UPDATE account SET %I = NULL', col); END $$;",
  });
  app.git("add", "-A");
  app.git("commit", "-q", "-m", "more");
  app.git("tag", "-f", "v3");
  expect((await deprecations(app, "--environment", "cloud")).verdicts("account.nickname")).toEqual({ cloud: "unknown" });
});

test("an index goes along, and what it costs is told from the profile", async () => {
  const app = service();
  app.write({
    "migrations/0003_more.sql": "CREATE INDEX account_nickname ON account (nickname);",
    "scale.json": JSON.stringify({
      format: "tread.scale/1",
      collectedAt: "2026-11-21T08:00:00Z",
      server: { engine: "postgres", version: "17.4" },
      tables: [
        { table: "public.account", rows: 2_000_000, bytes: 900_000_000, columns: [{ column: "nickname", averageBytes: 12 }] },
        { table: "public.audit_entry", rows: 10, bytes: 8192, indexBytes: 16_384 },
      ],
    }),
    "tread.config.yaml":
      "sources:\n  - { type: sql-dir, path: migrations }\nlive:\n  - { name: v3, ref: v3 }\nenvironments:\n  cloud: { scale: scale.json }\n",
  });
  app.git("add", "-A");
  app.git("commit", "-q", "-m", "more");
  app.git("tag", "-f", "v3");
  const { item } = await deprecations(app);
  expect(item("account.nickname")).toMatchObject({
    dependents: ["index public.account_nickname"],
    bytes: 24_000_000,
    verdicts: { cloud: "droppable" },
  });
  expect(item("account.nickname").bytesFrom).toMatch(/12 bytes × 2,000,000 rows \(scale profile of 21 November 2026, cloud\)/);
  expect(item("audit_entry").bytes).toBe(24_576);
});

test("without git the marks are still found; since when is not told, and refs that nobody can read make nothing safe", async () => {
  const app = project({
    "migrations/0001_tables.sql": TABLES,
    "tread.config.yaml": "sources:\n  - { type: sql-dir, path: migrations }\nlive:\n  - { name: v1, ref: v1 }\n",
  });
  const { item, report, status } = await deprecations(app);
  expect(item("account.nickname").since).toEqual({ commit: null, release: null });
  expect(Object.values(item("account.nickname").verdicts)).toEqual(["unknown"]);
  expect(report.problems.some(({ code, fatal }) => code === "no-repository" && fatal)).toBe(true);
  expect(status).toBe(3);
});

test("models that do not parse hide nothing: the columns of the migrations count as used", async () => {
  const { shop: app } = shop();
  release(app, "v1.44", { "shop/models.py": models({ legacy: false }).replace("class Order(", "class Order((") });
  app.write({ "tread.releases.yaml": releases({ "v1.44": { cloud: ["2026-11-01", null] } }) });
  const { report } = await deprecations(app, "--environment", "cloud");
  for (const item of report.items.filter(({ kind }) => kind === "column")) {
    if (item.name.endsWith("legacy_id")) continue;
    expect([item.name, item.verdicts["cloud"]]).not.toEqual([item.name, "droppable"]);
  }
});

test("ClickHouse: comments beside columns and those that the server keeps, against the queries that are known", async () => {
  const app = empty();
  release(app, "v1", {
    "clickhouse/0001_events.sql": `CREATE TABLE web.events (
  at DateTime,
  team_id UInt64,
  url String,
  -- DEPRECATED: see url
  path String,
  referrer String COMMENT 'deprecated: nobody asks',
  browser String COMMENT 'DEPRECATED, use agent',
  spare String
) ENGINE = MergeTree ORDER BY (team_id, at);
`,
    "clickhouse/0002_visits.sql":
      "CREATE TABLE web.visits (team_id UInt64, browser String) ENGINE = MergeTree ORDER BY team_id;\nCREATE MATERIALIZED VIEW web.visits_mv TO web.visits AS SELECT team_id, browser FROM web.events;\n",
    "queries/api.sql":
      "SELECT at, url FROM web.events WHERE team_id = 7;\nSELECT team_id, path FROM web.events;\nSELECT browser, count() FROM web.visits GROUP BY browser;\nINSERT INTO web.events (at, team_id, url) VALUES (now(), 1, '/');\n",
    "queries/new.sql":
      "SELECT at, url FROM web.events WHERE team_id = 7;\nINSERT INTO web.events (at, team_id, url) VALUES (now(), 1, '/');\nSELECT browser FROM web.visits;\n",
    "tread.config.yaml":
      "sources:\n  - { type: sql-dir, path: clickhouse, database: clickhouse }\nlive:\n  - { name: api, sql: queries/api.sql, database: clickhouse }\n  - { name: next-api, sql: queries/new.sql, database: clickhouse }\nenvironments:\n  eu: { live: [next-api], appliedThrough: 0002_visits }\n  us: { live: [api, next-api], appliedThrough: 0002_visits }\n",
  });
  const { report, status } = await deprecations(app);
  const of = (name: string): DeprecationItem | undefined => report.items.find((one) => one.name === `web.events.${name}`);
  expect(report.items.every(({ database }) => database === "clickhouse")).toBe(true);
  expect(of("path")).toMatchObject({ marked: true, mark: { by: "comment" }, verdicts: { eu: "droppable", us: "blocked" } });
  expect(of("path")?.missing["us"]).toEqual(["take it out of api (queries/api.sql:2)"]);
  expect(of("referrer")).toMatchObject({
    marked: true,
    mark: { by: "COMMENT", place: "clickhouse/0001_events.sql:1" },
    verdicts: { eu: "droppable", us: "droppable" },
  });
  // The materialized view reads it for every row that is written.
  expect(of("browser")).toMatchObject({
    marked: true,
    dependents: ["materialized view web.visits_mv"],
    verdicts: { eu: "blocked", us: "blocked" },
  });
  expect(status).toBe(0);
});

test("ClickHouse: what only a retired release asked is safe, what a supported one asks is not, and files of queries are nobody else's", async () => {
  const app = empty();
  const asks = "SELECT id, at, name FROM events;\nINSERT INTO events (id, at, name) VALUES (1, now(), 'x');\n";
  const gone = ["country", "os", "cpu", "page", "lang", "zone", "ip", "score", "region", "spare"];
  const files = {
    "clickhouse/0001_events.sql": `CREATE TABLE events (id UInt64, at DateTime, name String, ${gone.map((column) => `${column} String COMMENT 'DEPRECATED'`).join(", ")},
  short String ALIAS left(zone, 3), INDEX pages page TYPE set(10) GRANULARITY 1, PROJECTION by_lang (SELECT lang, count() GROUP BY lang)
) ENGINE = MergeTree ORDER BY id;
CREATE DICTIONARY scores (id UInt64, score String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'events' DB 'default')) LIFETIME(300) LAYOUT(FLAT());
`,
    "queries/v1.sql": `${asks}SELECT country, os FROM events;\n`,
    "queries/v2.sql": `${asks}SELECT os FROM events;\n`,
    "queries/v3.sql": `${asks}SELECT id FROM events PREWHERE cpu = 'arm' LIMIT 1 BY region;\n`,
    "tread.config.yaml": `sources: [{ type: sql-dir, path: clickhouse, database: clickhouse }]
live:
${["v1", "v2", "v3"].map((name) => `  - { name: ${name}.0.0, sql: queries/${name}.sql, database: clickhouse }\n`).join("")}environments:
  cloud: { assume: small }
  self-hosted: { assume: small, supports: ">=2" }
`,
  };
  release(app, "v1.0.0", files);
  release(app, "v2.0.0", {});
  release(app, "v3.0.0", { "app/jobs.py": 'def addresses(client):\n    return client.query("SELECT ip FROM events")\n' });
  app.write({
    "tread.releases.yaml": releases({
      "v1.0.0": { cloud: ["2026-09-01", "2026-10-01"] },
      "v2.0.0": { cloud: ["2026-10-01", "2026-10-20"] },
      "v3.0.0": { cloud: ["2026-10-10", null] },
    }),
  });
  const { report } = await deprecations(app);
  const verdicts = Object.fromEntries(
    gone.map((column) => {
      const found = report.items.find(({ name }) => name === `default.events.${column}`)?.verdicts;
      return [column, `${found?.["cloud"] ?? ""}, ${found?.["self-hosted"] ?? ""}`];
    }),
  );
  expect(verdicts).toEqual({
    spare: "droppable, droppable",
    country: "droppable, droppable",
    os: "droppable, blocked",
    cpu: "blocked, blocked",
    region: "blocked, blocked",
    page: "blocked, blocked",
    lang: "blocked, blocked",
    zone: "blocked, blocked",
    score: "blocked, blocked",
    ip: "unknown, unknown",
  });
});

test("ClickHouse: an unused column behind a materialized view that does without it is listed, and what rows are sorted by is not", async () => {
  const app = project({
    "clickhouse/0001_hits.sql": `CREATE TABLE hits (site UInt32, at DateTime, url String, referer String, agent String) ENGINE = MergeTree ORDER BY (site, at);
CREATE TABLE per_site (site UInt32, n UInt64, spare String) ENGINE = MergeTree ORDER BY site;
CREATE MATERIALIZED VIEW per_site_mv TO per_site AS SELECT site, count() AS n FROM hits WHERE agent != '' GROUP BY site;
`,
    "queries/api.sql": "SELECT n FROM per_site WHERE site = 1;\nSELECT url FROM hits;\n",
    "tread.config.yaml": `sources: [{ type: sql-dir, path: clickhouse, database: clickhouse }]
live: [{ name: api, sql: queries/api.sql, database: clickhouse }]
environments: { cloud: { assume: small, appliedThrough: 0001_hits } }
`,
  });
  const { report } = await deprecations(app);
  expect(report.items.map(({ name, verdicts }) => `${name} ${verdicts["cloud"] ?? ""}`)).toEqual([
    "default.hits.referer droppable",
    "default.per_site.spare droppable",
  ]);
});

test("the example of docs/formats.md is one", () => {
  const page = readFileSync(join(import.meta.dirname, "../docs/formats.md"), "utf8");
  const example = /## Deprecations[\s\S]*?```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  expect(fits(JSON.parse(example)) ? null : fits.errors).toBeNull();
});

test("what hangs on a column of a SQL project, and what Postgres would take along without a word, stands in its way", async () => {
  const app = empty();
  const columns = "plain paired led ahead policy rule whole".split(" ");
  release(app, "v1", {
    "tread.config.yaml": "sources: [{ type: sql-dir, path: migrations }]\nenvironments: { cloud: {} }\n",
    "migrations/0001_person.sql": `CREATE TABLE person (id bigint PRIMARY KEY, name text, ${columns.map((name) => `${name} text`).join(", ")});
CREATE TABLE note (id bigint PRIMARY KEY);
${columns.map((name) => `COMMENT ON COLUMN person.${name} IS 'DEPRECATED';`).join("\n")}
ALTER TABLE person ADD CONSTRAINT one_each UNIQUE (name, paired);
CREATE INDEX by_rule ON person (rule, led);
CREATE INDEX by_only ON person (ahead, name);
CREATE POLICY readers ON note USING (EXISTS (SELECT 1 FROM person WHERE person.policy IS NULL));
CREATE RULE tidy AS ON DELETE TO note DO ALSO UPDATE person SET rule = NULL;
CREATE FUNCTION label(p person) RETURNS text LANGUAGE sql AS $$ SELECT p.whole $$;
`,
    "api/main.go": 'package main\n\nfunc names() { db.Query("SELECT id, name FROM person") }\n',
  });
  app.write({ "tread.releases.yaml": releases({ v1: { cloud: ["2026-09-01", null] } }) });
  const { item } = await deprecations(app);
  const found = columns.map((name) => [
    name,
    item(`person.${name}`).verdicts["cloud"],
    item(`person.${name}`).missing["cloud"]?.join() ?? "",
  ]);
  expect(found).toEqual([
    ["plain", "droppable", ""],
    ["paired", "blocked", expect.stringMatching(/unique public\.person\.one_each first: .* nothing keeps name unique/)],
    ["led", "blocked", expect.stringMatching(/^make an index on rule of public\.person first/)],
    ["ahead", "droppable", ""],
    ["policy", "unknown", expect.stringMatching(/^look at the policy readers of public\.note/)],
    ["rule", "unknown", expect.stringMatching(/^look at the rule tidy of public\.note/)],
    ["whole", "blocked", expect.stringMatching(/function public\.label first/)],
  ]);
});
