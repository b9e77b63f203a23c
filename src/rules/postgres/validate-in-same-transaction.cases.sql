-- case: the tool wraps both in one transaction
-- page: bad
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, age int);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_adult CHECK (age >= 18) NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_adult; -- expect: validate-in-same-transaction@error

-- case: the lock of another change is held
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, age int, CONSTRAINT person_adult CHECK (age >= 18) NOT VALID);
ALTER TABLE person ADD CONSTRAINT person_old CHECK (age < 150) NOT VALID;
-- 0002.sql
BEGIN;
ALTER TABLE person ADD COLUMN nickname text;
ALTER TABLE person VALIDATE CONSTRAINT person_old; -- expect: validate-in-same-transaction@error
COMMIT;

-- case: a small table
-- environment: self_hosted rows(person)=300
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, age int);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_adult CHECK (age >= 18) NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_adult; -- expect: validate-in-same-transaction@info

-- case: two migrations
-- page: good
-- transaction: per-migration
-- release: 0002.sql
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, age int);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_adult CHECK (age >= 18) NOT VALID;
-- 0003.sql
ALTER TABLE person VALIDATE CONSTRAINT person_adult;

-- case: a table of the same release
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, age int);
ALTER TABLE person ADD CONSTRAINT person_adult CHECK (age >= 18) NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_adult;
