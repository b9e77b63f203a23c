-- tread-conformance/1
-- Tables that inherit: what reaches the children, ONLY, INHERIT and NO INHERIT.
--: setup
CREATE TABLE ref (id integer PRIMARY KEY);
INSERT INTO ref SELECT g FROM generate_series(1, 50) g;
CREATE TABLE base (id integer NOT NULL, name varchar(20), ref_id integer, amount integer, CONSTRAINT amount_ok CHECK (amount > 0));
CREATE TABLE child (extra text) INHERITS (base);
CREATE TABLE grandchild () INHERITS (child);
CREATE TABLE other (id integer NOT NULL, name varchar(20), ref_id integer, amount integer, CONSTRAINT amount_ok CHECK (amount > 0));
CREATE TABLE lacking (id integer NOT NULL, name varchar(20));
CREATE TABLE unchecked (id integer NOT NULL, name varchar(20), ref_id integer, amount integer);
CREATE TABLE nullable (id integer, name varchar(20), ref_id integer, amount integer, CONSTRAINT amount_ok CHECK (amount > 0));
CREATE INDEX base_name ON base (name);
CREATE INDEX child_name ON child (name);
INSERT INTO base SELECT g, 'n', 1, g FROM generate_series(1, 50) g;
INSERT INTO child SELECT g, 'n', 1, 1, 'e' FROM generate_series(1, 50) g;
INSERT INTO grandchild SELECT g, 'n', 1, 1, 'e' FROM generate_series(1, 50) g;
INSERT INTO other SELECT g, 'n', 1, 1 FROM generate_series(1, 50) g;
CREATE TABLE second (id integer NOT NULL, tag text);
CREATE TABLE both_parents () INHERITS (base, second);
--: case add-column
ALTER TABLE base ADD COLUMN note text;
--: case add-column-volatile
ALTER TABLE base ADD COLUMN token uuid DEFAULT gen_random_uuid();
--: case add-column-only-fails-with-children
ALTER TABLE ONLY base ADD COLUMN note text;
--: case add-column-that-a-child-has
ALTER TABLE base ADD COLUMN extra text;
--: case add-column-that-a-child-has-with-another-type
ALTER TABLE base ADD COLUMN extra integer;
--: case add-column-to-child
ALTER TABLE child ADD COLUMN note text;
--: case add-column-to-leaf-only
ALTER TABLE ONLY grandchild ADD COLUMN note text;
--: case drop-column
ALTER TABLE base DROP COLUMN amount;
--: case drop-column-only
ALTER TABLE ONLY base DROP COLUMN ref_id;
--: case drop-inherited-column
ALTER TABLE child DROP COLUMN ref_id;
--: case rename-column
ALTER TABLE base RENAME COLUMN ref_id TO reference;
--: case rename-column-only
ALTER TABLE ONLY base RENAME COLUMN ref_id TO reference;
--: case rename-inherited-column
ALTER TABLE child RENAME COLUMN ref_id TO reference;
--: case change-type
ALTER TABLE base ALTER COLUMN ref_id TYPE bigint;
--: case change-type-harmless
ALTER TABLE base ALTER COLUMN name TYPE varchar(40);
--: case change-type-only
ALTER TABLE ONLY base ALTER COLUMN ref_id TYPE bigint;
--: case change-type-of-inherited
ALTER TABLE child ALTER COLUMN ref_id TYPE bigint;
--: case change-type-of-column-of-two-parents
ALTER TABLE base ALTER COLUMN id TYPE bigint;
--: case set-not-null
ALTER TABLE base ALTER COLUMN name SET NOT NULL;
--: case set-not-null-only
ALTER TABLE ONLY base ALTER COLUMN name SET NOT NULL;
--: case drop-not-null
ALTER TABLE base ALTER COLUMN id DROP NOT NULL;
--: case drop-not-null-of-inherited
ALTER TABLE grandchild ALTER COLUMN id DROP NOT NULL;
--: case set-default
ALTER TABLE base ALTER COLUMN amount SET DEFAULT 1;
--: case set-default-only
ALTER TABLE ONLY base ALTER COLUMN amount SET DEFAULT 1;
--: case add-check
ALTER TABLE base ADD CONSTRAINT id_ok CHECK (id > 0);
--: case add-check-no-inherit
ALTER TABLE base ADD CONSTRAINT id_ok CHECK (id > 0) NO INHERIT;
--: case add-check-only
ALTER TABLE ONLY base ADD CONSTRAINT id_ok CHECK (id > 0);
--: case add-check-only-no-inherit
ALTER TABLE ONLY base ADD CONSTRAINT id_ok CHECK (id > 0) NO INHERIT;
--: case add-check-not-valid
ALTER TABLE base ADD CONSTRAINT id_ok CHECK (id > 0) NOT VALID;
--: case validate-check
ALTER TABLE base ADD CONSTRAINT id_ok CHECK (id > 0) NOT VALID;
ALTER TABLE base VALIDATE CONSTRAINT id_ok;
--: case validate-check-only
ALTER TABLE base ADD CONSTRAINT id_ok CHECK (id > 0) NOT VALID;
ALTER TABLE ONLY base VALIDATE CONSTRAINT id_ok;
--: case drop-check
ALTER TABLE base DROP CONSTRAINT amount_ok;
--: case drop-check-only
ALTER TABLE ONLY base DROP CONSTRAINT amount_ok;
--: case drop-inherited-check
ALTER TABLE child DROP CONSTRAINT amount_ok;
--: case rename-check
ALTER TABLE base RENAME CONSTRAINT amount_ok TO amount_good;
--: case rename-inherited-check
ALTER TABLE child RENAME CONSTRAINT amount_ok TO amount_good;
--: case add-foreign-key
ALTER TABLE base ADD FOREIGN KEY (ref_id) REFERENCES ref;
--: case add-unique
ALTER TABLE base ADD UNIQUE (id);
--: case add-primary-key
ALTER TABLE base ADD PRIMARY KEY (id);
--: case add-primary-key-nullable
ALTER TABLE base ADD PRIMARY KEY (amount);
--: case create-index
CREATE INDEX ON base (amount);
--: case inherit
ALTER TABLE other INHERIT base;
--: case inherit-lacking-column
ALTER TABLE lacking INHERIT base;
--: case inherit-lacking-check
ALTER TABLE unchecked INHERIT base;
--: case inherit-nullable-column
ALTER TABLE nullable INHERIT base;
--: case inherit-twice
ALTER TABLE child INHERIT base;
--: case inherit-circle
ALTER TABLE base INHERIT grandchild;
--: case no-inherit
ALTER TABLE child NO INHERIT base;
--: case no-inherit-of-stranger
ALTER TABLE other NO INHERIT base;
--: case create-child
CREATE TABLE late () INHERITS (base);
--: case create-child-of-two
CREATE TABLE late (more text) INHERITS (base, second);
--: case create-child-of-missing
CREATE TABLE late () INHERITS (nobody);
--: case drop-child
DROP TABLE grandchild;
--: case drop-parent
DROP TABLE base;
--: case drop-parent-cascade
DROP TABLE base CASCADE;
--: case truncate
TRUNCATE base;
--: case truncate-only
TRUNCATE ONLY base;
--: case set-statistics
ALTER TABLE base ALTER COLUMN amount SET STATISTICS 100;
--: case set-storage
ALTER TABLE base ALTER COLUMN name SET STORAGE PLAIN;
--: case set-fillfactor
ALTER TABLE base SET (fillfactor = 80);
--: case enable-row-level-security
ALTER TABLE base ENABLE ROW LEVEL SECURITY;
--: case disable-triggers
ALTER TABLE base DISABLE TRIGGER ALL;
--: case set-unlogged
ALTER TABLE base SET UNLOGGED;
--: case star-after-name
ALTER TABLE base * ADD COLUMN note text;
--: case add-not-null-constraint @18+
ALTER TABLE base ADD CONSTRAINT n NOT NULL name;
--: case add-not-null-no-inherit @18+
ALTER TABLE base ADD CONSTRAINT n NOT NULL name NO INHERIT;
--: case add-not-null-only @18+
ALTER TABLE ONLY base ADD CONSTRAINT n NOT NULL name;
--: case drop-expression-of-parent
ALTER TABLE base ADD COLUMN twice integer GENERATED ALWAYS AS (amount * 2) STORED;
ALTER TABLE base ALTER COLUMN twice DROP EXPRESSION;
--: case drop-expression-only
ALTER TABLE base ADD COLUMN twice integer GENERATED ALWAYS AS (amount * 2) STORED;
ALTER TABLE ONLY base ALTER COLUMN twice DROP EXPRESSION;
--: case vacuum-full-leaves-children @alone
VACUUM FULL base;
