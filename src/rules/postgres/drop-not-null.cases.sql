-- case: a column that was always filled
-- page: bad
-- live: SELECT nickname FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, nickname text NOT NULL);
-- 0002.sql
ALTER TABLE person ALTER COLUMN nickname DROP NOT NULL; -- expect: drop-not-null@info

-- case: a column of the same release
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN nickname text NOT NULL DEFAULT '';
ALTER TABLE person ALTER COLUMN nickname DROP NOT NULL;

-- case: it could be NULL before
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, nickname text);
-- 0002.sql
ALTER TABLE person ALTER COLUMN nickname DROP NOT NULL;
