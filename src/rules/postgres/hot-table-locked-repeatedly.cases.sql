-- case: three files, three locks
-- page: bad
-- release: 0002.sql
-- environment: cloud rows(person)=2000000 reads(person)=5000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
-- 0002.sql
SET lock_timeout = '5ms';
ALTER TABLE person ADD COLUMN region text; -- expect: hot-table-alter@warning
-- 0003.sql
SET lock_timeout = '5ms';
ALTER TABLE person ADD COLUMN plan text; -- expect: hot-table-alter@warning
-- 0004.sql
SET lock_timeout = '5ms';
ALTER TABLE person ADD COLUMN score integer; -- expect: hot-table-alter@warning, hot-table-locked-repeatedly@warning

-- case: one lock for all
-- environment: cloud rows(person)=2000000 reads(person)=5000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
-- 0002.sql
SET lock_timeout = '5ms';
ALTER TABLE person ADD COLUMN region text, ADD COLUMN plan text, ADD COLUMN score integer; -- expect: hot-table-alter@warning

-- case: a table that is hardly read
-- page: good
-- environment: cloud rows(person)=2000000 reads(person)=2
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
-- 0002.sql
SET lock_timeout = '5ms';
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE person ADD COLUMN plan text;
ALTER TABLE person ADD COLUMN score integer;
