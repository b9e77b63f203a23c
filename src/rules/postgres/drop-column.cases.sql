-- case: the old version's SELECT names the column
-- live: SELECT id, name, email FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN email; -- expect: drop-column@error

-- case: no live version is known, so the one before is presumed to name it
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN email; -- expect: drop-column@error

-- case: an instant drop after its stages: a person says that they are over
-- live: SELECT id, name FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person DROP COLUMN email; -- expect: drop-column@warning

-- case: two columns in two statements, both named by one query
-- live: SELECT id, name, email FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN email; -- expect: drop-column@error
ALTER TABLE person DROP COLUMN name; -- expect: drop-column@error

-- case: two columns in one statement are one cause
-- live: SELECT id, name, email FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN email, DROP COLUMN name; -- expect: drop-column@error

-- case: what could not be read may use it
-- live: SELECT id, name FROM person
-- dynamic: public.person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN email; -- expect: drop-column@warning

-- case: a column that the same release added
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN nickname text;
ALTER TABLE person DROP COLUMN nickname;

-- case: a table that the same release created
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
ALTER TABLE person DROP COLUMN email;

-- case: an INSERT names it too
-- live: INSERT INTO person (id, name, email) VALUES ($1, $2, $3)
-- environment: local assume=small
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN email; -- expect: drop-column@error

-- case: raw SQL that was found in the repository does not say which version of the app serves
-- found: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN email; -- expect: drop-column@error

-- case: a type takes its columns with it
-- 0001.sql
CREATE TYPE plan AS ENUM ('free', 'paid');
CREATE TABLE team (id bigint PRIMARY KEY, plan plan);
-- 0002.sql
DROP TYPE plan CASCADE; -- expect: drop-column@error

-- case: a type that no column has
-- 0001.sql
CREATE TYPE plan AS ENUM ('free', 'paid');
CREATE TABLE team (id bigint PRIMARY KEY, plan text);
-- 0002.sql
DROP TYPE plan;

-- case: no query names it any more, but a trigger's function does
-- live: UPDATE person SET name = $1 WHERE id = $2
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, searchable text);
CREATE FUNCTION keep_searchable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.searchable := lower(NEW.name);
  RETURN NEW;
END $$;
CREATE TRIGGER keep_searchable BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION keep_searchable();
-- 0002.sql
ALTER TABLE person DROP COLUMN searchable; -- expect: drop-column@error

-- case: the trigger goes first
-- live: UPDATE person SET name = $1 WHERE id = $2
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, searchable text);
CREATE FUNCTION keep_searchable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.searchable := lower(NEW.name);
  RETURN NEW;
END $$;
CREATE TRIGGER keep_searchable BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION keep_searchable();
-- 0002.sql
SET lock_timeout = '2s';
DROP TRIGGER keep_searchable ON person;
ALTER TABLE person DROP COLUMN searchable; -- expect: drop-column@warning

-- case: a trigger that names another column of that name
-- live: SELECT id FROM team
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY, note text);
CREATE TABLE person (id bigint PRIMARY KEY, note text);
CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := trim(NEW.note); RETURN NEW; END $$;
CREATE TRIGGER tidy BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION tidy();
-- 0002.sql
ALTER TABLE team DROP COLUMN note; -- expect: drop-column@warning

-- case: a function that a version calls names it
-- live: SELECT turnover()
-- 0001.sql
CREATE TABLE sale (id bigint PRIMARY KEY, cents bigint);
CREATE FUNCTION turnover() RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT sum(cents) FROM sale $$;
-- 0002.sql
ALTER TABLE sale DROP COLUMN cents; -- expect: drop-column@error

-- case: the function was replaced before
-- live: SELECT turnover()
-- 0001.sql
CREATE TABLE sale (id bigint PRIMARY KEY, cents bigint, amount numeric);
CREATE FUNCTION turnover() RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT sum(cents) FROM sale $$;
-- 0002.sql
SET lock_timeout = '2s';
CREATE OR REPLACE FUNCTION turnover() RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT sum(amount) FROM sale $$;
ALTER TABLE sale DROP COLUMN cents; -- expect: drop-column@warning

-- case: a field with a foreign key, which Django drops before the column
-- source: django
-- transaction: per-migration
-- live: SELECT id, product_id FROM item
-- 0001.sql
CREATE TABLE product (id bigint PRIMARY KEY);
CREATE TABLE item (id bigint PRIMARY KEY, product_id bigint CONSTRAINT item_product_fk REFERENCES product (id));
CREATE INDEX item_product ON item (product_id);
-- 0002.sql
ALTER TABLE item DROP CONSTRAINT item_product_fk; -- expect: foreign-key-locks-parent@info
ALTER TABLE item DROP COLUMN product_id CASCADE; -- expect: drop-column@error
