-- case: a primary key takes the foreign keys that point at it along
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
CREATE TABLE pet (id bigint PRIMARY KEY, person_id bigint REFERENCES person (id));
-- 0002.sql
ALTER TABLE person DROP CONSTRAINT person_pkey CASCADE; -- expect: drop-cascade@warning, drop-primary-key@warning

-- case: a column takes a view along
-- live: SELECT name FROM person_names
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
CREATE VIEW person_names AS SELECT id, name FROM person;
-- 0002.sql
ALTER TABLE person DROP COLUMN name CASCADE; -- expect: drop-cascade@error, drop-column@error

-- case: a table takes a view on a view and a foreign key along
-- live: SELECT 1
-- 0001.sql
CREATE TABLE org (id bigint PRIMARY KEY, name text);
CREATE TABLE person (id bigint PRIMARY KEY, org_id bigint REFERENCES org (id));
CREATE VIEW org_names AS SELECT name FROM org;
CREATE VIEW org_initials AS SELECT left(name, 1) FROM org_names;
-- 0002.sql
DROP TABLE org CASCADE; -- expect: drop-cascade@warning, drop-table@warning

-- case: a function takes its triggers along
-- live: SELECT 1
-- 0001.sql
CREATE TABLE payment (id bigint PRIMARY KEY, cents bigint);
CREATE FUNCTION log_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER log_payment BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION log_payment();
-- 0002.sql
DROP FUNCTION log_payment() CASCADE; -- expect: drop-cascade@warning

-- case: what is to go is written down
-- page: good
-- live: SELECT 1
-- 0001.sql
CREATE TABLE payment (id bigint PRIMARY KEY, cents bigint);
CREATE FUNCTION log_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER log_payment BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION log_payment();
-- 0002.sql
DROP TRIGGER log_payment ON payment; -- expect: drop-trigger@info
DROP FUNCTION log_payment();

-- case: CASCADE where nothing depends
-- live: SELECT 1
-- 0001.sql
CREATE TABLE scratch (id bigint);
-- 0002.sql
DROP TABLE scratch CASCADE; -- expect: drop-table@warning

-- case: the table and what depends on it are of the same release
-- 0001.sql
CREATE TABLE org (id bigint PRIMARY KEY, name text);
CREATE VIEW org_names AS SELECT name FROM org;
DROP TABLE org CASCADE;

-- case: a sequence takes the default of its column along
-- 0001.sql
CREATE TABLE job (id bigserial PRIMARY KEY, payload text);
-- 0002.sql
DROP SEQUENCE job_id_seq CASCADE; -- expect: drop-cascade@error
