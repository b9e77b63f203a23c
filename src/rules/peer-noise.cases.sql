-- Statements that other linters flag although they touch no row, block nobody for longer than an instant, or are the safe form itself.
-- Each of these was reported by their users as noise, or measured as a false alarm. None may be flagged here: no error, and no warning
-- but those about time-outs and hot tables. `peer-noise.test.ts` runs them on every major.

-- case: type changes that keep what is stored
-- 0001.sql
CREATE DOMAIN label AS text;
CREATE TABLE person (id bigint PRIMARY KEY, a varchar(50), b varchar(50), c text, d numeric(10,2), e numeric(10,2), f timestamp(3), g cidr, h text, i integer, j varchar(20)[]);
CREATE INDEX person_a ON person (a);
-- 0002.sql
ALTER TABLE person ALTER COLUMN a TYPE varchar(80);
ALTER TABLE person ALTER COLUMN b TYPE text;
ALTER TABLE person ALTER COLUMN c TYPE varchar;
ALTER TABLE person ALTER COLUMN d TYPE numeric(14,2);
ALTER TABLE person ALTER COLUMN e TYPE numeric;
ALTER TABLE person ALTER COLUMN f TYPE timestamp(6);
ALTER TABLE person ALTER COLUMN g TYPE inet;
ALTER TABLE person ALTER COLUMN h TYPE label;
ALTER TABLE person ALTER COLUMN i TYPE integer;

-- case: timestamp to timestamptz under UTC
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, at timestamp);
-- 0002.sql
SET timezone = 'UTC';
ALTER TABLE visit ALTER COLUMN at TYPE timestamptz;

-- case: constant and stable defaults
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN joined_at timestamptz DEFAULT now();
ALTER TABLE person ADD COLUMN joined_on date NOT NULL DEFAULT CURRENT_DATE;
ALTER TABLE person ADD COLUMN state text NOT NULL DEFAULT 'new';
ALTER TABLE person ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
ALTER TABLE person ADD COLUMN settings jsonb NOT NULL DEFAULT '{}'::jsonb;
ALTER TABLE person ADD COLUMN nickname text;

-- case: everything about a table of the same release
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint REFERENCES team (id), email varchar(50), age int);
CREATE INDEX person_team ON person (team_id);
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE (email);
ALTER TABLE person ADD CONSTRAINT person_adult CHECK (age >= 18);
ALTER TABLE person ALTER COLUMN email SET NOT NULL;
ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid();
ALTER TABLE person ALTER COLUMN age TYPE bigint;
DROP INDEX person_team;

-- case: a table that one migration of the release makes and another one changes
-- release: 0002.sql
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint, email text);
-- 0003.sql
CREATE INDEX person_email ON person (email);
ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team (id);

-- case: SET NOT NULL that a validated check proves
-- release: 0003.sql
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_present CHECK (email IS NOT NULL) NOT VALID;
-- 0003.sql
ALTER TABLE person VALIDATE CONSTRAINT person_email_present;
-- 0004.sql
ALTER TABLE person ALTER COLUMN email SET NOT NULL;
ALTER TABLE person DROP CONSTRAINT person_email_present;

-- case: NOT NULL … NOT VALID
-- majors: 18
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_not_null NOT NULL email NOT VALID;
-- 0003.sql
ALTER TABLE person VALIDATE CONSTRAINT person_email_not_null;

-- case: a virtual generated column
-- majors: 18
-- 0001.sql
CREATE TABLE line (id bigint PRIMARY KEY, cents bigint);
-- 0002.sql
ALTER TABLE line ADD COLUMN euros bigint GENERATED ALWAYS AS (cents / 100) VIRTUAL;

-- case: constraints in two steps
-- release: 0002.sql
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint, age int);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_adult CHECK (age >= 18) NOT VALID;
ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team (id) NOT VALID;
-- 0003.sql
ALTER TABLE person VALIDATE CONSTRAINT person_adult;
-- 0004.sql
ALTER TABLE person VALIDATE CONSTRAINT person_team;

-- case: a unique or primary key from an index that was built before
-- 0001.sql
CREATE TABLE person (id bigint NOT NULL, email text);
CREATE UNIQUE INDEX person_email_idx ON person (email);
CREATE UNIQUE INDEX person_id_idx ON person (id);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE USING INDEX person_email_idx;
ALTER TABLE person ADD CONSTRAINT person_pkey PRIMARY KEY USING INDEX person_id_idx;

-- case: indexes without a lock that blocks
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text, name text);
CREATE INDEX person_name ON person (name);
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email ON person (email);
CREATE UNIQUE INDEX CONCURRENTLY person_email_name ON person (lower(email), name);
DROP INDEX CONCURRENTLY person_name;
REINDEX INDEX CONCURRENTLY person_email;
ALTER INDEX person_email RENAME TO person_by_email;

-- case: changes of the catalogue alone
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, name text, team_id bigint, CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team (id), CONSTRAINT person_name CHECK (name <> ''));
-- 0002.sql
ALTER TABLE person ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER TABLE person ALTER COLUMN name SET STATISTICS 500;
ALTER TABLE person SET (fillfactor = 80);
ALTER TABLE person ALTER CONSTRAINT person_team DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE person RENAME CONSTRAINT person_name TO person_named;
ALTER TABLE person ALTER COLUMN name SET DEFAULT 'unknown';
ALTER TABLE person ALTER COLUMN name DROP DEFAULT;
ALTER TABLE person DROP CONSTRAINT person_named;
COMMENT ON TABLE person IS 'who signed up';
COMMENT ON COLUMN person.name IS 'as they want to be called';
CREATE STATISTICS person_name_team ON name, team_id FROM person;
ANALYZE person;

-- case: SET COMPRESSION
-- majors: 14 15 16 17 18
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
-- 0002.sql
ALTER TABLE person ALTER COLUMN name SET COMPRESSION pglz;

-- case: domains whose tables are not read
-- 0001.sql
CREATE DOMAIN amount AS bigint;
CREATE TABLE invoice (id bigint PRIMARY KEY, total amount);
-- 0002.sql
ALTER TABLE invoice ADD COLUMN tax amount;
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE > 0) NOT VALID;
CREATE DOMAIN share AS numeric CHECK (VALUE BETWEEN 0 AND 1);

-- case: a partition that a check proves, made by itself
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2025 (id bigint, at date NOT NULL, CONSTRAINT event_2025_bound CHECK (at IS NOT NULL AND at >= '2025-01-01' AND at < '2026-01-01'));
-- 0002.sql
ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_2027 (LIKE event INCLUDING ALL);
ALTER TABLE event ATTACH PARTITION event_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE event_2028 PARTITION OF event FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');

-- case: a partition that is taken out while everybody works
-- majors: 14 15 16 17 18
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_2025 CONCURRENTLY;

-- case: a value for an enum
-- 0001.sql
CREATE TYPE status AS ENUM ('open', 'done');
CREATE TABLE task (id bigint PRIMARY KEY, status status);
-- 0002.sql
ALTER TYPE status ADD VALUE 'waiting';

-- case: a column that may be NULL from here on
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text NOT NULL);
-- 0002.sql
ALTER TABLE person ALTER COLUMN email DROP NOT NULL;
