-- case: COMMIT ends the tool's transaction
-- page: bad
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
BEGIN;
ALTER TABLE person ADD COLUMN region text;
COMMIT; -- expect: nested-transaction@warning

-- case: BEGIN twice
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
BEGIN;
ALTER TABLE person ADD COLUMN region text;
BEGIN; -- expect: nested-transaction@warning
ALTER TABLE person ADD COLUMN plan text;
COMMIT;

-- case: COMMIT of nothing
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
COMMIT; -- expect: nested-transaction@info

-- case: a savepoint
-- page: good
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SAVEPOINT before_region;
ALTER TABLE person ADD COLUMN region text;
RELEASE SAVEPOINT before_region;

-- case: one transaction after the other
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
BEGIN;
ALTER TABLE person ADD COLUMN region text;
COMMIT;
BEGIN;
ALTER TABLE person ADD COLUMN plan text;
COMMIT;
