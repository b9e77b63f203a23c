-- case: once per migration, at the first lock that others wait for
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text; -- expect: missing-lock-timeout@warning
ALTER TABLE person ADD COLUMN plan text;

-- case: on a laptop nobody waits
-- environment: local assume=small
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text; -- expect: missing-lock-timeout@info

-- case: switched off
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = 0;
ALTER TABLE person ADD COLUMN region text; -- expect: missing-lock-timeout@warning

-- case: set before
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text;

-- case: set for the transaction
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET LOCAL lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text;

-- case: CONCURRENTLY makes nobody wait
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
ALTER TABLE person ADD COLUMN region text;
