-- case: an upsert that needs the constraint
-- environment: self_hosted rows(person)=100
-- live: INSERT INTO person (id, email) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text, CONSTRAINT person_email_key UNIQUE (email));
-- 0002.sql
ALTER TABLE person DROP CONSTRAINT person_email_key; -- expect: breaks-live-version@error

-- case: a default that an INSERT relied on
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text, plan text NOT NULL DEFAULT 'free');
-- 0002.sql
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT; -- expect: breaks-live-version@error

-- case: the same where nobody knows the INSERTs
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text, plan text NOT NULL DEFAULT 'free');
-- 0002.sql
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT; -- expect: breaks-live-version@info

-- case: the INSERT names the column
-- live: INSERT INTO person (id, name, plan) VALUES ($1, $2, $3)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text, plan text NOT NULL DEFAULT 'free');
-- 0002.sql
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT;

-- case: broken before the first step: said once, not counted against the change
-- live: SELECT id, shoe_size FROM person
-- expect-somewhere: baseline@warning
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN nickname text;

-- case: a function, where nobody knows who calls it
-- 0001.sql
CREATE FUNCTION plan_of(bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'free' $$;
-- 0002.sql
DROP FUNCTION plan_of(bigint); -- expect: breaks-live-version@warning

-- case: a function that is replaced in the same release
-- 0001.sql
CREATE FUNCTION plan_of(bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'free' $$;
-- 0002.sql
DROP FUNCTION plan_of(bigint);
CREATE FUNCTION plan_of(bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'paid' $$;

-- case: a type that a query casts to gets another name
-- live: SELECT id FROM room WHERE kind = ANY ($1::room_kind[])
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
CREATE TABLE room (id bigint PRIMARY KEY, kind room_kind NOT NULL);
-- 0002.sql
ALTER TYPE room_kind RENAME TO chamber_kind; -- expect: breaks-live-version@error

-- case: nobody names the type that is renamed, and its columns keep working
-- live: INSERT INTO room (id, kind) VALUES ($1, $2)
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
CREATE TABLE room (id bigint PRIMARY KEY, kind room_kind NOT NULL);
-- 0002.sql
ALTER TYPE room_kind RENAME TO chamber_kind;
ALTER TYPE chamber_kind ADD VALUE 'suite';

-- case: a type moves to another schema and no live version is known
-- 0001.sql
CREATE SCHEMA hotel;
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE guest (id bigint PRIMARY KEY, address email);
-- 0002.sql
ALTER DOMAIN email SET SCHEMA hotel; -- expect: breaks-live-version@warning

-- case: a type makes way for another of its name in one transaction
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double', 'unused');
CREATE TABLE room (id bigint PRIMARY KEY);
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
ALTER TYPE room_kind RENAME TO room_kind_old;
CREATE TYPE room_kind AS ENUM ('single', 'double'); -- expect: remove-enum-value
DROP TYPE room_kind_old;
COMMIT;

-- case: a function that is dropped where there is none
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY);
-- 0002.sql
DROP FUNCTION IF EXISTS room_price(bigint);
CREATE FUNCTION room_rate(room bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';

-- case: a function that a version calls is dropped
-- live: SELECT id, room_price(id) FROM room
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY);
CREATE FUNCTION room_price(room bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';
-- 0002.sql
DROP FUNCTION room_price(bigint); -- expect: breaks-live-version@error

-- case: a function is dropped and made again before anybody sees it
-- live: SELECT id, room_price(id) FROM room
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY);
CREATE FUNCTION room_price(room bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';
-- 0002.sql
BEGIN;
DROP FUNCTION room_price(bigint);
CREATE FUNCTION room_price(room bigint) RETURNS real LANGUAGE sql AS 'SELECT 1.0::real';
COMMIT;

-- case: no version is known, and the numbers came from a sequence
-- 0001.sql
CREATE TABLE person (id bigserial PRIMARY KEY, plan text);
-- 0002.sql
ALTER TABLE person ALTER COLUMN id DROP DEFAULT; -- expect: breaks-live-version@warning
