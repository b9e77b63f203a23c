-- case: readers wait
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM person;
-- 0002.sql
REFRESH MATERIALIZED VIEW names; -- expect: refresh-materialized-view

-- case: readers keep the old rows
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM person;
CREATE UNIQUE INDEX names_key ON names (id);
-- 0002.sql
REFRESH MATERIALIZED VIEW CONCURRENTLY names;

-- case: a view that the same release makes has no reader
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM person WITH NO DATA; 
REFRESH MATERIALIZED VIEW names;

-- case: a small one
-- environment: self_hosted rows(names)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM person;
-- 0002.sql
REFRESH MATERIALIZED VIEW names; -- expect: refresh-materialized-view@info
