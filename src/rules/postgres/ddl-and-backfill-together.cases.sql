-- case: the lock is held through the backfill
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
UPDATE person SET region = 'eu'; -- expect: ddl-and-backfill-together@error, row-by-row@error

-- case: the same with code
-- source: django
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
-- code: update person per_row whole_table -- expect: ddl-and-backfill-together@error, row-by-row@error

-- case: the backfill first
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET email = 'none' WHERE email IS NULL; -- expect: ddl-and-backfill-together@warning, row-by-row@error
ALTER TABLE person ADD COLUMN region text;

-- case: each statement its own transaction
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
UPDATE person SET region = 'eu'; -- expect: row-by-row@error

-- case: a hundred rows
-- transaction: per-migration
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
UPDATE person SET region = 'eu'; -- expect: ddl-and-backfill-together@info, row-by-row@info

-- case: rows for a table of the same release
-- transaction: per-migration
-- 0001.sql
CREATE TABLE plan (id bigint PRIMARY KEY);
ALTER TABLE plan ADD COLUMN name text;
UPDATE plan SET name = 'free';

-- case: one known row
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
UPDATE person SET region = 'eu' WHERE id = 1;
