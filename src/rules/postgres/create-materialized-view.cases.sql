-- case: filled at once
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM person; -- expect: create-materialized-view@info

-- case: filled after the deploy
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM person WITH NO DATA;

-- case: a small table
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM person;
