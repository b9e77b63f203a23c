-- case: everybody may write
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
GRANT ALL ON person TO PUBLIC; -- expect: grant-widening@warning

-- case: everybody may read, and one role may do anything
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
GRANT SELECT ON person TO PUBLIC; -- expect: grant-widening@info
GRANT ALL PRIVILEGES ON person TO app; -- expect: grant-widening@info

-- case: a role above all rules
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER ROLE app SUPERUSER; -- expect: grant-widening@warning

-- case: what the app needs
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
GRANT SELECT, INSERT, UPDATE, DELETE ON person TO app;
GRANT USAGE ON SCHEMA public TO PUBLIC;
REVOKE ALL ON person FROM PUBLIC;
CREATE ROLE reports NOSUPERUSER LOGIN;

-- case: every tenant sees every row
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, tenant text NOT NULL);
ALTER TABLE invoice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON invoice USING (tenant = current_setting('app.tenant'));
-- 0002.sql
ALTER TABLE invoice DISABLE ROW LEVEL SECURITY; -- expect: grant-widening@warning

-- case: a table that never had row-level security
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, tenant text NOT NULL);
-- 0002.sql
ALTER TABLE invoice DISABLE ROW LEVEL SECURITY;
