-- tread-conformance/1
-- Every sub-command of ALTER TABLE that names no column type and no constraint, on a plain table that others depend on.
--: setup
CREATE TABLE team (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE person (
  id integer PRIMARY KEY,
  team_id integer REFERENCES team,
  email varchar(200) NOT NULL,
  bio text,
  score integer DEFAULT 0,
  joined timestamp NOT NULL DEFAULT now()
);
CREATE INDEX person_email ON person (email);
CREATE UNIQUE INDEX person_id_email ON person (id, email);
INSERT INTO team SELECT g, 'team ' || g FROM generate_series(1, 20) g;
INSERT INTO person SELECT g, 1 + g % 20, g || '@example.org', 'about', g FROM generate_series(1, 500) g;
CREATE VIEW person_names AS SELECT id, email FROM person;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER person_touch BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE person_keep AS ON DELETE TO person DO INSTEAD NOTHING;
CREATE TYPE team_row AS (id integer, name text);
CREATE TABLE team_of OF team_row;
INSERT INTO team_of VALUES (1, 'a'), (2, 'b');
CREATE TABLE quick (id integer PRIMARY KEY, note text) WITH (fillfactor = 70);
INSERT INTO quick SELECT g, 'n' FROM generate_series(1, 100) g;
CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, value text);
INSERT INTO cache SELECT g::text, 'v' FROM generate_series(1, 100) g;
--: case set-default
ALTER TABLE person ALTER COLUMN bio SET DEFAULT 'none';
--: case drop-default
ALTER TABLE person ALTER COLUMN score DROP DEFAULT;
--: case set-default-volatile-touches-no-row
ALTER TABLE person ALTER COLUMN score SET DEFAULT (random() * 100)::integer;
--: case set-statistics
ALTER TABLE person ALTER COLUMN bio SET STATISTICS 500;
--: case set-statistics-default @17+
ALTER TABLE person ALTER COLUMN bio SET STATISTICS DEFAULT;
--: case set-attribute-option
ALTER TABLE person ALTER COLUMN email SET (n_distinct = -0.5);
--: case reset-attribute-option
ALTER TABLE person ALTER COLUMN email RESET (n_distinct);
--: case set-storage
ALTER TABLE person ALTER COLUMN bio SET STORAGE EXTERNAL;
--: case set-storage-default @16+
ALTER TABLE person ALTER COLUMN bio SET STORAGE DEFAULT;
--: case set-compression @14+
ALTER TABLE person ALTER COLUMN bio SET COMPRESSION pglz;
--: case set-fillfactor
ALTER TABLE person SET (fillfactor = 80);
--: case set-autovacuum
ALTER TABLE person SET (autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0.01);
--: case set-toast-parameter
ALTER TABLE person SET (toast.autovacuum_enabled = false);
--: case set-parallel-workers
ALTER TABLE person SET (parallel_workers = 4);
--: case set-toast-tuple-target
ALTER TABLE person SET (toast_tuple_target = 256);
--: case set-vacuum-truncate
ALTER TABLE person SET (vacuum_truncate = false);
--: case set-user-catalog-table
ALTER TABLE person SET (user_catalog_table = true);
--: case set-weak-and-strong-parameters
ALTER TABLE person SET (fillfactor = 80, user_catalog_table = true);
--: case reset-parameter
ALTER TABLE quick RESET (fillfactor);
--: case reset-strong-parameter
ALTER TABLE person RESET (user_catalog_table);
--: case cluster-on
ALTER TABLE person CLUSTER ON person_email;
--: case set-without-cluster
ALTER TABLE person SET WITHOUT CLUSTER;
--: case cluster-on-missing-index
ALTER TABLE person CLUSTER ON person_nothing;
--: case set-without-oids
ALTER TABLE person SET WITHOUT OIDS;
--: case set-logged-of-unlogged
ALTER TABLE cache SET LOGGED;
--: case set-unlogged-of-logged
ALTER TABLE quick SET UNLOGGED;
--: case set-logged-of-logged-does-nothing
ALTER TABLE quick SET LOGGED;
--: case set-unlogged-of-unlogged-does-nothing
ALTER TABLE cache SET UNLOGGED;
--: case set-unlogged-referenced-by-logged
ALTER TABLE team SET UNLOGGED;
--: case set-unlogged-with-foreign-key-to-logged
ALTER TABLE person SET UNLOGGED;
--: case set-access-method-same @15+
ALTER TABLE person SET ACCESS METHOD heap;
--: case set-access-method-default @17+
ALTER TABLE person SET ACCESS METHOD DEFAULT;
--: case set-tablespace-default-is-where-it-is
ALTER TABLE person SET TABLESPACE pg_default;
--: case replica-identity-full
ALTER TABLE person REPLICA IDENTITY FULL;
--: case replica-identity-nothing
ALTER TABLE person REPLICA IDENTITY NOTHING;
--: case replica-identity-using-index
ALTER TABLE person REPLICA IDENTITY USING INDEX person_id_email;
--: case replica-identity-index-not-unique
ALTER TABLE person REPLICA IDENTITY USING INDEX person_email;
--: case replica-identity-missing-index
ALTER TABLE person REPLICA IDENTITY USING INDEX person_nothing;
--: case disable-trigger
ALTER TABLE person DISABLE TRIGGER person_touch;
--: case enable-always-trigger
ALTER TABLE person ENABLE ALWAYS TRIGGER person_touch;
--: case enable-replica-trigger
ALTER TABLE person ENABLE REPLICA TRIGGER person_touch;
--: case disable-trigger-all-foreign-key-included
ALTER TABLE person DISABLE TRIGGER ALL;
--: case disable-trigger-user
ALTER TABLE person DISABLE TRIGGER USER;
--: case disable-missing-trigger
ALTER TABLE person DISABLE TRIGGER person_nothing;
--: case disable-rule
ALTER TABLE person DISABLE RULE person_keep;
--: case enable-always-rule
ALTER TABLE person ENABLE ALWAYS RULE person_keep;
--: case enable-row-level-security
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
--: case disable-row-level-security
ALTER TABLE person DISABLE ROW LEVEL SECURITY;
--: case force-row-level-security
ALTER TABLE person FORCE ROW LEVEL SECURITY;
--: case no-force-row-level-security
ALTER TABLE person NO FORCE ROW LEVEL SECURITY;
--: case owner-to-current-user
ALTER TABLE person OWNER TO CURRENT_USER;
--: case of-type
ALTER TABLE team ALTER COLUMN name DROP NOT NULL;
ALTER TABLE team OF team_row;
--: case not-of
ALTER TABLE team_of NOT OF;
--: case typed-table-takes-no-column
ALTER TABLE team_of ADD COLUMN note text;
--: case rename-table
ALTER TABLE person RENAME TO people;
--: case rename-column-used-by-view
ALTER TABLE person RENAME COLUMN email TO mail;
--: case rename-constraint
ALTER TABLE person RENAME CONSTRAINT person_team_id_fkey TO person_team;
--: case rename-primary-key
ALTER TABLE person RENAME CONSTRAINT person_pkey TO person_key;
--: case set-schema
CREATE SCHEMA archive;
ALTER TABLE person SET SCHEMA archive;
--: case set-schema-where-it-is
ALTER TABLE person SET SCHEMA public;
--: case if-exists-missing-table
ALTER TABLE IF EXISTS nobody ADD COLUMN note text;
--: case if-exists-rename-missing-table
ALTER TABLE IF EXISTS nobody RENAME TO somebody;
--: case if-exists-rename-column-of-missing-table
ALTER TABLE IF EXISTS nobody RENAME COLUMN a TO b;
--: case if-exists-rename-constraint-of-missing-table
ALTER TABLE IF EXISTS nobody RENAME CONSTRAINT a TO b;
--: case if-exists-set-schema-of-missing-table
ALTER TABLE IF EXISTS nobody SET SCHEMA public;
--: case if-exists-several-on-missing-table
ALTER TABLE IF EXISTS nobody ADD COLUMN note text, DROP COLUMN other, ALTER COLUMN third SET NOT NULL;
--: case missing-table
ALTER TABLE nobody ADD COLUMN note text;
--: case alter-table-on-a-view-renames-it
ALTER TABLE person_names RENAME TO person_list;
--: case alter-table-on-an-index-renames-it
ALTER TABLE person_email RENAME TO person_mail;
--: case alter-table-cannot-add-column-to-view
ALTER TABLE person_names ADD COLUMN note text;
--: case alter-view-column-default
ALTER VIEW person_names ALTER COLUMN email SET DEFAULT 'x';
--: case alter-view-set-security-barrier
ALTER VIEW person_names SET (security_barrier = true);
--: case alter-view-owner
ALTER VIEW person_names OWNER TO CURRENT_USER;
--: case alter-view-rename-column
ALTER VIEW person_names RENAME COLUMN email TO mail;
--: case alter-table-owner-of-several-changes
ALTER TABLE person OWNER TO CURRENT_USER, SET (fillfactor = 90);
--: case drop-missing-column
ALTER TABLE person DROP COLUMN nothing;
--: case drop-missing-column-if-exists
ALTER TABLE person DROP COLUMN IF EXISTS nothing;
--: case drop-column-used-by-view
ALTER TABLE person DROP COLUMN email;
--: case drop-column-used-by-view-cascade
ALTER TABLE person DROP COLUMN email CASCADE;
--: case drop-column-with-foreign-key
ALTER TABLE person DROP COLUMN team_id;
--: case drop-column-that-is-referenced
ALTER TABLE team DROP COLUMN id;
--: case drop-column-that-is-referenced-cascade
ALTER TABLE team DROP COLUMN id CASCADE;
--: case drop-missing-constraint-if-exists
ALTER TABLE person DROP CONSTRAINT IF EXISTS nothing;
--: case set-statistics-of-missing-column
ALTER TABLE person ALTER COLUMN nothing SET STATISTICS 100;
--: case set-storage-of-missing-column
ALTER TABLE person ALTER COLUMN nothing SET STORAGE PLAIN;
--: case set-storage-of-integer
ALTER TABLE person ALTER COLUMN score SET STORAGE EXTERNAL;
--: case system-column-cannot-be-dropped
ALTER TABLE person DROP COLUMN xmin;
--: case all-in-tablespace
ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE pg_default;
