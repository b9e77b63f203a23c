-- case: an index that is not finished within 30 s
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET statement_timeout = '30s';
CREATE INDEX CONCURRENTLY person_email_idx ON person (email); -- expect: concurrently-under-statement-timeout@warning

-- case: none applies
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET statement_timeout = '30s';
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);
