-- case: it fills a column that the version which serves does not write
-- page: bad
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, display_name text);
CREATE FUNCTION in_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.display_name := NEW.name; RETURN NEW; END $$;
CREATE TRIGGER in_step BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION in_step();
-- 0002.sql
DROP TRIGGER in_step ON person; -- expect: drop-trigger@warning

-- case: all versions write the column themselves
-- live: INSERT INTO person (id, name, display_name) VALUES ($1, $2, $3)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, display_name text);
CREATE FUNCTION in_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.display_name := NEW.name; RETURN NEW; END $$;
CREATE TRIGGER in_step BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION in_step();
-- 0002.sql
DROP TRIGGER in_step ON person; -- expect: drop-trigger@info

-- case: made anew in one transaction
-- page: good
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := trim(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER tidy BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION tidy();
-- 0002.sql
DROP TRIGGER tidy ON person;
CREATE TRIGGER tidy BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION tidy();
