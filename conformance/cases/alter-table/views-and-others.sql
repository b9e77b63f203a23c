-- tread-conformance/1
-- ALTER on what is no plain table: views, materialized views, foreign tables, and statements that name the wrong kind.
--: setup
CREATE TABLE t (id integer PRIMARY KEY, a text, b integer NOT NULL);
INSERT INTO t SELECT g, 'a', g FROM generate_series(1, 100) g;
CREATE VIEW v AS SELECT id, a FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id, a FROM t;
CREATE UNIQUE INDEX mv_id ON mv (id);
CREATE INDEX mv_a ON mv (a);
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER far FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE f (id integer, a text) SERVER far;
CREATE SEQUENCE s;
CREATE SCHEMA other;
--: case view-rename
ALTER VIEW v RENAME TO vv;
--: case view-set-schema
ALTER VIEW v SET SCHEMA other;
--: case view-reset-option
ALTER VIEW v RESET (security_barrier);
--: case view-default
ALTER TABLE v ALTER COLUMN a SET DEFAULT 'x';
--: case view-drop-column
ALTER TABLE v DROP COLUMN a;
--: case view-set-not-null
ALTER TABLE v ALTER COLUMN a SET NOT NULL;
--: case view-change-type
ALTER TABLE v ALTER COLUMN a TYPE varchar(10);
--: case view-add-constraint
ALTER TABLE v ADD CHECK (id > 0);
--: case view-if-exists-missing
ALTER VIEW IF EXISTS nothing RENAME TO something;
--: case materialized-view-rename
ALTER MATERIALIZED VIEW mv RENAME TO mvv;
--: case materialized-view-rename-column
ALTER MATERIALIZED VIEW mv RENAME COLUMN a TO aa;
--: case materialized-view-fillfactor
ALTER MATERIALIZED VIEW mv SET (fillfactor = 80);
--: case materialized-view-statistics
ALTER MATERIALIZED VIEW mv ALTER COLUMN a SET STATISTICS 100;
--: case materialized-view-cluster-on
ALTER MATERIALIZED VIEW mv CLUSTER ON mv_a;
--: case materialized-view-tablespace-default
ALTER MATERIALIZED VIEW mv SET TABLESPACE pg_default;
--: case materialized-view-schema
ALTER MATERIALIZED VIEW mv SET SCHEMA other;
--: case materialized-view-owner
ALTER MATERIALIZED VIEW mv OWNER TO CURRENT_USER;
--: case materialized-view-storage
ALTER MATERIALIZED VIEW mv ALTER COLUMN a SET STORAGE EXTERNAL;
--: case foreign-table-add-column
ALTER FOREIGN TABLE f ADD COLUMN b integer;
--: case foreign-table-add-check
ALTER FOREIGN TABLE f ADD CONSTRAINT c CHECK (id > 0);
--: case foreign-table-change-type
ALTER FOREIGN TABLE f ALTER COLUMN a TYPE varchar(20);
--: case foreign-table-set-not-null
ALTER FOREIGN TABLE f ALTER COLUMN id SET NOT NULL;
--: case foreign-table-drop-column
ALTER FOREIGN TABLE f DROP COLUMN a;
--: case foreign-table-unique
ALTER FOREIGN TABLE f ADD UNIQUE (id);
--: case foreign-table-index
CREATE INDEX ON f (id);
--: case foreign-table-rename
ALTER FOREIGN TABLE f RENAME TO ff;
--: case foreign-table-options
ALTER FOREIGN TABLE f OPTIONS (ADD x '1');
--: case foreign-table-drop
DROP FOREIGN TABLE f;
--: case alter-view-on-a-table
ALTER VIEW t ALTER COLUMN a SET DEFAULT 'x';
--: case drop-table-on-a-view
DROP TABLE v;
--: case drop-view-on-a-table
DROP VIEW t;
--: case alter-table-on-a-sequence-renames-it
ALTER TABLE s RENAME TO ss;
--: case alter-table-on-a-materialized-view-adds-no-column
ALTER TABLE mv ADD COLUMN x integer;
--: case index-of-materialized-view-concurrently @alone
CREATE INDEX CONCURRENTLY mv_two ON mv (a, id);
--: case set-schema-missing
ALTER TABLE t SET SCHEMA nothing;
--: case set-schema-name-taken
CREATE TABLE other.t (id integer);
ALTER TABLE t SET SCHEMA other;
--: case rename-to-taken-name
ALTER TABLE t RENAME TO v;
--: case rename-to-name-of-index
ALTER TABLE t RENAME TO mv_a;
--: case rename-column-to-taken
ALTER TABLE t RENAME COLUMN a TO b;
--: case rename-missing-column
ALTER TABLE t RENAME COLUMN nothing TO b;
--: case rename-column-to-system-column
ALTER TABLE t RENAME COLUMN a TO ctid;
