-- case: a column and its backfill
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
UPDATE person SET region = 'eu'; -- expect: ddl-and-data-in-one-migration@info, row-by-row

-- case: the schema alone
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
INSERT INTO person (id, name) VALUES (1, 'root');
