-- case: the old version names the old name
-- live: SELECT id, email FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME COLUMN email TO mail; -- expect: rename-column@error

-- case: no live version is known
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME email TO mail; -- expect: rename-column@error

-- case: no version names it
-- live: SELECT id, name FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person RENAME COLUMN email TO mail; -- expect: rename-column@warning

-- case: a column of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN nick text;
ALTER TABLE person RENAME COLUMN nick TO nickname;

-- case: expand and contract: the new column beside the old one
-- live: SELECT id, email FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN mail character varying(50);

-- case: two columns exchange their names in one transaction
-- live: SELECT id, email FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email varchar(50), email_new text);
-- 0002.sql
BEGIN;
ALTER TABLE person RENAME COLUMN email TO email_old;
ALTER TABLE person RENAME COLUMN email_new TO email; -- expect: rename-column@warning
COMMIT;
