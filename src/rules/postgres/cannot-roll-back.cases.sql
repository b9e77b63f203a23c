-- case: a column goes that the version before the one that serves here still reads
-- page: bad
-- live: SELECT id, name FROM person
-- retired: SELECT id, name, phone FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text, phone text);
-- 0002.sql
ALTER TABLE person DROP COLUMN phone; -- expect: drop-column@warning, cannot-roll-back@warning

-- case: what only adds leaves the way back open
-- page: good
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- next: INSERT INTO person (id, name, phone) VALUES ($1, $2, $3)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
-- 0002.sql
ALTER TABLE person ADD COLUMN phone text;

-- case: a version that serves fails: that is said where it fails, and not twice
-- live: SELECT id, name, phone FROM person
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text, phone text);
-- 0002.sql
ALTER TABLE person DROP COLUMN phone; -- expect: drop-column

-- case: the new version writes the copy alone
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- next: INSERT INTO person (id, display_name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
CREATE FUNCTION in_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.display_name := NEW.name; RETURN NEW; END $$;
-- 0002.sql
ALTER TABLE person ADD COLUMN display_name text;
CREATE TRIGGER in_step BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION in_step();
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000); -- expect: cannot-roll-back@warning

-- case: a trigger carries what the new version writes back to the original
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- next: INSERT INTO person (id, display_name) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
CREATE FUNCTION in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.display_name := coalesce(NEW.display_name, NEW.name); NEW.name := coalesce(NEW.name, NEW.display_name); RETURN NEW; END $$;
-- 0002.sql
ALTER TABLE person ADD COLUMN display_name text;
CREATE TRIGGER in_step BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION in_step();
UPDATE person SET display_name = name WHERE id IN (SELECT id FROM person WHERE display_name IS NULL ORDER BY id LIMIT 5000);

-- case: a value of an enum that the version before does not know
-- live: SELECT id, kind FROM room
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
CREATE TABLE room (id bigint PRIMARY KEY, kind room_kind NOT NULL);
-- 0002.sql
ALTER TYPE room_kind ADD VALUE 'suite'; -- expect: cannot-roll-back@info

-- case: a wider type
-- live: SELECT id, guests FROM room
-- environment: self_hosted rows(room)=120
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY, guests integer NOT NULL, name varchar(20));
-- 0002.sql
ALTER TABLE room ALTER COLUMN name TYPE text; -- expect: cannot-roll-back@info

-- case: a constraint goes on which the version before relies
-- live: SELECT id, email FROM guest
-- 0001.sql
CREATE TABLE guest (id bigint PRIMARY KEY, email text, CONSTRAINT guest_email_check CHECK (email LIKE '%@%'));
-- 0002.sql
ALTER TABLE guest DROP CONSTRAINT guest_email_check; -- expect: cannot-roll-back@info

-- case: NOT NULL that goes is said once, by its own rule
-- live: SELECT id, email FROM guest
-- 0001.sql
CREATE TABLE guest (id bigint PRIMARY KEY, email text NOT NULL);
-- 0002.sql
ALTER TABLE guest ALTER COLUMN email DROP NOT NULL; -- expect: drop-not-null@info

-- case: nobody knows which version a rollback would deploy
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
CREATE TABLE room (id bigint PRIMARY KEY, kind room_kind NOT NULL);
-- 0002.sql
ALTER TYPE room_kind ADD VALUE 'suite';

-- case: a type that the same release makes
-- live: SELECT id FROM room
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
ALTER TYPE room_kind ADD VALUE 'suite';
