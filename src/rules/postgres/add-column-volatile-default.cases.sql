-- case: a random value for every row
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid(); -- expect: add-column-volatile-default@error

-- case: the same on a hundred rows is worth knowing
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid(); -- expect: add-column-volatile-default@info

-- case: the worse of two environments
-- environment: local assume=small
-- environment: cloud rows(person)=2004118230
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN seen timestamptz DEFAULT clock_timestamp(); -- expect: add-column-volatile-default@error

-- case: now() is stable: evaluated once, stored once
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN seen timestamptz NOT NULL DEFAULT now();

-- case: the safe form: add, set the default, fill in batches
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN token uuid;
ALTER TABLE person ALTER COLUMN token SET DEFAULT gen_random_uuid();
UPDATE person SET token = gen_random_uuid() WHERE id IN (SELECT id FROM person WHERE token IS NULL ORDER BY id LIMIT 5000);

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid();
