-- case: a DELETE trigger that returns NEW
-- page: bad
-- live: DELETE FROM person WHERE id = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('person', TG_OP); RETURN NEW; END $$;
-- 0002.sql
CREATE TRIGGER note_change BEFORE UPDATE OR DELETE ON person FOR EACH ROW EXECUTE FUNCTION note_change(); -- expect: trigger-stops-writes@error

-- case: the old row again
-- live: UPDATE person SET name = $2 WHERE id = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;
-- 0002.sql
CREATE TRIGGER keep BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION keep(); -- expect: trigger-stops-writes@error

-- case: a trigger that stands gets a body without RETURN
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := trim(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER tidy BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION tidy();
-- 0002.sql
CREATE OR REPLACE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := lower(trim(NEW.name)); END $$; -- expect: trigger-stops-writes@error

-- case: nobody is known, so the table is taken to be written
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'person is closed'; END $$;
-- 0002.sql
CREATE TRIGGER closed BEFORE INSERT OR UPDATE OR DELETE ON person FOR EACH STATEMENT EXECUTE FUNCTION closed(); -- expect: trigger-stops-writes@error

-- case: the version that serves writes no such row any more
-- live: SELECT id, name FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'person is closed'; END $$;
-- 0002.sql
CREATE TRIGGER closed BEFORE INSERT OR UPDATE OR DELETE ON person FOR EACH STATEMENT EXECUTE FUNCTION closed(); -- expect: trigger-stops-writes@warning

-- case: only rows that its condition names
-- live: UPDATE person SET name = $2 WHERE id = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the name stays'; END $$;
-- 0002.sql
CREATE TRIGGER refuse BEFORE UPDATE ON person FOR EACH ROW WHEN (OLD.id < 100) EXECUTE FUNCTION refuse(); -- expect: trigger-stops-writes@warning

-- case: UPDATE OF a column that the version does not set
-- live: UPDATE person SET name = $2 WHERE id = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, code text);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the code stays'; END $$;
-- 0002.sql
CREATE TRIGGER refuse BEFORE UPDATE OF code ON person FOR EACH ROW EXECUTE FUNCTION refuse(); -- expect: trigger-stops-writes@warning

-- case: NULL behind the row is what an AFTER trigger returns
-- page: good
-- live: DELETE FROM person WHERE id = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('person', TG_OP); RETURN NULL; END $$;
-- 0002.sql
CREATE TRIGGER note_change AFTER UPDATE OR DELETE ON person FOR EACH ROW EXECUTE FUNCTION note_change(); -- expect: create-trigger@info

-- case: the right row for each
-- live: DELETE FROM person WHERE id = $1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$;
-- 0002.sql
CREATE TRIGGER stamp BEFORE UPDATE OR DELETE ON person FOR EACH ROW EXECUTE FUNCTION stamp(); -- expect: create-trigger@info

-- case: a check that refuses some rows
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION named() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = '' THEN RAISE EXCEPTION 'a name'; END IF; RETURN NEW; END $$;
-- 0002.sql
CREATE TRIGGER named BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION named(); -- expect: create-trigger@info

-- case: a table of the same release
-- 0001.sql
CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'closed'; END $$;
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TRIGGER closed BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION closed();
