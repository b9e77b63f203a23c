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

-- case: a view without its rows cannot be read
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, cents bigint NOT NULL);
CREATE MATERIALIZED VIEW turnover AS SELECT sum(cents) AS cents FROM invoice;
-- 0002.sql
REFRESH MATERIALIZED VIEW turnover WITH NO DATA; -- expect: refresh-materialized-view@error

-- case: not to be read until it is filled again
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, cents bigint NOT NULL);
CREATE MATERIALIZED VIEW turnover AS SELECT sum(cents) AS cents FROM invoice;
-- 0002.sql
REFRESH MATERIALIZED VIEW turnover WITH NO DATA; -- expect: refresh-materialized-view@warning
REFRESH MATERIALIZED VIEW turnover; -- expect: refresh-materialized-view@error
