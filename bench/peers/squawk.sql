-- peer: squawk
-- from: https://github.com/sbdchd/squawk, crates/squawk_linter/src/rules/*.rs (the tests at the end of each rule)

-- rule: adding-field-with-default

-- case: an integer with a constant
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN points integer DEFAULT 10;

-- case: first the column, then its default
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN points integer;
ALTER TABLE guest ALTER COLUMN points SET DEFAULT 10;

-- case: a random uuid
-- says: red
-- tread: caught add-column-volatile-default
ALTER TABLE guest ADD COLUMN public_id uuid DEFAULT gen_random_uuid();

-- case: next to another action
-- says: red
-- tread: caught add-column-volatile-default
ALTER TABLE review SET LOGGED, ADD COLUMN public_id uuid DEFAULT gen_random_uuid();

-- case: random()
-- says: red
-- tread: caught add-column-volatile-default
ALTER TABLE guest ADD COLUMN luck double precision DEFAULT random();

-- case: a boolean constant
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN vip boolean DEFAULT true;

-- case: a text constant
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN origin text DEFAULT 'web';

-- case: an enum constant
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN favourite room_kind DEFAULT 'double';

-- case: a jsonb constant
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN settings jsonb DEFAULT '{}'::jsonb;

-- case: a function of the project that is volatile
-- says: red
-- tread: caught add-column-volatile-default
ALTER TABLE guest ADD COLUMN code text DEFAULT next_code();

-- case: a call with an argument
-- says: red
-- tread: quiet
-- differs: the peer flags each call that has an argument. left() and the function of this schema are IMMUTABLE: Postgres evaluates
--   them once and stores the value in the catalog (measured: no rewrite, pg_relation_filenode stays).
ALTER TABLE guest ADD COLUMN region text DEFAULT region_of('de');

-- case: now()
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN joined_at timestamptz DEFAULT now();

-- case: an expression of constants
-- says: green
-- tread: quiet
ALTER TABLE guest ADD COLUMN points integer DEFAULT 2 + 2;

-- case: a stored generated column
-- says: red
-- tread: caught add-column-rewrite
ALTER TABLE booking ADD COLUMN rate numeric GENERATED ALWAYS AS (cents / nullif(nights, 0)) STORED;

-- rule: adding-foreign-key-constraint

-- case: a new table with a foreign key
-- says: green
-- tread: quiet
BEGIN;
CREATE TABLE letter (
  id bigint GENERATED ALWAYS AS IDENTITY,
  guest_id bigint,
  body text,
  PRIMARY KEY (id),
  CONSTRAINT letter_guest FOREIGN KEY (guest_id) REFERENCES guest (id)
);
CREATE INDEX letter_guest ON letter (guest_id);
COMMIT;

-- case: a new table with ON DELETE CASCADE
-- says: green
-- tread: quiet
CREATE TABLE letter (id bigserial NOT NULL, guest_id bigint NOT NULL REFERENCES guest (id) ON DELETE CASCADE);

-- case: a key of a table of the same transaction
-- says: green
-- tread: quiet
BEGIN;
CREATE TABLE letter (id uuid NOT NULL, guest_id bigint NOT NULL);
CREATE INDEX letter_guest ON letter (guest_id);
ALTER TABLE letter ADD CONSTRAINT letter_guest FOREIGN KEY (guest_id) REFERENCES guest (id);
COMMIT;

-- case: NOT VALID and VALIDATE in one transaction
-- says: green
-- tread: caught validate-in-same-transaction
-- differs: another rule of the same peer calls it red, and that one is right: SHARE ROW EXCLUSIVE on both tables is kept until COMMIT,
--   so writes wait while VALIDATE reads every row (measured: an INSERT waits for the COMMIT).
BEGIN;
ALTER TABLE payment ADD COLUMN guest_id bigint;
ALTER TABLE payment ADD CONSTRAINT payment_guest FOREIGN KEY (guest_id) REFERENCES guest (id) NOT VALID;
ALTER TABLE payment VALIDATE CONSTRAINT payment_guest;
COMMIT;

-- case: column and proved key in one transaction
-- says: red
-- tread: caught add-foreign-key-validated
BEGIN;
ALTER TABLE payment ADD COLUMN guest_id bigint;
ALTER TABLE payment ADD CONSTRAINT payment_guest FOREIGN KEY (guest_id) REFERENCES guest (id);
COMMIT;

-- case: a column with REFERENCES
-- says: red
-- tread: noted foreign-key-locks-parent
-- differs: the new column is NULL in every row, so Postgres reads none (measured by rehearsal: no scan); SHARE ROW EXCLUSIVE on the
--   referenced table lasts an instant. The peer counts a scan that does not happen.
BEGIN;
ALTER TABLE payment ADD COLUMN guest_id bigint REFERENCES guest (id);
COMMIT;

-- rule: adding-not-nullable-field

-- case: SET NOT NULL
-- says: red
-- tread: caught set-not-null
ALTER TABLE booking ALTER COLUMN guest_id SET NOT NULL;

-- case: NOT NULL with a default that is dropped again
-- says: green
-- tread: caught add-column-default-dropped
-- differs: no row is read, as said. From DROP DEFAULT on, every INSERT of the version that still serves and does not name the column
--   fails with 23502 (measured).
BEGIN;
ALTER TABLE guest ADD COLUMN points integer DEFAULT 10 NOT NULL;
ALTER TABLE guest ALTER COLUMN points DROP DEFAULT;
COMMIT;

-- case: NOT NULL with a default
-- says: green
-- tread: quiet
BEGIN;
ALTER TABLE guest ADD COLUMN points integer NOT NULL DEFAULT 10;
COMMIT;

-- case: a CHECK that is validated in an earlier file proves it
-- says: green
-- tread: quiet
ALTER TABLE booking ADD CONSTRAINT booking_guest_known CHECK (guest_id IS NOT NULL) NOT VALID;
-- file
ALTER TABLE booking VALIDATE CONSTRAINT booking_guest_known;
-- file
ALTER TABLE booking ALTER COLUMN guest_id SET NOT NULL;

-- case: a CHECK that is not validated proves nothing
-- says: red
-- tread: caught set-not-null
ALTER TABLE booking ADD CONSTRAINT booking_guest_known CHECK (guest_id IS NOT NULL) NOT VALID;
-- file
ALTER TABLE booking ALTER COLUMN guest_id SET NOT NULL;

-- case: a CHECK of another column proves nothing
-- says: red
-- tread: caught set-not-null
ALTER TABLE booking ADD CONSTRAINT booking_room_known CHECK (room_id IS NOT NULL) NOT VALID;
-- file
ALTER TABLE booking VALIDATE CONSTRAINT booking_room_known;
-- file
ALTER TABLE booking ALTER COLUMN guest_id SET NOT NULL;

-- rule: adding-serial-primary-key-field

-- case: a serial key
-- says: red
-- tread: caught add-column-rewrite
ALTER TABLE review ADD COLUMN id serial PRIMARY KEY;

-- case: ADD PRIMARY KEY
-- says: red
-- tread: caught add-unique-constraint
ALTER TABLE review ADD PRIMARY KEY (code);

-- case: a key over an index made before
-- says: green
-- tread: quiet
ALTER TABLE door_code DROP CONSTRAINT IF EXISTS door_code_old;
ALTER TABLE door_code ADD CONSTRAINT door_code_key UNIQUE USING INDEX door_code_code;

-- rule: adding-required-field

-- case: a column that may be null
-- says: green
-- tread: quiet
ALTER TABLE room ADD COLUMN public boolean;

-- case: NOT NULL and a default
-- says: green
-- tread: quiet
ALTER TABLE room ADD COLUMN public boolean NOT NULL DEFAULT true;

-- case: NOT NULL alone
-- says: red
-- tread: caught add-column-not-null-no-default
ALTER TABLE room ADD COLUMN public boolean NOT NULL;

-- case: generated, stored and NOT NULL
-- says: green
-- tread: caught add-column-rewrite
-- differs: the INSERTs go on working, as said; another rule of the same peer calls the statement red: it writes every row anew under
--   ACCESS EXCLUSIVE (measured: a new filenode).
ALTER TABLE room ADD COLUMN places numeric GENERATED ALWAYS AS (beds + 1) STORED NOT NULL;

-- rule: ban-alter-domain-with-add-constraint

-- case: a new CHECK
-- says: red
-- tread: caught alter-domain-blocking
ALTER DOMAIN mail_address ADD CONSTRAINT mail_address_at CHECK (VALUE ~ '@');

-- case: what else can be altered
-- says: green
-- tread: quiet
ALTER DOMAIN percentage RENAME CONSTRAINT percentage_range TO percentage_within;
ALTER DOMAIN percentage DROP CONSTRAINT percentage_within;
ALTER DOMAIN percentage OWNER TO CURRENT_USER;

-- case: SET NOT NULL of a domain that no column uses
-- says: green
-- tread: quiet
ALTER DOMAIN percentage SET NOT NULL;

-- rule: ban-char-field

-- case: char(n)
-- about: style
-- says: red
-- tread: noted prefer-text
CREATE TABLE leaflet (id bigint PRIMARY KEY, code char(10), other character(3));

-- case: text
-- about: style
-- says: green
-- tread: quiet
CREATE TABLE leaflet (id bigint PRIMARY KEY, code text);

-- rule: ban-concurrent-index-creation-in-transaction

-- case: between BEGIN and COMMIT
-- says: red
-- tread: caught concurrently-in-transaction
BEGIN;
CREATE INDEX CONCURRENTLY guest_by_name ON guest (name);
COMMIT;

-- case: alone
-- says: green
-- tread: quiet
CREATE INDEX CONCURRENTLY guest_by_name ON guest (name);

-- case: before the transaction that uses it
-- says: green
-- tread: quiet
CREATE UNIQUE INDEX CONCURRENTLY guest_by_name ON guest (name);
BEGIN;
ALTER TABLE guest ADD CONSTRAINT guest_name_once UNIQUE USING INDEX guest_by_name;
COMMIT;

-- rule: ban-create-domain-with-constraint

-- case: a domain with a CHECK
-- says: red
-- tread: quiet
-- differs: a new domain has no column: nothing is locked or read (measured: no lock on any relation of the schema). What it costs later
--   is flagged when it is altered (alter-domain-blocking) or used for a new column (add-column-rewrite).
CREATE DOMAIN stars AS integer CHECK (VALUE > 0);

-- case: a domain without one
-- says: green
-- tread: quiet
CREATE DOMAIN label AS text;
CREATE DOMAIN short_label AS character varying;

-- rule: ban-drop-column

-- case: DROP COLUMN CASCADE
-- says: red
-- tread: caught drop-column
ALTER TABLE guest DROP COLUMN remarks CASCADE;

-- case: an attribute of a composite type
-- says: red
-- tread: quiet
-- differs: a type that no query of a live version reads locks no table (measured: ACCESS EXCLUSIVE on the type alone). Where a column has
--   the type its attribute is gone for its readers: tread does not follow attributes of composite types yet, and the peer is right to
--   warn there.
ALTER TYPE address DROP ATTRIBUTE town;

-- rule: ban-drop-database

-- case: DROP DATABASE
-- says: red
-- tread: caught drop-database
DROP DATABASE IF EXISTS staging;

-- rule: ban-drop-not-null

-- case: DROP NOT NULL
-- says: red
-- tread: noted drop-not-null
-- differs: ACCESS EXCLUSIVE for an instant, no row is read or written (measured by rehearsal); old rows and old queries stay valid, but a
--   reader that never met NULL may; tread cannot see how the app reads a NULL, so it is information.
ALTER TABLE room ALTER COLUMN title DROP NOT NULL;

-- rule: ban-drop-table

-- case: DROP TABLE
-- says: red
-- tread: caught drop-table
DROP TABLE IF EXISTS archive.note;

-- rule: ban-duplicate-column-assignments

-- case: one column twice in an UPDATE
-- says: red
-- tread: caught statement-fails
UPDATE guest SET phone = '1', phone = '2' WHERE id = 1;

-- case: a column of a list twice
-- says: red
-- tread: caught statement-fails
UPDATE guest SET (phone, name) = ('1', 'Ada'), phone = '2' WHERE id = 1;

-- case: one column twice in an INSERT
-- says: red
-- tread: caught statement-fails
INSERT INTO applied (version, version) VALUES ('1', '2');

-- case: one column twice in a new table
-- says: red
-- tread: caught statement-fails
CREATE TABLE leaflet (code int, code text);

-- case: one column twice in a new view
-- says: red
-- tread: caught statement-fails
CREATE VIEW twice (code, code) AS SELECT 1, 2;

-- rule: ban-truncate-cascade

-- case: TRUNCATE CASCADE
-- says: red
-- tread: caught truncate
TRUNCATE room CASCADE;

-- case: TRUNCATE of named tables
-- says: green
-- tread: caught truncate
-- differs: no other table is emptied, as said. The named ones are: every row is gone, under ACCESS EXCLUSIVE, for the version that serves.
TRUNCATE review, applied;

-- rule: ban-uncommitted-transaction

-- case: BEGIN without an end
-- says: red
-- tread: caught unclosed-transaction
BEGIN;
CREATE TABLE leaflet (id bigint PRIMARY KEY);

-- case: the second of two
-- says: red
-- tread: caught unclosed-transaction
BEGIN;
CREATE TABLE leaflet (id bigint PRIMARY KEY);
COMMIT;
BEGIN;
CREATE TABLE poster (id bigint PRIMARY KEY);

-- case: START TRANSACTION
-- says: red
-- tread: caught unclosed-transaction
START TRANSACTION;
CREATE TABLE leaflet (id bigint PRIMARY KEY);

-- case: committed
-- says: green
-- tread: quiet
BEGIN;
CREATE TABLE leaflet (id bigint PRIMARY KEY);
COMMIT;

-- case: rolled back
-- says: green
-- tread: quiet
BEGIN;
CREATE TABLE leaflet (id bigint PRIMARY KEY);
ROLLBACK;

-- rule: changing-column-type

-- case: integer to text
-- says: red
-- tread: caught change-type-rewrite
BEGIN;
ALTER TABLE payment ALTER COLUMN cents TYPE text USING cents::text;
COMMIT;

-- case: varchar to a longer one and to text
-- says: red
-- tread: quiet
-- differs: both keep what is stored: no row is read or written (measured: the filenode stays, under 2 ms on 1,000,000 rows on 13 and 18).
BEGIN;
ALTER TABLE guest ALTER COLUMN name TYPE varchar(255) USING name::varchar(255);
ALTER TABLE guest ALTER COLUMN name TYPE text USING name::text;
COMMIT;

-- rule: constraint-missing-not-valid

-- case: NOT VALID and VALIDATE in one transaction
-- says: red
-- tread: caught validate-in-same-transaction
BEGIN;
ALTER TABLE payment ADD CONSTRAINT payment_room FOREIGN KEY (booking_id) REFERENCES room (id) NOT VALID;
ALTER TABLE payment VALIDATE CONSTRAINT payment_room;
COMMIT;

-- case: a foreign key at once
-- says: red
-- tread: caught add-foreign-key-validated
ALTER TABLE payment ADD CONSTRAINT payment_room FOREIGN KEY (booking_id) REFERENCES room (id);

-- case: a foreign key in two steps
-- says: green
-- tread: quiet
ALTER TABLE payment ADD CONSTRAINT payment_room FOREIGN KEY (booking_id) REFERENCES room (id) NOT VALID;
ALTER TABLE payment VALIDATE CONSTRAINT payment_room;

-- case: a CHECK at once
-- says: red
-- tread: caught add-check-validated
ALTER TABLE payment ADD CONSTRAINT payment_positive CHECK (cents >= 0);

-- case: a CHECK in two steps
-- says: green
-- tread: quiet
ALTER TABLE payment ADD CONSTRAINT payment_positive CHECK (cents >= 0) NOT VALID;
ALTER TABLE payment VALIDATE CONSTRAINT payment_positive;

-- case: a CHECK of a table of the same transaction
-- says: green
-- tread: quiet
BEGIN;
CREATE TABLE parking (id bigint PRIMARY KEY, height integer NOT NULL);
ALTER TABLE parking ADD CONSTRAINT parking_height CHECK (height < 250);
COMMIT;

-- case: UNIQUE over an index made before
-- says: green
-- tread: quiet
ALTER TABLE door_code ADD CONSTRAINT door_code_once UNIQUE USING INDEX door_code_code;

-- rule: disallowed-unique-constraint

-- case: UNIQUE at once
-- says: red
-- tread: caught add-unique-constraint
ALTER TABLE guest ADD CONSTRAINT guest_email_key UNIQUE (email);

-- case: a constraint is dropped
-- says: green
-- tread: quiet
ALTER TABLE booking DROP CONSTRAINT booking_cents;

-- case: a primary key is exchanged for an index made before
-- says: green
-- tread: quiet
CREATE UNIQUE INDEX CONCURRENTLY door_code_new ON door_code (id);
ALTER TABLE door_code DROP CONSTRAINT door_code_pkey, ADD CONSTRAINT door_code_pkey PRIMARY KEY USING INDEX door_code_new;

-- case: UNIQUE over an index built just before
-- says: green
-- tread: quiet
CREATE UNIQUE INDEX CONCURRENTLY guest_email_index ON guest (email);
ALTER TABLE guest ADD CONSTRAINT guest_email_key UNIQUE USING INDEX guest_email_index;

-- case: UNIQUE on a table of the same transaction
-- says: green
-- tread: quiet
BEGIN;
CREATE TABLE parking (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, plate text NOT NULL);
ALTER TABLE parking ADD CONSTRAINT parking_plate_once UNIQUE (plate);
COMMIT;

-- case: a new column that is UNIQUE
-- says: red
-- tread: caught add-unique-constraint
ALTER TABLE guest ADD COLUMN slug text UNIQUE;

-- case: a new column with a named UNIQUE
-- says: red
-- tread: caught add-unique-constraint
ALTER TABLE guest ADD COLUMN slug text CONSTRAINT guest_slug_key UNIQUE;

-- rule: identifier-too-long

-- case: a table's name of 65 letters
-- says: red
-- tread: noted identifier-too-long
-- differs: the object is made under the shortened name (NOTICE, 63 bytes) and every query that writes the long name is shortened in the
--   same way: nothing fails. Information; a clash of two shortened names is an error (statement-fails).
CREATE TABLE guests_who_stayed_in_the_northern_wing_during_the_renovation_works (id bigint PRIMARY KEY);

-- case: an index's name of 65 letters
-- says: red
-- tread: noted identifier-too-long
-- differs: the object is made under the shortened name (NOTICE, 63 bytes) and every query that writes the long name is shortened in the
--   same way: nothing fails. Information; a clash of two shortened names is an error (statement-fails).
CREATE INDEX CONCURRENTLY guests_who_stayed_in_the_northern_wing_during_the_renovation_index ON guest (name);

-- case: a new column's name of 65 letters
-- says: red
-- tread: noted identifier-too-long
-- differs: the object is made under the shortened name (NOTICE, 63 bytes) and every query that writes the long name is shortened in the
--   same way: nothing fails. Information; a clash of two shortened names is an error (statement-fails).
ALTER TABLE guest ADD COLUMN stayed_in_the_northern_wing_during_the_time_of_the_renovation_works boolean;

-- case: exactly 63 letters
-- says: green
-- tread: quiet
CREATE TABLE guests_who_stayed_in_the_northern_wing_during_renovation_works_ (id bigint PRIMARY KEY);

-- rule: prefer-bigint-over-int

-- case: integer and serial
-- about: style
-- says: red
-- tread: noted prefer-bigint
CREATE TABLE leaflet (id bigint PRIMARY KEY, printed integer, number int4);

-- case: bigint
-- about: style
-- says: green
-- tread: quiet
CREATE TABLE leaflet (id bigint PRIMARY KEY, printed int8);

-- rule: prefer-bigint-over-smallint

-- case: smallint
-- about: style
-- says: red
-- tread: noted prefer-bigint
CREATE TABLE leaflet (id bigint PRIMARY KEY, printed smallint);

-- rule: prefer-identity

-- case: bigserial
-- about: style
-- says: red
-- tread: noted prefer-identity
CREATE TABLE leaflet (id bigserial PRIMARY KEY);

-- case: identity
-- about: style
-- says: green
-- tread: quiet
CREATE TABLE leaflet (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);

-- rule: prefer-robust-stmts

-- case: several statements without a transaction
-- about: style
-- says: red
-- tread: quiet
-- differs: the second ADD COLUMN can stop only at its lock time-out; tread notes `not-repeatable` where a later statement does long work.
--   IF NOT EXISTS as a habit hides a column of another type that is there already.
ALTER TABLE guest ADD COLUMN nickname text;
ALTER TABLE room ADD COLUMN nickname text;

-- case: the same in a transaction
-- about: style
-- says: green
-- tread: quiet
BEGIN;
ALTER TABLE guest ADD COLUMN nickname text;
ALTER TABLE room ADD COLUMN nickname text;
COMMIT;

-- case: IF EXISTS before ADD
-- about: style
-- says: green
-- tread: quiet
ALTER TABLE door_code DROP CONSTRAINT IF EXISTS door_code_once;
ALTER TABLE door_code ADD CONSTRAINT door_code_once UNIQUE USING INDEX door_code_code;

-- rule: prefer-text-field

-- case: varchar(n) in a new table
-- about: style
-- says: red
-- tread: noted prefer-text
CREATE TABLE leaflet (id bigint PRIMARY KEY, title varchar(100) NOT NULL, other pg_catalog.varchar(100));

-- case: a new column varchar(n)
-- about: style
-- says: red
-- tread: noted prefer-text
ALTER TABLE guest ADD COLUMN nickname varchar(256) NULL;

-- case: a column becomes a longer varchar(n)
-- about: style
-- says: red
-- tread: quiet
-- differs: a style rule of tread's judges what is new; the column is varchar already and its longer length touches no row (measured).
ALTER TABLE guest ALTER COLUMN name TYPE varchar(1000) USING name::varchar(1000);

-- case: varchar without a length
-- about: style
-- says: green
-- tread: quiet
CREATE TABLE leaflet (id bigint PRIMARY KEY, title varchar);

-- rule: prefer-timestamptz

-- case: timestamp
-- about: style
-- says: red
-- tread: noted prefer-timestamptz
CREATE TABLE leaflet (id bigint PRIMARY KEY, printed_at timestamp, sold_at timestamp without time zone);

-- case: timestamptz
-- about: style
-- says: green
-- tread: quiet
CREATE TABLE leaflet (id bigint PRIMARY KEY, printed_at timestamptz);

-- rule: renaming-column

-- case: RENAME COLUMN
-- says: red
-- tread: caught rename-column
ALTER TABLE guest RENAME COLUMN phone TO telephone;

-- rule: renaming-table

-- case: RENAME TO
-- says: red
-- tread: caught rename-table
ALTER TABLE review RENAME TO opinion;

-- rule: require-concurrent-index-creation

-- case: CREATE INDEX
-- says: red
-- tread: caught create-index-blocking
CREATE INDEX guest_by_name ON guest (name);

-- case: CREATE INDEX without a name
-- says: red
-- tread: caught create-index-blocking
CREATE INDEX ON guest (name);

-- case: CREATE INDEX CONCURRENTLY
-- says: green
-- tread: quiet
CREATE INDEX CONCURRENTLY guest_by_name ON guest (name);

-- case: on a table of the same transaction
-- says: green
-- tread: quiet
BEGIN;
CREATE TABLE parking (id bigint PRIMARY KEY, hotel_id integer NULL);
CREATE INDEX parking_hotel ON parking (hotel_id);
COMMIT;

-- rule: require-concurrent-index-deletion

-- case: DROP INDEX
-- says: red
-- tread: noted drop-index-blocking
-- differs: no row is read or written (measured by rehearsal): ACCESS EXCLUSIVE on the table for an instant, as for ADD COLUMN;
--   CONCURRENTLY spares the queue behind it. Information; `missing-lock-timeout` warns where no time-out is set, `hot-table-alter` where
--   traffic is known.
DROP INDEX IF EXISTS booking_country;

-- case: DROP INDEX CONCURRENTLY
-- says: green
-- tread: quiet
DROP INDEX CONCURRENTLY IF EXISTS booking_country;

-- case: DROP TRIGGER is no index
-- says: green
-- tread: quiet
DROP TRIGGER IF EXISTS booking_noted ON booking;

-- rule: require-concurrent-partition-detach

-- case: DETACH
-- says: red
-- tread: noted detach-partition-blocking
-- differs: the statement reads and writes no row: ACCESS EXCLUSIVE on the table and the partition for an instant (measured by rehearsal),
--   the same as for any ADD COLUMN. What hurts is the wait for that lock: `missing-lock-timeout` warns without a time-out,
--   `hot-table-alter` where traffic is known; here it is information.
ALTER TABLE reading DETACH PARTITION reading_2025;

-- case: DETACH CONCURRENTLY
-- says: green
-- tread: quiet
ALTER TABLE reading DETACH PARTITION reading_2025 CONCURRENTLY;

-- rule: require-concurrent-reindex

-- case: REINDEX TABLE
-- says: red
-- tread: caught reindex-blocking
REINDEX TABLE booking;

-- case: REINDEX INDEX
-- says: red
-- tread: caught reindex-blocking
REINDEX INDEX booking_country;

-- case: REINDEX SCHEMA
-- says: red
-- tread: caught reindex-blocking
REINDEX SCHEMA public;

-- case: REINDEX TABLE CONCURRENTLY
-- says: green
-- tread: quiet
REINDEX TABLE CONCURRENTLY booking;

-- case: REINDEX INDEX CONCURRENTLY
-- says: green
-- tread: quiet
REINDEX INDEX CONCURRENTLY booking_country;

-- case: REINDEX (CONCURRENTLY)
-- says: green
-- tread: quiet
REINDEX (CONCURRENTLY) TABLE booking;

-- rule: require-enum-value-ordering

-- case: ADD VALUE at the end
-- about: style
-- says: red
-- tread: noted enum-value-position
ALTER TYPE booking_state ADD VALUE 'waiting';

-- case: ADD VALUE IF NOT EXISTS at the end
-- about: style
-- says: red
-- tread: noted enum-value-position
ALTER TYPE booking_state ADD VALUE IF NOT EXISTS 'waiting';

-- case: BEFORE
-- about: style
-- says: green
-- tread: quiet
ALTER TYPE booking_state ADD VALUE 'waiting' BEFORE 'left';

-- rule: require-lock-timeout, require-statement-timeout

-- case: none
-- about: time-outs
-- says: red
-- tread: caught missing-lock-timeout
ALTER TABLE guest ADD COLUMN nickname text;

-- case: both
-- about: time-outs
-- says: green
-- tread: quiet
SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE guest ADD COLUMN nickname text;

-- rule: require-table-schema

-- case: no schema
-- about: style
-- says: red
-- tread: noted require-table-schema
CREATE TABLE leaflet (id bigint PRIMARY KEY);

-- case: a schema
-- about: style
-- says: green
-- tread: quiet
CREATE TABLE public.leaflet (id bigint PRIMARY KEY);

-- rule: transaction-nesting

-- case: BEGIN in BEGIN
-- says: red
-- tread: caught nested-transaction
BEGIN;
BEGIN;
CREATE TABLE leaflet (id bigint PRIMARY KEY);
COMMIT;

-- case: COMMIT without BEGIN
-- says: red
-- tread: noted nested-transaction
-- differs: Postgres answers with a WARNING (25P01) and changes nothing.
CREATE TABLE leaflet (id bigint PRIMARY KEY);
COMMIT;

-- rule: prefer-repack (Postgres 19)

-- case: CLUSTER
-- says: red
-- tread: caught cluster
CLUSTER booking USING booking_pkey;

-- case: VACUUM FULL
-- says: red
-- tread: caught vacuum-full
VACUUM (FULL) booking;

-- case: VACUUM FULL switched off
-- says: green
-- tread: quiet
VACUUM (FULL FALSE) booking;

-- case: VACUUM ANALYZE
-- says: green
-- tread: quiet
VACUUM ANALYZE booking;
