-- tread-conformance/1
-- Dropping and renaming.
--: setup
CREATE TABLE team (id integer PRIMARY KEY, name text UNIQUE);
CREATE TABLE person (id bigint PRIMARY KEY, team_id integer REFERENCES team, email text, age integer, twice integer GENERATED ALWAYS AS (age * 2) STORED,
a integer, b integer, CONSTRAINT a_b CHECK (a < b));
CREATE INDEX person_email ON person (email);
CREATE INDEX person_a_b ON person (a) INCLUDE (b);
CREATE UNIQUE INDEX person_lower ON person (lower(email)) WHERE age > 3;
CREATE TABLE badge (id integer PRIMARY KEY, person_id bigint REFERENCES person ON DELETE CASCADE, team_name text REFERENCES team (name));
CREATE TABLE lonely (id integer, note text);
CREATE VIEW grown AS SELECT id, email FROM person WHERE age > 17;
CREATE VIEW all_of_it AS SELECT * FROM lonely;
CREATE MATERIALIZED VIEW ages AS SELECT age, count(*) AS n FROM person GROUP BY age;
CREATE TABLE free (id integer);
CREATE SCHEMA cellar;
CREATE SCHEMA attic;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE weather AS ENUM ('sun', 'rain');
CREATE DOMAIN plain AS text;
CREATE TABLE cellar.note (id integer PRIMARY KEY, feeling mood DEFAULT 'ok', body plain);
CREATE SEQUENCE counter;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touch_age BEFORE UPDATE OF b ON person FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO team SELECT g, 'team ' || g FROM generate_series(1, 1000) g;
INSERT INTO person (id, team_id, email, age, a, b) SELECT g, g, 'p' || g, g % 80, g, g + 1 FROM generate_series(1, 1000) g;
INSERT INTO badge SELECT g, g, 'team ' || g FROM generate_series(1, 1000) g;
INSERT INTO lonely SELECT g, 'n' FROM generate_series(1, 1000) g;

--: case ALTER SCHEMA cellar RENAME TO vault
ALTER SCHEMA cellar RENAME TO vault;

--: case ALTER SCHEMA cellar RENAME TO attic
ALTER SCHEMA cellar RENAME TO attic;

--: case ALTER SCHEMA nowhere RENAME TO vault
ALTER SCHEMA nowhere RENAME TO vault;

--: case ALTER TYPE mood RENAME TO humour
ALTER TYPE mood RENAME TO humour;

--: case ALTER TYPE mood RENAME TO weather
ALTER TYPE mood RENAME TO weather;

--: case ALTER TYPE nothing RENAME TO humour
ALTER TYPE nothing RENAME TO humour;

--: case ALTER TYPE mood SET SCHEMA cellar
ALTER TYPE mood SET SCHEMA cellar;

--: case ALTER DOMAIN plain RENAME TO prose
ALTER DOMAIN plain RENAME TO prose;

--: case ALTER DOMAIN plain SET SCHEMA cellar
ALTER DOMAIN plain SET SCHEMA cellar;

--: case ALTER TABLE person DROP COLUMN team_id
ALTER TABLE person DROP COLUMN team_id;

--: case ALTER TABLE person DROP COLUMN email
ALTER TABLE person DROP COLUMN email;

--: case ALTER TABLE person DROP COLUMN email CASCADE
ALTER TABLE person DROP COLUMN email CASCADE;

--: case ALTER TABLE person DROP COLUMN age
ALTER TABLE person DROP COLUMN age;

--: case ALTER TABLE person DROP COLUMN age CASCADE
ALTER TABLE person DROP COLUMN age CASCADE;

--: case ALTER TABLE person DROP COLUMN twice
ALTER TABLE person DROP COLUMN twice;

--: case ALTER TABLE person DROP COLUMN a
ALTER TABLE person DROP COLUMN a;

--: case ALTER TABLE person DROP COLUMN b
ALTER TABLE person DROP COLUMN b;

--: case ALTER TABLE person DROP COLUMN b CASCADE
ALTER TABLE person DROP COLUMN b CASCADE;

--: case ALTER TABLE person DROP COLUMN id
ALTER TABLE person DROP COLUMN id;

--: case ALTER TABLE person DROP COLUMN id CASCADE
ALTER TABLE person DROP COLUMN id CASCADE;

--: case ALTER TABLE person DROP COLUMN nothing
ALTER TABLE person DROP COLUMN nothing;

--: case ALTER TABLE person DROP COLUMN IF EXISTS nothing
ALTER TABLE person DROP COLUMN IF EXISTS nothing;

--: case ALTER TABLE team DROP COLUMN name
ALTER TABLE team DROP COLUMN name;

--: case ALTER TABLE lonely DROP COLUMN note
ALTER TABLE lonely DROP COLUMN note;

--: case ALTER TABLE free DROP COLUMN id
ALTER TABLE free DROP COLUMN id;

--: case DROP TABLE free
DROP TABLE free;

--: case DROP TABLE IF EXISTS free, nobody
DROP TABLE IF EXISTS free, nobody;

--: case DROP TABLE nobody
DROP TABLE nobody;

--: case DROP TABLE badge
DROP TABLE badge;

--: case DROP TABLE lonely
DROP TABLE lonely;

--: case DROP TABLE lonely CASCADE
DROP TABLE lonely CASCADE;

--: case DROP TABLE person
DROP TABLE person;

--: case DROP TABLE person CASCADE
DROP TABLE person CASCADE;

--: case DROP TABLE team
DROP TABLE team;

--: case DROP TABLE team CASCADE
DROP TABLE team CASCADE;

--: case DROP TABLE badge, person CASCADE
DROP TABLE badge, person CASCADE;

--: case DROP VIEW grown
DROP VIEW grown;

--: case DROP VIEW grown, all_of_it
DROP VIEW grown, all_of_it;

--: case DROP VIEW free
DROP VIEW free;

--: case DROP TABLE grown
DROP TABLE grown;

--: case DROP MATERIALIZED VIEW ages
DROP MATERIALIZED VIEW ages;

--: case DROP SEQUENCE counter
DROP SEQUENCE counter;

--: case DROP SEQUENCE IF EXISTS nothing
DROP SEQUENCE IF EXISTS nothing;

--: case DROP SEQUENCE nothing
DROP SEQUENCE nothing;

--: case ALTER TABLE person RENAME TO people
ALTER TABLE person RENAME TO people;

--: case ALTER TABLE person RENAME TO team
ALTER TABLE person RENAME TO team;

--: case ALTER TABLE IF EXISTS nobody RENAME TO people
ALTER TABLE IF EXISTS nobody RENAME TO people;

--: case ALTER TABLE nobody RENAME TO people
ALTER TABLE nobody RENAME TO people;

--: case ALTER TABLE person RENAME COLUMN email TO mail
ALTER TABLE person RENAME COLUMN email TO mail;

--: case ALTER TABLE person RENAME email TO id
ALTER TABLE person RENAME email TO id;

--: case ALTER TABLE person RENAME COLUMN nothing TO mail
ALTER TABLE person RENAME COLUMN nothing TO mail;

--: case ALTER TABLE person RENAME CONSTRAINT a_b TO b_a
ALTER TABLE person RENAME CONSTRAINT a_b TO b_a;

--: case ALTER TABLE person RENAME CONSTRAINT nothing TO b_a
ALTER TABLE person RENAME CONSTRAINT nothing TO b_a;

--: case ALTER TABLE person RENAME CONSTRAINT person_pkey TO pk
ALTER TABLE person RENAME CONSTRAINT person_pkey TO pk;

--: case ALTER INDEX person_email RENAME TO person_mail
ALTER INDEX person_email RENAME TO person_mail;

--: case ALTER INDEX person_email RENAME TO team
ALTER INDEX person_email RENAME TO team;

--: case ALTER INDEX nothing RENAME TO something
ALTER INDEX nothing RENAME TO something;

--: case ALTER VIEW grown RENAME TO adults
ALTER VIEW grown RENAME TO adults;

--: case ALTER VIEW grown RENAME COLUMN email TO mail
ALTER VIEW grown RENAME COLUMN email TO mail;

--: case ALTER MATERIALIZED VIEW ages RENAME TO ages_now
ALTER MATERIALIZED VIEW ages RENAME TO ages_now;

--: case ALTER SEQUENCE counter RENAME TO counts
ALTER SEQUENCE counter RENAME TO counts;

--: case CREATE SCHEMA archive; ALTER TABLE lonely SET SCHEMA archive
CREATE SCHEMA archive; ALTER TABLE lonely SET SCHEMA archive;

--: case ALTER TABLE lonely SET SCHEMA nowhere
ALTER TABLE lonely SET SCHEMA nowhere;

--: case TRUNCATE lonely
TRUNCATE lonely;

--: case TRUNCATE free
TRUNCATE free;

--: case TRUNCATE person
TRUNCATE person;

--: case TRUNCATE person CASCADE
TRUNCATE person CASCADE;

--: case TRUNCATE person, badge
TRUNCATE person, badge;

--: case DROP SCHEMA nowhere
DROP SCHEMA nowhere;

--: case DROP FUNCTION touch()
DROP FUNCTION touch();

--: case DROP FUNCTION touch() CASCADE
DROP FUNCTION touch() CASCADE;

--: case DROP TRIGGER touch_age ON person
DROP TRIGGER touch_age ON person;

--: case DROP TRIGGER nothing ON person
DROP TRIGGER nothing ON person;

--: case DROP TRIGGER IF EXISTS nothing ON person
DROP TRIGGER IF EXISTS nothing ON person;

--: case ALTER TABLE badge DROP CONSTRAINT badge_person_id_fkey, DROP COLUMN team_name
ALTER TABLE badge DROP CONSTRAINT badge_person_id_fkey, DROP COLUMN team_name;
