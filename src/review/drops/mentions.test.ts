import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { wholeSpan } from "../../text/span.ts";
import { mentionsOf } from "./mentions.ts";

const base = mkdtempSync(join(tmpdir(), "tread-mentions-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const person = { table: "public.shop_person", column: "legacy_code" };
const models = {
  "shop/models.py":
    "class Person(models.Model):\n    name = models.TextField()\n\n\nclass Order(models.Model):\n    legacy_code = models.TextField()\n",
};

let folders = 0;
/** What the code of a release beside its models says of `shop_person.legacy_code`, or of the table. */
function mentions(
  files: Readonly<Record<string, string>>,
  thing: typeof person | { table: string; column: null } = person,
): readonly string[] {
  const folder = join(base, String(++folders));
  for (const [path, text] of Object.entries({ ...models, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const config = { root: folder, sources: [], workload: [], live: [{ name: "v1.43", kind: "app", path: "." }] };
  const declared = (table: string, column: string | null, line: number) => ({
    kind: column === null ? ("table" as const) : ("column" as const),
    table,
    column,
    owner: "Order",
    field: column,
    path: "shop/models.py",
    span: { file: "shop/models.py", line, column: 1, endLine: line, endColumn: 40 },
    mark: null,
  });
  const declares = [declared("public.shop_person", null, 1), declared("public.shop_order", "legacy_code", 6)];
  const sql = 'c.execute("SELECT legacy_code FROM shop_order")';
  const queries = [
    {
      sql,
      verb: "select" as const,
      origin: "read.py:1",
      span: wholeSpan("read.py", sql),
      params: [],
      use: "certain" as const,
      usedAt: null,
      callsPerSecond: null,
    },
  ];
  return mentionsOf({ cwd: folder, config, live: [] }, [thing])(thing, [{ name: "v1.43", declares, queries }]);
}

test.each([
  ["a list of a dashboard", "dashboards/people.json", '{\n  "table": "shop_person",\n  "columns": [\n    "legacy_code"\n  ]\n}\n', 4],
  ["a connector", "connect/people.json", '{ "include": "public.shop_person.legacy_code" }\n', 1],
  ["grants", "infra/grants.tf", 'objects = ["shop_person"]\ncolumns = ["legacy_code"]\n', 2],
  [
    "a schema of Prisma in another package",
    "web/schema.prisma",
    'model Person {\n  legacyCode String? @map("legacy_code")\n  @@map("shop_person")\n}\n',
    2,
  ],
  [
    "a lookup that writes its own SQL",
    "shop/lookups.py",
    'class Old(models.Lookup):\n    def as_sql(self, compiler, connection):\n        return "legacy_code IS NULL", []\n',
    3,
  ],
  ["the template of a function", "shop/functions.py", 'class Old(Func):\n    template = "legacy_code"\n', 2],
  ["a field added from outside of the class", "shop/apps.py", 'Person.add_to_class("legacy_code", models.TextField())\n', 1],
  [
    "a class whose table is computed",
    "old/models.py",
    "class OldPerson(models.Model):\n    legacy_code = models.TextField()\n    class Meta:\n        managed = False\n        db_table = Person._meta.db_table\n",
    2,
  ],
  [
    "a second class for the same table",
    "shop/models.py",
    `${models["shop/models.py"]}\n\nclass OldPerson(models.Model):\n    code = models.TextField(db_column="legacy_code")\n    class Meta:\n        managed = False\n        db_table = "shop_person"\n`,
    10,
  ],
  ["both names in one string", "web/orders.ts", 'supabase.from("shop_order").select("id, shop_person(legacy_code)");\n', 1],
  ["Ruby's symbols", "admin/people.rb", "DB[:shop_person].select(:legacy_code)\n", 1],
  ["a piece of a template that is SQL", "web/people.ts", "db.select({ code: sql`legacy_code` }).from(person);\n", 1],
])("%s may use the column", (_, path, text, line) => {
  expect(mentions({ [path]: text })[0]).toMatch(new RegExp(`^look at ${path}:${line} \\(v1\\.43\\): `));
});

test("a table whose name is in one file and the column in another may be asked for it", () => {
  expect(
    mentions({ "web/tables.ts": 'export const PEOPLE = "shop_person";\n', "web/people.ts": 'knex(PEOPLE).select("legacy_code");\n' })[0],
  ).toMatch(/^look at web\/people\.ts:1 .* web\/tables\.ts:1 gives the table shop_person/);
});

test.each([
  ["the column of another table, in SQL that was read", "read.py", 'c.execute("SELECT legacy_code FROM shop_order")\n'],
  [
    "what the ORM looks up beside other SQL",
    "shop/rows.py",
    'def rows(c):\n    c.execute("SELECT 1")\n    return Order.objects.filter(F("legacy_code")).values("id", "legacy_code")\n',
  ],
  ["the field of another model", "shop/admin.py", 'list_display = ["legacy_code"]\n'],
  ["the schema of an interface", "openapi.yaml", "properties:\n  legacy_code: { type: string }\n"],
  ["a form", "shop/forms.py", "class F(forms.Form):\n    legacy_code = forms.CharField()\n"],
  [
    "a profile of the scale",
    "scale/cloud.json",
    '{ "format": "tread.scale/1", "table": "public.shop_person",\n "column": "legacy_code" }\n',
  ],
  [
    "a report that was written into the tree",
    "report.json",
    '{ "format": "tread.deprecations/1",\n "name": "public.shop_person.legacy_code" }\n',
  ],
])("%s does not", (_, path, text) => {
  expect(mentions({ [path]: text })).toEqual([]);
});

test("a class in the file of the models may stand for a table that no model has any more", () => {
  const text = `${models["shop/models.py"]}\n\nclass OldNote(models.Model):\n    class Meta:\n        managed = False\n        db_table = "shop_note"\n`;
  expect(mentions({ "shop/models.py": text }, { table: "public.shop_note", column: null })[0]).toMatch(/^look at shop\/models\.py:12 /);
});
