-- case: a live version still reads the table
-- live: SELECT id, name FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
DROP TABLE person; -- expect: drop-table@error

-- case: no live version is known
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
DROP TABLE IF EXISTS person; -- expect: drop-table@error

-- case: no version uses it any more
-- live: SELECT 1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
DROP TABLE person; -- expect: drop-table@warning

-- case: a view that a version reads
-- live: SELECT name FROM names
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE VIEW names AS SELECT name FROM person;
-- 0002.sql
DROP VIEW names; -- expect: drop-table@error

-- case: created and dropped in the same release
-- 0001.sql
CREATE TABLE scratch (id bigint);
DROP TABLE scratch;

-- case: a table that is not there
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
DROP TABLE IF EXISTS people;

-- case: a trigger still writes to it
-- live: INSERT INTO payment (id, cents) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE payment (id bigint PRIMARY KEY, cents bigint);
CREATE TABLE payment_log (payment_id bigint, cents bigint);
CREATE FUNCTION log_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payment_log VALUES (NEW.id, NEW.cents);
  RETURN NULL;
END $$;
CREATE TRIGGER log_payment AFTER INSERT ON payment FOR EACH ROW EXECUTE FUNCTION log_payment();
-- 0002.sql
DROP TABLE payment_log; -- expect: drop-table@error

-- case: tried and rolled back
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE person DROP COLUMN name;
DROP TABLE person;
ROLLBACK;
