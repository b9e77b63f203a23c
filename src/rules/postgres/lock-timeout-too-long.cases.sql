-- case: a minute
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '1min';
ALTER TABLE person ADD COLUMN region text; -- expect: lock-timeout-too-long@warning

-- case: two seconds
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text;

-- case: nothing waits behind it
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '1min';
ALTER TABLE person VALIDATE CONSTRAINT person_pkey; -- expect: statement-fails
