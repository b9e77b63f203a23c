-- tread-conformance/1
-- What generated statements taught: sub-commands on a tree of partitions, keys with INCLUDE, expressions that are not immutable.
--: setup
CREATE TABLE clinic (id integer PRIMARY KEY, name text);
INSERT INTO clinic SELECT g, 'c' || g FROM generate_series(1, 200) g;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION six() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 6 $$;
CREATE FUNCTION roll() RETURNS integer LANGUAGE sql VOLATILE AS $$ SELECT (random() * 6)::int $$;
CREATE TABLE visit (id bigint NOT NULL, day date NOT NULL, ward integer NOT NULL, took interval, note text) PARTITION BY LIST (ward);
CREATE TABLE visit_1 PARTITION OF visit FOR VALUES IN (1) PARTITION BY HASH (id);
CREATE TABLE visit_1_a PARTITION OF visit_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE visit_1_b PARTITION OF visit_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE visit_rest PARTITION OF visit DEFAULT;
CREATE TRIGGER touched BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO visit SELECT g, date '2020-01-01' + g % 300, 1 + g % 3, g * interval '1 minute', 'n' || g FROM generate_series(1, 300) g;
CREATE TABLE patient (id integer PRIMARY KEY, parent_id integer REFERENCES patient, clinic_id integer REFERENCES clinic, name text, age integer, stay interval);
INSERT INTO patient SELECT g, NULL, 1 + g % 200, 'p' || g, g % 90, g * interval '1 day' FROM generate_series(1, 300) g;
CREATE TABLE emptied (id integer PRIMARY KEY, note text);
INSERT INTO emptied SELECT g, 'n' FROM generate_series(1, 300) g;
DELETE FROM emptied;

--: case a trigger switched beside a stronger sub-command
ALTER TABLE visit ENABLE TRIGGER ALL, SET TABLESPACE pg_default;
--: case a trigger switched alone
ALTER TABLE visit DISABLE TRIGGER touched;
--: case statistics beside a default
ALTER TABLE visit ALTER COLUMN note SET STATISTICS 500, ALTER COLUMN note SET DEFAULT 'none';
--: case a partition of a partition truncated
TRUNCATE visit_1_a;
--: case a foreign key in a new column of a partitioned table
ALTER TABLE visit ADD COLUMN clinic_id integer REFERENCES clinic;
--: case a foreign key in a new column with a default of a partitioned table
ALTER TABLE visit ADD COLUMN clinic_id integer DEFAULT 5 REFERENCES clinic;
--: case a foreign key that does not compare in a new column of a partitioned table
ALTER TABLE visit ADD COLUMN clinic_id text REFERENCES clinic;
--: case a foreign key not valid on a partitioned table
ALTER TABLE visit ADD FOREIGN KEY (ward) REFERENCES clinic NOT VALID;
--: case INCLUDE of a key column
ALTER TABLE patient ADD UNIQUE (name, id) INCLUDE (id);
--: case INCLUDE on a partitioned table
ALTER TABLE visit ADD UNIQUE (ward, id) INCLUDE (note, id);
--: case INCLUDE and the same name once more
ALTER TABLE patient ADD UNIQUE (name) INCLUDE (age);
ALTER TABLE patient ADD UNIQUE (name) INCLUDE (age);
--: case dropping a column that a key carries
ALTER TABLE patient ADD UNIQUE (name) INCLUDE (age);
ALTER TABLE patient DROP COLUMN age;
--: case adding the key again after the column it carried is gone
ALTER TABLE patient ADD CONSTRAINT patient_name UNIQUE (name) INCLUDE (age);
ALTER TABLE patient DROP COLUMN age;
ALTER TABLE patient ADD CONSTRAINT patient_name UNIQUE (name);
--: case renaming a column that a key carries
ALTER TABLE patient ADD CONSTRAINT patient_name UNIQUE (name) INCLUDE (age);
ALTER TABLE patient RENAME COLUMN age TO years;
ALTER TABLE patient DROP COLUMN years;
ALTER TABLE patient ADD CONSTRAINT patient_name UNIQUE (name);
--: case interval as text in an index
CREATE INDEX ON patient (lower(stay::text));
--: case interval as text in a generated column
ALTER TABLE patient ADD COLUMN stay_text text GENERATED ALWAYS AS (stay::text) STORED;
--: case interval as text in a predicate
CREATE INDEX ON patient (name) WHERE stay::text <> '1 day';
--: case a volatile function in a unique index of a partitioned table
CREATE UNIQUE INDEX visit_six ON visit_1 (roll());
--: case a name that is taken and an expression that is not immutable
CREATE INDEX patient_pkey ON patient (lower(stay::text), (random()));
--: case a name that is taken
CREATE INDEX patient_pkey ON patient (name);
--: case gin over a function of the user
CREATE INDEX ON patient USING gin (six());
--: case btree over a function of the user
CREATE INDEX ON patient (six());
--: case a key to its own table does not compare any more
ALTER TABLE patient ALTER COLUMN parent_id TYPE double precision;
--: case the key of its own table does not compare any more
ALTER TABLE patient ALTER COLUMN id TYPE text;
--: case both ends of a key to its own table change
ALTER TABLE patient ALTER COLUMN id TYPE text, ALTER COLUMN parent_id TYPE text;
--: case both ends of a key to its own table change to uuid
ALTER TABLE patient ALTER COLUMN parent_id TYPE uuid USING lpad(parent_id::text, 32, '0')::uuid, ALTER COLUMN id TYPE uuid USING lpad(id::text, 32, '0')::uuid;
--: case only one end of a key to its own table grows
ALTER TABLE patient ALTER COLUMN parent_id TYPE bigint;
--: case a rewrite of a table whose rows were deleted
ALTER TABLE emptied ADD COLUMN token uuid DEFAULT gen_random_uuid();
--: case a type changed of a table whose rows were deleted
ALTER TABLE emptied ALTER COLUMN note TYPE varchar(10);
--: case an identity that is not there, dropped from a partitioned table @17+
ALTER TABLE visit ALTER COLUMN ward DROP IDENTITY IF EXISTS;
--: case an identity that is not there, dropped beside a new key @17+
ALTER TABLE visit ADD UNIQUE (ward, id), ALTER COLUMN ward DROP IDENTITY IF EXISTS;
