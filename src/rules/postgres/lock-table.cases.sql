-- case: nobody reads until COMMIT
-- page: bad
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
LOCK TABLE person; -- expect: lock-table@info
ALTER TABLE person ADD COLUMN region text;

-- case: a mode that lets reads and writes through
-- page: good
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
LOCK TABLE person IN SHARE UPDATE EXCLUSIVE MODE;
