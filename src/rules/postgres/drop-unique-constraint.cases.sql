-- case: a constraint that nothing replaces
-- page: bad
-- live: SELECT id FROM person WHERE email = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text CONSTRAINT person_email_key UNIQUE);
-- 0002.sql
ALTER TABLE person DROP CONSTRAINT person_email_key; -- expect: drop-unique-constraint@info

-- case: a unique index
-- live: SELECT id FROM person WHERE email = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE UNIQUE INDEX person_email ON person (email);
-- 0002.sql
DROP INDEX CONCURRENTLY person_email; -- expect: drop-unique-constraint@info

-- case: another index keeps it unique
-- page: good
-- live: SELECT id FROM person WHERE email = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text CONSTRAINT person_email_key UNIQUE);
CREATE UNIQUE INDEX person_email ON person (email);
-- 0002.sql
ALTER TABLE person DROP CONSTRAINT person_email_key;

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text CONSTRAINT person_email_key UNIQUE);
ALTER TABLE person DROP CONSTRAINT person_email_key;
