-- case: two tables in one transaction
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE invoice (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE invoice ADD COLUMN total numeric; -- expect: multiple-risky-operations@warning

-- case: both are small
-- transaction: per-migration
-- environment: local assume=small
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE invoice (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE invoice ADD COLUMN total numeric; -- expect: multiple-risky-operations@info

-- case: each in its own transaction
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE invoice (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE invoice ADD COLUMN total numeric;

-- case: one table twice
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE invoice (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE person ADD COLUMN plan text;

-- case: the other table is new
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE invoice (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
CREATE TABLE plan (id bigint PRIMARY KEY);
ALTER TABLE plan ADD COLUMN name text;
