-- tread-conformance/1
-- Generated columns: a stored one is written into every row, a virtual one (18) is not.
--: setup
CREATE FUNCTION rated(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1 * 2 $$;
CREATE FUNCTION guessed(integer) RETURNS integer LANGUAGE sql VOLATILE AS $$ SELECT $1 $$;
CREATE TABLE line (
  id bigint PRIMARY KEY,
  price integer NOT NULL,
  quantity integer NOT NULL,
  label varchar(40),
  total integer GENERATED ALWAYS AS (price * quantity) STORED
);
CREATE INDEX line_total ON line (total);
INSERT INTO line (id, price, quantity, label) SELECT g, g, 2, 'l' FROM generate_series(1, 300) g;
CREATE TABLE empty_line (id bigint, price integer);
CREATE VIEW line_totals AS SELECT id, total FROM line;
--: case add-stored
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) STORED;
--: case add-stored-not-null
ALTER TABLE line ADD COLUMN doubled integer NOT NULL GENERATED ALWAYS AS (price * 2) STORED;
--: case add-stored-with-check
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) STORED CHECK (doubled >= 0);
--: case add-stored-unique
ALTER TABLE line ADD COLUMN doubled bigint GENERATED ALWAYS AS (id * 2) STORED UNIQUE;
--: case add-stored-tsvector
ALTER TABLE line ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(label, ''))) STORED;
--: case add-stored-to-empty-table
ALTER TABLE empty_line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) STORED;
--: case add-stored-with-user-function
ALTER TABLE line ADD COLUMN rate integer GENERATED ALWAYS AS (rated(price)) STORED;
--: case add-stored-with-volatile-function
ALTER TABLE line ADD COLUMN rate integer GENERATED ALWAYS AS (guessed(price)) STORED;
--: case add-stored-with-now
ALTER TABLE line ADD COLUMN at timestamptz GENERATED ALWAYS AS (now()) STORED;
--: case add-stored-of-generated
ALTER TABLE line ADD COLUMN again integer GENERATED ALWAYS AS (total * 2) STORED;
--: case add-virtual @18+
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) VIRTUAL;
--: case add-generated-without-keyword-is-virtual @18+
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2);
--: case add-virtual-not-null @18+
ALTER TABLE line ADD COLUMN doubled integer NOT NULL GENERATED ALWAYS AS (price * 2) VIRTUAL;
--: case add-virtual-with-check @18+
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) VIRTUAL CHECK (doubled >= 0);
--: case add-virtual-unique @18+
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) VIRTUAL UNIQUE;
--: case add-virtual-of-text-concat @18+
ALTER TABLE line ADD COLUMN tag text GENERATED ALWAYS AS (label || '!') VIRTUAL;
--: case virtual-before-18 @13-17
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) VIRTUAL;
--: case set-expression @17+
ALTER TABLE line ALTER COLUMN total SET EXPRESSION AS (price * quantity * 2);
--: case set-expression-before-17 @13-16
ALTER TABLE line ALTER COLUMN total SET EXPRESSION AS (price * quantity * 2);
--: case set-expression-of-virtual @18+
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) VIRTUAL;
ALTER TABLE line ALTER COLUMN doubled SET EXPRESSION AS (price * 3);
--: case set-expression-of-plain-column @17+
ALTER TABLE line ALTER COLUMN price SET EXPRESSION AS (quantity);
--: case drop-expression
ALTER TABLE line ALTER COLUMN total DROP EXPRESSION;
--: case drop-expression-of-plain-column
ALTER TABLE line ALTER COLUMN price DROP EXPRESSION;
--: case drop-expression-if-exists-of-plain-column
ALTER TABLE line ALTER COLUMN price DROP EXPRESSION IF EXISTS;
--: case drop-expression-of-virtual @18+
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) VIRTUAL;
ALTER TABLE line ALTER COLUMN doubled DROP EXPRESSION;
--: case set-default-on-generated
ALTER TABLE line ALTER COLUMN total SET DEFAULT 1;
--: case drop-default-on-generated
ALTER TABLE line ALTER COLUMN total DROP DEFAULT;
--: case type-of-column-that-is-used
ALTER TABLE line ALTER COLUMN price TYPE bigint;
--: case harmless-type-of-column-that-is-used
ALTER TABLE line ADD COLUMN tag text GENERATED ALWAYS AS (lower(label)) STORED;
ALTER TABLE line ALTER COLUMN label TYPE varchar(80);
--: case type-of-generated-column
DROP VIEW line_totals;
ALTER TABLE line ALTER COLUMN total TYPE bigint;
--: case type-of-generated-column-used-by-view
ALTER TABLE line ALTER COLUMN total TYPE bigint;
--: case drop-column-that-is-used
ALTER TABLE line DROP COLUMN price;
--: case drop-column-that-is-used-cascade
ALTER TABLE line DROP COLUMN price CASCADE;
--: case drop-generated-column
DROP VIEW line_totals;
ALTER TABLE line DROP COLUMN total;
--: case set-not-null-on-stored
ALTER TABLE line ALTER COLUMN total SET NOT NULL;
--: case set-not-null-on-virtual @18+
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) VIRTUAL;
ALTER TABLE line ALTER COLUMN doubled SET NOT NULL;
--: case rename-column-that-is-used
ALTER TABLE line RENAME COLUMN price TO unit_price;
--: case index-on-virtual @18+
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (price * 2) VIRTUAL;
CREATE INDEX ON line (doubled);
--: case stored-refers-to-itself
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (doubled * 2) STORED;
--: case stored-with-default
ALTER TABLE line ADD COLUMN doubled integer DEFAULT 1 GENERATED ALWAYS AS (price * 2) STORED;
--: case stored-with-missing-column
ALTER TABLE line ADD COLUMN doubled integer GENERATED ALWAYS AS (nothing * 2) STORED;
