-- tread-conformance/1
-- Indexes and tables.
--: setup
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
INSERT INTO team SELECT g, 'team ' || g, g FROM generate_series(1, 1000) g;
INSERT INTO person SELECT g, g, 'p' || g, g % 80, g FROM generate_series(1, 1000) g;
REFRESH MATERIALIZED VIEW ages;
REFRESH MATERIALIZED VIEW emails;

--: case CREATE INDEX ON person (age)
CREATE INDEX ON person (age);

--: case CREATE INDEX person_age ON person USING hash (age)
CREATE INDEX person_age ON person USING hash (age);

--: case CREATE UNIQUE INDEX ON person (lower(email), age) INCLUDE (team_id) WHERE age IS NOT NULL
CREATE UNIQUE INDEX ON person (lower(email), age) INCLUDE (team_id) WHERE age IS NOT NULL;

--: case CREATE INDEX person_email ON person (age)
CREATE INDEX person_email ON person (age);

--: case CREATE INDEX IF NOT EXISTS person_email ON person (age)
CREATE INDEX IF NOT EXISTS person_email ON person (age);

--: case CREATE INDEX ON person (nothing)
CREATE INDEX ON person (nothing);

--: case CREATE INDEX ON nobody (id)
CREATE INDEX ON nobody (id);

--: case CREATE INDEX CONCURRENTLY ON person (age)
CREATE INDEX CONCURRENTLY ON person (age);

--: case CREATE INDEX CONCURRENTLY person_age_now ON person (age) @alone
CREATE INDEX CONCURRENTLY person_age_now ON person (age);

--: case DROP INDEX CONCURRENTLY person_age_now @alone
DROP INDEX CONCURRENTLY person_age_now;

--: case CREATE INDEX ON emails (email)
CREATE INDEX ON emails (email);

--: case DROP INDEX person_email
DROP INDEX person_email;

--: case DROP INDEX IF EXISTS nothing
DROP INDEX IF EXISTS nothing;

--: case DROP INDEX nothing
DROP INDEX nothing;

--: case DROP INDEX CONCURRENTLY person_email
DROP INDEX CONCURRENTLY person_email;

--: case DROP INDEX team_name_key
DROP INDEX team_name_key;

--: case DROP INDEX team_code
DROP INDEX team_code;

--: case DROP INDEX team_code CASCADE
DROP INDEX team_code CASCADE;

--: case REINDEX INDEX person_email
REINDEX INDEX person_email;

--: case REINDEX TABLE person
REINDEX TABLE person;

--: case REINDEX TABLE CONCURRENTLY person
REINDEX TABLE CONCURRENTLY person;

--: case REINDEX SCHEMA public
REINDEX SCHEMA public;

--: case REINDEX INDEX CONCURRENTLY person_email @alone
REINDEX INDEX CONCURRENTLY person_email;

--: case REINDEX TABLE CONCURRENTLY person (2) @alone
REINDEX TABLE CONCURRENTLY person;

--: case REINDEX SCHEMA public (2) @alone
REINDEX SCHEMA public;

--: case VACUUM person
VACUUM person;

--: case VACUUM FULL person @alone
VACUUM FULL person;

--: case ANALYZE person
ANALYZE person;

--: case CLUSTER person USING person_pkey
CLUSTER person USING person_pkey;

--: case REFRESH MATERIALIZED VIEW ages
REFRESH MATERIALIZED VIEW ages;

--: case REFRESH MATERIALIZED VIEW emails
REFRESH MATERIALIZED VIEW emails;

--: case REFRESH MATERIALIZED VIEW ages WITH NO DATA
REFRESH MATERIALIZED VIEW ages WITH NO DATA;

--: case REFRESH MATERIALIZED VIEW CONCURRENTLY ages
REFRESH MATERIALIZED VIEW CONCURRENTLY ages;

--: case REFRESH MATERIALIZED VIEW CONCURRENTLY emails
REFRESH MATERIALIZED VIEW CONCURRENTLY emails;

--: case CREATE TABLE badge (id serial PRIMARY KEY, label text UNIQUE)
CREATE TABLE badge (id serial PRIMARY KEY, label text UNIQUE);

--: case CREATE TABLE badge (id integer REFERENCES team, person_id bigint REFERENCES person, again integer REFERENCE…
CREATE TABLE badge (id integer REFERENCES team, person_id bigint REFERENCES person, again integer REFERENCES badge2);

--: case CREATE TABLE badge (id integer PRIMARY KEY, team_id integer REFERENCES team ON DELETE CASCADE, up integer R…
CREATE TABLE badge (id integer PRIMARY KEY, team_id integer REFERENCES team ON DELETE CASCADE, up integer REFERENCES badge);

--: case CREATE TABLE badge (id integer, FOREIGN KEY (id) REFERENCES person (age))
CREATE TABLE badge (id integer, FOREIGN KEY (id) REFERENCES person (age));

--: case CREATE TABLE team (id integer)
CREATE TABLE team (id integer);

--: case CREATE TABLE IF NOT EXISTS team (id integer REFERENCES person)
CREATE TABLE IF NOT EXISTS team (id integer REFERENCES person);

--: case CREATE TABLE badge (LIKE person INCLUDING ALL)
CREATE TABLE badge (LIKE person INCLUDING ALL);

--: case CREATE TABLE badge (extra integer) INHERITS (team)
CREATE TABLE badge (extra integer) INHERITS (team);

--: case CREATE TABLE nowhere.badge (id integer)
CREATE TABLE nowhere.badge (id integer);

--: case CREATE TABLE copy AS SELECT * FROM person
CREATE TABLE copy AS SELECT * FROM person;

--: case CREATE TABLE copy AS SELECT id FROM person WHERE id = 3
CREATE TABLE copy AS SELECT id FROM person WHERE id = 3;

--: case CREATE TABLE copy AS SELECT * FROM both_of
CREATE TABLE copy AS SELECT * FROM both_of;

--: case CREATE TABLE copy AS TABLE person WITH NO DATA
CREATE TABLE copy AS TABLE person WITH NO DATA;

--: case CREATE TEMP TABLE scratch (id integer)
CREATE TEMP TABLE scratch (id integer);

--: case CREATE UNLOGGED TABLE scratch (id integer)
CREATE UNLOGGED TABLE scratch (id integer);

--: case CREATE VIEW v AS SELECT * FROM person
CREATE VIEW v AS SELECT * FROM person;

--: case CREATE VIEW v AS SELECT p.id FROM person p JOIN team USING (code)
CREATE VIEW v AS SELECT p.id FROM person p JOIN team USING (code);

--: case CREATE VIEW v AS SELECT * FROM both_of
CREATE VIEW v AS SELECT * FROM both_of;

--: case CREATE VIEW v AS SELECT * FROM nobody
CREATE VIEW v AS SELECT * FROM nobody;

--: case CREATE VIEW grown AS SELECT 1
CREATE VIEW grown AS SELECT 1;

--: case CREATE OR REPLACE VIEW grown AS SELECT id, email FROM person WHERE age > 20
CREATE OR REPLACE VIEW grown AS SELECT id, email FROM person WHERE age > 20;

--: case CREATE MATERIALIZED VIEW m AS SELECT email FROM person
CREATE MATERIALIZED VIEW m AS SELECT email FROM person;

--: case CREATE MATERIALIZED VIEW m AS SELECT email FROM person WITH NO DATA
CREATE MATERIALIZED VIEW m AS SELECT email FROM person WITH NO DATA;

--: case CREATE SEQUENCE counter
CREATE SEQUENCE counter;

--: case CREATE SEQUENCE counter OWNED BY person.age
CREATE SEQUENCE counter OWNED BY person.age;

--: case CREATE SEQUENCE counter; ALTER SEQUENCE counter OWNED BY person.age
CREATE SEQUENCE counter; ALTER SEQUENCE counter OWNED BY person.age;

--: case CREATE TYPE mood AS ENUM ('x')
CREATE TYPE mood AS ENUM ('x');

--: case CREATE TYPE colour AS ENUM ('red')
CREATE TYPE colour AS ENUM ('red');

--: case ALTER TYPE mood ADD VALUE 'happy'
ALTER TYPE mood ADD VALUE 'happy';

--: case ALTER TYPE mood ADD VALUE 'ok'
ALTER TYPE mood ADD VALUE 'ok';

--: case ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok'
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok';

--: case ALTER TYPE nothing ADD VALUE 'ok'
ALTER TYPE nothing ADD VALUE 'ok';

--: case ALTER TYPE mood RENAME VALUE 'sad' TO 'low'
ALTER TYPE mood RENAME VALUE 'sad' TO 'low';

--: case ALTER TYPE mood RENAME VALUE 'nothing' TO 'low'
ALTER TYPE mood RENAME VALUE 'nothing' TO 'low';

--: case DROP TYPE mood
DROP TYPE mood;

--: case DROP TYPE nothing
DROP TYPE nothing;

--: case DROP TYPE IF EXISTS nothing
DROP TYPE IF EXISTS nothing;

--: case CREATE TRIGGER t BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch()
CREATE TRIGGER t BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();

--: case CREATE TRIGGER t INSTEAD OF UPDATE ON grown FOR EACH ROW EXECUTE FUNCTION touch()
CREATE TRIGGER t INSTEAD OF UPDATE ON grown FOR EACH ROW EXECUTE FUNCTION touch();

--: case CREATE TRIGGER t BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch(); DROP TRIGGER t ON person
CREATE TRIGGER t BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch(); DROP TRIGGER t ON person;

--: case CREATE RULE r AS ON DELETE TO person DO INSTEAD NOTHING
CREATE RULE r AS ON DELETE TO person DO INSTEAD NOTHING;

--: case CREATE POLICY p ON person USING (true)
CREATE POLICY p ON person USING (true);

--: case ALTER TABLE person ENABLE ROW LEVEL SECURITY
ALTER TABLE person ENABLE ROW LEVEL SECURITY;

--: case ALTER TABLE person FORCE ROW LEVEL SECURITY
ALTER TABLE person FORCE ROW LEVEL SECURITY;

--: case ALTER TABLE person DISABLE TRIGGER ALL
ALTER TABLE person DISABLE TRIGGER ALL;

--: case ALTER TABLE person ENABLE TRIGGER USER
ALTER TABLE person ENABLE TRIGGER USER;

--: case ALTER TABLE person SET (fillfactor = 70)
ALTER TABLE person SET (fillfactor = 70);

--: case ALTER TABLE person SET (autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0.1)
ALTER TABLE person SET (autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0.1);

--: case ALTER TABLE person RESET (fillfactor)
ALTER TABLE person RESET (fillfactor);

--: case ALTER TABLE person ALTER COLUMN email SET STATISTICS 500
ALTER TABLE person ALTER COLUMN email SET STATISTICS 500;

--: case ALTER TABLE person ALTER COLUMN email SET STORAGE EXTERNAL
ALTER TABLE person ALTER COLUMN email SET STORAGE EXTERNAL;

--: case ALTER TABLE person ALTER COLUMN email SET (n_distinct = 5)
ALTER TABLE person ALTER COLUMN email SET (n_distinct = 5);

--: case ALTER TABLE person ALTER COLUMN email SET COMPRESSION pglz @14+
ALTER TABLE person ALTER COLUMN email SET COMPRESSION pglz;

--: case ALTER TABLE person REPLICA IDENTITY FULL
ALTER TABLE person REPLICA IDENTITY FULL;

--: case ALTER TABLE person CLUSTER ON person_email
ALTER TABLE person CLUSTER ON person_email;

--: case ALTER TABLE person SET WITHOUT CLUSTER
ALTER TABLE person SET WITHOUT CLUSTER;

--: case ALTER TABLE person SET UNLOGGED
ALTER TABLE person SET UNLOGGED;

--: case ALTER TABLE person SET LOGGED
ALTER TABLE person SET LOGGED;

--: case ALTER TABLE person OWNER TO CURRENT_USER
ALTER TABLE person OWNER TO CURRENT_USER;

--: case ALTER TABLE person SET TABLESPACE pg_default
ALTER TABLE person SET TABLESPACE pg_default;

--: case ALTER TABLE person SET ACCESS METHOD heap @15+
ALTER TABLE person SET ACCESS METHOD heap;

--: case COMMENT ON TABLE person IS 'people'
COMMENT ON TABLE person IS 'people';

--: case COMMENT ON COLUMN person.age IS 'years'
COMMENT ON COLUMN person.age IS 'years';

--: case COMMENT ON COLUMN grown.id IS 'id'
COMMENT ON COLUMN grown.id IS 'id';

--: case COMMENT ON INDEX person_email IS 'x'
COMMENT ON INDEX person_email IS 'x';

--: case CREATE STATISTICS s ON age, team_id FROM person
CREATE STATISTICS s ON age, team_id FROM person;

--: case GRANT SELECT ON person TO PUBLIC
GRANT SELECT ON person TO PUBLIC;

--: case CREATE PUBLICATION p FOR TABLE person
CREATE PUBLICATION p FOR TABLE person;

--: case CREATE EXTENSION IF NOT EXISTS plpgsql
CREATE EXTENSION IF NOT EXISTS plpgsql;

--: case CREATE SCHEMA archive
CREATE SCHEMA archive;

--: case CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';

--: case DROP FUNCTION touch()
DROP FUNCTION touch();

--: case LOCK TABLE person
LOCK TABLE person;

--: case LOCK TABLE person, team IN SHARE ROW EXCLUSIVE MODE
LOCK TABLE person, team IN SHARE ROW EXCLUSIVE MODE;

--: case LOCK TABLE grown IN SHARE MODE
LOCK TABLE grown IN SHARE MODE;

--: case LOCK TABLE nobody
LOCK TABLE nobody;

--: case DO $$ BEGIN ALTER TABLE person ADD COLUMN nick text; UPDATE team SET name = 'other' WHERE id = 2; END $$
DO $$ BEGIN ALTER TABLE person ADD COLUMN nick text; UPDATE team SET name = 'other' WHERE id = 2; END $$;

--: case DO $$ BEGIN IF true THEN ALTER TABLE team ADD COLUMN nick text; END IF; END $$
DO $$ BEGIN IF true THEN ALTER TABLE team ADD COLUMN nick text; END IF; END $$;

--: case DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$
DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;

--: case DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM team WHERE id = 3 LOOP UPDATE person SET age = 1 WHER…
DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM team WHERE id = 3 LOOP UPDATE person SET age = 1 WHERE id = r.id; END LOOP; END $$;

--: case DO $$ BEGIN EXECUTE 'ALTER TABLE team ADD COLUMN nick text'; END $$
DO $$ BEGIN EXECUTE 'ALTER TABLE team ADD COLUMN nick text'; END $$;

--: case SELECT fill()
SELECT fill();

--: case SELECT count_teams()
SELECT count_teams();
