import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import { initCommand } from "./init.ts";
import { postgresHint } from "./init-hints.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "tread-init-"));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

function git(cwd: string, ...args: string[]): void {
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=trunk"];
  const { status, stderr } = spawnSync("git", [...who, ...args], { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

async function init(cwd: string, force = false): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await initCommand(cwd, { force }, { out: (t) => (out += t), err: (t) => (err += t) });
  return { code, out, err };
}

const MODEL_MIGRATION =
  "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    initial = True\n    operations = []\n";

const SHOP = {
  "backend/manage.py": "import django\n",
  "backend/orders/models.py": "from django.db import models\n",
  "backend/orders/migrations/__init__.py": "",
  "backend/orders/migrations/0001_initial.py": MODEL_MIGRATION,
  "compose.yaml": "services:\n  # postgres:9 was long ago\n  db:\n    image: postgres:16-alpine\n",
};

describe("tread init", () => {
  test("finds sources, the newest release and the Postgres major, and writes a config that loads", async () => {
    const cwd = project(SHOP);
    git(cwd, "init", "-q");
    git(cwd, "add", "-A");
    git(cwd, "commit", "-qm", "First release");
    git(cwd, "tag", "v1.9");
    git(cwd, "commit", "-q", "--allow-empty", "-m", "Second release");
    git(cwd, "tag", "v1.10", "-m", "annotated");
    git(cwd, "tag", "nightly-build");
    const { code, out } = await init(cwd);
    expect(code).toBe(0);
    expect(out).toContain("migrations: django in backend");
    expect(out).toContain("Postgres: 16 (compose.yaml:4)");
    expect(out).toContain("Next: `tread check`");
    const config = await loadConfig({ cwd });
    expect(config.sources).toMatchObject([{ type: "django", root: "backend", database: "postgres" }]);
    expect(config.live).toMatchObject([{ name: "v1.10", ref: "v1.10", root: "backend" }]);
    expect(config.environments.map((e) => [e.name, e.assume, e.postgres])).toEqual([
      ["local", "small", 18],
      ["production", null, 16],
    ]);
    expect(readFileSync(join(cwd, "tread.config.yaml"), "utf8")).toContain("# compose.yaml:4");
  });

  test("without a release the branch is the live version; without git there is none, and both configs load", async () => {
    const inGit = project(SHOP);
    git(inGit, "init", "-q", "-b", "main");
    git(inGit, "add", "-A");
    git(inGit, "commit", "-qm", "Start");
    await init(inGit);
    expect((await loadConfig({ cwd: inGit })).live).toMatchObject([{ name: "main", ref: "main" }]);

    const bare = project(SHOP);
    expect((await init(bare)).out).toContain("live version: none found");
    expect((await loadConfig({ cwd: bare })).live).toEqual([]);
  });

  test("does not overwrite without --force, and never makes a second config", async () => {
    const cwd = project({ ...SHOP, "tread.config.yaml": "policy: { failOn: info }\n" });
    const refused = await init(cwd);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toContain("tread.config.yaml is there already");
    expect(readFileSync(join(cwd, "tread.config.yaml"), "utf8")).toBe("policy: { failOn: info }\n");
    expect((await init(cwd, true)).code).toBe(0);
    expect((await loadConfig({ cwd })).sources).toHaveLength(1);

    const json = project({ ...SHOP, "tread.config.json": "{}" });
    expect((await init(json, true)).code).toBe(2);
    expect(existsSync(join(json, "tread.config.yaml"))).toBe(false);
  });

  test("a folder without migrations is named, and nothing is written", async () => {
    const cwd = project({ "README.md": "hello" });
    const { code, err } = await init(cwd);
    expect(code).toBe(3);
    expect(err).toContain(`no migrations were found below ${cwd} (1 files looked at)`);
    expect(existsSync(join(cwd, "tread.config.yaml"))).toBe(false);
  });

  test("a folder of SQL files, and names that YAML would read as something else", async () => {
    const cwd = project({
      "db #1/migrations/0001_orders.sql": "CREATE TABLE orders (id int);\n",
      "db #1/migrations/0002_more.sql": "SELECT 1;\n",
    });
    await init(cwd);
    expect((await loadConfig({ cwd })).sources).toMatchObject([{ type: "sql-dir", root: "db #1/migrations" }]);
  });
});

test.each([
  ["docker-compose.yml", "    image: 'postgis/postgis:15-3.4'\n", 15],
  ["compose.yaml", "    image: pgvector/pgvector:pg17\n", 17],
  [".github/workflows/test.yml", "        image: postgres:14.2\n", 14],
  ["infra/main.tf", '  engine_version = "13.9"\n', 13],
  ["compose.yaml", "    image: postgres:latest\n", null],
  ["compose.yaml", "    image: mysql:16\n", null],
  ["compose.yaml", "    image: postgres:9.6\n", null],
])("%s with %s names Postgres %s", (path, text, major) => {
  expect(postgresHint(project({ [path]: text }), [path])?.value ?? null).toBe(major);
});
