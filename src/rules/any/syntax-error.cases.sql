-- case: a typing error
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABEL person ADD COLUMN region text; -- expect: syntax-error@error

-- case: the statement after it is read
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABEL person ADD COLUMN region text; -- expect: syntax-error@error
CREATE INDEX person_email_idx ON person (email); -- expect: create-index-blocking@error

-- case: correct
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
