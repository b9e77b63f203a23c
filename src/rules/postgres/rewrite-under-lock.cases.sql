-- case: a table of a type follows its type
-- page: bad
-- 0001.sql
CREATE TYPE measurement AS (taken_at timestamptz, value integer);
CREATE TABLE reading OF measurement;
-- 0002.sql
ALTER TYPE measurement ALTER ATTRIBUTE value TYPE bigint CASCADE; -- expect: rewrite-under-lock@error

-- case: a hundred rows
-- environment: self_hosted rows(reading)=100
-- 0001.sql
CREATE TYPE measurement AS (taken_at timestamptz, value integer);
CREATE TABLE reading OF measurement;
-- 0002.sql
ALTER TYPE measurement ALTER ATTRIBUTE value TYPE bigint CASCADE; -- expect: rewrite-under-lock@info

-- case: commands with a rule of their own are left to it
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE MATERIALIZED VIEW names AS SELECT name FROM person;
-- 0002.sql
VACUUM FULL person; -- expect: vacuum-full@error
ALTER TABLE person SET UNLOGGED; -- expect: set-logged@error
REFRESH MATERIALIZED VIEW names; -- expect: refresh-materialized-view@error

-- case: plain VACUUM
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM person;

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
ALTER TABLE person SET UNLOGGED;
