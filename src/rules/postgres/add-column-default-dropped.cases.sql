-- case: what Django emits for default= on a NOT NULL field, and an old version that inserts
-- source: django
-- transaction: per-migration
-- live: INSERT INTO person (id, name, email) VALUES ($1, $2, $3) RETURNING id
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN plan text DEFAULT 'free' NOT NULL;
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT; -- expect: add-column-default-dropped@error

-- case: no live version is known
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN plan text DEFAULT 'free' NOT NULL;
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT; -- expect: add-column-default-dropped@error

-- case: no known version inserts into the table
-- live: SELECT id, name FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN plan text DEFAULT 'free' NOT NULL;
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT; -- expect: add-column-default-dropped@warning

-- case: the default stays (db_default)
-- live: INSERT INTO person (id, name, email) VALUES ($1, $2, $3) RETURNING id
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN plan text DEFAULT 'free' NOT NULL;

-- case: a nullable column may lose its default
-- live: INSERT INTO person (id, name, email) VALUES ($1, $2, $3) RETURNING id
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN plan text DEFAULT 'free';
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT;

-- case: dropped and set again before anybody can see it
-- transaction: per-migration
-- live: INSERT INTO person (id, name, email) VALUES ($1, $2, $3) RETURNING id
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN plan text DEFAULT 'free' NOT NULL;
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT;
ALTER TABLE person ALTER COLUMN plan SET DEFAULT 'trial';

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
ALTER TABLE person ADD COLUMN plan text DEFAULT 'free' NOT NULL;
ALTER TABLE person ALTER COLUMN plan DROP DEFAULT;
