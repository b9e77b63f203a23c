-- case: a database that something else may use
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
DROP DATABASE reporting_2019; -- expect: drop-database@error

-- case: only the right to connect is taken away
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
REVOKE CONNECT ON DATABASE reporting_2019 FROM PUBLIC;
