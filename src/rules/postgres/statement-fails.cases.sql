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
