-- case: short, if the profile is right
-- page: bad
-- environment: self_hosted rows(person)=120000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (name <> ''); -- expect: add-check-validated@info, missing-statement-timeout@info

-- case: with a limit
-- environment: self_hosted rows(person)=120000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
SET statement_timeout = '10s';
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (name <> ''); -- expect: add-check-validated@info

-- case: on a large table the work itself is the hazard
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL person; -- expect: vacuum-full

-- case: a brief statement
-- page: good
-- environment: self_hosted rows(person)=120000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text;
