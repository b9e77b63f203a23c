-- peer: eugene
-- from: https://github.com/kaaveland/eugene, eugene/examples (E1 to E16, W12 to W14, bad.sql and good.sql)

-- rule: E1

-- case: E1 bad: a CHECK that is proved at once
-- says: red
-- tread: caught add-check-validated
SET LOCAL lock_timeout = '2s';
ALTER TABLE guest ADD CONSTRAINT guest_name_known CHECK (name IS NOT NULL);

-- case: E1 good: the CHECK, then its proof
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE guest ADD CONSTRAINT guest_name_known CHECK (name IS NOT NULL) NOT VALID;
-- file
SET lock_timeout = '2s';
ALTER TABLE guest VALIDATE CONSTRAINT guest_name_known;

-- rule: E2

-- case: E2 bad: SET NOT NULL with nothing that proves it
-- says: red
-- tread: caught set-not-null
SET LOCAL lock_timeout = '2s';
ALTER TABLE guest ALTER COLUMN name SET NOT NULL;

-- case: E2 good: SET NOT NULL after a proved CHECK
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE guest ADD CONSTRAINT guest_name_known CHECK (name IS NOT NULL) NOT VALID;
-- file
SET lock_timeout = '2s';
ALTER TABLE guest VALIDATE CONSTRAINT guest_name_known;
-- file
SET lock_timeout = '2s';
ALTER TABLE guest ALTER name SET NOT NULL;

-- rule: E3

-- case: E3 bad: a new table with a json column
-- about: style
-- says: red
-- tread: noted prefer-jsonb
CREATE TABLE leaflet (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, body json);

-- case: E3 good: jsonb
-- about: style
-- says: green
-- tread: quiet
CREATE TABLE leaflet (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, body jsonb);

-- rule: E4

-- case: E4 bad: a query while the table is locked
-- says: red
-- tread: caught statement-after-access-exclusive
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN nickname text;
SELECT count(*) FROM guest;
COMMIT;

-- case: E4 good: the query in the next transaction
-- says: green
-- tread: caught add-column-not-null-no-default
-- differs: the example adds a NOT NULL column without a default, which fails on a table that has a row (23502, the whole migration
--   rolls back) and, where the table is empty, makes the INSERTs of the old version fail. The query after it is as harmless as said.
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN badge text NOT NULL;
COMMIT;
-- file
SELECT count(*) FROM guest;

-- rule: E5

-- case: E5 bad: another type in place
-- says: red
-- tread: caught change-type-rewrite
SET LOCAL lock_timeout = '2s';
ALTER TABLE booking ALTER COLUMN cents TYPE bigint;

-- case: E5 good: a new column takes the name of the old one
-- says: green
-- tread: caught drop-column scan-under-lock
-- differs: no table is rewritten, but the old version is still serving when the column it reads goes away and another takes its name,
--   the UPDATE writes every row in one transaction, and VALIDATE runs in the statement whose DROP COLUMN takes ACCESS EXCLUSIVE
--   (measured by rehearsal). The steps are right only while the app is stopped.
SET lock_timeout = '2s';
ALTER TABLE room ADD COLUMN new_beds bigint;
-- file
UPDATE room SET new_beds = beds::bigint;
SET lock_timeout = '2s';
ALTER TABLE room ADD CONSTRAINT room_new_beds_known CHECK (new_beds IS NOT NULL) NOT VALID;
-- file
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE room VALIDATE CONSTRAINT room_new_beds_known, DROP COLUMN beds;
ALTER TABLE room RENAME COLUMN new_beds TO beds;
COMMIT;

-- rule: E6

-- case: E6 bad: an index the plain way
-- says: red
-- tread: caught create-index-blocking
SET LOCAL lock_timeout = '2s';
CREATE INDEX guest_by_name ON guest (name);

-- case: E6 good: an index, concurrently
-- says: green
-- tread: quiet
CREATE INDEX CONCURRENTLY guest_by_name ON guest (name);

-- rule: E7

-- case: E7 bad: a unique constraint builds its index
-- says: red
-- tread: caught add-unique-constraint
SET LOCAL lock_timeout = '2s';
ALTER TABLE guest ADD CONSTRAINT guest_name_once UNIQUE (name);

-- case: E7 good: over an index that was built concurrently
-- says: green
-- tread: quiet
CREATE UNIQUE INDEX CONCURRENTLY guest_name_index ON guest (name);
-- file
SET lock_timeout = '2s';
ALTER TABLE guest ADD CONSTRAINT guest_name_once UNIQUE USING INDEX guest_name_index;

-- rule: E8

-- case: E8 bad: an exclusion constraint
-- says: red
-- tread: caught add-unique-constraint
SET LOCAL lock_timeout = '2s';
ALTER TABLE guest ADD CONSTRAINT guest_name_apart EXCLUDE (name WITH =);

-- rule: E9

-- case: E9 bad: a lock without a time-out
-- about: time-outs
-- says: red
-- tread: caught missing-lock-timeout
ALTER TABLE guest ADD COLUMN mail text;

-- case: E9 good: with a time-out
-- about: time-outs
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
SET statement_timeout = '1min';
ALTER TABLE guest ADD COLUMN mail text;

-- rule: E10

-- case: E10 bad: a table is rewritten while another one is locked
-- says: red
-- tread: caught change-type-rewrite
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN settings jsonb;
ALTER TABLE room ALTER beds TYPE bigint;
COMMIT;

-- case: E10 good: each in its transaction (the rewrite itself is left out, as the example asks)
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN settings jsonb;
-- file
SET lock_timeout = '2s';
ALTER TABLE room ADD COLUMN floor bigint;

-- rule: E11

-- case: E11 bad: a serial column
-- says: red
-- tread: caught add-column-rewrite
SET LOCAL lock_timeout = '2s';
ALTER TABLE review ADD COLUMN id serial;

-- rule: E15

-- case: E15 bad: the only index of a foreign key is partial
-- says: red
-- tread: noted foreign-key-without-index
-- differs: the foreign key is right and locks nobody for long; each DELETE or key change of the referenced row reads the whole
--   referencing table (measured: one sequential scan per deleted row). That costs time, not availability of the migration: information.
BEGIN;
CREATE TABLE parking (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, booking_id integer NOT NULL REFERENCES booking (id));
CREATE INDEX parking_first ON parking (booking_id) WHERE booking_id = 1;
COMMIT;

-- case: E15 good: an index that covers it
-- says: green
-- tread: quiet
BEGIN;
CREATE TABLE parking (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, booking_id integer NOT NULL REFERENCES booking (id));
CREATE INDEX parking_booking ON parking (booking_id);
COMMIT;

-- rule: E16

-- case: E16 bad: a query after CREATE TRIGGER in one transaction
-- says: red
-- tread: caught statement-after-access-exclusive
BEGIN;
SET LOCAL lock_timeout = '2s';
CREATE TRIGGER room_noted AFTER INSERT OR UPDATE ON room FOR EACH ROW EXECUTE FUNCTION note_change();
SELECT count(*) FROM room WHERE title = 'Sea view';
COMMIT;

-- case: E16 good: the query in the next transaction
-- says: green
-- tread: quiet
BEGIN;
SET LOCAL lock_timeout = '2s';
CREATE TRIGGER room_noted AFTER INSERT OR UPDATE ON room FOR EACH ROW EXECUTE FUNCTION note_change();
COMMIT;
-- file
SELECT count(*) FROM room WHERE title = 'Sea view';

-- rule: W12

-- case: W12 bad: two statements where one would do
-- says: red
-- tread: caught set-not-null
SET lock_timeout = '2s';
ALTER TABLE guest ALTER COLUMN name SET NOT NULL;
ALTER TABLE guest ALTER COLUMN email SET NOT NULL;

-- case: W12 good: one statement (over proved CHECKs: the example leaves SET NOT NULL itself out)
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE guest ADD COLUMN first_name text, ADD COLUMN last_name text;

-- rule: W13

-- case: W13 bad: an enum type
-- about: style
-- says: red
-- tread: noted prefer-check-over-enum
CREATE TYPE document_kind AS ENUM ('bill', 'receipt');
CREATE TABLE document (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind document_kind);

-- case: W13 good: a table of values
-- about: style
-- says: green
-- tread: quiet
CREATE TABLE document_kind (name text PRIMARY KEY);
INSERT INTO document_kind (name) VALUES ('bill'), ('receipt');
CREATE TABLE document (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text REFERENCES document_kind (name));
CREATE INDEX document_by_kind ON document (kind);

-- rule: W14

-- case: W14 bad: a primary key over a column that may be null
-- says: red
-- tread: caught add-unique-constraint
CREATE UNIQUE INDEX CONCURRENTLY review_title ON review (title);
-- file
SET LOCAL lock_timeout = '2s';
ALTER TABLE review ADD CONSTRAINT review_pkey PRIMARY KEY USING INDEX review_title;

-- case: W14 good: NOT NULL was proved before
-- says: green
-- tread: quiet
SET lock_timeout = '2s';
ALTER TABLE door_code DROP CONSTRAINT IF EXISTS door_code_old;
ALTER TABLE door_code ADD CONSTRAINT door_code_once UNIQUE USING INDEX door_code_code;
