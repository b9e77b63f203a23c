-- case: in whatever zone the session has
-- page: bad
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, at timestamp);
-- 0002.sql
ALTER TABLE visit ALTER COLUMN at TYPE timestamptz; -- expect: change-type-time-zone@error

-- case: in another zone
-- postgres: 13
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, at timestamptz);
-- 0002.sql
SET timezone = 'Europe/Berlin';
ALTER TABLE visit ALTER COLUMN at TYPE timestamp; -- expect: change-type-time-zone@error

-- case: under UTC nothing is written
-- page: good
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, at timestamp);
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
SET LOCAL timezone = 'UTC';
ALTER TABLE visit ALTER COLUMN at TYPE timestamptz;
COMMIT;

-- case: a small table
-- environment: self_hosted rows(visit)=100
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, at timestamp);
-- 0002.sql
ALTER TABLE visit ALTER COLUMN at TYPE timestamptz; -- expect: change-type-time-zone@info

-- case: under UTC an index on it is built again all the same
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, at timestamp);
CREATE INDEX visit_at ON visit (at);
-- 0002.sql
BEGIN;
SET LOCAL lock_timeout = '2s';
SET LOCAL timezone = 'UTC';
ALTER TABLE visit ALTER COLUMN at TYPE timestamptz; -- expect: change-type-rewrite@error
COMMIT;
