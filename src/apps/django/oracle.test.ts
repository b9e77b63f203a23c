import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import type { FreshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import type { Query } from "../../model/query.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import { djangoEnvironment } from "../../sources/django/django-oracle.test-helper.ts";
import { djangoApp } from "./index.ts";

/** Real Django 5.2 on a real Postgres is the judge of what the ORM sends. */
const NEWSROOM = join(import.meta.dirname, "fixtures/newsroom");
const django = djangoEnvironment();
const skip = django.python === null && process.env["CI"] !== "true";
const because = django.reason === null ? "" : ` (${django.reason})`;

/** Verb, tables and columns of a statement in the shape that both Django and tread write: every name quoted, columns qualified. */
function signature(sql: string): string {
  const verb = sql.slice(0, 6).toUpperCase();
  const tables = new Map<string, string>();
  for (const m of sql.matchAll(/\b(?:FROM|JOIN|INTO|UPDATE) ((?:"[^"]+"\.)?"[^"]+")(?: "?(T\d+)"?(?= ))?/g)) {
    tables.set(m[2] ?? (m[1] ?? "").replaceAll('"', ""), (m[1] ?? "").replaceAll('"', ""));
  }
  const columns = new Set<string>();
  const real = (name: string): string => tables.get(name) ?? name;
  for (const m of sql.matchAll(/(?:"([^"]+)"|\b(T\d+))\."([^"]+)"/g)) columns.add(`${real(m[1] ?? m[2] ?? "")}.${m[3]}`);
  const own = [...tables.values()][0] ?? "";
  const inserted = /^INSERT INTO "[^"]+" \(([^)]*)\)/.exec(sql)?.[1] ?? "";
  for (const m of inserted.matchAll(/"([^"]+)"/g)) columns.add(`${own}.${m[1]} written`);
  const set = /^UPDATE "[^"]+" SET (.*?)(?: WHERE |$)/.exec(sql)?.[1] ?? "";
  for (const m of set.matchAll(/(?:^|, )"([^"]+)" = /g)) columns.add(`${own}.${m[1]} written`);
  return [verb, [...new Set(tables.values())].sort().join(","), [...columns].sort().join(",")].join(" | ");
}

describe.skipIf(skip)(`what Django 5.2 really sends${because}`, () => {
  let sent: { readonly doing: string; readonly sql: string }[] = [];
  let queries: readonly Query[] = [];
  let database: FreshDatabase;
  afterAll(() => database?.close());

  beforeAll(async () => {
    expect(django.reason).toBeNull();
    database = await freshDatabase();
    const { host, port, credentials } = database.server;
    const run = spawnSync(django.python ?? "", ["capture.py"], {
      cwd: NEWSROOM,
      encoding: "utf8",
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: "1",
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: credentials.user,
        PGPASSWORD: credentials.password,
        PGDATABASE: database.name,
      },
    });
    if (run.status !== 0) throw new Error(run.stderr);
    sent = run.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { doing: string; sql: string });
    const version = await djangoApp.read({ files: diskFiles(NEWSROOM), root: ".", name: "newsroom", database: "postgres", options: {} });
    expect(version.problems).toEqual([]);
    queries = version.queries;
  });

  const relevant = (doing: RegExp): readonly { readonly doing: string; readonly sql: string }[] =>
    sent.filter(
      (s) => doing.test(s.doing) && /^(?:SELECT|INSERT|UPDATE|DELETE) /.test(s.sql) && !/SELECT 1 AS|COUNT\(|FOR UPDATE/.test(s.sql),
    );

  for (const doing of ["create", "get", "list", "save", "join", "m2m", "delete"]) {
    it(`${doing}: every statement has a query with the same tables and columns`, () => {
      const generated = new Set(queries.map((q) => signature(q.sql)));
      const missingOnes = relevant(new RegExp(`^${doing}`)).filter((s) => !generated.has(signature(s.sql)));
      expect(relevant(new RegExp(`^${doing}`)).length).toBeGreaterThan(0);
      expect([...new Set(missingOnes.map((s) => `${s.doing}: ${s.sql}`))]).toEqual([]);
    });
  }

  it("and, but for casts and sort orders, the same words", () => {
    const plain = (sql: string): string =>
      sql
        .replaceAll(/%s|\$\d+|(?<=" = )NULL/g, "?")
        .replaceAll(/::[\w() ]+(?:\[\])?(?=[,) ])/g, "")
        .replaceAll(/\?(?:, \?)+(?=\))/g, "?")
        .replaceAll(/"(T\d)"/g, "$1")
        .replaceAll(/ ORDER BY .*$| LIMIT 21$/g, "");
    const generated = new Set(queries.map((q) => plain(q.sql)));
    const real = [...new Set(relevant(/^(?:create|get|list|save|join|m2m|delete)/).map((s) => plain(s.sql)))];
    const different = real.filter((s) => !generated.has(s));
    expect(real.length).toBeGreaterThan(100);
    // Only `ContentType.objects.get_for_model`, which looks for a row by other columns than its key.
    expect(different.filter((sql) => !sql.includes('WHERE ("django_content_type"."app_label" = ?'))).toEqual([]);
  });

  it("every query is one that the migrated schema accepts", async () => {
    const refused: string[] = [];
    for (const { sql } of queries) {
      try {
        await database.owner.query(`PREPARE one AS ${sql}`);
        await database.owner.query("DEALLOCATE one");
      } catch (error) {
        refused.push(`${String(error)}: ${sql}`);
      }
    }
    expect(refused).toEqual([]);
    expect(queries.length).toBeGreaterThan(150);
  });

  it("nothing is claimed of the tables in use that Django did not send", () => {
    const real = new Set(relevant(/./).map((s) => signature(s.sql)));
    const tables = /"(?:news|people)_|"wire_items"/;
    const invented = queries.filter((q) => tables.test(q.sql) && !real.has(signature(q.sql)));
    expect(invented.map((q) => q.sql)).toEqual([]);
  });
});
