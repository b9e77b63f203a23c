-- case: a table in use
-- page: bad
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := trim(NEW.name); RETURN NEW; END $$;
-- 0002.sql
CREATE TRIGGER tidy BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION tidy(); -- expect: create-trigger@info

-- case: a table of the same release
-- page: good
-- 0001.sql
CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := trim(NEW.name); RETURN NEW; END $$;
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE TRIGGER tidy BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION tidy();
