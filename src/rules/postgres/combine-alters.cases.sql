-- case: the table is written twice
-- page: bad
-- transaction: per-migration
-- 0001.sql
CREATE TABLE payment (id bigint PRIMARY KEY, cents integer, fee integer);
-- 0002.sql
ALTER TABLE payment ALTER COLUMN cents TYPE bigint; -- expect: change-type-rewrite
ALTER TABLE payment ALTER COLUMN fee TYPE bigint; -- expect: change-type-rewrite, combine-alters@info

-- case: in one statement it is written once
-- transaction: per-migration
-- 0001.sql
CREATE TABLE payment (id bigint PRIMARY KEY, cents integer, fee integer);
-- 0002.sql
ALTER TABLE payment ALTER COLUMN cents TYPE bigint, ALTER COLUMN fee TYPE bigint; -- expect: change-type-rewrite, change-type-rewrite

-- case: three waits
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE person ADD COLUMN plan text;
ALTER TABLE person ADD COLUMN score integer; -- expect: combine-alters@info

-- case: one wait
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text, ADD COLUMN plan text;

-- case: in a transaction the lock is taken once
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE person ADD COLUMN plan text;
