-- case: an index over an expression
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_lower_email_idx ON person (lower(email)); -- expect: analyze-after-change@info

-- case: and ANALYZE after it
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_lower_email_idx ON person (lower(email));
ANALYZE person;

-- case: a type that is widened without touching a row still loses its statistics
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE text; -- expect: analyze-after-change@info

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE text;
