-- tread-conformance/1
-- USING, collations, operator classes and what else is made of the column.
--: setup
CREATE COLLATION other (provider = icu, locale = 'de');
CREATE TABLE parent (code varchar(20) PRIMARY KEY, n integer UNIQUE);
CREATE TABLE t (
  id integer PRIMARY KEY,
  code varchar(20) REFERENCES parent,
  num integer REFERENCES parent (n),
  name varchar(50) NOT NULL,
  c_name text COLLATE "C",
  amount numeric(10, 2) CHECK (amount >= 0),
  status varchar(10) DEFAULT 'new',
  flag char(1),
  stamp timestamp,
  loose varchar(10) CONSTRAINT loose_len CHECK (length(loose) < 9)
);
ALTER TABLE t DROP CONSTRAINT loose_len;
ALTER TABLE t ADD CONSTRAINT loose_len CHECK (length(loose) < 9) NOT VALID;
INSERT INTO parent SELECT 'c' || g, g FROM generate_series(1, 50) g;
INSERT INTO t SELECT g, 'c' || (1 + g % 50), 1 + g % 50, 'name' || g, 'n', g, 'new', 'y', '2000-01-01' FROM generate_series(1, 300) g;
CREATE INDEX t_name ON t (name);
CREATE INDEX t_name_pattern ON t (name varchar_pattern_ops);
CREATE INDEX t_lower_name ON t (lower(name));
CREATE INDEX t_c_name ON t (c_name);
CREATE INDEX t_active ON t (id) WHERE status = 'new';
CREATE INDEX t_amount ON t (amount) INCLUDE (status);
CREATE UNIQUE INDEX t_name_id ON t (name, id);
CREATE VIEW t_flags AS SELECT id, flag FROM t;
CREATE STATISTICS t_stats ON status, amount FROM t;
--: case using-the-column-itself
ALTER TABLE t ALTER COLUMN name TYPE varchar(80) USING name;
--: case using-a-cast-to-the-type
ALTER TABLE t ALTER COLUMN name TYPE text USING name::text;
--: case using-cast-spelled-out
ALTER TABLE t ALTER COLUMN name TYPE text USING CAST(name AS text);
--: case using-wider-cast
ALTER TABLE t ALTER COLUMN name TYPE varchar(80) USING name::varchar(80);
--: case using-narrower-cast-into-same-type
ALTER TABLE t ALTER COLUMN name TYPE varchar(50) USING name::varchar(10);
--: case using-qualified-column
ALTER TABLE t ALTER COLUMN name TYPE text USING t.name;
--: case using-quoted-column
ALTER TABLE t ALTER COLUMN name TYPE text USING "name"::text;
--: case using-function
ALTER TABLE t ALTER COLUMN name TYPE text USING lower(name);
--: case using-another-column
ALTER TABLE t ALTER COLUMN c_name TYPE text USING name;
--: case using-concatenation
ALTER TABLE t ALTER COLUMN name TYPE text USING name || '';
--: case using-missing-column
ALTER TABLE t ALTER COLUMN name TYPE text USING nothing;
--: case using-constant
ALTER TABLE t ALTER COLUMN c_name TYPE text USING 'x';
--: case using-cast-through-another-type
ALTER TABLE t ALTER COLUMN id TYPE bigint USING id::bigint;
--: case using-same-type-twice-cast
ALTER TABLE t ALTER COLUMN name TYPE text USING name::varchar::text;
--: case using-nullif
ALTER TABLE t ALTER COLUMN name TYPE text USING nullif(name, '');
--: case collation-changes
ALTER TABLE t ALTER COLUMN name TYPE varchar(50) COLLATE "C";
--: case collation-stays-c
ALTER TABLE t ALTER COLUMN c_name TYPE text COLLATE "C";
--: case collation-goes-back-to-default
ALTER TABLE t ALTER COLUMN c_name TYPE text;
--: case collation-default-written
ALTER TABLE t ALTER COLUMN name TYPE varchar(50) COLLATE "default";
--: case collation-of-icu
ALTER TABLE t ALTER COLUMN name TYPE text COLLATE other;
--: case to-type-that-does-not-exist
ALTER TABLE t ALTER COLUMN name TYPE money_of_ours;
--: case collation-of-number
ALTER TABLE t ALTER COLUMN amount TYPE numeric COLLATE "C";
--: case check-on-the-column-is-read-again
ALTER TABLE t ALTER COLUMN amount TYPE numeric(12, 2);
--: case check-not-valid-is-not-read
ALTER TABLE t ALTER COLUMN loose TYPE varchar(20);
--: case rewrite-with-check-not-valid
ALTER TABLE t ALTER COLUMN loose TYPE varchar(5);
--: case partial-index-on-the-column-is-built-again
ALTER TABLE t ALTER COLUMN status TYPE varchar(20);
--: case default-that-cannot-be-cast
ALTER TABLE t ALTER COLUMN status TYPE integer USING 1;
--: case default-dropped-then-cast
ALTER TABLE t ALTER COLUMN status DROP DEFAULT, ALTER COLUMN status TYPE integer USING 1;
--: case default-dropped-cast-and-set-anew
ALTER TABLE t ALTER COLUMN status DROP DEFAULT, ALTER COLUMN status TYPE integer USING 1, ALTER COLUMN status SET DEFAULT 0;
--: case foreign-key-column-harmless
ALTER TABLE t ALTER COLUMN code TYPE varchar(40);
--: case foreign-key-column-to-text
ALTER TABLE t ALTER COLUMN code TYPE text;
--: case foreign-key-column-rewritten
ALTER TABLE t ALTER COLUMN num TYPE bigint;
--: case foreign-key-column-to-incompatible
ALTER TABLE t ALTER COLUMN num TYPE text;
--: case referenced-column-harmless
ALTER TABLE parent ALTER COLUMN code TYPE varchar(40);
--: case referenced-column-rewritten
ALTER TABLE parent ALTER COLUMN n TYPE bigint;
--: case used-by-view
ALTER TABLE t ALTER COLUMN flag TYPE char(2);
--: case used-by-view-same-type
ALTER TABLE t ALTER COLUMN flag TYPE char(1);
--: case primary-key-rewritten
ALTER TABLE t ALTER COLUMN id TYPE bigint;
--: case two-rewrites-and-check
ALTER TABLE t ALTER COLUMN amount TYPE bigint, ALTER COLUMN num TYPE bigint;
--: case timestamp-using-itself-under-utc
ALTER TABLE t ALTER COLUMN stamp TYPE timestamptz USING stamp;
--: case timestamp-using-cast-under-utc
ALTER TABLE t ALTER COLUMN stamp TYPE timestamptz USING stamp::timestamptz;
--: case set-data-type-spelling
ALTER TABLE t ALTER name SET DATA TYPE varchar(100);
