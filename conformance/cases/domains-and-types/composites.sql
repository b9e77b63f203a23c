-- tread-conformance/1
-- A library. Typed tables follow their composite only with CASCADE; a composite that columns are of cannot change its attributes' types.
--: setup
CREATE TYPE place AS (city text, street text, number int);
CREATE TYPE book AS (title text, pages int);
CREATE TYPE unused AS (a int, b text);
CREATE TABLE branch (id int PRIMARY KEY, address place);
CREATE TABLE visited (id int PRIMARY KEY, places place[]);
CREATE TABLE catalogue OF book (PRIMARY KEY (title));
CREATE TABLE archive OF book;
CREATE INDEX archive_pages ON archive (pages);
CREATE VIEW titles AS SELECT title FROM archive;
CREATE DOMAIN home AS place;
CREATE TABLE reader (id int PRIMARY KEY, lives home);
INSERT INTO branch SELECT g, ROW('a', 'b', g)::place FROM generate_series(1, 200) g;
INSERT INTO catalogue SELECT 'title ' || g, g FROM generate_series(1, 200) g;
INSERT INTO archive SELECT 'title ' || g, g FROM generate_series(1, 200) g;
--: case add attribute to a type that columns are of
ALTER TYPE place ADD ATTRIBUTE country text;
--: case drop attribute of a type that columns are of
ALTER TYPE place DROP ATTRIBUTE number;
--: case alter attribute of a type that columns are of
ALTER TYPE place ALTER ATTRIBUTE number TYPE bigint;
--: case rename attribute
ALTER TYPE place RENAME ATTRIBUTE street TO road;
--: case add attribute restrict with typed tables
ALTER TYPE book ADD ATTRIBUTE isbn text;
--: case add attribute cascade
ALTER TYPE book ADD ATTRIBUTE isbn text CASCADE;
--: case drop attribute cascade
ALTER TYPE book DROP ATTRIBUTE pages CASCADE;
--: case drop attribute restrict with typed tables
ALTER TYPE book DROP ATTRIBUTE pages;
--: case alter attribute cascade rewrites typed tables
ALTER TYPE book ALTER ATTRIBUTE pages TYPE bigint CASCADE;
--: case alter attribute restrict
ALTER TYPE book ALTER ATTRIBUTE pages TYPE bigint;
--: case alter attribute that a view reads
ALTER TYPE book ALTER ATTRIBUTE title TYPE varchar(200) CASCADE;
--: case rename attribute cascade
ALTER TYPE book RENAME ATTRIBUTE pages TO sheets CASCADE;
--: case rename attribute restrict with typed tables
ALTER TYPE book RENAME ATTRIBUTE pages TO sheets;
--: case several in one statement
ALTER TYPE unused ADD ATTRIBUTE c int, DROP ATTRIBUTE a, ALTER ATTRIBUTE b TYPE varchar(10);
--: case add attribute that exists
ALTER TYPE unused ADD ATTRIBUTE a int;
--: case drop attribute that does not exist
ALTER TYPE unused DROP ATTRIBUTE nothing_here;
--: case drop attribute if exists
ALTER TYPE unused DROP ATTRIBUTE IF EXISTS nothing_here;
--: case alter attribute that does not exist
ALTER TYPE unused ALTER ATTRIBUTE nothing_here TYPE text;
--: case rename attribute that does not exist
ALTER TYPE unused RENAME ATTRIBUTE nothing_here TO x;
--: case type that does not exist
ALTER TYPE nothing_here ADD ATTRIBUTE x int;
--: case rename type
ALTER TYPE place RENAME TO spot;
--: case set schema
CREATE SCHEMA library;
ALTER TYPE place SET SCHEMA library;
--: case owner
CREATE ROLE conformance_librarian;
ALTER TYPE place OWNER TO conformance_librarian;
--: case owner of a type with typed tables
CREATE ROLE conformance_librarian;
ALTER TYPE book OWNER TO conformance_librarian;
--: case drop in use
DROP TYPE place;
--: case drop cascade takes columns and domains
DROP TYPE place CASCADE;
--: case drop type of typed tables
DROP TYPE book;
--: case drop cascade takes typed tables
DROP TYPE book CASCADE;
--: case drop unused
DROP TYPE unused;
--: case drop several
DROP TYPE unused, nothing_here;
--: case drop if exists
DROP TYPE IF EXISTS nothing_here;
--: case create
CREATE TYPE shelf AS (room int, side text);
--: case create what exists
CREATE TYPE place AS (a int);
--: case a table's name is a type's name
CREATE TYPE branch AS (a int);
--: case create range
CREATE TYPE pages_range AS RANGE (subtype = int4);
--: case create shell
CREATE TYPE later;
--: case turn a table into a typed one
CREATE TABLE plain (title text, pages int);
ALTER TABLE plain OF book;
--: case not of
ALTER TABLE archive NOT OF;
--: case comment
COMMENT ON TYPE place IS 'where';
--: case comment on an attribute
COMMENT ON COLUMN place.city IS 'as the post office writes it';
--: case grant on type
GRANT USAGE ON TYPE place TO PUBLIC;
--: case create table of
CREATE TABLE more OF book (title WITH OPTIONS NOT NULL);
--: case create table of nothing
CREATE TABLE more OF nothing_here;
