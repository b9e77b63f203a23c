import { beforeAll, describe, expect, test } from "vitest";
import type { Client } from "pg";
import type { SchemaState } from "../../../model/schema.ts";
import { bareName } from "../../../model/schema.ts";
import type { PostgresEngine } from "../engine.ts";
import { freshDatabase, testMajors } from "../embedded/test-server.test-helper.ts";
import { loadPostgres } from "../index.ts";
import { fold } from "../../../../conformance/predict.ts";
import { formatType } from "./types.ts";

interface Shape {
  readonly columns: readonly string[];
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
}

const KINDS: Readonly<Record<string, string>> = { c: "check", f: "foreign-key", p: "primary-key", u: "unique", x: "exclusion" };

/** What the server's catalogue says of every table. */
async function catalogue(client: Client): Promise<Record<string, Shape>> {
  const shapes: Record<string, Shape> = {};
  const { rows: tables } = await client.query<{ oid: number; name: string }>(
    "SELECT c.oid::int AS oid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'tread') AND n.nspname NOT LIKE 'pg\\_%'",
  );
  for (const { oid, name } of tables) {
    const columns = await client.query<{ text: string }>(
      "SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END || CASE WHEN atthasdef AND attgenerated = '' THEN ' default' ELSE '' END AS text FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
      [oid],
    );
    const constraints = await client.query<{ name: string; kind: string; valid: boolean }>(
      "SELECT conname AS name, contype::text AS kind, convalidated AS valid FROM pg_constraint WHERE conrelid = $1 AND contype IN ('c', 'f', 'p', 'u', 'x')",
      [oid],
    );
    const indexes = await client.query<{ name: string }>("SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = $1", [
      oid,
    ]);
    shapes[name] = {
      columns: columns.rows.map((c) => c.text),
      constraints: constraints.rows.map((c) => `${KINDS[c.kind] ?? c.kind} ${c.name}${c.valid ? "" : " not valid"}`).sort(),
      indexes: indexes.rows.map((i) => i.name.replaceAll('"', "").replace(/^\w+\./, "")).sort(),
    };
  }
  return shapes;
}

/** The same from a folded state. */
function folded(state: SchemaState): Record<string, Shape> {
  const shapes: Record<string, Shape> = {};
  for (const relation of state.relations.values()) {
    shapes[relation.name] = {
      columns: relation.columns.map(
        (c) =>
          `${c.name} ${formatType(c.type).replace(/^public\./, "")}${c.notNull ? " not null" : ""}${c.default !== null && c.generated === null ? " default" : ""}`,
      ),
      constraints: relation.constraints
        .filter((c) => c.kind !== "not-null")
        .map((c) => `${c.kind} ${c.name}${c.validated ? "" : " not valid"}`)
        .sort(),
      indexes: relation.indexes.map((i) => bareName(i.name)).sort(),
    };
  }
  return shapes;
}

const LONG = "a_table_with_a_name_that_is_rather_long_for_a_table_in_postgres";

const HISTORIES: Readonly<Record<string, string>> = {
  "every way to write a type": `
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN short AS varchar(10);
    CREATE TABLE t (a int, b int2, c int8, d float, e float(10), f real, g dec(5), h decimal(5,2), i numeric, j bool, k char, l char(3), m character varying, n varchar(7),
      o nchar(4), p text, q bpchar, r bit, s bit(3), t bit varying(4), u varbit, v timestamp, w timestamp(3), x timestamptz, y timestamp(2) with time zone, z time, aa timetz(1),
      ab interval, ac interval(3), ad interval day to second, ae int[], af text[][], ag varchar(5)[], ah int ARRAY, ai mood, aj mood[], ak short, al public.mood, am pg_catalog.int4, an "char", ao json, ap uuid,
      aq double precision, ar national character varying(6), as_ oid, at_ regclass, au int4range, av name, aw xml, ax money, ay serial, az bigserial, ba smallserial);`,
  "names that Postgres chooses": `
    CREATE TABLE team (id serial PRIMARY KEY, name text UNIQUE, a int CHECK (a > 0), b int CHECK (b > 0) CHECK (b < 9), CHECK (a < b), CHECK (a > 3), UNIQUE (a, b));
    CREATE TABLE locker (id int PRIMARY KEY UNIQUE, a int UNIQUE, b int, CONSTRAINT locker_of_a UNIQUE (a), UNIQUE (b), UNIQUE (b), UNIQUE (a) DEFERRABLE, CONSTRAINT first UNIQUE (a, b), CONSTRAINT second UNIQUE (a, b));
    CREATE TABLE person (id int, team_id int REFERENCES team, other int REFERENCES team, FOREIGN KEY (team_id) REFERENCES team (id), EXCLUDE USING btree (id WITH =));
    CREATE INDEX ON person (team_id);
    CREATE INDEX ON person (team_id);
    CREATE INDEX ON person (lower(team_id::text), id);
    CREATE INDEX ON person ((team_id + 1), (id + 1));
    CREATE INDEX ON person (team_id) INCLUDE (id);
    CREATE UNIQUE INDEX ON person ((coalesce(team_id, 0)));
    ALTER TABLE person ADD CHECK (id > 0), ADD CHECK (id > 1), ADD UNIQUE (id), ADD PRIMARY KEY (id, other);
    ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team NOT VALID;
    CREATE TABLE ${LONG} (a_column_with_a_name_that_is_rather_long_too int UNIQUE, b int REFERENCES team, PRIMARY KEY (b), CHECK (a_column_with_a_name_that_is_rather_long_too > 0));
    CREATE INDEX ON ${LONG} (a_column_with_a_name_that_is_rather_long_too, b);
    CREATE TABLE "Ünïcödé_ünïcödé_ünïcödé_ünïcödé" ("spälte_spälte_spälte_spälte" int UNIQUE CHECK ("spälte_spälte_spälte_spälte" > 0));`,
  "columns come and go": `
    CREATE TABLE team (id int PRIMARY KEY, code int, name text, UNIQUE (code, name));
    CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team_id int REFERENCES team ON DELETE CASCADE, email text NOT NULL, age int, CHECK (age > 0 AND team_id > 0));
    CREATE INDEX person_both ON person (email, age);
    CREATE INDEX person_part ON person (id) WHERE age > 3;
    CREATE INDEX person_lower ON person (lower(email));
    ALTER TABLE person ADD COLUMN note text DEFAULT 'x', ADD COLUMN n int NOT NULL DEFAULT 0, ADD COLUMN gone text DEFAULT NULL;
    ALTER TABLE person ALTER COLUMN n DROP DEFAULT, ALTER COLUMN note SET NOT NULL, ALTER COLUMN email DROP NOT NULL;
    ALTER TABLE person RENAME COLUMN email TO mail;
    ALTER TABLE person DROP COLUMN age;
    ALTER TABLE person RENAME TO people;
    ALTER TABLE people RENAME CONSTRAINT person_pkey TO people_pkey;
    ALTER INDEX person_lower RENAME TO people_lower;
    ALTER TABLE team DROP COLUMN code;
    ALTER TABLE team RENAME COLUMN id TO team_id;
    ALTER TABLE people ALTER COLUMN team_id TYPE bigint, ADD CONSTRAINT late CHECK (n > -1) NOT VALID;
    ALTER TABLE people VALIDATE CONSTRAINT late;
    ALTER TABLE people ADD CONSTRAINT soon CHECK (n > -2) NOT VALID;
    CREATE UNIQUE INDEX people_n ON people (n, id);
    ALTER TABLE people ADD CONSTRAINT n_once UNIQUE USING INDEX people_n;
    ALTER TABLE people DROP CONSTRAINT people_pkey;
    DROP TABLE team CASCADE;`,
  "partitions and children": `
    CREATE TABLE team (id int PRIMARY KEY);
    CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, team_id int REFERENCES team, name text DEFAULT 'x', CHECK (id > 0), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE INDEX event_name ON event (name);
    CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE event_rest PARTITION OF event DEFAULT;
    CREATE TABLE event_2025 (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
    ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    ALTER TABLE event ADD COLUMN more int NOT NULL DEFAULT 3;
    CREATE INDEX ON event (team_id, name);
    ALTER TABLE event ADD UNIQUE (at, name);
    ALTER TABLE event DETACH PARTITION event_2024;
    ALTER TABLE event DROP COLUMN name;
    ALTER TABLE event RENAME COLUMN more TO less;
    CREATE TABLE base (id int PRIMARY KEY, label text NOT NULL, CHECK (id > 0));
    CREATE TABLE heir (extra text) INHERITS (base);
    ALTER TABLE base ADD COLUMN added int CHECK (added > 0);
    ALTER TABLE base ALTER COLUMN label DROP NOT NULL;`,
  "views, schemas and search_path": `
    CREATE SCHEMA app;
    SET search_path TO app, public;
    CREATE TABLE thing (id int PRIMARY KEY, name varchar(20), made timestamptz DEFAULT now());
    CREATE TABLE public.other (id int REFERENCES thing);
    CREATE VIEW named AS SELECT id, name AS label, made::date AS day FROM thing WHERE name <> '';
    CREATE VIEW starred AS SELECT t.*, o.id AS other_id FROM thing t JOIN other o USING (id);
    CREATE TABLE copied AS SELECT id, name FROM thing;
    CREATE MATERIALIZED VIEW kept AS SELECT id FROM thing;
    CREATE UNIQUE INDEX ON kept (id);
    SELECT pg_catalog.set_config('search_path', '', false);
    ALTER TABLE app.thing ADD COLUMN more text;
    ALTER TABLE app.copied SET SCHEMA public;
    DROP VIEW app.named;
    SET search_path = public;
    ALTER TABLE copied RENAME TO moved;`,
  "transactions that are taken back": `
    CREATE TABLE kept (id int);
    BEGIN;
    CREATE TABLE lost (id int);
    ALTER TABLE kept ADD COLUMN lost int;
    ROLLBACK;
    BEGIN;
    ALTER TABLE kept ADD COLUMN a int;
    SAVEPOINT here;
    ALTER TABLE kept ADD COLUMN b int;
    ROLLBACK TO SAVEPOINT here;
    ALTER TABLE kept ADD COLUMN c int;
    SET LOCAL search_path TO nowhere;
    COMMIT;
    ALTER TABLE kept ADD COLUMN d int;
    DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'e') THEN ALTER TABLE kept ADD COLUMN e int; END IF; END $$;
    DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    ALTER TABLE kept ADD COLUMN m mood;`,
};

for (const major of testMajors()) {
  describe(`a folded history is what PostgreSQL ${major} has`, () => {
    let engine: PostgresEngine;
    beforeAll(async () => {
      engine = await loadPostgres();
    });
    for (const [name, sql] of Object.entries(HISTORIES)) {
      test(name, async () => {
        await using database = await freshDatabase(major);
        await database.superuser.query("SET search_path = public");
        for (const raw of engine.read(step(sql))) await database.superuser.query(raw.sql);
        await database.superuser.query("SET search_path = public");
        expect(folded(fold(engine, sql))).toEqual(await catalogue(database.superuser));
      });
    }
  });
}

function step(sql: string): Parameters<PostgresEngine["read"]>[0] {
  const span = { file: "history.sql", line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { kind: "sql", sql, span, verbatim: false, operation: null, reverse: "unknown", suppressions: [] };
}
