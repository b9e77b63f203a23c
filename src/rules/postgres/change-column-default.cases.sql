-- case: another value
-- page: bad
-- live: INSERT INTO job (id) VALUES ($1)
-- 0001.sql
CREATE TABLE job (id bigint PRIMARY KEY, priority int DEFAULT 3);
-- 0002.sql
ALTER TABLE job ALTER COLUMN priority SET DEFAULT 5; -- expect: change-column-default@info

-- case: a first default
-- page: good
-- live: INSERT INTO job (id) VALUES ($1)
-- 0001.sql
CREATE TABLE job (id bigint PRIMARY KEY, priority int);
-- 0002.sql
ALTER TABLE job ALTER COLUMN priority SET DEFAULT 5;

-- case: the same value
-- live: INSERT INTO job (id) VALUES ($1)
-- 0001.sql
CREATE TABLE job (id bigint PRIMARY KEY, priority int DEFAULT 5);
-- 0002.sql
ALTER TABLE job ALTER COLUMN priority SET DEFAULT 5;
