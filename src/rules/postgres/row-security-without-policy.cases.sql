-- case: nobody sees a row
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ENABLE ROW LEVEL SECURITY; -- expect: row-security-without-policy@info
ALTER TABLE person FORCE ROW LEVEL SECURITY; -- expect: row-security-without-policy@error

-- case: with a policy
-- page: good
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE POLICY visible ON person USING (true);
ALTER TABLE person ENABLE ROW LEVEL SECURITY;

-- case: a policy that is there already
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE POLICY visible ON person USING (true);
-- 0002.sql
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
