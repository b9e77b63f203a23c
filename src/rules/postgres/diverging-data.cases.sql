-- case: copied once while the version that serves writes the original alone
-- page: bad
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- live: UPDATE person SET name = $1 WHERE id = $2
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
-- 0002.sql
ALTER TABLE person ADD COLUMN display_name text;
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000); -- expect: diverging-data

-- case: a trigger writes both from before the copy on
-- page: good
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- live: UPDATE person SET name = $1 WHERE id = $2
-- release: 0002.sql
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
-- 0002.sql
ALTER TABLE person ADD COLUMN display_name text;
CREATE FUNCTION person_display_name_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN NEW.display_name := coalesce(NEW.display_name, NEW.name);
  ELSIF NEW.display_name IS NOT DISTINCT FROM OLD.display_name THEN NEW.display_name := NEW.name;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER person_display_name_in_step BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION person_display_name_in_step();
-- 0003.sql
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000);

-- case: the trigger comes after the copy
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION in_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.display_name := NEW.name; RETURN NEW; END $$;
-- 0002.sql
ALTER TABLE person ADD COLUMN display_name text;
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000); -- expect: diverging-data
CREATE TRIGGER in_step BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION in_step();

-- case: the trigger comes after the copy, and a last pass after the trigger
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION in_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.display_name := NEW.name; RETURN NEW; END $$;
-- 0002.sql
ALTER TABLE person ADD COLUMN display_name text;
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000);
CREATE TRIGGER in_step BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION in_step();
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000);

-- case: the trigger is gone while the old version may still serve
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, display_name text);
CREATE FUNCTION in_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.display_name := NEW.name; RETURN NEW; END $$;
CREATE TRIGGER in_step BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION in_step();
-- 0002.sql
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000); -- expect: diverging-data
DROP TRIGGER in_step ON person; -- expect: drop-trigger@warning

-- case: the version that serves writes both
-- live: INSERT INTO person (id, name, display_name) VALUES ($1, $2, $3)
-- live: UPDATE person SET name = $1, display_name = $2 WHERE id = $3
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, display_name text);
-- 0002.sql
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000);

-- case: nobody writes the original any more
-- live: SELECT id, name FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, display_name text);
-- 0002.sql
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000);

-- case: one of two versions writes the original alone
-- version: workers
-- found: SELECT 1 FROM person
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, display_name text);
-- 0002.sql
UPDATE person SET display_name = upper(name) WHERE id > 5000; -- expect: diverging-data, row-by-row@warning

-- case: a table that is split off
-- live: INSERT INTO person (id, name, bio) VALUES ($1, $2, $3)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, bio text);
-- 0002.sql
CREATE TABLE profile (person_id bigint PRIMARY KEY, bio text);
INSERT INTO profile (person_id, bio) SELECT id, bio FROM person; -- expect: diverging-data, row-by-row@warning

-- case: values that are computed from the column itself
-- live: INSERT INTO person (id, name, email) VALUES ($1, $2, $3)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email text);
-- 0002.sql
UPDATE person SET email = lower(email) WHERE id = 17;

-- case: the original is gone before anybody can write it
-- live: SELECT id FROM person
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
-- 0002.sql
ALTER TABLE person ADD COLUMN display_name text;
UPDATE person SET display_name = name WHERE id = 1;
ALTER TABLE person DROP COLUMN name; -- expect: drop-column@warning

-- case: no version is known, and the copy fills a column that this release adds
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
-- 0002.sql
ALTER TABLE person ADD COLUMN display_name text;
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000); -- expect: diverging-data@warning

-- case: no version is known, and the column is an old one
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, display_name text);
-- 0002.sql
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000);

-- case: only raw SQL that was found in the repository writes the original
-- found: INSERT INTO person (id, name) VALUES ($1, $2)
-- live: SELECT id FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, display_name text);
-- 0002.sql
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000); -- expect: diverging-data
