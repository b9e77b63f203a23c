-- tread-conformance/1
-- What is missing, what is there already, and what a transaction does not allow.
--: setup
CREATE TABLE person (id int PRIMARY KEY, email text);
CREATE TABLE team (id int PRIMARY KEY, lead int REFERENCES person (id));
CREATE VIEW people AS SELECT id, email FROM person;
CREATE TYPE mood AS ENUM ('fine');
CREATE SEQUENCE number;
INSERT INTO person SELECT g, 'e' || g FROM generate_series(1, 1000) g;
--: case drop the key that is referenced
ALTER TABLE person DROP CONSTRAINT person_pkey;
--: case drop the key that is referenced cascade
ALTER TABLE person DROP CONSTRAINT person_pkey CASCADE;
--: case drop the table that is referenced
DROP TABLE person;
--: case drop the table that is referenced cascade
DROP TABLE person CASCADE;
--: case drop two tables
DROP TABLE team, person CASCADE;
--: case drop a table as a view
DROP VIEW person;
--: case drop a view as a table
DROP TABLE people;
--: case drop what does not exist
DROP TABLE nothing_here;
--: case drop if exists
DROP TABLE IF EXISTS nothing_here;
--: case drop in a schema that does not exist
DROP TABLE nowhere.person;
--: case alter a missing table
ALTER TABLE nothing_here ADD COLUMN x int;
--: case alter a missing table if exists
ALTER TABLE IF EXISTS nothing_here ADD COLUMN x int;
--: case alter a column that is missing
ALTER TABLE person ALTER COLUMN nothing_here SET NOT NULL;
--: case add a column of a missing type
ALTER TABLE person ADD COLUMN x nothing_here;
--: case add a column twice
ALTER TABLE person ADD COLUMN email text;
--: case rename to what exists
ALTER TABLE person RENAME TO team;
--: case rename a column to what exists
ALTER TABLE person RENAME COLUMN email TO id;
--: case create table with a reference to nothing
CREATE TABLE t (id int REFERENCES nothing_here (id));
--: case create table with a reference to no key
CREATE TABLE t (id text REFERENCES person (email));
--: case create index twice
CREATE INDEX person_pkey ON person (email);
--: case create index concurrently in a transaction
CREATE INDEX CONCURRENTLY ON person (email);
--: case drop index concurrently in a transaction
DROP INDEX CONCURRENTLY person_pkey;
--: case create type twice
CREATE TYPE mood AS ENUM ('x');
--: case create schema twice
CREATE SCHEMA public;
--: case insert a null into a key
INSERT INTO person (email) VALUES ('x');
--: case insert an explicit null
INSERT INTO person (id, email) VALUES (NULL, 'x');
--: case a cast to nothing
SELECT 'x'::nothing_here;
--: case a syntax error
SELEC 1;
--: case a syntax error at the end
ALTER TABLE person ADD COLUMN;
--: case a column in an index that is missing
CREATE INDEX ON person (nothing_here);
--: case a column in a check that is missing
ALTER TABLE person ADD CHECK (nothing_here > 1);
--: case a join on a missing column
SELECT p.id FROM person p JOIN team t ON t.boss = p.id;
--: case an alias that hides its table
SELECT person.id FROM person p;
--: case group by a missing column
SELECT count(*) FROM person GROUP BY nothing_here;
--: case order by a missing column
SELECT id FROM person ORDER BY nothing_here;
--: case a missing column in a CTE
WITH x AS (SELECT id FROM person) SELECT email FROM x;
--: case using a column that one side has
SELECT 1 FROM person JOIN team USING (email);
