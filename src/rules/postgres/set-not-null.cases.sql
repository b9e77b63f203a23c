-- case: proved by reading every row
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email SET NOT NULL; -- expect: set-not-null@error

-- case: a small table, and nobody writes NULL
-- environment: self_hosted rows(person)=100
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email SET NOT NULL; -- expect: set-not-null@info

-- case: a small table, but the old version leaves it NULL
-- environment: self_hosted rows(person)=100
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email SET NOT NULL; -- expect: set-not-null@error

-- case: an UPDATE that may write NULL
-- environment: self_hosted rows(person)=100
-- live: UPDATE person SET email = $1 WHERE id = 7 | null
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email SET NOT NULL; -- expect: set-not-null@error

-- case: new in the release and never filled by the version before it
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
UPDATE person SET region = 'eu'; -- expect: row-by-row@info
ALTER TABLE person ALTER COLUMN region SET NOT NULL; -- expect: set-not-null@error

-- case: proved by a validated check
-- postgres: 14
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_present CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_email_present;
ALTER TABLE person ALTER COLUMN email SET NOT NULL;
ALTER TABLE person DROP CONSTRAINT person_email_present;

-- case: a check that is still NOT VALID proves nothing
-- postgres: 14
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_present CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE person ALTER COLUMN email SET NOT NULL; -- expect: set-not-null@error

-- case: Postgres 18: NOT NULL … NOT VALID, validated by itself
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_not_null NOT NULL email NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_email_not_null;

-- case: Postgres 18: the same constraint without NOT VALID
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_not_null NOT NULL email; -- expect: set-not-null@error

-- case: beside a sub-command that rewrites the table
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid(), ALTER COLUMN email SET NOT NULL; -- expect: add-column-volatile-default@error, set-not-null@error

-- case: a validated check proves it beside a sub-command that rewrites the table
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50) CHECK (email IS NOT NULL));
-- 0002.sql
ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid(), ALTER COLUMN email SET NOT NULL; -- expect: add-column-volatile-default@error

-- case: a column that has another name since the release began, and was NOT NULL before
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email varchar(50) NOT NULL);
-- 0002.sql
ALTER TABLE person RENAME COLUMN email TO mail; -- expect: rename-column@warning
ALTER TABLE person ALTER COLUMN mail SET NOT NULL;

-- case: the same, and no version is known
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email varchar(50) NOT NULL);
-- 0002.sql
ALTER TABLE person RENAME COLUMN email TO mail; -- expect: rename-column@error
ALTER TABLE person ALTER COLUMN mail SET NOT NULL;
