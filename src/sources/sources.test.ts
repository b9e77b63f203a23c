import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { diskFiles } from "./files/disk.ts";
import { detectSources, readSource, sources } from "./index.ts";
import type { Source } from "./index.ts";

const made: string[] = [];
function project(files: Record<string, string>) {
  const base = mkdtempSync(join(tmpdir(), "tread-sources-"));
  made.push(base);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), content);
  }
  return diskFiles(base, base);
}
afterEach(() => {
  for (const base of made.splice(0)) rmSync(base, { recursive: true, force: true });
});
const detected = (files: Record<string, string>) => detectSources(project(files)).map(({ type, root, database }) => [type, root, database]);

test("every folder that exports a source is registered, and loads", async () => {
  const types: string[] = [];
  for (const folder of readdirSync(import.meta.dirname, { withFileTypes: true })) {
    const index = join(import.meta.dirname, folder.name, "index.ts");
    if (!folder.isDirectory() || !existsSync(index)) continue;
    const exported = Object.entries((await import(index)) as Record<string, unknown>).filter(([name]) => name.endsWith("Source"));
    types.push(...exported.map(([, source]) => (source as Source).type));
  }
  expect(sources.map(({ type }) => type).sort()).toEqual(types.sort());
  for (const entry of sources) expect((await entry.load()).type).toBe(entry.type);
});

describe("a project is recognised", () => {
  test("by a bare folder of SQL files", () => {
    expect(detected({ "0001_bikes.sql": "SELECT 1;", "0002_rentals.sql": "SELECT 2;" })).toEqual([["sql-dir", ".", "postgres"]]);
  });

  test("by SQL files without numbers, where there is nothing else", () => {
    expect(detected({ "add_hub.sql": "ALTER TABLE bike ADD COLUMN hub text;" })).toEqual([["sql-dir", ".", "postgres"]]);
  });

  test("by a folder of migrations somewhere in it, and not by queries or tests", () => {
    expect(
      detected({
        "services/rental/db/migrations/000001_bikes.up.sql": "SELECT 1;",
        "services/rental/queries/rentals.sql": "SELECT 1;",
        "services/rental/testdata/001_rows.sql": "SELECT 1;",
        "clickhouse/migrations/001_events.sql": "SELECT 1;",
      }),
    ).toEqual([
      ["sql-dir", "clickhouse/migrations", "clickhouse"],
      ["sql-dir", "services/rental/db/migrations", "postgres"],
    ]);
  });

  test("by Prisma's lock file and Drizzle's configuration, whose folders are not claimed twice", () => {
    expect(
      detected({
        "api/prisma/schema.prisma": "",
        "api/prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        "api/prisma/migrations/20240102030405_bikes/migration.sql": "SELECT 1;",
        "web/drizzle.config.ts": 'export default defineConfig({ out: "./db/changes", dialect: "postgresql" });',
        "web/db/changes/0000_bikes.sql": "SELECT 1;",
      }),
    ).toEqual([
      ["prisma", "api", "postgres"],
      ["drizzle", "web", "postgres"],
    ]);
  });

  test("by Django's migrations, with or without manage.py, and not by the SQL that they load", () => {
    expect(
      detected({ "backend/manage.py": "", "backend/person/migrations/0001_initial.py": "", "backend/person/migrations/0002_data.sql": "" }),
    ).toEqual([["django", "backend", "postgres"]]);
    expect(detected({ "src/person/migrations/0001_initial.py": "", "src/team/migrations/0001_initial.py": "" })).toEqual([
      ["django", "src", "postgres"],
    ]);
  });

  test("by nothing when there is nothing", () => {
    expect(detected({ "src/index.ts": "" })).toEqual([]);
  });
});

describe("Drizzle's configuration is read, never run", () => {
  const read = async (config: string, files: Record<string, string>) =>
    readSource(project({ "drizzle.config.ts": config, ...files }), { type: "drizzle", root: ".", database: "postgres", options: {} });

  test.each([
    ['export default defineConfig({ out: "./migrations/pg", dialect: "postgresql" });'],
    ['const OUT = "./migrations/pg";\nexport default { out: OUT } satisfies Config;'],
    ['import path from "node:path";\nexport default defineConfig({ out: path.join(__dirname, "migrations", "pg") });'],
  ])("%s", async (config) => {
    const { migrations, problems } = await read(config, { "migrations/pg/0000_bikes.sql": "SELECT 1;" });
    expect(migrations.map(({ id, source }) => [id, source])).toEqual([["0000_bikes", "drizzle"]]);
    expect(problems).toEqual([]);
  });

  test("what only running it would tell is said", async () => {
    const { migrations, problems } = await read("export default { out: process.env.OUT };", { "drizzle/0000_bikes.sql": "SELECT 1;" });
    expect(migrations).toHaveLength(1);
    expect(problems).toMatchObject([{ code: "dynamic-config", fatal: false }]);
  });

  test("migrations for another engine are refused by name", async () => {
    const { problems } = await read('export default { dialect: "sqlite" };', { "drizzle/0000_bikes.sql": "SELECT 1;" });
    expect(problems).toMatchObject([{ code: "other-engine", fatal: true }]);
  });
});

test("a type that does not exist is named with those that do", async () => {
  const { problems } = await readSource(project({}), { type: "rails", root: ".", database: "postgres", options: {} });
  expect(problems).toMatchObject([{ code: "unknown-source", fatal: true, help: expect.stringContaining("sql-dir") }]);
});
