-- case: three states
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN subscribed boolean; -- expect: nullable-boolean@info

-- case: two states
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN subscribed boolean NOT NULL DEFAULT false;
