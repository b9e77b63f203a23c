-- case: a table that may be a hypertable
-- page: bad
-- 0001.sql
CREATE EXTENSION timescaledb;
CREATE TABLE reading (taken_at timestamptz NOT NULL, value double precision);
-- 0002.sql
ALTER TABLE reading ADD COLUMN sensor bigint; -- expect: extension-tables@info

-- case: another extension
-- page: good
-- 0001.sql
CREATE EXTENSION pg_trgm;
CREATE TABLE reading (taken_at timestamptz NOT NULL, value double precision);
-- 0002.sql
ALTER TABLE reading ADD COLUMN sensor bigint;
