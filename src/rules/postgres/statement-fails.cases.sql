-- case: a column that is not there
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN shoe_size; -- expect: statement-fails@error

-- case: a table that is there already
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE TABLE person (id bigint); -- expect: statement-fails@error

-- case: IF EXISTS asks first
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN IF EXISTS shoe_size;

-- case: where earlier migrations are not known, a missing table may exist
-- 0002.sql
ALTER TABLE customer ADD COLUMN region text;
