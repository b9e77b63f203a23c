-- peer: pgfence
-- from: https://github.com/flvmnt/pgfence, tests/fixtures/*.sql

-- rule: add-column

-- case: json column
-- says: red
-- tread: noted add-column-json
-- differs: ACCESS EXCLUSIVE for an instant, no row is read or written (measured by rehearsal); json has no equality, so a SELECT DISTINCT
--   or UNION over the table fails (42883) where a live version sends one; without known queries it is information.
ALTER TABLE booking ADD COLUMN leaflet json;

-- case: serial column
-- says: red
-- tread: caught add-column-rewrite
ALTER TABLE review ADD COLUMN number serial;

-- case: stored generated column
-- says: red
-- tread: caught add-column-rewrite
ALTER TABLE booking ADD COLUMN euros numeric GENERATED ALWAYS AS (cents / 100.0) STORED;

-- case: NOT NULL without a default
-- says: red
-- tread: caught add-column-not-null-no-default
ALTER TABLE booking ADD COLUMN status varchar(20) NOT NULL;

-- case: NOT NULL with a volatile default
-- says: red
-- tread: caught add-column-volatile-default
ALTER TABLE booking ADD COLUMN asked_at timestamp NOT NULL DEFAULT clock_timestamp();

-- case: an UPDATE in the migration
-- says: red
-- tread: caught row-by-row
UPDATE booking SET region = 'unknown' WHERE region IS NULL;

-- case: a cast constant as default
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN age int DEFAULT '0'::int;

-- case: a column that may be null
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN is_active boolean;

-- rule: alter-column

-- case: a longer varchar
-- says: green
-- tread: quiet
ALTER TABLE guest ALTER COLUMN language TYPE varchar(64);

-- case: varchar to text
-- says: green
-- tread: quiet
ALTER TABLE guest ALTER COLUMN name TYPE text;

-- case: varchar without its length
-- says: green
-- tread: quiet
ALTER TABLE guest ALTER COLUMN name TYPE varchar;

-- case: text to varchar(n)
-- says: red
-- tread: caught change-type-rewrite
ALTER TABLE guest ALTER COLUMN email TYPE varchar(255);

-- case: text to integer
-- says: red
-- tread: caught change-type-rewrite
ALTER TABLE guest ALTER COLUMN old_code TYPE integer USING old_code::integer;

-- case: the key becomes text
-- says: red
-- tread: caught change-type-rewrite
ALTER TABLE public.review ALTER COLUMN title TYPE varchar(20);

-- case: SET NOT NULL
-- says: red
-- tread: caught set-not-null
ALTER TABLE booking ALTER COLUMN guest_id SET NOT NULL;

-- case: DROP NOT NULL
-- says: red
-- tread: noted drop-not-null
-- differs: ACCESS EXCLUSIVE for an instant, no row is read or written (measured by rehearsal); old rows and old queries stay valid, but a
--   reader that never met NULL may; tread cannot see how the app reads a NULL, so it is information.
ALTER TABLE room ALTER COLUMN title DROP NOT NULL;

-- case: a column is dropped
-- says: red
-- tread: caught drop-column
ALTER TABLE guest DROP COLUMN remarks;

-- case: a column is renamed
-- says: red
-- tread: caught rename-column
ALTER TABLE guest RENAME COLUMN phone TO telephone;

-- rule: enum

-- case: values added
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TYPE booking_state ADD VALUE 'waiting';
ALTER TYPE room_kind ADD VALUE IF NOT EXISTS 'suite';
ALTER TYPE booking_state ADD VALUE 'late' AFTER 'confirmed';

-- case: a value without a place in the order
-- about: style
-- says: red
-- tread: noted enum-value-position
ALTER TYPE booking_state ADD VALUE 'waiting';

-- case: a value with a place
-- about: style
-- says: green
-- tread: quiet
ALTER TYPE booking_state ADD VALUE 'waiting' BEFORE 'left';

-- case: a new enum type
-- about: style
-- says: red
-- tread: noted prefer-check-over-enum
CREATE TYPE meal AS ENUM ('breakfast', 'dinner');

-- rule: types

-- case: integer, varchar(n) and timestamp
-- about: style
-- says: red
-- tread: noted prefer-bigint prefer-text prefer-timestamptz
CREATE TABLE leaflet (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, printed integer, label varchar(200), printed_at timestamp);

-- case: char(n) and serial
-- about: style
-- says: red
-- tread: noted prefer-text prefer-identity
CREATE TABLE leaflet (id bigserial PRIMARY KEY, code char(10));

-- rule: backfill

-- case: every row in a transaction
-- says: red
-- tread: caught row-by-row
BEGIN;
SET lock_timeout = '2s';
UPDATE booking SET region = 'north';
COMMIT;

-- case: a condition that is always true
-- says: red
-- tread: caught row-by-row
BEGIN;
UPDATE booking SET region = 'north' WHERE 1 = 1;
COMMIT;

-- case: one row by its key
-- says: green
-- tread: quiet
BEGIN;
UPDATE guest SET language = 'de' WHERE id = 1;
COMMIT;

-- case: DELETE without a condition
-- says: red
-- tread: caught row-by-row
DELETE FROM payment;

-- case: DELETE with conditions that are always true
-- says: red
-- tread: caught row-by-row
DELETE FROM payment WHERE 1 = 1;
DELETE FROM payment WHERE true;
DELETE FROM payment WHERE NOT false;

-- case: DELETE with a condition that is never true
-- says: red
-- tread: caught row-by-row
DELETE FROM payment WHERE NULL IS NOT NULL;

-- rule: constraints

-- case: foreign key, CHECK, UNIQUE and EXCLUDE at once
-- says: red
-- tread: caught add-foreign-key-validated add-check-validated add-unique-constraint
ALTER TABLE booking ADD CONSTRAINT booking_guest_fk FOREIGN KEY (guest_id) REFERENCES guest (id);
ALTER TABLE guest ADD CONSTRAINT guest_email_shape CHECK (email ~ '.*@.*');
ALTER TABLE guest ADD CONSTRAINT guest_email_key UNIQUE (email);
ALTER TABLE booking ADD CONSTRAINT booking_apart EXCLUDE USING gist (during WITH &&);

-- case: a primary key without an index made before
-- says: red
-- tread: caught add-unique-constraint
ALTER TABLE review ADD PRIMARY KEY (code);

-- case: UNIQUE over an index made before
-- says: green
-- tread: quiet
ALTER TABLE door_code ADD CONSTRAINT door_code_once UNIQUE USING INDEX door_code_code;

-- case: a foreign key NOT VALID without an index
-- says: red
-- tread: noted foreign-key-without-index
-- differs: the foreign key is right and locks nobody for long; each DELETE or key change of the referenced row reads the whole
--   referencing table (measured: one sequential scan per deleted row). That costs time, not availability of the migration: information.
ALTER TABLE booking ADD CONSTRAINT booking_guest_fk FOREIGN KEY (guest_id) REFERENCES guest (id) NOT VALID;

-- case: NOT VALID and VALIDATE in one transaction
-- says: red
-- tread: caught validate-in-same-transaction
BEGIN;
ALTER TABLE booking ADD CONSTRAINT booking_region_known CHECK (region IS NOT NULL) NOT VALID;
ALTER TABLE booking VALIDATE CONSTRAINT booking_region_known;
COMMIT;

-- rule: indexes

-- case: CREATE INDEX, CREATE UNIQUE INDEX, DROP INDEX
-- says: red
-- tread: caught create-index-blocking
CREATE INDEX booking_by_state ON booking (state);
CREATE UNIQUE INDEX guest_by_email ON guest (email);
DROP INDEX booking_country;

-- case: DROP INDEX CONCURRENTLY
-- says: green
-- tread: quiet
DROP INDEX CONCURRENTLY booking_country;

-- case: CREATE INDEX CONCURRENTLY in a transaction
-- says: red
-- tread: caught concurrently-in-transaction
BEGIN;
CREATE INDEX CONCURRENTLY booking_by_state ON booking (state);
COMMIT;

-- case: what else cannot run in a transaction
-- says: red
-- tread: caught concurrently-in-transaction
BEGIN;
DROP INDEX CONCURRENTLY IF EXISTS booking_country;
REINDEX TABLE CONCURRENTLY booking;
ALTER TABLE reading DETACH PARTITION reading_2025 CONCURRENTLY;
COMMIT;

-- case: REINDEX
-- says: red
-- tread: caught reindex-blocking
REINDEX TABLE booking;
REINDEX INDEX booking_country;
REINDEX SCHEMA public;

-- case: REINDEX CONCURRENTLY
-- says: green
-- tread: quiet
REINDEX TABLE CONCURRENTLY booking;

-- rule: destructive

-- case: DROP TABLE
-- says: red
-- tread: caught drop-table
DROP TABLE archive.note;

-- case: TRUNCATE
-- says: red
-- tread: caught truncate
TRUNCATE review;

-- case: TRUNCATE CASCADE
-- says: red
-- tread: caught truncate
TRUNCATE room CASCADE;

-- case: VACUUM FULL
-- says: red
-- tread: caught vacuum-full
VACUUM FULL booking;

-- case: DROP SCHEMA that holds nothing any more
-- says: red
-- tread: caught statement-fails
DROP SCHEMA retired;

-- case: DROP DATABASE
-- says: red
-- tread: caught drop-database
DROP DATABASE IF EXISTS staging;

-- case: a schema is renamed
-- says: red
-- tread: caught rename-table
ALTER SCHEMA archive RENAME TO attic;

-- case: a table is renamed
-- says: red
-- tread: caught rename-table
ALTER TABLE review RENAME TO opinion;

-- rule: partitions

-- case: ATTACH PARTITION
-- says: red
-- tread: caught attach-partition-scan
ALTER TABLE reading ATTACH PARTITION reading_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');

-- case: DETACH PARTITION
-- says: red
-- tread: noted detach-partition-blocking
-- differs: the statement reads and writes no row: ACCESS EXCLUSIVE on the table and the partition for an instant (measured by rehearsal),
--   the same as for any ADD COLUMN. What hurts is the wait for that lock: `missing-lock-timeout` warns without a time-out,
--   `hot-table-alter` where traffic is known; here it is information.
ALTER TABLE reading DETACH PARTITION reading_2025;

-- case: DETACH PARTITION CONCURRENTLY
-- says: green
-- tread: quiet
ALTER TABLE reading DETACH PARTITION reading_2026 CONCURRENTLY;

-- case: INHERIT
-- says: red
-- tread: quiet
-- differs: ACCESS EXCLUSIVE on the child and SHARE UPDATE EXCLUSIVE on the parent for an instant; no row is read (measured by rehearsal):
--   the validation scan that the peer names does not happen, columns and constraints are compared in the catalog.
ALTER TABLE sample_2026 INHERIT sample;

-- case: NO INHERIT
-- says: red
-- tread: quiet
-- differs: ACCESS EXCLUSIVE on the child, ACCESS SHARE on the parent, for an instant (measured by rehearsal).
ALTER TABLE sample_2025 NO INHERIT sample;

-- rule: materialized views

-- case: REFRESH
-- says: red
-- tread: caught refresh-materialized-view
REFRESH MATERIALIZED VIEW busy_room;

-- case: REFRESH CONCURRENTLY
-- says: red
-- tread: quiet
-- differs: EXCLUSIVE on the view: its readers go on (measured by rehearsal); only another REFRESH waits.
REFRESH MATERIALIZED VIEW CONCURRENTLY busy_room;

-- case: REFRESH WITH NO DATA
-- says: red
-- tread: caught refresh-materialized-view
REFRESH MATERIALIZED VIEW busy_room WITH NO DATA;

-- rule: triggers

-- case: CREATE TRIGGER
-- says: red
-- tread: noted create-trigger
-- differs: SHARE ROW EXCLUSIVE for an instant, no row is read (measured by rehearsal); what the trigger does from here on for every
--   version is information.
CREATE TRIGGER booking_audit BEFORE INSERT ON booking FOR EACH ROW EXECUTE FUNCTION note_change();

-- case: DROP TRIGGER
-- says: red
-- tread: noted drop-trigger
-- differs: ACCESS EXCLUSIVE for an instant, no row is read or written (measured by rehearsal); what the trigger did ends for every
--   version: information.
DROP TRIGGER booking_noted ON booking;

-- case: ENABLE TRIGGER
-- says: red
-- tread: quiet
-- differs: SHARE ROW EXCLUSIVE for an instant, no row is read (measured by rehearsal).
ALTER TABLE booking ENABLE TRIGGER booking_noted;

-- case: DISABLE TRIGGER
-- says: red
-- tread: noted disable-trigger
-- differs: SHARE ROW EXCLUSIVE for an instant (measured by rehearsal); information for a single named trigger, a warning for ALL.
ALTER TABLE booking DISABLE TRIGGER booking_noted;

-- rule: other

-- case: SET UNLOGGED and SET LOGGED
-- says: red
-- tread: caught set-logged
ALTER TABLE review SET UNLOGGED;
ALTER TABLE review SET LOGGED;

-- case: CLUSTER
-- says: red
-- tread: caught cluster
CLUSTER booking USING booking_pkey;

-- case: REPLICA IDENTITY FULL
-- says: red
-- tread: noted replica-identity-full
-- differs: ACCESS EXCLUSIVE for an instant, no row is read or written (measured by rehearsal); each UPDATE and DELETE writes the whole
--   old row to the WAL from here on: information.
ALTER TABLE payment REPLICA IDENTITY FULL;

-- case: other replica identities
-- says: green
-- tread: quiet
ALTER TABLE payment REPLICA IDENTITY DEFAULT;
ALTER TABLE door_code REPLICA IDENTITY USING INDEX door_code_code;

-- case: row level security without a policy
-- says: red
-- tread: noted row-security-without-policy
-- differs: the owner goes on to see everything; for every other role no row is left. Which one the app uses no migration tells:
--   information, and a warning with FORCE.
ALTER TABLE guest ENABLE ROW LEVEL SECURITY;

-- case: row level security switched off
-- says: red
-- tread: caught grant-widening
ALTER TABLE secret DISABLE ROW LEVEL SECURITY;

-- case: a policy
-- says: green
-- tread: quiet
CREATE POLICY own_row ON guest FOR SELECT USING (email = current_setting('app.mail'));

-- case: a domain's new constraint
-- says: red
-- tread: caught alter-domain-blocking
ALTER DOMAIN mail_address ADD CONSTRAINT mail_address_at CHECK (VALUE ~ '@');

-- case: a domain loses a constraint
-- says: green
-- tread: quiet
ALTER DOMAIN percentage DROP CONSTRAINT percentage_range;

-- case: a new domain with a constraint
-- says: red
-- tread: quiet
-- differs: a new domain has no column: no lock on any relation, nothing is read (measured by rehearsal). It is flagged when it is altered
--   or used.
CREATE DOMAIN stars AS integer CHECK (VALUE BETWEEN 1 AND 5);

-- case: a new domain without one
-- says: green
-- tread: quiet
CREATE DOMAIN floor AS integer;

-- rule: transactions

-- case: two strong statements in one transaction
-- says: red
-- tread: caught set-not-null
BEGIN;
ALTER TABLE booking ALTER COLUMN region SET NOT NULL;
ALTER TABLE booking ALTER COLUMN country TYPE varchar(500);
COMMIT;

-- case: two tables locked in one transaction
-- says: red
-- tread: quiet
-- differs: neither statement reads or writes a row (measured: the filenode stays, under 2 ms on 1,000,000 rows), so both locks are gone
--   in an instant. tread flags the transaction where work follows under the lock.
BEGIN;
ALTER TABLE guest ALTER COLUMN name TYPE text;
ALTER TABLE booking ALTER COLUMN region TYPE varchar;
COMMIT;

-- case: what a savepoint takes back leaves the rest
-- says: red
-- tread: caught set-not-null
BEGIN;
ALTER TABLE guest ALTER COLUMN email SET NOT NULL;
SAVEPOINT before_phone;
ALTER TABLE guest ADD COLUMN mobile text;
ROLLBACK TO SAVEPOINT before_phone;
COMMIT;

-- case: a transaction that is never closed
-- says: red
-- tread: caught unclosed-transaction
BEGIN;
ALTER TABLE guest ADD COLUMN mobile text;

-- rule: new tables

-- case: index and constraint of a table of the same file
-- says: green
-- tread: quiet
CREATE TABLE parking (id serial PRIMARY KEY, plate text NOT NULL);
CREATE INDEX parking_plate ON parking (plate);
ALTER TABLE parking ADD CONSTRAINT parking_plate_once UNIQUE (plate);

-- case: a new table with rows gets a column that must be filled
-- says: red
-- tread: caught add-column-not-null-no-default
CREATE TABLE parking (id serial PRIMARY KEY, plate text NOT NULL);
INSERT INTO parking (plate) VALUES ('B-TR 1');
ALTER TABLE parking ADD COLUMN colour text NOT NULL;

-- case: a table of the same name in another schema
-- says: red
-- tread: caught add-column-not-null-no-default
CREATE TABLE public.note (id int PRIMARY KEY);
ALTER TABLE archive.note ADD COLUMN author text NOT NULL;

-- case: created in one file, changed in the next
-- says: green
-- tread: quiet
CREATE TABLE parking (id bigint PRIMARY KEY, plate text);
-- file
ALTER TABLE parking ADD COLUMN colour text NOT NULL;

-- rule: safe

-- case: a whole careful migration
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
SET statement_timeout = '5min';
ALTER TABLE booking ADD COLUMN IF NOT EXISTS comment text;
ALTER TABLE booking ADD COLUMN IF NOT EXISTS priority int DEFAULT 0;
CREATE INDEX CONCURRENTLY IF NOT EXISTS booking_by_comment ON booking (comment);
ALTER TABLE booking ADD CONSTRAINT booking_guest_fk FOREIGN KEY (guest_id) REFERENCES guest (id) NOT VALID;
ALTER TABLE booking VALIDATE CONSTRAINT booking_guest_fk;
ALTER TABLE guest ADD CONSTRAINT guest_email_known CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE guest VALIDATE CONSTRAINT guest_email_known;

-- rule: time-outs

-- case: none at all
-- about: time-outs
-- says: red
-- tread: caught missing-lock-timeout
ALTER TABLE booking ADD COLUMN IF NOT EXISTS comment text;

-- case: set after the statement
-- about: time-outs
-- says: red
-- tread: caught timeout-set-too-late
ALTER TABLE booking ALTER COLUMN region DROP DEFAULT;
SET lock_timeout = '2s';

-- case: set before the statement
-- about: time-outs
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
SET statement_timeout = '5min';
ALTER TABLE booking ALTER COLUMN region DROP DEFAULT;

-- case: five minutes
-- about: time-outs
-- says: red
-- tread: caught lock-timeout-too-long
SET lock_timeout = '5min';
SET statement_timeout = '2h';
ALTER TABLE booking ADD COLUMN comment text;

-- case: zero is none
-- about: time-outs
-- says: red
-- tread: caught missing-lock-timeout
SET lock_timeout = 0;
SET statement_timeout = '5min';
ALTER TABLE guest ADD COLUMN age integer;

-- case: no time-out for a session that idles in its transaction
-- about: time-outs
-- says: red
-- tread: quiet
-- differs: outside of a transaction no session can idle in one; between BEGIN and COMMIT tread says so
--   (missing-idle-in-transaction-timeout).
SET lock_timeout = '2s';
SET statement_timeout = '5min';
ALTER TABLE guest ADD COLUMN IF NOT EXISTS comment text;
