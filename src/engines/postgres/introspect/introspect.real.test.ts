import { spawnSync } from "node:child_process";
import { wholeSpan } from "../../../text/span.ts";
import { beforeAll, describe, expect, test } from "vitest";
import type { Client } from "pg";
import { loadScenes } from "../../../../conformance/files.ts";
import { split } from "../parse/split.ts";
import { loadDump } from "../embedded/dump.ts";
import type { EmbeddedServer } from "../embedded/server.ts";
import { freshDatabase, testMajors, type FreshDatabase } from "../embedded/test-server.test-helper.ts";
import type { PostgresEngine } from "../engine.ts";
import { loadPostgres } from "../index.ts";
import { foldSchema } from "./fold-schema.ts";
import { facts } from "./facts.test-helper.ts";
import { introspect, type LiveSchema } from "./index.ts";
import { SHOP, WORKSHOP } from "./schemas.test-helper.ts";
import { openReadOnly } from "./session.ts";
import { readTarget } from "./target.ts";

function urlOf(server: EmbeddedServer, database: string): string {
  const { user, password } = server.credentials;
  return `host=${server.host} port=${server.port} user=${user} password=${password} dbname=${database}`;
}

async function live(engine: PostgresEngine, database: FreshDatabase): Promise<LiveSchema> {
  await using session = await openReadOnly(readTarget(urlOf(database.server, database.name), {}));
  return await introspect(session, engine);
}

/** Statement by statement, as psql does: some of a scene's may not stand in a transaction. */
async function run(client: Client, sql: string): Promise<void> {
  await client.query("SET search_path = public");
  for (const piece of split(sql)) await client.query(sql.slice(piece.start, piece.end));
}

/** The schemas that the conformance cases start from: a third of them per major, all of them where every major is tested. */
function conformanceScenes(major: number): { readonly name: string; readonly setup: string }[] {
  const { scenes } = loadScenes("conformance/cases", []);
  const every = process.env["TREAD_TEST_MAJORS"] === "all";
  return scenes.filter((_, index) => every || index % 3 === major % 3).map(({ id, setup }) => ({ name: id, setup: setup.sql }));
}

for (const major of testMajors()) {
  describe(`the schema of a live PostgreSQL ${major}`, () => {
    let engine: PostgresEngine;
    beforeAll(async () => {
      engine = await loadPostgres();
    });

    for (const scene of [{ name: "a shop", setup: SHOP }, { name: "a workshop", setup: WORKSHOP }, ...conformanceScenes(major)]) {
      test(`is what folding its migrations says: ${scene.name}`, async () => {
        await using database = await freshDatabase(major);
        await run(database.superuser, scene.setup);
        const { state, notes } = await live(engine, database);
        expect(notes).toEqual([]);
        expect(facts(state)).toEqual(facts(foldSchema(engine, scene.setup, "setup.sql").state));
      });
    }

    test("what no migration says: an index that CREATE INDEX CONCURRENTLY left behind, a sequence that kept its name", async () => {
      await using database = await freshDatabase(major);
      const sql = `
        CREATE TABLE ticket (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, seat text);
        ALTER TABLE ticket RENAME TO pass;
        INSERT INTO pass (seat) VALUES ('A1'), ('A1');`;
      await run(database.superuser, sql);
      await expect(database.superuser.query("CREATE UNIQUE INDEX CONCURRENTLY pass_seat ON pass (seat)")).rejects.toThrow(
        "could not create unique index",
      );
      const { state } = await live(engine, database);
      expect(state.relations.get("public.pass")?.indexes.map(({ name, valid }) => [name, valid])).toEqual([
        ["public.ticket_pkey", true],
        ["public.pass_seat", false],
      ]);
      expect([...state.sequences.values()]).toEqual([{ name: "public.ticket_id_seq", ownedBy: { relation: "public.pass", column: "id" } }]);
    });

    test("a cast of the project's own is not read, and no conversion is called impossible for it", async () => {
      await using database = await freshDatabase(major);
      await run(
        database.superuser,
        `CREATE TABLE invoice (paid boolean);
         CREATE FUNCTION when_paid(boolean) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN $1 THEN DATE '2026-01-01' END $$;
         CREATE CAST (boolean AS date) WITH FUNCTION when_paid(boolean) AS ASSIGNMENT;`,
      );
      const { state, notes } = await live(engine, database);
      expect(notes).toEqual(["1 cast of the database is not read"]);
      const sql = "ALTER TABLE invoice ALTER COLUMN paid TYPE date";
      const [statement] = engine.read({
        kind: "sql",
        sql,
        span: wholeSpan("0001_date.sql", sql),
        verbatim: true,
        operation: null,
        reverse: "unknown",
        suppressions: [],
      });
      const changes = statement === undefined ? [] : engine.changes(statement, state);
      const effects = engine.predict(changes, state, { version: major, inTransaction: false, isEmpty: () => false });
      expect({ rewrites: effects.rewrites, error: effects.error }).toEqual({ rewrites: ["public.invoice"], error: null });
      await database.superuser.query(sql);
    });

    test("types and functions of extensions are known: citext is the type that the columns have", async () => {
      await using database = await freshDatabase(major);
      await run(database.superuser, "CREATE EXTENSION citext; CREATE EXTENSION pgcrypto; CREATE TABLE member (name citext);");
      const { state, notes } = await live(engine, database);
      expect(notes).toEqual([]);
      expect(state.relations.get("public.member")?.columns[0]?.type.name).toBe("public.citext");
      const [wider] = engine.read(statement("ALTER TABLE member ALTER COLUMN name TYPE citext"));
      const changes = wider === undefined ? [] : engine.changes(wider, state);
      const effects = engine.predict(changes, state, { version: major, inTransaction: false, isEmpty: () => false });
      expect(effects.rewrites, "the same type rewrites nothing").toEqual([]);
      expect(state.functions.get("public.gen_random_bytes")?.volatility).toBe("volatile");
      expect(state.functions.get("public.digest")?.volatility).toBe("immutable");
    });

    test("a circle of dependencies: a default that calls a function that takes the table's row", async () => {
      await using database = await freshDatabase(major);
      const sql = `
        CREATE TABLE seat (id int, label text);
        CREATE FUNCTION labelled(s seat) RETURNS text LANGUAGE sql AS 'SELECT s.label';
        CREATE FUNCTION next_seat() RETURNS int LANGUAGE sql AS 'SELECT 1';
        ALTER TABLE seat ALTER COLUMN id SET DEFAULT next_seat();
        ALTER TABLE seat ADD CONSTRAINT no_x CHECK (labelled(seat.*) <> 'x');
        CREATE VIEW seats AS SELECT labelled(s.*) AS shown FROM seat s;
        CREATE FUNCTION first_seat() RETURNS SETOF seats LANGUAGE sql AS 'SELECT * FROM seats LIMIT 1';`;
      await run(database.superuser, sql);
      const { state, notes } = await live(engine, database);
      expect(notes).toEqual([]);
      expect(facts(state)).toEqual(facts(foldSchema(engine, sql, "setup.sql").state));
    });

    test.each([
      ["a shop", SHOP],
      ["a workshop", WORKSHOP],
    ])("written as SQL, makes the same schema on an empty server, where a rehearsal starts from it: %s", async (_, setup) => {
      await using database = await freshDatabase(major);
      await run(database.superuser, setup);
      const first = await live(engine, database);
      await using copy = await freshDatabase(major);
      expect((await loadDump(copy.owner, first.sql)).leftOut).toEqual([]);
      expect((await live(engine, copy)).sql).toBe(first.sql);
    });
  });
}

/** The newest major that the machine's own pg_dump can read, or null: the server packages have none. */
function dumpableMajor(): number | null {
  const { status, stdout } = spawnSync("pg_dump", ["--version"], { encoding: "utf8" });
  const version = status === 0 ? Number(/(\d+)/.exec(stdout)?.[1] ?? 0) : 0;
  return testMajors().findLast((major) => major <= version) ?? null;
}

describe("a schema file that pg_dump itself wrote", () => {
  const major = dumpableMajor();
  const scenes = [
    { name: "a shop", setup: SHOP },
    { name: "a workshop", setup: WORKSHOP },
    ...conformanceScenes(major ?? 0).filter((_, i) => i % 2 === 0),
  ];
  for (const scene of scenes) {
    test.skipIf(major === null)(`is the schema of the live database: ${scene.name}`, async () => {
      const engine = await loadPostgres();
      await using database = await freshDatabase(major ?? 0);
      await run(database.superuser, scene.setup);
      const { state } = await live(engine, database);
      const { user, password } = database.server.credentials;
      // Row-level security and other owners' tables: pg_dump locks what it dumps.
      await database.superuser.query(`ALTER ROLE ${user} SUPERUSER`);
      const { stdout, stderr } = spawnSync("pg_dump", ["--schema-only", "-h", database.server.host, "-U", user, database.name], {
        env: { ...process.env, PGPASSWORD: password },
        encoding: "utf8",
        maxBuffer: 1 << 26,
      });
      await database.superuser.query(`ALTER ROLE ${user} NOSUPERUSER`);
      const folded = foldSchema(engine, stdout, "structure.sql");
      expect([stderr, folded.unread]).toEqual(["", []]);
      expect(facts(folded.state)).toEqual(facts(state));
    });
  }
});

function statement(sql: string): Parameters<PostgresEngine["read"]>[0] {
  const span = { file: "statement.sql", line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { kind: "sql", sql, span, verbatim: false, operation: null, reverse: "unknown", suppressions: [] };
}
