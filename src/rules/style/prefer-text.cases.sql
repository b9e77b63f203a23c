-- case: a name of at most 200 characters
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name varchar(200) NOT NULL); -- expect: prefer-text@info

-- case: a code of two letters
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN country char(2); -- expect: prefer-text@info

-- case: text
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL CHECK (length(name) <= 200));
