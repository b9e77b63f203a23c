-- case: the tool wraps the migration in a transaction
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_idx ON person (email); -- expect: concurrently-in-transaction@error

-- case: BEGIN in the file
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
BEGIN;
CREATE INDEX CONCURRENTLY person_email_idx ON person (email); -- expect: concurrently-in-transaction@error
COMMIT;

-- case: two statements sent as one query
-- transaction: single-query
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_idx ON person (email); -- expect: concurrently-in-transaction@error
CREATE INDEX CONCURRENTLY person_name_idx ON person (name); -- expect: concurrently-in-transaction@error

-- case: one statement sent as one query
-- transaction: single-query
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);

-- case: statement by statement
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);
DROP INDEX CONCURRENTLY person_email_idx;

-- case: dropping one
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE INDEX person_email_idx ON person (email);
-- 0002.sql
DROP INDEX CONCURRENTLY person_email_idx; -- expect: concurrently-in-transaction@error
