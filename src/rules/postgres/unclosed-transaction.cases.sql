-- case: no COMMIT
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
BEGIN; -- expect: unclosed-transaction
ALTER TABLE person ADD COLUMN region text;

-- case: with COMMIT
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
BEGIN;
ALTER TABLE person ADD COLUMN region text;
COMMIT;

-- case: rolled back on purpose
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
START TRANSACTION;
INSERT INTO person (id, name) VALUES (1, 'root');
ROLLBACK;
