-- case: a column and its backfill in batches
-- page: bad
-- source: django
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
-- code: update person whole_table batched -- expect: ddl-and-data-in-one-migration@info

-- case: a range of the key
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
UPDATE person SET region = 'eu' WHERE id > 50000; -- expect: ddl-and-data-in-one-migration@info, row-by-row@warning

-- case: every row at once is said once
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
UPDATE person SET region = 'eu'; -- expect: row-by-row

-- case: the schema and a row
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
INSERT INTO person (id, name) VALUES (1, 'root');
