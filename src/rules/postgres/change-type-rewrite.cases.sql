-- case: integer to bigint
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, visits integer, email varchar(50), tags varchar(20)[], price numeric(8,2));
-- 0002.sql
ALTER TABLE person ALTER COLUMN visits TYPE bigint; -- expect: change-type-rewrite@error

-- case: a narrower varchar
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE varchar(20); -- expect: change-type-narrowing@warning, change-type-rewrite@error

-- case: with USING nobody can know
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE text USING lower(email); -- expect: change-type-rewrite@error

-- case: an array of varchar is rewritten even when it widens
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, tags varchar(20)[]);
-- 0002.sql
ALTER TABLE person ALTER COLUMN tags TYPE varchar(40)[]; -- expect: change-type-rewrite@error

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE varchar(20); -- expect: change-type-narrowing@warning, change-type-rewrite@info

-- case: a wider varchar
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE varchar(200);

-- case: varchar to text
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE text;

-- case: numeric with more digits
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, price numeric(8,2));
-- 0002.sql
ALTER TABLE invoice ALTER COLUMN price TYPE numeric(12,2);

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, visits integer);
ALTER TABLE person ALTER COLUMN visits TYPE bigint;

-- case: a wider varchar beside a sub-command that rewrites the table
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid(), ALTER COLUMN email TYPE varchar(80); -- expect: add-column-volatile-default@error

-- case: a domain with a constraint
-- 0001.sql
CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE offer (id bigint PRIMARY KEY, discount integer);
-- 0002.sql
ALTER TABLE offer ALTER COLUMN discount TYPE percent; -- expect: change-type-rewrite@error

-- case: another collation builds the indexes again
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE INDEX person_email ON person (email);
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE text COLLATE "C"; -- expect: change-type-rewrite@error

-- case: a domain without a constraint
-- 0001.sql
CREATE DOMAIN label AS text;
CREATE TABLE person (id bigint PRIMARY KEY, email text);
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE label;

-- case: a cast of the project's own joins types that nothing else joins
-- 0001.sql
CREATE TABLE rental (id bigint PRIMARY KEY, day integer NOT NULL);
CREATE FUNCTION day_of(integer) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT date ''2000-01-01'' + $1';
CREATE CAST (integer AS date) WITH FUNCTION day_of(integer) AS ASSIGNMENT;
-- 0002.sql
ALTER TABLE rental ALTER COLUMN day TYPE date; -- expect: change-type-rewrite@error
