-- case: after the ALTER
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
SET lock_timeout = '2s'; -- expect: timeout-set-too-late@warning
ALTER TABLE person ADD COLUMN plan text;

-- case: before it
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text;

-- case: switched off for CONCURRENTLY
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text;
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY person_region_idx ON person (region);
