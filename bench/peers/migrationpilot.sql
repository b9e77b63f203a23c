-- peer: migrationpilot
-- from: https://github.com/mickelsamuel/migrationpilot, bench/corpus (56 files; the label of each file is what `says` repeats)

-- rule: unsafe

-- case: u01 an index is built the plain way
-- says: red
-- tread: caught create-index-blocking
CREATE INDEX booking_by_guest ON booking (guest_id);

-- case: u02 the same with both time-outs set
-- says: red
-- tread: caught create-index-blocking
SET lock_timeout = '2s';
SET statement_timeout = '30s';
CREATE INDEX booking_by_state ON booking (state, created_at DESC);

-- case: u03 a harmless column without a lock time-out
-- about: time-outs
-- says: red
-- tread: caught missing-lock-timeout
ALTER TABLE guest ADD COLUMN loyalty integer;

-- case: u04 SET NOT NULL reads every row
-- says: red
-- tread: caught set-not-null
SET lock_timeout = '2s';
ALTER TABLE booking ALTER COLUMN guest_id SET NOT NULL;

-- case: u05 a CHECK that is proved at once
-- says: red
-- tread: caught add-check-validated
SET lock_timeout = '2s';
ALTER TABLE booking ADD CONSTRAINT booking_nights CHECK (nights > 0);

-- case: u06 a default that differs from row to row
-- says: red
-- tread: caught add-column-volatile-default
SET lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN public_id uuid DEFAULT gen_random_uuid();

-- case: u07 a stored generated column
-- says: red
-- tread: caught add-column-rewrite
SET lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN mail_domain text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED;

-- case: u08 int to bigint in place
-- says: red
-- tread: caught change-type-rewrite
SET lock_timeout = '2s';
SET statement_timeout = '30s';
ALTER TABLE booking ALTER COLUMN cents TYPE bigint;

-- case: u09 a foreign key that is proved at once
-- says: red
-- tread: caught add-foreign-key-validated
SET lock_timeout = '2s';
ALTER TABLE booking ADD CONSTRAINT booking_guest_fk FOREIGN KEY (guest_id) REFERENCES guest (id);

-- case: u10 a unique constraint builds its index under the lock
-- says: red
-- tread: caught add-unique-constraint
SET lock_timeout = '2s';
ALTER TABLE guest ADD CONSTRAINT guest_email_key UNIQUE (email);

-- case: u11 a new enum value used where it was added
-- says: red
-- tread: caught enum-value-used-in-same-transaction
BEGIN;
ALTER TYPE booking_state ADD VALUE 'refunded';
UPDATE booking SET state = 'refunded' WHERE cancelled_at IS NOT NULL;
COMMIT;

-- case: u12 CONCURRENTLY inside a transaction
-- says: red
-- tread: caught concurrently-in-transaction
BEGIN;
SET LOCAL lock_timeout = '5s';
CREATE INDEX CONCURRENTLY booking_by_guest ON booking (guest_id);
COMMIT;

-- case: u13 IF NOT EXISTS hides an invalid index
-- says: red
-- tread: noted concurrently-if-not-exists
-- differs: true and measured (the second run succeeds, indisvalid stays false), but only a run that failed before leaves such an index:
--   information, because the first run is right.
SET lock_timeout = '5s';
CREATE INDEX CONCURRENTLY IF NOT EXISTS guest_by_email ON guest (email);

-- case: u14 a column is dropped
-- says: red
-- tread: caught drop-column
SET lock_timeout = '2s';
ALTER TABLE guest DROP COLUMN old_code;

-- case: u15 a table is dropped with all that hangs on it
-- says: red
-- tread: caught drop-table
SET lock_timeout = '2s';
DROP TABLE booking CASCADE;

-- case: u16 a column is renamed
-- says: red
-- tread: caught rename-column
SET lock_timeout = '2s';
ALTER TABLE guest RENAME COLUMN email TO mail;

-- case: u17 a table is renamed
-- says: red
-- tread: caught rename-table
SET lock_timeout = '2s';
ALTER TABLE guest RENAME TO visitor;

-- case: u18 a backfill in the transaction of its column
-- says: red
-- tread: caught ddl-and-backfill-together
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE booking ADD COLUMN zone text;
UPDATE booking SET zone = region_of(country);
COMMIT;

-- case: u19 the primary key is dropped
-- says: red
-- tread: caught drop-primary-key
SET lock_timeout = '2s';
ALTER TABLE payment DROP CONSTRAINT payment_pkey;

-- case: u20 every trigger is switched off for a load
-- says: red
-- tread: caught disable-trigger
SET lock_timeout = '2s';
ALTER TABLE booking DISABLE TRIGGER ALL;
COPY booking (guest_id, room_id) FROM '/srv/load/bookings.csv' WITH (FORMAT csv, HEADER true);
ALTER TABLE booking ENABLE TRIGGER ALL;

-- case: u21 one UPDATE over every row
-- says: red
-- tread: caught row-by-row
SET statement_timeout = '0';
UPDATE booking SET region = region_of(country);

-- case: u22 a partition is detached the plain way
-- says: red
-- tread: noted detach-partition-blocking
-- differs: the statement reads and writes no row: ACCESS EXCLUSIVE on the table and the partition for an instant (measured by rehearsal),
--   the same as for any ADD COLUMN. What hurts is the wait for that lock: `missing-lock-timeout` warns without a time-out,
--   `hot-table-alter` where traffic is known; here it is information.
SET lock_timeout = '5s';
ALTER TABLE reading DETACH PARTITION reading_2025;

-- case: u23 a partition is attached without a CHECK that proves it
-- says: red
-- tread: caught attach-partition-scan
SET lock_timeout = '5s';
ALTER TABLE visit ATTACH PARTITION visit_2026_02 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');

-- case: u24 locks on several tables pile up
-- says: red
-- tread: caught create-index-blocking
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN seen_at timestamptz;
ALTER TABLE booking ADD COLUMN channel text;
ALTER TABLE payment ADD COLUMN processor text;
CREATE INDEX booking_by_channel ON booking (channel);
COMMIT;

-- case: u25 VACUUM FULL
-- says: red
-- tread: caught vacuum-full
SET lock_timeout = '2s';
VACUUM FULL booking;

-- case: u26 TRUNCATE takes the tables that refer to it
-- says: red
-- tread: caught truncate
SET lock_timeout = '2s';
TRUNCATE TABLE booking CASCADE;

-- rule: safe

-- case: s01 an index, concurrently, after the leftovers of a failed try
-- says: green
-- tread: quiet
SET lock_timeout = '5s';
SET statement_timeout = '0';
DROP INDEX CONCURRENTLY IF EXISTS booking_by_guest;
CREATE INDEX CONCURRENTLY booking_by_guest ON booking (guest_id);

-- case: s02 NOT NULL by way of a CHECK
-- says: green
-- tread: quiet
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE booking ADD CONSTRAINT booking_guest_known CHECK (guest_id IS NOT NULL) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE booking VALIDATE CONSTRAINT booking_guest_known;
COMMIT;
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE booking ALTER COLUMN guest_id SET NOT NULL;
COMMIT;
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE booking DROP CONSTRAINT booking_guest_known;
COMMIT;

-- case: s03 NOT NULL in two steps, as of Postgres 18
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE booking ADD CONSTRAINT booking_guest_known NOT NULL guest_id NOT VALID;
ALTER TABLE booking VALIDATE CONSTRAINT booking_guest_known;

-- case: s04 a column with a constant default
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN newsletter boolean NOT NULL DEFAULT false;

-- case: s05 a foreign key in two steps, its index first
-- says: green
-- tread: quiet
SET lock_timeout = '5s';
DROP INDEX CONCURRENTLY IF EXISTS booking_by_guest;
CREATE INDEX CONCURRENTLY booking_by_guest ON booking (guest_id);
SET lock_timeout = '2s';
ALTER TABLE booking ADD CONSTRAINT booking_guest_fk FOREIGN KEY (guest_id) REFERENCES guest (id) NOT VALID;
ALTER TABLE booking VALIDATE CONSTRAINT booking_guest_fk;

-- case: s06 a unique constraint over an index that was built concurrently
-- says: green
-- tread: quiet
SET lock_timeout = '5s';
SET statement_timeout = '0';
CREATE UNIQUE INDEX CONCURRENTLY guest_email_key ON guest (email);
SET lock_timeout = '2s';
ALTER TABLE guest ADD CONSTRAINT guest_email_key UNIQUE USING INDEX guest_email_key;

-- case: s07 an enum value alone
-- says: green
-- tread: quiet
ALTER TYPE booking_state ADD VALUE IF NOT EXISTS 'refunded';

-- case: s08 one bounded batch of a backfill
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
SET statement_timeout = '30s';
UPDATE booking SET region = region_of(country) WHERE id IN (SELECT id FROM booking WHERE region IS NULL ORDER BY id LIMIT 5000);

-- case: s09 a rename, first half: a second column kept in step
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN mail text;
CREATE OR REPLACE FUNCTION guest_mail_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.email IS DISTINCT FROM OLD.email THEN NEW.mail := NEW.email;
  ELSIF NEW.mail IS DISTINCT FROM OLD.mail THEN NEW.email := NEW.mail;
  END IF;
  RETURN NEW;
END $$;
SET lock_timeout = '2s';
CREATE TRIGGER guest_mail_in_step BEFORE INSERT OR UPDATE ON guest FOR EACH ROW EXECUTE FUNCTION guest_mail_in_step();

-- case: s10 a wider key, first half: a column beside the old one
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE booking ADD COLUMN wide_id bigint;
CREATE OR REPLACE FUNCTION booking_wide_id() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.wide_id := NEW.id; RETURN NEW; END $$;
SET lock_timeout = '2s';
CREATE TRIGGER booking_wide_id BEFORE INSERT OR UPDATE ON booking FOR EACH ROW EXECUTE FUNCTION booking_wide_id();
SET lock_timeout = '5s';
DROP INDEX CONCURRENTLY IF EXISTS booking_wide_key;
CREATE UNIQUE INDEX CONCURRENTLY booking_wide_key ON booking (wide_id);

-- case: s11 a CHECK in two transactions
-- says: green
-- tread: quiet
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE booking ADD CONSTRAINT booking_nights CHECK (nights > 0) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE booking VALIDATE CONSTRAINT booking_nights;
COMMIT;

-- case: s12 a partition is detached concurrently
-- says: green
-- tread: quiet
SET lock_timeout = '5s';
ALTER TABLE reading DETACH PARTITION reading_2025 CONCURRENTLY;

-- case: s13 two columns in one statement
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
SET statement_timeout = '30s';
ALTER TABLE booking ADD COLUMN channel text, ADD COLUMN source text;

-- case: s14 a new table with its indexes
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
CREATE TABLE door_opening (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  door_code_id bigint NOT NULL REFERENCES door_code (id),
  outcome text NOT NULL DEFAULT 'open',
  tries integer NOT NULL DEFAULT 0,
  opened_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX door_opening_code ON door_opening (door_code_id, opened_at DESC);
CREATE INDEX door_opening_refused ON door_opening (opened_at) WHERE outcome = 'refused';

-- case: s15 an index is dropped concurrently
-- says: green
-- tread: quiet
SET lock_timeout = '5s';
DROP INDEX CONCURRENTLY IF EXISTS booking_country;

-- case: s16 a column that may be null
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN nickname text;

-- rule: agent-flavored

-- case: a01 a volatile default and an index in the same breath
-- says: red
-- tread: caught add-column-volatile-default create-index-blocking
ALTER TABLE guest ADD COLUMN IF NOT EXISTS settings jsonb NOT NULL DEFAULT '{}'::jsonb;
ALTER TABLE guest ADD COLUMN IF NOT EXISTS settings_id uuid NOT NULL DEFAULT gen_random_uuid();
CREATE INDEX IF NOT EXISTS guest_settings_id ON guest (settings_id);
INSERT INTO applied (version, at) VALUES ('settings', now()) ON CONFLICT (version) DO NOTHING;

-- case: a02 an enum value, its backfill and an index in one transaction
-- says: red
-- tread: caught enum-value-used-in-same-transaction
BEGIN;
ALTER TYPE booking_state ADD VALUE IF NOT EXISTS 'refunded';
UPDATE booking SET state = 'refunded' WHERE cancelled_at IS NOT NULL AND state <> 'refunded';
CREATE INDEX IF NOT EXISTS booking_refunded ON booking (cancelled_at) WHERE state = 'refunded';
COMMIT;

-- case: a03 many tables, keys and indexes in one transaction
-- says: red
-- tread: caught add-foreign-key-validated create-index-blocking
BEGIN;
CREATE TABLE IF NOT EXISTS hotel (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, slug text NOT NULL UNIQUE);
ALTER TABLE guest ADD COLUMN IF NOT EXISTS hotel_id bigint;
ALTER TABLE booking ADD COLUMN IF NOT EXISTS hotel_id bigint;
ALTER TABLE payment ADD COLUMN IF NOT EXISTS hotel_id bigint;
ALTER TABLE guest ADD CONSTRAINT guest_hotel FOREIGN KEY (hotel_id) REFERENCES hotel (id);
ALTER TABLE booking ADD CONSTRAINT booking_hotel FOREIGN KEY (hotel_id) REFERENCES hotel (id);
CREATE INDEX IF NOT EXISTS guest_by_hotel ON guest (hotel_id);
CREATE INDEX IF NOT EXISTS booking_by_hotel ON booking (hotel_id, created_at DESC);
CREATE INDEX IF NOT EXISTS payment_by_hotel ON payment (hotel_id);
COMMIT;

-- case: a04 columns, backfills and NOT NULL in one transaction
-- says: red
-- tread: caught ddl-and-backfill-together
BEGIN;
ALTER TABLE booking ADD COLUMN deleted_at timestamptz;
ALTER TABLE booking ADD COLUMN is_archived boolean DEFAULT false;
UPDATE booking SET deleted_at = changed_at WHERE is_deleted = true;
UPDATE booking SET is_archived = false WHERE is_archived IS NULL;
ALTER TABLE booking ALTER COLUMN is_archived SET NOT NULL;
COMMIT;

-- case: a05 rows are moved into a new partition, which is then attached
-- says: red
-- tread: caught default-partition-scan
CREATE TABLE IF NOT EXISTS visit_2026_03 (LIKE visit INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO visit_2026_03 SELECT * FROM visit_rest WHERE at >= '2026-03-01' AND at < '2026-04-01';
DELETE FROM visit_rest WHERE at >= '2026-03-01' AND at < '2026-04-01';
ALTER TABLE visit ATTACH PARTITION visit_2026_03 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
CREATE INDEX IF NOT EXISTS visit_2026_03_page ON visit_2026_03 (page);

-- case: a06 a wider key the naive way
-- says: red
-- tread: caught change-type-rewrite
BEGIN;
ALTER TABLE payment ALTER COLUMN id TYPE bigint;
ALTER TABLE payment ALTER COLUMN booking_id TYPE bigint;
ALTER TABLE payment DROP CONSTRAINT payment_pkey;
ALTER TABLE payment ADD CONSTRAINT payment_pkey PRIMARY KEY (id);
DROP INDEX IF EXISTS payment_booking;
CREATE INDEX payment_booking ON payment (booking_id);
COMMIT;

-- case: a07 a clean-up drops and renames
-- says: red
-- tread: caught drop-table drop-column rename-column
DROP TABLE IF EXISTS retired.session CASCADE;
ALTER TABLE guest DROP COLUMN IF EXISTS old_code;
ALTER TABLE guest DROP COLUMN IF EXISTS phone;
ALTER TABLE guest RENAME COLUMN language TO locale;

-- case: a08 a new unique column, each step the careful way
-- says: green
-- tread: caught diverging-data
-- differs: no statement blocks anybody, as said. But nothing keeps the new column in step while the old version goes on to insert rows
--   without a slug and to change names: with the NOT VALID CHECK its INSERTs fail at once with 23514. A trigger, or a release
--   that writes both, belongs before the CHECK.
SET lock_timeout = '2s';
SET statement_timeout = '30s';
ALTER TABLE guest ADD COLUMN slug text;
UPDATE guest SET slug = lower(regexp_replace(name, '[^a-zA-Z0-9]+', '-', 'g')) WHERE id IN (SELECT id FROM guest WHERE slug IS NULL ORDER BY id LIMIT 5000);
ALTER TABLE guest ADD CONSTRAINT guest_slug_known CHECK (slug IS NOT NULL) NOT VALID;
ALTER TABLE guest VALIDATE CONSTRAINT guest_slug_known;
SET lock_timeout = '5s';
SET statement_timeout = '0';
DROP INDEX CONCURRENTLY IF EXISTS guest_slug_key;
CREATE UNIQUE INDEX CONCURRENTLY guest_slug_key ON guest (slug);

-- rule: context

-- case: c01 an index on a table that may be small
-- says: either
-- tread: caught create-index-blocking
SET lock_timeout = '2s';
CREATE INDEX room_by_beds ON room (beds);

-- case: c02 SET NOT NULL on a table of the same file
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
CREATE TABLE feature (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, enabled boolean);
ALTER TABLE feature ALTER COLUMN enabled SET NOT NULL;

-- case: c03 a longer varchar
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE guest ALTER COLUMN name TYPE varchar(200);

-- case: c04 an UPDATE of a table that may be small
-- says: either
-- tread: caught row-by-row
SET lock_timeout = '2s';
SET statement_timeout = '30s';
UPDATE room SET kind = 'double' WHERE kind IS NULL;

-- case: c05 a column that nobody may have read
-- says: either
-- tread: caught drop-column
SET lock_timeout = '2s';
ALTER TABLE guest DROP COLUMN remarks;

-- case: c06 a foreign key of a table of the same file
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
CREATE TABLE refund (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, booking_id integer NOT NULL, cents bigint NOT NULL);
ALTER TABLE refund ADD CONSTRAINT refund_booking FOREIGN KEY (booking_id) REFERENCES booking (id);
