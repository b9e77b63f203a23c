-- case: a column, and then an index that may not be finished
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text; -- expect: not-repeatable@info
CREATE INDEX CONCURRENTLY person_region_idx ON person (region);

-- case: both can be run again
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN IF NOT EXISTS region text;
DROP INDEX CONCURRENTLY IF EXISTS person_region_idx;
CREATE INDEX CONCURRENTLY person_region_idx ON person (region);

-- case: in a transaction all of it is undone
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET LOCAL lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE person ADD COLUMN plan text;
