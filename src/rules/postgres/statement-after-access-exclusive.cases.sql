-- case: the short lock of NOT VALID is held through the long VALIDATE
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (length(name) < 200) NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_name_short; -- expect: validate-in-same-transaction@error

-- case: so is the lock on both tables of a foreign key
-- transaction: per-migration
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_team_fk FOREIGN KEY (team_id) REFERENCES team (id) NOT VALID; -- expect: foreign-key-locks-parent@info, foreign-key-without-index@info
ALTER TABLE person VALIDATE CONSTRAINT person_team_fk; -- expect: validate-in-same-transaction@error

-- case: an index is built while reads are locked out too
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
CREATE INDEX person_region_idx ON person (region); -- expect: create-index-blocking@error, statement-after-access-exclusive@error

-- case: each in its own transaction
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (length(name) < 200) NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_name_short;

-- case: more brief work on the same table
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
ALTER TABLE person ADD COLUMN plan text;
COMMENT ON COLUMN person.plan IS 'what they pay for';

-- case: a hundred rows
-- transaction: per-migration
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (length(name) < 200) NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_name_short; -- expect: validate-in-same-transaction@info

-- case: a query over the whole table, while its lock is held
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
BEGIN;
ALTER TABLE person ADD COLUMN nickname text;
SELECT count(*) FROM person WHERE email LIKE '%@example.com'; -- expect: statement-after-access-exclusive@error
COMMIT;
