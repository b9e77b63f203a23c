-- case: added with a default
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN score integer DEFAULT 0;
UPDATE person SET score = length(name) WHERE score IS NULL AND id > 5000; -- expect: backfill-misses-rows, row-by-row@warning, diverging-data@warning

-- case: NOT NULL
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET name = 'none' WHERE name IS NULL AND id = 17; -- expect: backfill-misses-rows

-- case: added without one
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, score integer);
-- 0002.sql
UPDATE person SET score = 1 WHERE id IN (SELECT id FROM person WHERE score IS NULL ORDER BY id LIMIT 5000);

-- case: the default comes after the rows that are there
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN score integer;
ALTER TABLE person ALTER COLUMN score SET DEFAULT 0;
UPDATE person SET score = 1 WHERE score IS NULL AND id = 17;

-- case: NOT NULL that is not validated yet holds new rows only
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email text);
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD CONSTRAINT person_email_not_null NOT NULL email NOT VALID;
-- 0003.sql
UPDATE person SET email = 'none' WHERE id IN (SELECT id FROM person WHERE email IS NULL ORDER BY id LIMIT 5000);
