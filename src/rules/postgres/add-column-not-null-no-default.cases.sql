-- case: an existing table
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text NOT NULL; -- expect: add-column-not-null-no-default@error

-- case: the size does not matter, it fails on the first row
-- environment: local assume=small
-- environment: cloud rows(person)=2000000000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text NOT NULL; -- expect: add-column-not-null-no-default@error

-- case: a constant default touches no row
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text NOT NULL DEFAULT 'eu';

-- case: nullable
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
ALTER TABLE person ADD COLUMN region text NOT NULL;

-- case: a domain that brings its own default
-- 0001.sql
CREATE DOMAIN region AS text DEFAULT 'eu';
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN region region NOT NULL;

-- case: IF NOT EXISTS on a column that is there
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, region text NOT NULL);
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD COLUMN IF NOT EXISTS region text NOT NULL;

-- case: a new table that the release has put rows into
-- 0001.sql
CREATE TABLE office (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE plan (id bigint PRIMARY KEY, name text NOT NULL);
INSERT INTO plan (id, name) VALUES (1, 'free'), (2, 'team');
ALTER TABLE plan ADD COLUMN cents integer NOT NULL; -- expect: add-column-not-null-no-default

-- case: a new table without a row
-- 0001.sql
CREATE TABLE office (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE plan (id bigint PRIMARY KEY, name text NOT NULL);
ALTER TABLE plan ADD COLUMN cents integer NOT NULL;
