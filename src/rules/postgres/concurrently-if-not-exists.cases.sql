-- case: a second try passes over the invalid index of the first
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY IF NOT EXISTS person_email_idx ON person (email); -- expect: concurrently-if-not-exists@info

-- case: dropped before
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
DROP INDEX CONCURRENTLY IF EXISTS person_email_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS person_email_idx ON person (email);

-- case: without IF NOT EXISTS the second try fails and says so
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);
