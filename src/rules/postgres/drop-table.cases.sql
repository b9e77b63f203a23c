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
