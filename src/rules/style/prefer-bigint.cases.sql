-- case: a key and a count
-- page: bad
-- 0001.sql
CREATE TABLE invoice (id integer PRIMARY KEY, total bigint NOT NULL); -- expect: prefer-bigint@info

-- case: a smallint that is added
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE invoice ADD COLUMN pages smallint; -- expect: prefer-bigint@info

-- case: bigint, numeric and arrays
-- page: good
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, total numeric(12, 2) NOT NULL, marks integer[]);
