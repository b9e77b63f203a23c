import { rows, type Scene } from "./scene.test-helper.ts";

export const indexesAndTables: Scene = {
  name: "indexes and tables",
  setup: `
      CREATE TABLE team (id integer PRIMARY KEY, name text UNIQUE, code integer);
      CREATE UNIQUE INDEX team_code ON team (code);
      CREATE TABLE person (id bigint PRIMARY KEY, team_id integer, email text, age integer, code integer REFERENCES team (code));
      CREATE INDEX person_email ON person (email);
      CREATE MATERIALIZED VIEW ages AS SELECT age, count(*) AS n FROM person GROUP BY age;
      CREATE MATERIALIZED VIEW emails AS SELECT id, email FROM person;
      CREATE UNIQUE INDEX emails_id ON emails (id);
      CREATE VIEW grown AS SELECT id, email FROM person WHERE age > 17;
      CREATE VIEW both_of AS SELECT g.id, t.name FROM grown g JOIN team t ON t.id = g.id;
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TYPE pair AS (a integer, b text);
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
      CREATE FUNCTION fill() RETURNS integer LANGUAGE sql AS $$ UPDATE person SET age = 3 WHERE id = 5; SELECT 1 $$;
      CREATE FUNCTION count_teams() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM team $$;
      ${rows("team", "g, 'team ' || g, g")}
      ${rows("person", "g, g, 'p' || g, g % 80, g")}
      REFRESH MATERIALIZED VIEW ages;
      REFRESH MATERIALIZED VIEW emails;`,
  statements: `
      CREATE INDEX ON person (age);
      CREATE INDEX person_age ON person USING hash (age);
      CREATE UNIQUE INDEX ON person (lower(email), age) INCLUDE (team_id) WHERE age IS NOT NULL;
      CREATE INDEX person_email ON person (age);
      CREATE INDEX IF NOT EXISTS person_email ON person (age);
      CREATE INDEX ON person (nothing);
      CREATE INDEX ON nobody (id);
      CREATE INDEX CONCURRENTLY ON person (age);
      -- alone
      CREATE INDEX CONCURRENTLY person_age_now ON person (age);
      -- alone
      DROP INDEX CONCURRENTLY person_age_now;
      CREATE INDEX ON emails (email);
      DROP INDEX person_email;
      DROP INDEX IF EXISTS nothing;
      DROP INDEX nothing;
      DROP INDEX CONCURRENTLY person_email;
      DROP INDEX team_name_key;
      DROP INDEX team_code;
      DROP INDEX team_code CASCADE;
      REINDEX INDEX person_email;
      REINDEX TABLE person;
      REINDEX TABLE CONCURRENTLY person;
      REINDEX SCHEMA public;
      -- alone
      REINDEX INDEX CONCURRENTLY person_email;
      -- alone
      REINDEX TABLE CONCURRENTLY person;
      -- alone
      REINDEX SCHEMA public;
      VACUUM person;
      -- alone
      VACUUM FULL person;
      ANALYZE person;
      CLUSTER person USING person_pkey;
      REFRESH MATERIALIZED VIEW ages;
      REFRESH MATERIALIZED VIEW emails;
      REFRESH MATERIALIZED VIEW ages WITH NO DATA;
      REFRESH MATERIALIZED VIEW CONCURRENTLY ages;
      REFRESH MATERIALIZED VIEW CONCURRENTLY emails;
      CREATE TABLE badge (id serial PRIMARY KEY, label text UNIQUE);
      CREATE TABLE badge (id integer REFERENCES team, person_id bigint REFERENCES person, again integer REFERENCES badge2);
      CREATE TABLE badge (id integer PRIMARY KEY, team_id integer REFERENCES team ON DELETE CASCADE, up integer REFERENCES badge);
      CREATE TABLE badge (id integer, FOREIGN KEY (id) REFERENCES person (age));
      CREATE TABLE team (id integer);
      CREATE TABLE IF NOT EXISTS team (id integer REFERENCES person);
      CREATE TABLE badge (LIKE person INCLUDING ALL);
      CREATE TABLE badge (extra integer) INHERITS (team);
      CREATE TABLE nowhere.badge (id integer);
      CREATE TABLE copy AS SELECT * FROM person;
      CREATE TABLE copy AS SELECT id FROM person WHERE id = 3;
      CREATE TABLE copy AS SELECT * FROM both_of;
      CREATE TABLE copy AS TABLE person WITH NO DATA;
      CREATE TEMP TABLE scratch (id integer);
      CREATE UNLOGGED TABLE scratch (id integer);
      CREATE VIEW v AS SELECT * FROM person;
      CREATE VIEW v AS SELECT p.id FROM person p JOIN team USING (code);
      CREATE VIEW v AS SELECT * FROM both_of;
      CREATE VIEW v AS SELECT * FROM nobody;
      CREATE VIEW grown AS SELECT 1;
      CREATE OR REPLACE VIEW grown AS SELECT id, email FROM person WHERE age > 20;
      CREATE MATERIALIZED VIEW m AS SELECT email FROM person;
      CREATE MATERIALIZED VIEW m AS SELECT email FROM person WITH NO DATA;
      CREATE SEQUENCE counter;
      CREATE SEQUENCE counter OWNED BY person.age;
      CREATE SEQUENCE counter; ALTER SEQUENCE counter OWNED BY person.age;
      CREATE TYPE mood AS ENUM ('x');
      CREATE TYPE colour AS ENUM ('red');
      ALTER TYPE mood ADD VALUE 'happy';
      ALTER TYPE mood ADD VALUE 'ok';
      ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok';
      ALTER TYPE nothing ADD VALUE 'ok';
      ALTER TYPE mood RENAME VALUE 'sad' TO 'low';
      ALTER TYPE mood RENAME VALUE 'nothing' TO 'low';
      DROP TYPE mood;
      DROP TYPE nothing;
      DROP TYPE IF EXISTS nothing;
      CREATE TRIGGER t BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE TRIGGER t INSTEAD OF UPDATE ON grown FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE TRIGGER t BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch(); DROP TRIGGER t ON person;
      CREATE RULE r AS ON DELETE TO person DO INSTEAD NOTHING;
      CREATE POLICY p ON person USING (true);
      ALTER TABLE person ENABLE ROW LEVEL SECURITY;
      ALTER TABLE person FORCE ROW LEVEL SECURITY;
      ALTER TABLE person DISABLE TRIGGER ALL;
      ALTER TABLE person ENABLE TRIGGER USER;
      ALTER TABLE person SET (fillfactor = 70);
      ALTER TABLE person SET (autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0.1);
      ALTER TABLE person RESET (fillfactor);
      ALTER TABLE person ALTER COLUMN email SET STATISTICS 500;
      ALTER TABLE person ALTER COLUMN email SET STORAGE EXTERNAL;
      ALTER TABLE person ALTER COLUMN email SET (n_distinct = 5);
      -- 14+
      ALTER TABLE person ALTER COLUMN email SET COMPRESSION pglz;
      ALTER TABLE person REPLICA IDENTITY FULL;
      ALTER TABLE person CLUSTER ON person_email;
      ALTER TABLE person SET WITHOUT CLUSTER;
      ALTER TABLE person SET UNLOGGED;
      ALTER TABLE person SET LOGGED;
      ALTER TABLE person OWNER TO CURRENT_USER;
      ALTER TABLE person SET TABLESPACE pg_default;
      -- 15+
      ALTER TABLE person SET ACCESS METHOD heap;
      COMMENT ON TABLE person IS 'people';
      COMMENT ON COLUMN person.age IS 'years';
      COMMENT ON COLUMN grown.id IS 'id';
      COMMENT ON INDEX person_email IS 'x';
      CREATE STATISTICS s ON age, team_id FROM person;
      GRANT SELECT ON person TO PUBLIC;
      CREATE PUBLICATION p FOR TABLE person;
      CREATE EXTENSION IF NOT EXISTS plpgsql;
      CREATE SCHEMA archive;
      CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
      DROP FUNCTION touch();
      LOCK TABLE person;
      LOCK TABLE person, team IN SHARE ROW EXCLUSIVE MODE;
      LOCK TABLE grown IN SHARE MODE;
      LOCK TABLE nobody;
      DO $$ BEGIN ALTER TABLE person ADD COLUMN nick text; UPDATE team SET name = 'other' WHERE id = 2; END $$;
      DO $$ BEGIN IF true THEN ALTER TABLE team ADD COLUMN nick text; END IF; END $$;
      DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM team WHERE id = 3 LOOP UPDATE person SET age = 1 WHERE id = r.id; END LOOP; END $$;
      DO $$ BEGIN EXECUTE 'ALTER TABLE team ADD COLUMN nick text'; END $$;
      SELECT fill();
      SELECT count_teams();`,
};
