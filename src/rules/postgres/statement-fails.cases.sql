-- case: a column that is not there
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN shoe_size; -- expect: statement-fails@error

-- case: a table that is there already
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE TABLE person (id bigint); -- expect: statement-fails@error

-- case: IF EXISTS asks first
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person DROP COLUMN IF EXISTS shoe_size;

-- case: where earlier migrations are not known, a missing table may exist
-- 0002.sql
ALTER TABLE customer ADD COLUMN region text;

-- case: a table that no migration creates is an existing table of unknown size
-- 0002.sql
ALTER TABLE customer DROP COLUMN region; -- expect: drop-column@error
ALTER TABLE customer ALTER COLUMN plan SET NOT NULL; -- expect: set-not-null@error
ALTER TABLE customer ALTER COLUMN age TYPE bigint; -- expect: change-type-rewrite@error
CREATE INDEX customer_plan_idx ON customer (plan); -- expect: create-index-blocking@error
ALTER TABLE customer ADD COLUMN token uuid DEFAULT gen_random_uuid(); -- expect: add-column-volatile-default@error
ALTER TABLE customer ADD COLUMN country text NOT NULL; -- expect: add-column-not-null-no-default@error
ALTER TABLE customer ADD CONSTRAINT customer_team_fk FOREIGN KEY (team_id) REFERENCES team (id); -- expect: add-foreign-key-validated@error, foreign-key-locks-parent@info
ALTER TABLE customer ADD CONSTRAINT customer_plan_key UNIQUE (plan); -- expect: add-unique-constraint@error
ALTER TABLE customer ADD CONSTRAINT customer_age_check CHECK (age > 0); -- expect: add-check-validated@error
UPDATE customer SET plan = 'free'; -- expect: row-by-row@error
TRUNCATE customer; -- expect: truncate@error
ALTER TABLE customer RENAME COLUMN plan TO tier; -- expect: rename-column@error
ALTER TABLE customer RENAME TO client; -- expect: rename-table@error
DROP TABLE team; -- expect: drop-table@error

-- case: behind a statement that nobody can read, what was there by then is in doubt, and what came after is not
-- 0001.sql
CREATE TABLE ward (id bigint PRIMARY KEY, name text);
CREATE INDEX ward_name_idx ON ward (name);
-- 0002.sql
DO $$ DECLARE s text; BEGIN FOR s IN SELECT statement FROM pending_repairs LOOP EXECUTE s; END LOOP; END $$;
CREATE TABLE bed (id bigint PRIMARY KEY, number int);
CREATE INDEX bed_number_idx ON bed (number);
-- 0003.sql
CREATE INDEX CONCURRENTLY ward_name_idx ON ward (name); -- expect: statement-fails@warning
ALTER TABLE ward DROP COLUMN floor; -- expect: statement-fails@warning
CREATE INDEX CONCURRENTLY bed_number_idx ON bed (number); -- expect: statement-fails@error
ALTER TABLE bed DROP COLUMN floor; -- expect: statement-fails@error
