import { beforeAll, describe, expect, test } from "vitest";
import type { Client } from "pg";
import { loadScenes } from "../../../../conformance/files.ts";
import { split } from "../parse/split.ts";
import { loadDump } from "../embedded/dump.ts";
import type { EmbeddedServer } from "../embedded/server.ts";
import { freshDatabase, testMajors, type FreshDatabase } from "../embedded/test-server.test-helper.ts";
import type { PostgresEngine } from "../engine.ts";
import { loadPostgres } from "../index.ts";
import { fold } from "../../../../conformance/predict.ts";
import { facts } from "./facts.test-helper.ts";
import { introspect, type LiveSchema } from "./index.ts";
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

/** A shop that uses most of what a schema can hold. */
const SHOP = `
  CREATE SCHEMA billing;
  CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'glad');
  CREATE DOMAIN billing.amount AS numeric(12,2) DEFAULT 0 CONSTRAINT amount_positive CHECK (VALUE >= 0);
  CREATE TYPE address AS (street text, zip varchar(10));
  CREATE TYPE span AS RANGE (subtype = date);
  CREATE FUNCTION next_code(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT prefix || random()::text $$;
  CREATE FUNCTION slug(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(t) $$;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := 'x'; RETURN NEW; END $$;
  CREATE SEQUENCE billing.invoice_number START 1000;
  CREATE TABLE customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, feels mood DEFAULT 'glad', home address, name varchar(80) COLLATE "C",
    code text DEFAULT next_code('c'), made timestamptz NOT NULL DEFAULT now(), note text, active span, CHECK (email LIKE '%@%'));
  CREATE TABLE "Order" (id serial PRIMARY KEY, customer_id bigint REFERENCES customer ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, total billing.amount,
    cents int GENERATED ALWAYS AS (id * 100) STORED, number bigint DEFAULT nextval('billing.invoice_number'), tags text[] DEFAULT '{}');
  ALTER TABLE "Order" ADD CONSTRAINT few CHECK (id < 1000000) NOT VALID;
  CREATE UNIQUE INDEX customer_slug ON customer (slug(email)) WHERE note IS NULL;
  CREATE INDEX order_both ON "Order" USING btree (customer_id DESC, total) INCLUDE (number);
  CREATE VIEW open_order AS SELECT o.id, c.email FROM "Order" o JOIN customer c ON c.id = o.customer_id WHERE o.total > 0;
  CREATE VIEW billing.twice AS SELECT * FROM public.open_order;
  CREATE MATERIALIZED VIEW sums AS SELECT customer_id, sum(total) AS total FROM "Order" GROUP BY 1;
  CREATE UNIQUE INDEX sums_customer ON sums (customer_id);
  CREATE TRIGGER touched BEFORE UPDATE OF email, note ON customer FOR EACH ROW EXECUTE FUNCTION touch();
  ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON customer FOR SELECT USING (note IS NOT NULL);
  CREATE UNLOGGED TABLE session (token uuid PRIMARY KEY DEFAULT gen_random_uuid(), data jsonb) WITH (fillfactor = 70);
  CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, customer_id bigint REFERENCES customer, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE INDEX event_customer ON event (customer_id);
  CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE TABLE event_rest PARTITION OF event DEFAULT;
  CREATE TABLE base (id int PRIMARY KEY, label text NOT NULL, CHECK (id > 0));
  CREATE TABLE heir (extra text) INHERITS (base);
  ALTER TABLE heir ALTER COLUMN label SET DEFAULT 'none';
  CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree);
`;

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

    for (const scene of [{ name: "a shop", setup: SHOP }, ...conformanceScenes(major)]) {
      test(`is what folding its migrations says: ${scene.name}`, async () => {
        await using database = await freshDatabase(major);
        await run(database.superuser, scene.setup);
        const { state, notes } = await live(engine, database);
        expect(notes).toEqual([]);
        expect(facts(state)).toEqual(facts(fold(engine, scene.setup)));
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
      expect(facts(state)).toEqual(facts(fold(engine, sql)));
    });

    test("written as SQL, makes the same schema on an empty server, where a rehearsal starts from it", async () => {
      await using database = await freshDatabase(major);
      await run(database.superuser, SHOP);
      const first = await live(engine, database);
      await using copy = await freshDatabase(major);
      expect((await loadDump(copy.owner, first.sql)).leftOut).toEqual([]);
      expect((await live(engine, copy)).sql).toBe(first.sql);
    });
  });
}

function statement(sql: string): Parameters<PostgresEngine["read"]>[0] {
  const span = { file: "statement.sql", line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { kind: "sql", sql, span, verbatim: false, operation: null, reverse: "unknown", suppressions: [] };
}
