-- case: code under a lock
-- page: bad
-- source: django
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE TABLE plan (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
-- code: insert plan -- expect: missing-idle-in-transaction-timeout@info

-- case: each by itself
-- page: good
-- source: django
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE TABLE plan (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
-- code: insert plan
