-- case: VACUUM FULL
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL person; -- expect: rewrite-under-lock@error

-- case: CLUSTER
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CLUSTER person USING person_pkey; -- expect: rewrite-under-lock@error

-- case: SET UNLOGGED
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person SET UNLOGGED; -- expect: rewrite-under-lock@error

-- case: a materialized view that is refreshed under a lock
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE MATERIALIZED VIEW names AS SELECT name FROM person;
-- 0002.sql
REFRESH MATERIALIZED VIEW names; -- expect: rewrite-under-lock@error

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL person; -- expect: rewrite-under-lock@info

-- case: plain VACUUM
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM person;

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
ALTER TABLE person SET UNLOGGED;
