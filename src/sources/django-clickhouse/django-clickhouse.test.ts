import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Migration, Step } from "../../model/migration.ts";
import { diskFiles } from "../files/disk.ts";
import { detectSources, readSource } from "../index.ts";

const SHOP = join(import.meta.dirname, "fixtures/shop");
const FOLDER = "shop/clickhouse/migrations";

const made: string[] = [];
function project(files: Record<string, string>): string {
  const base = mkdtempSync(join(tmpdir(), "tread-django-clickhouse-"));
  made.push(base);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), content);
  }
  return base;
}
afterEach(() => {
  for (const base of made.splice(0)) rmSync(base, { recursive: true, force: true });
});

const read = (base: string, root: string, options: Record<string, unknown> = {}) =>
  readSource(diskFiles(base, base), { type: "django-clickhouse", root, database: "clickhouse", options });
/** One migration in a package of its own. */
const readOne = async (body: string, options: Record<string, unknown> = {}, more: Record<string, string> = {}) => {
  const base = project({ "events/__init__.py": "", "events/migrations/__init__.py": "", "events/migrations/0001_x.py": body, ...more });
  const { migrations, problems } = await read(base, "events/migrations", options);
  return { steps: migrations[0]?.steps ?? [], problems, migration: migrations[0] };
};
const written = (steps: readonly Step[] | undefined) =>
  steps?.map((step) =>
    step.kind === "sql" ? step.sql.replaceAll(/\s+/g, " ").trim() : step.kind === "opaque" ? `OPAQUE ${step.reason}` : step.kind,
  );

describe("a project whose migrations call a function with SQL", () => {
  test("is recognised beside its Django apps, and its folder is not taken for one of them", () => {
    expect(detectSources(diskFiles(SHOP, SHOP)).map(({ type, root, database }) => [type, root, database])).toEqual([
      ["django-clickhouse", FOLDER, "clickhouse"],
    ]);
  });

  test("from the root of the project only what is for ClickHouse is read", async () => {
    const base = project({
      "manage.py": "",
      "shop/orders/migrations/0001_initial.py":
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = []\n",
      "shop/clickhouse/migrations/0001_hits.py": 'from x import run_sql\n\noperations = [run_sql("DROP TABLE hits")]\n',
    });
    const { migrations, problems } = await read(base, ".");
    expect([migrations.map(({ path }) => path), problems]).toEqual([["shop/clickhouse/migrations/0001_hits.py"], []]);
  });

  test("runs by number, without transactions", async () => {
    const { migrations } = await read(SHOP, FOLDER);
    expect(migrations.map(({ id, source, database, transaction }: Migration) => [id, source, database, transaction])).toEqual([
      ["0001_hits", "django-clickhouse", "clickhouse", "none"],
      ["0002_kafka", "django-clickhouse", "clickhouse", "none"],
      ["0003_browser", "django-clickhouse", "clickhouse", "none"],
      ["0010_clean", "django-clickhouse", "clickhouse", "none"],
    ]);
  });

  test("SQL is put together from other modules: format, engine objects with __str__, settings, defaults of the environment", async () => {
    const { migrations, problems } = await read(SHOP, FOLDER);
    expect(written(migrations[0]?.steps)).toEqual([
      "CREATE TABLE IF NOT EXISTS sharded_hits ( tenant_id UInt32, at DateTime64(6, 'UTC'), url VARCHAR , version UInt64 ) ENGINE = ReplicatedReplacingMergeTree('/tables/{shard}/hits', '{replica}', at) PARTITION BY toYYYYMM(at) ORDER BY (tenant_id, toDate(at))",
      "CREATE TABLE IF NOT EXISTS hits ( tenant_id UInt32, at DateTime64(6, 'UTC'), url VARCHAR ) ENGINE = Distributed('shop_main', 'shop', 'sharded_hits', rand())",
    ]);
    expect(problems).toMatchObject([
      { code: "assumed-setting", message: expect.stringContaining("CLICKHOUSE_CLUSTER, CLICKHOUSE_DATABASE") },
    ]);
  });

  test("a constant of the configuration stands for the setting", async () => {
    const { migrations } = await read(SHOP, FOLDER, { constants: { CLICKHOUSE_CLUSTER: "cloud", KAFKA_HOSTS: "kafka:9092" } });
    expect(written(migrations[0]?.steps)?.[1]).toContain("Distributed('cloud', 'shop', 'sharded_hits', rand())");
    expect(written(migrations[1]?.steps)).toEqual([
      "CREATE TABLE kafka_hits (url String) ENGINE = Kafka('kafka:9092', 'hits', 'g', 'JSONEachRow')",
    ]);
  });

  test("what only the environment knows is opaque, with the reason and the place of the reason", async () => {
    const { migrations } = await read(SHOP, FOLDER);
    const [step] = migrations[1]?.steps ?? [];
    expect(step).toMatchObject({ kind: "opaque", span: { file: `${FOLDER}/0002_kafka.py`, line: 4 } });
    // What the table is, is certain all the same: later migrations are judged on it.
    expect(step?.kind === "opaque" && step.assumed).toEqual([
      "CREATE TABLE kafka_hits (url String) ENGINE = Kafka('__not_known__', 'hits', 'g', 'JSONEachRow')",
    ]);
    expect(written(migrations[1]?.steps)?.[0]).toMatch(/KAFKA_HOSTS.* \(shop\/settings\/data_stores\.py:8\)/);
  });

  test("a helper that returns a list of operations is followed, and its flags are kept", async () => {
    const { migrations } = await read(SHOP, FOLDER);
    const steps = migrations[2]?.steps ?? [];
    expect(written(steps)).toEqual([
      "ALTER TABLE sharded_hits ADD COLUMN IF NOT EXISTS browser LowCardinality(String)",
      "ALTER TABLE hits ADD COLUMN IF NOT EXISTS browser LowCardinality(String)",
      "ALTER TABLE hits MODIFY COMMENT 'one row per hit'",
    ]);
    expect(steps.map((step) => (step.kind === "sql" ? step.call?.arguments : null))).toEqual([
      { sharded: true, is_alter_on_replicated_table: true },
      { sharded: false, is_alter_on_replicated_table: true },
      { node_roles: ["DATA", "ALL"] },
    ]);
    expect(steps[2]).toMatchObject({
      verbatim: true,
      span: { line: 15, column: 30, endColumn: 79 },
      suppressions: [{ rule: "opaque-code", reason: "checked by hand" }],
    });
  });

  test("RunPython is read where its function only sends statements; anything else says why not", async () => {
    const { migrations } = await read(SHOP, FOLDER);
    expect(written(migrations[3]?.steps)).toEqual([
      "DROP TABLE IF EXISTS old_hits SYNC",
      "DROP TABLE IF EXISTS older_hits SYNC",
      "OPAQUE RunPython runs `copy_rows`, which does more than send statements one after the other",
      "OPTIMIZE TABLE hits FINAL",
      "OPAQUE `run_sql_on_shard_1` is not defined in this file in a way that can be read statically",
    ]);
  });
});

describe("a single file", () => {
  test("a function of one's own is named in the configuration", async () => {
    const body = 'from events.tools import on_every_shard\n\noperations = [on_every_shard("DROP TABLE hits", shards=2)]\n';
    expect(written((await readOne(body)).steps)?.[0]).toContain("OPAQUE `on_every_shard` is not known to take SQL");
    const { steps } = await readOne(body, { functions: ["on_every_shard"] });
    expect(steps).toMatchObject([{ kind: "sql", sql: "DROP TABLE hits", call: { function: "on_every_shard", arguments: { shards: 2 } } }]);
  });

  test("operations may be a tuple, be added to, depend on a setting, and stand in a Migration class", async () => {
    const added = await readOne(
      'from x import run_sql\noperations = (run_sql("A"),)\noperations += (run_sql("B"),)\noperations += [run_sql("C")] if DEBUG else []\n',
      {},
      { "events/migrations/0000_helpers.txt": "" },
    );
    expect(written(added.steps)).toEqual(["A", "B", "OPAQUE a condition that only running code can decide: `DEBUG`"]);
    const conditional = await readOne(
      'from django.conf import settings\nfrom x import run_sql\nCLOUD = "EU"\noperations = [] if CLOUD == "US" else [run_sql(f"""SELECT {1 + 1}""")]\n',
    );
    expect(written(conditional.steps)).toEqual(["SELECT 2"]);
    const django = await readOne(
      'from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.RunSQL(["DROP TABLE a", "DROP TABLE b"], reverse_sql=migrations.RunSQL.noop),\n    ]\n',
    );
    expect(written(django.steps)).toEqual(["DROP TABLE a", "DROP TABLE b"]);
    expect(django.migration?.down).toBe("present");
  });

  test("functions with loops, elif and keyword defaults are followed", async () => {
    const { steps } = await readOne(
      [
        "from x import run_sql",
        "def columns(names, *, kind='String', **options):",
        "    parts = []",
        "    for name, default in names:",
        "        if default is None:",
        "            parts.append(f'`{name}` {kind}')",
        "        elif default == '':",
        "            parts.append(f'`{name}` Nullable({kind})')",
        "        else:",
        "            parts.append(f\"`{name}` {kind} DEFAULT '{default}'\")",
        "    return ', ADD COLUMN '.join(parts)",
        "operations = [run_sql('ALTER TABLE hits ADD COLUMN ' + columns([('a', None), ('b', ''), ('c', 'x')], kind='FixedString(2)'))]",
      ].join("\n"),
    );
    expect(written(steps)).toEqual([
      "ALTER TABLE hits ADD COLUMN `a` FixedString(2), ADD COLUMN `b` Nullable(FixedString(2)), ADD COLUMN `c` FixedString(2) DEFAULT 'x'",
    ]);
  });

  test.each([
    ["a file that is no Python ends the run with its place", "operations = [run_sql('A'\n", "syntax"],
    ["a file without operations is named", "SQL = 'DROP TABLE hits'\n", "no-operations"],
  ])("%s", async (_what, body, code) => {
    const { problems } = await readOne(body);
    expect(problems).toMatchObject([{ code, fatal: true, span: { file: "events/migrations/0001_x.py" } }]);
  });

  test("lambdas of a module, imports inside of functions and loops over settings are followed", async () => {
    const { steps } = await readOne(
      [
        "from events.sql import HITS_SQL, each",
        "from events.tools import run_sql",
        "operations = [run_sql(HITS_SQL()), run_sql(HITS_SQL(name='visits')), *each()]",
      ].join("\n"),
      {},
      {
        "events/sql.py": [
          "from events.tools import run_sql",
          "BASE = 'CREATE TABLE {name} (a UInt8) ENGINE = {engine}'",
          "HITS_SQL = lambda name='hits': (BASE + ' ORDER BY a').format(name=name, engine='MergeTree')",
          "def each():",
          "    from events.tables import TABLES",
          "    assert len(TABLES) > 1",
          "    operations = []",
          "    for table in TABLES:",
          "        operations.append(run_sql(f'DROP TABLE {table}'))",
          "    return operations",
        ].join("\n"),
        "events/tables.py": "TABLES = ('old', 'older')\n",
      },
    );
    expect(written(steps)).toEqual([
      "CREATE TABLE hits (a UInt8) ENGINE = MergeTree ORDER BY a",
      "CREATE TABLE visits (a UInt8) ENGINE = MergeTree ORDER BY a",
      "DROP TABLE old",
      "DROP TABLE older",
    ]);
  });

  test("nothing is assumed of a statement whose table cannot be told", async () => {
    const { steps } = await readOne(
      "import os\nfrom x import run_sql\noperations = [run_sql(f\"CREATE TABLE {os.environ['T']} (a UInt8) ENGINE = Log\")]\n",
    );
    expect(steps).toMatchObject([{ kind: "opaque" }]);
    expect(steps[0]).not.toHaveProperty("assumed");
  });

  test("two files of one number are named", async () => {
    const { problems } = await readOne("operations = []\n", {}, { "events/migrations/0001_y.py": "operations = []\n" });
    expect(problems).toMatchObject([{ code: "duplicate-number", fatal: false }]);
  });
});
