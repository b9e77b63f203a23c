-- case: the old version reads the old name
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME TO people; -- expect: rename-table@error

-- case: no live version is known
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME TO people; -- expect: rename-table@error

-- case: moved to another schema
-- live: SELECT id FROM public.person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE SCHEMA crm;
-- 0002.sql
ALTER TABLE person SET SCHEMA crm; -- expect: rename-table@error

-- case: no version uses it
-- live: SELECT 1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME TO people; -- expect: rename-table@warning

-- case: a view under the old name, in the same transaction
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE person RENAME TO people;
CREATE VIEW person AS SELECT * FROM people;
COMMIT;

-- case: the view comes too late when each statement is its own transaction
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME TO people; -- expect: rename-table@error
CREATE VIEW person AS SELECT * FROM people;
