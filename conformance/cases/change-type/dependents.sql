-- tread-conformance/1
-- What hangs on a column and what that does to a change of its type.
--: setup
CREATE TABLE t (id integer PRIMARY KEY, a varchar(20), b integer, c varchar(20), d integer, e varchar(20), g integer, h varchar(20), gen integer GENERATED ALWAYS AS (d + 1) STORED);
INSERT INTO t (id, a, b, c, d, e, g, h) SELECT x, 'a', x, 'c', x, 'e', x, 'h' FROM generate_series(1, 200) x;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE VIEW v AS SELECT id, a FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id, b FROM t;
CREATE TRIGGER on_c BEFORE UPDATE OF c ON t FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER when_g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.g > 5) EXECUTE FUNCTION touch();
CREATE POLICY p ON t USING (e = current_user);
CREATE RULE r AS ON INSERT TO t WHERE NEW.h = 'no' DO INSTEAD NOTHING;
CREATE TABLE typed_row (x t);
CREATE TYPE addr AS (street varchar(20), zip integer);
CREATE TABLE home (id integer, place addr);
INSERT INTO home SELECT x, ROW('s', x)::addr FROM generate_series(1, 50) x;
CREATE TABLE lonely (id integer PRIMARY KEY, x integer);
CREATE TABLE holds_lonely (l lonely);
INSERT INTO lonely SELECT x, x FROM generate_series(1, 50) x;
--: case view
ALTER TABLE t ALTER COLUMN a TYPE varchar(40);
--: case view-dropped-first
DROP VIEW v;
ALTER TABLE t ALTER COLUMN a TYPE text;
--: case materialized-view
ALTER TABLE t ALTER COLUMN b TYPE bigint;
--: case trigger-of-column
ALTER TABLE t ALTER COLUMN c TYPE text;
--: case generated-column
ALTER TABLE t ALTER COLUMN d TYPE bigint;
--: case policy
ALTER TABLE t ALTER COLUMN e TYPE text;
--: case trigger-when
ALTER TABLE t ALTER COLUMN g TYPE bigint;
--: case rule
ALTER TABLE t ALTER COLUMN h TYPE text;
--: case table-whose-row-type-is-a-column
ALTER TABLE lonely ALTER COLUMN x TYPE bigint;
--: case add-column-to-table-whose-row-type-is-a-column
ALTER TABLE lonely ADD COLUMN y integer;
--: case add-defaulted-column-to-table-whose-row-type-is-a-column
ALTER TABLE lonely ADD COLUMN y integer DEFAULT 1;
--: case composite-attribute
ALTER TYPE addr ALTER ATTRIBUTE zip TYPE bigint;
--: case composite-attribute-added
ALTER TYPE addr ADD ATTRIBUTE country text;
--: case composite-attribute-dropped
ALTER TYPE addr DROP ATTRIBUTE zip;
--: case drop-column-of-view
ALTER TABLE t DROP COLUMN a;
--: case drop-column-of-policy
ALTER TABLE t DROP COLUMN e;
--: case drop-column-of-trigger
ALTER TABLE t DROP COLUMN c;
--: case drop-column-of-trigger-when
ALTER TABLE t DROP COLUMN g;
--: case drop-column-of-policy-cascade
ALTER TABLE t DROP COLUMN e CASCADE;
--: case drop-column-of-rule
ALTER TABLE t DROP COLUMN h;
--: case rename-column-of-view
ALTER TABLE t RENAME COLUMN a TO aa;
