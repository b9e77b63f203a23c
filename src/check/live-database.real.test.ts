import { describe, expect, test } from "vitest";
import { selectEnvironments } from "../config/environments.ts";
import { defaultConfig, loadConfig } from "../config/load.ts";
import { freshDatabase, testMajors, type FreshDatabase } from "../engines/postgres/embedded/test-server.test-helper.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { facts } from "../engines/postgres/introspect/facts.test-helper.ts";
import { readTarget, type Target } from "../engines/postgres/introspect/target.ts";
import { emptyState } from "../model/apply/index.ts";
import type { Migration } from "../model/migration.ts";
import { buildSchemaBefore } from "../rehearse/run/schema-before.ts";
import { bookkeepingSql } from "../sources/bookkeeping/index.ts";
import { fold } from "./fold.ts";
import { check, type CheckResult } from "./index.ts";
import { askDatabase } from "./live-database.ts";
import { loadSources } from "./load-sources.ts";

function target(database: FreshDatabase): Target {
  const { user, password } = database.server.credentials;
  return readTarget(
    `host=${database.server.host} port=${database.server.port} user=${user} password=${password} dbname=${database.name}`,
    {},
  );
}

function migration(path: string, layout: string, hash = ""): Migration {
  const id = (path.split("/").at(-1) ?? path).replace(/\.\w+$/, "");
  return {
    id: layout === "django" ? path : id,
    path,
    source: layout === "django" || layout === "prisma" ? layout : "sql-dir",
    layout,
    database: "postgres",
    transaction: "none",
    steps: [],
    down: "unknown",
    dependsOn: [],
    replaces: [],
    hash,
  };
}

for (const major of testMajors()) {
  describe(`a live PostgreSQL ${major}`, () => {
    test("that ran the example's Django migrations has the schema that folding them says, and knows which it ran", async () => {
      const engine = await loadPostgres();
      const root = new URL("../../examples/analytics/backend", import.meta.url).pathname;
      const config = { ...(await defaultConfig(root)), root };
      const { migrations } = await loadSources({ cwd: root, config, paths: [], base: null, appliedThrough: null, live: [] });
      const folded = fold(engine, migrations, emptyState({ complete: true }), new Map());
      const after = folded.flatMap(({ statements }) => statements).at(-1)?.after ?? emptyState({ complete: true });
      await using database = await freshDatabase(major);
      const limits = await buildSchemaBefore(
        database.server,
        database.name,
        folded.map((one) => one.migration),
        new AbortController().signal,
      );
      expect(limits.filter((limit) => !limit.startsWith("code of applied migrations was not run"))).toEqual([]);
      const last = migrations.filter((m) => m.builtIn !== true).at(-1);
      const applied = migrations.filter((m) => m !== last);
      const engineState = await askDatabase(engine, target(database), []);
      expect(facts(engineState.schema.state)).toEqual(facts(after));
      for (const sql of bookkeepingSql(applied).sql) await database.owner.query(sql);
      const live = await askDatabase(engine, target(database), migrations);
      expect([...(live.applied ?? [])].sort()).toEqual(applied.map((m) => m.id).sort());
      expect(live.recorded).toBe(`${applied.length} of ${migrations.length} migrations are recorded in public.django_migrations`);
    });

    test("that ran v1.43 of the example gives the same findings as its migrations", async () => {
      const engine = await loadPostgres();
      const example = new URL("../../examples/analytics", import.meta.url).pathname;
      const released = `${example}/releases/v1.43`;
      const config = { ...(await defaultConfig(released)), root: released };
      const { migrations } = await loadSources({ cwd: released, config, paths: [], base: null, appliedThrough: null, live: [] });
      const folded = fold(engine, migrations, emptyState({ complete: true }), new Map());
      await using database = await freshDatabase(major);
      const parsed = folded.map((one) => one.migration);
      await buildSchemaBefore(database.server, database.name, parsed, new AbortController().signal);
      for (const sql of bookkeepingSql(migrations).sql) await database.owner.query(sql);
      const own = await loadConfig({ cwd: example });
      const cloud = { ...own, environments: selectEnvironments(own, ["cloud"]) };
      const options = { cwd: example, config: cloud, paths: [], base: null, appliedThrough: null, live: [] };
      const said = ({ report }: CheckResult): string[] =>
        report.findings.map((f) => `${f.severity} ${f.rule} ${f.migration ?? ""}#${f.statement ?? ""}: ${f.message}`).sort();
      const [files, live] = [await check(options, "test"), await check({ ...options, database: target(database) }, "test")];
      expect(said(live)).toEqual(said(files));
      expect(live.report.coverage.schema?.from).toBe("database");
      expect(live.report.migrations.map((m) => m.id)).toEqual(files.report.migrations.map((m) => m.id));
    });

    test.each([
      ["prisma", ["prisma/migrations/20240101_init/migration.sql", "prisma/migrations/20240201_more/migration.sql"]],
      ["golang-migrate", ["db/000001_init.up.sql", "db/000002_more.up.sql"]],
      ["dbmate", ["db/20240101000000_init.sql", "db/20240201000000_more.sql"]],
      ["goose", ["db/00001_init.sql", "db/00002_more.sql"]],
      ["supabase", ["supabase/migrations/20240101000000_init.sql", "supabase/migrations/20240201000000_more.sql"]],
      ["node-pg-migrate", ["migrations/1700000000000_init.sql", "migrations/1700000000001_more.sql"]],
    ])("what %s records is what is read: the first of two is applied", async (layout, paths) => {
      const engine = await loadPostgres();
      await using database = await freshDatabase(major);
      const both = paths.map((path) => ({ ...migration(path, layout), id: path }));
      for (const sql of bookkeepingSql(both.slice(0, 1)).sql) await database.owner.query(sql);
      const live = await askDatabase(engine, target(database), both);
      expect([...(live.applied ?? [])]).toEqual([paths[0]]);
      expect(live.problems).toEqual([]);
    });
  });
}

describe("records of tools", () => {
  test("Flyway: a baseline stands for what lies before it, a failed migration stops everything", async () => {
    const engine = await loadPostgres();
    await using database = await freshDatabase();
    // flyway-database-postgresql, createHistoryTable.sql
    await database.owner.query(`
      CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL,
        checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time int NOT NULL, success boolean NOT NULL);
      INSERT INTO flyway_schema_history VALUES (1, '2', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'app', now(), 0, true),
        (2, '3', 'c', 'SQL', 'V3__c.sql', 1, 'app', now(), 5, true), (3, '4', 'd', 'SQL', 'V4__d.sql', 1, 'app', now(), 5, false);`);
    const files = ["V1__a.sql", "V2__b.sql", "V3__c.sql", "V4__d.sql", "V10__e.sql"].map((name) => migration(`sql/${name}`, "flyway"));
    const live = await askDatabase(engine, target(database), files);
    expect([...(live.applied ?? [])].sort()).toEqual(["V1__a", "V2__b", "V3__c"]);
    expect(live.problems).toMatchObject([
      { code: "failed-migration", fatal: true, message: expect.stringContaining("V4__d.sql") as string },
    ]);
  });

  test("Drizzle: by the hash of the file; files of no known tool: by whatever record knows them", async () => {
    const engine = await loadPostgres();
    await using database = await freshDatabase();
    await database.owner.query(`
      CREATE SCHEMA drizzle;
      CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
      INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('aa', 1), ('bb', 2);
      CREATE TABLE schema_migrations (version varchar PRIMARY KEY);
      INSERT INTO schema_migrations VALUES ('20240101');`);
    const drizzle = [
      migration("drizzle/0000_a.sql", "drizzle", "aa"),
      migration("drizzle/0001_b.sql", "drizzle", "bb"),
      migration("drizzle/0002_c.sql", "drizzle", "cc"),
    ];
    const plain = [migration("db/20240101_first.sql", "plain"), migration("db/20240202_second.sql", "plain")];
    const live = await askDatabase(engine, target(database), [...drizzle, ...plain]);
    expect([...(live.applied ?? [])]).toEqual(["0000_a", "0001_b", "20240101_first"]);
  });

  test("no record that is known: said, and nothing is taken for applied", async () => {
    const engine = await loadPostgres();
    await using database = await freshDatabase();
    await database.owner.query("CREATE TABLE book (id int)");
    expect((await askDatabase(engine, target(database), [migration("db/0001_book.sql", "plain")])).applied).toBeNull();
  });

  test("a record that the role may not read is one error with what to GRANT", async () => {
    const engine = await loadPostgres();
    await using database = await freshDatabase();
    await database.owner.query("CREATE TABLE django_migrations (id int, app text, name text)");
    await database.superuser.query(`CREATE ROLE visitor LOGIN PASSWORD 'guest'; GRANT CONNECT ON DATABASE ${database.name} TO visitor`);
    const visitor = readTarget(`host=${database.server.host} user=visitor password=guest dbname=${database.name}`, {});
    await expect(askDatabase(engine, visitor, [migration("people.0001_initial", "django")])).rejects.toMatchObject({
      message: expect.stringContaining("public.django_migrations, and visitor may not read it") as string,
      help: expect.stringContaining('GRANT SELECT ON "public"."django_migrations" TO "visitor"') as string,
      exitCode: 3,
    });
  });
});
