-- case: the old version reads the old name
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME TO people; -- expect: rename-table@error

-- case: no live version is known
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME TO people; -- expect: rename-table@error

-- case: moved to another schema
-- live: SELECT id FROM public.person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE SCHEMA crm;
-- 0002.sql
ALTER TABLE person SET SCHEMA crm; -- expect: rename-table@error

-- case: no version uses it
-- live: SELECT 1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME TO people; -- expect: rename-table@warning

-- case: a view under the old name, in the same transaction
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE person RENAME TO people;
CREATE VIEW person AS SELECT * FROM people;
COMMIT;

-- case: the view comes too late when each statement is its own transaction
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME TO people; -- expect: rename-table@error
CREATE VIEW person AS SELECT * FROM people;

-- case: its whole schema is renamed
-- live: SELECT guest FROM booking.stay WHERE id = $1
-- 0001.sql
CREATE SCHEMA booking;
CREATE TABLE booking.stay (id bigint PRIMARY KEY, guest text NOT NULL);
-- 0002.sql
ALTER SCHEMA booking RENAME TO reservations; -- expect: rename-table@error

-- case: the schema is renamed and views answer for the old names
-- live: SELECT guest FROM booking.stay WHERE id = $1
-- 0001.sql
CREATE SCHEMA booking;
CREATE TABLE booking.stay (id bigint PRIMARY KEY, guest text NOT NULL);
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
ALTER SCHEMA booking RENAME TO reservations;
CREATE SCHEMA booking;
CREATE VIEW booking.stay AS SELECT * FROM reservations.stay;
COMMIT;

-- case: a schema that this release makes
-- 0001.sql
CREATE SCHEMA booking;
CREATE TABLE booking.stay (id bigint PRIMARY KEY, guest text NOT NULL);
ALTER SCHEMA booking RENAME TO reservations;

-- case: an upsert goes through the view to the table's key
-- live: INSERT INTO person (email) VALUES ($1) ON CONFLICT (email) DO NOTHING
-- 0001.sql
CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(50) UNIQUE);
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE person RENAME TO people;
CREATE VIEW person AS SELECT * FROM people;
COMMIT;

-- case: moved away from the search path of a version that names no schema
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE SCHEMA crm;
-- 0002.sql
ALTER TABLE person SET SCHEMA crm; -- expect: rename-table@error
