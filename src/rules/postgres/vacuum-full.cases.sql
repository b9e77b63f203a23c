-- case: one table
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL person; -- expect: vacuum-full

-- case: the whole database
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL; -- expect: vacuum-full

-- case: the whole database, of which no table is known
-- 0001.sql
CREATE EXTENSION citext;
-- 0002.sql
VACUUM (FULL, ANALYZE); -- expect: vacuum-full

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL person; -- expect: vacuum-full@info

-- case: a plain VACUUM
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM (ANALYZE) person;

-- case: in a transaction it fails, which is said instead
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL person; -- expect: statement-fails
