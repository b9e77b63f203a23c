-- tread-conformance/1
-- ALTER TABLE, indexes, constraints and foreign keys on partitioned tables: what reaches the partitions.
--: setup
CREATE TABLE ref (id integer PRIMARY KEY, code text UNIQUE);
INSERT INTO ref SELECT g, 'c' || g FROM generate_series(1, 50) g;
CREATE TABLE p (id integer NOT NULL, day date NOT NULL, ref_id integer, name varchar(20), amount integer) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2000-01-01') TO ('2001-01-01');
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2001-01-01') TO ('2002-01-01') PARTITION BY RANGE (id);
CREATE TABLE p2a PARTITION OF p2 FOR VALUES FROM (0) TO (1000);
CREATE INDEX p_name ON p (name);
CREATE INDEX p1_own ON p1 (amount);
INSERT INTO p SELECT g, '2000-05-05', g % 50 + 1, 'n', g FROM generate_series(1, 100) g;
INSERT INTO p SELECT g, '2001-05-05', g % 50 + 1, 'n', g FROM generate_series(1, 100) g;
CREATE TABLE k (id integer PRIMARY KEY, v integer) PARTITION BY RANGE (id);
CREATE TABLE k1 PARTITION OF k FOR VALUES FROM (0) TO (1000);
CREATE TABLE k2 PARTITION OF k FOR VALUES FROM (1000) TO (2000);
INSERT INTO k SELECT g, g FROM generate_series(1, 50) g;
INSERT INTO k VALUES (1001, 1001);
CREATE TABLE c (id integer PRIMARY KEY, k_id integer REFERENCES k, ref_id integer);
INSERT INTO c SELECT g, 1 + g % 50, 1 + g % 50 FROM generate_series(1, 100) g;
CREATE TABLE cp (id integer, k_id integer CONSTRAINT cp_k REFERENCES k, ref_id integer CONSTRAINT cp_ref REFERENCES ref) PARTITION BY RANGE (id);
CREATE TABLE cp1 PARTITION OF cp FOR VALUES FROM (0) TO (1000);
INSERT INTO cp SELECT g, 1 + g % 50, 1 + g % 50 FROM generate_series(1, 100) g;
CREATE UNIQUE INDEX k1_v ON k1 (v);
CREATE INDEX k_v ON ONLY k (v);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER k_touch AFTER UPDATE ON k FOR EACH ROW EXECUTE FUNCTION touch();
--: case add-column
ALTER TABLE p ADD COLUMN note text DEFAULT 'x';
--: case add-column-volatile
ALTER TABLE p ADD COLUMN token uuid DEFAULT gen_random_uuid();
--: case add-column-to-partition
ALTER TABLE p1 ADD COLUMN note text;
--: case add-column-only-parent
ALTER TABLE ONLY p ADD COLUMN note text;
--: case add-identity-column @17+
ALTER TABLE p ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;
--: case add-identity-column-before-17 @13-16
ALTER TABLE p ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;
--: case drop-column
ALTER TABLE p DROP COLUMN amount;
--: case drop-column-only-parent
ALTER TABLE ONLY p DROP COLUMN amount;
--: case drop-column-of-partition
ALTER TABLE p1 DROP COLUMN amount;
--: case drop-partition-key
ALTER TABLE p DROP COLUMN day;
--: case change-type-of-partition-key
ALTER TABLE p ALTER COLUMN day TYPE timestamp;
--: case change-type-rewrites
ALTER TABLE p ALTER COLUMN amount TYPE bigint;
--: case change-type-harmless
ALTER TABLE p ALTER COLUMN name TYPE varchar(40);
--: case change-type-only-parent
ALTER TABLE ONLY p ALTER COLUMN name TYPE varchar(40);
--: case change-type-of-partition
ALTER TABLE p1 ALTER COLUMN name TYPE varchar(40);
--: case set-not-null
ALTER TABLE p ALTER COLUMN amount SET NOT NULL;
--: case set-not-null-of-partition
ALTER TABLE p1 ALTER COLUMN amount SET NOT NULL;
--: case set-not-null-only-parent
ALTER TABLE ONLY p ALTER COLUMN amount SET NOT NULL;
--: case drop-not-null
ALTER TABLE p ALTER COLUMN id DROP NOT NULL;
--: case drop-not-null-of-partition
ALTER TABLE p1 ALTER COLUMN id DROP NOT NULL;
--: case set-default
ALTER TABLE p ALTER COLUMN amount SET DEFAULT 0;
--: case set-default-only-parent
ALTER TABLE ONLY p ALTER COLUMN amount SET DEFAULT 0;
--: case set-statistics
ALTER TABLE p ALTER COLUMN amount SET STATISTICS 100;
--: case set-statistics-only-parent
ALTER TABLE ONLY p ALTER COLUMN amount SET STATISTICS 100;
--: case set-storage
ALTER TABLE p ALTER COLUMN name SET STORAGE EXTERNAL;
--: case set-compression @14+
ALTER TABLE p ALTER COLUMN name SET COMPRESSION pglz;
--: case set-attribute-option
ALTER TABLE p ALTER COLUMN name SET (n_distinct = 5);
--: case set-fillfactor-of-parent
ALTER TABLE p SET (fillfactor = 80);
--: case set-fillfactor-of-partition
ALTER TABLE p1 SET (fillfactor = 80);
--: case set-unlogged-parent
ALTER TABLE p SET UNLOGGED;
--: case set-unlogged-partition
ALTER TABLE p1 SET UNLOGGED;
--: case set-tablespace-of-parent
ALTER TABLE p SET TABLESPACE pg_default;
--: case set-access-method-of-parent @17+
ALTER TABLE p SET ACCESS METHOD heap;
--: case set-access-method-of-parent-before-17 @15-16
ALTER TABLE p SET ACCESS METHOD heap;
--: case owner
ALTER TABLE p OWNER TO CURRENT_USER;
--: case enable-row-level-security
ALTER TABLE p ENABLE ROW LEVEL SECURITY;
--: case replica-identity
ALTER TABLE p REPLICA IDENTITY FULL;
--: case disable-trigger-all
ALTER TABLE k DISABLE TRIGGER ALL;
--: case disable-trigger
ALTER TABLE k DISABLE TRIGGER k_touch;
--: case disable-trigger-only
ALTER TABLE ONLY k DISABLE TRIGGER k_touch;
--: case enable-always-trigger
ALTER TABLE k ENABLE ALWAYS TRIGGER k_touch;
--: case rename
ALTER TABLE p RENAME TO pp;
--: case rename-column
ALTER TABLE p RENAME COLUMN amount TO total;
--: case rename-column-only-parent
ALTER TABLE ONLY p RENAME COLUMN amount TO total;
--: case rename-column-of-partition
ALTER TABLE p1 RENAME COLUMN amount TO total;
--: case set-schema
CREATE SCHEMA archive;
ALTER TABLE p SET SCHEMA archive;
--: case cluster-on
ALTER TABLE p CLUSTER ON p_name;
--: case add-check
ALTER TABLE p ADD CONSTRAINT amount_small CHECK (amount < 1000);
--: case add-check-not-valid
ALTER TABLE p ADD CONSTRAINT amount_small CHECK (amount < 1000) NOT VALID;
--: case add-check-only-parent
ALTER TABLE ONLY p ADD CONSTRAINT amount_small CHECK (amount < 1000);
--: case add-check-no-inherit
ALTER TABLE p ADD CONSTRAINT amount_small CHECK (amount < 1000) NO INHERIT;
--: case validate-check
ALTER TABLE p ADD CONSTRAINT amount_small CHECK (amount < 1000) NOT VALID;
ALTER TABLE p VALIDATE CONSTRAINT amount_small;
--: case validate-check-partitions-done
ALTER TABLE p ADD CONSTRAINT amount_small CHECK (amount < 1000) NOT VALID;
ALTER TABLE p1 VALIDATE CONSTRAINT amount_small;
ALTER TABLE p VALIDATE CONSTRAINT amount_small;
--: case drop-check
ALTER TABLE p ADD CONSTRAINT amount_small CHECK (amount < 1000);
ALTER TABLE p DROP CONSTRAINT amount_small;
--: case drop-check-of-partition
ALTER TABLE p ADD CONSTRAINT amount_small CHECK (amount < 1000);
ALTER TABLE p1 DROP CONSTRAINT amount_small;
--: case add-not-null-not-valid @18+
ALTER TABLE p ADD CONSTRAINT a NOT NULL amount NOT VALID;
--: case add-primary-key
ALTER TABLE p ADD PRIMARY KEY (id, day);
--: case add-primary-key-without-partition-column
ALTER TABLE p ADD PRIMARY KEY (id);
--: case add-primary-key-only-parent
ALTER TABLE ONLY p ADD PRIMARY KEY (id, day);
--: case add-unique
ALTER TABLE p ADD UNIQUE (id, day);
--: case add-unique-nullable-column
ALTER TABLE p ADD UNIQUE (id, day, amount);
--: case add-unique-using-index
CREATE UNIQUE INDEX pu ON p (id, day);
ALTER TABLE p ADD CONSTRAINT pu UNIQUE USING INDEX pu;
--: case add-exclusion @13-16
ALTER TABLE p ADD EXCLUDE USING btree (id WITH =);
--: case add-unique-to-partition
ALTER TABLE p1 ADD UNIQUE (id);
--: case add-foreign-key
ALTER TABLE p ADD FOREIGN KEY (ref_id) REFERENCES ref;
--: case add-foreign-key-not-valid @18+
ALTER TABLE p ADD FOREIGN KEY (ref_id) REFERENCES ref NOT VALID;
--: case add-foreign-key-not-valid-before-18 @13-17
ALTER TABLE p ADD FOREIGN KEY (ref_id) REFERENCES ref NOT VALID;
--: case add-foreign-key-not-enforced @18+
ALTER TABLE p ADD FOREIGN KEY (ref_id) REFERENCES ref NOT ENFORCED;
--: case add-foreign-key-only-parent
ALTER TABLE ONLY p ADD FOREIGN KEY (ref_id) REFERENCES ref;
--: case add-foreign-key-to-partitioned
ALTER TABLE ref ADD FOREIGN KEY (id) REFERENCES k;
--: case add-foreign-key-to-partitioned-not-valid
ALTER TABLE ref ADD FOREIGN KEY (id) REFERENCES k NOT VALID;
--: case add-foreign-key-between-partitioned
ALTER TABLE p ADD FOREIGN KEY (ref_id) REFERENCES k;
--: case add-foreign-key-to-partition
ALTER TABLE c ADD FOREIGN KEY (k_id) REFERENCES k1;
--: case add-foreign-key-of-partition
ALTER TABLE p1 ADD FOREIGN KEY (ref_id) REFERENCES ref;
--: case validate-foreign-key @18+
ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (ref_id) REFERENCES ref NOT VALID;
ALTER TABLE p VALIDATE CONSTRAINT f;
--: case validate-foreign-key-to-partitioned
ALTER TABLE ref ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES k NOT VALID;
ALTER TABLE ref VALIDATE CONSTRAINT f;
--: case drop-foreign-key-to-partitioned
ALTER TABLE c DROP CONSTRAINT c_k_id_fkey;
--: case drop-foreign-key-between-partitioned
ALTER TABLE cp DROP CONSTRAINT cp_k;
--: case drop-foreign-key-of-partitioned
ALTER TABLE cp DROP CONSTRAINT cp_ref;
--: case drop-inherited-foreign-key-of-partition
ALTER TABLE cp1 DROP CONSTRAINT cp_ref;
--: case alter-foreign-key-deferrable
ALTER TABLE cp ALTER CONSTRAINT cp_ref DEFERRABLE;
--: case alter-foreign-key-to-partitioned-deferrable
ALTER TABLE cp ALTER CONSTRAINT cp_k DEFERRABLE;
--: case create-index
CREATE INDEX ON p (amount);
--: case create-index-some-there
CREATE INDEX p_amount ON p (amount);
--: case create-unique-index-without-partition-column
CREATE UNIQUE INDEX ON p (id);
--: case create-unique-index
CREATE UNIQUE INDEX ON p (id, day);
--: case create-index-only
CREATE INDEX p_amount ON ONLY p (amount);
--: case create-index-on-sub-partitioned
CREATE INDEX ON p2 (amount);
--: case create-index-on-partition
CREATE INDEX ON p1 (ref_id);
--: case create-index-concurrently @alone
CREATE INDEX CONCURRENTLY ON p (amount);
--: case create-index-concurrently-only @alone
CREATE INDEX CONCURRENTLY p_amount ON ONLY p (amount);
--: case create-index-concurrently-on-partition @alone
CREATE INDEX CONCURRENTLY p1_ref ON p1 (ref_id);
--: case create-index-if-not-exists-there
CREATE INDEX IF NOT EXISTS p_name ON p (name);
--: case attach-index
CREATE INDEX k1_v2 ON k1 (v);
ALTER INDEX k_v ATTACH PARTITION k1_v2;
--: case attach-index-that-does-not-fit
ALTER INDEX k_v ATTACH PARTITION p1_own;
--: case attach-index-again
ALTER INDEX p_name ATTACH PARTITION p1_name_idx;
--: case attach-missing-index
ALTER INDEX k_v ATTACH PARTITION nothing;
--: case drop-index
DROP INDEX p_name;
--: case drop-index-of-partition
DROP INDEX p1_name_idx;
--: case drop-own-index-of-partition
DROP INDEX p1_own;
--: case drop-index-concurrently @alone
DROP INDEX CONCURRENTLY p_name;
--: case rename-index
ALTER INDEX p_name RENAME TO p_names;
--: case alter-index-set
ALTER INDEX p_name SET (fillfactor = 80);
--: case reindex-table-in-transaction @14+
REINDEX TABLE p;
--: case reindex-table @14+ @alone
REINDEX TABLE p;
--: case reindex-table-13 @13
REINDEX TABLE p;
--: case reindex-index @14+ @alone
REINDEX INDEX p_name;
--: case reindex-partition
REINDEX TABLE p1;
--: case drop-primary-key
ALTER TABLE k DROP CONSTRAINT k_pkey CASCADE;
--: case drop-primary-key-of-partition
ALTER TABLE k1 DROP CONSTRAINT k1_pkey;
--: case inherit-from-partitioned
CREATE TABLE x (id integer NOT NULL, v integer);
ALTER TABLE x INHERIT k;
--: case create-table-inherits-partitioned
CREATE TABLE x () INHERITS (p);
--: case create-child-referencing-partitioned
CREATE TABLE x (id integer REFERENCES k);
--: case create-partition-of-referenced
CREATE TABLE k3 PARTITION OF k FOR VALUES FROM (2000) TO (3000);
--: case attach-to-referenced
CREATE TABLE k3 (id integer PRIMARY KEY, v integer);
ALTER TABLE k ATTACH PARTITION k3 FOR VALUES FROM (2000) TO (3000);
--: case detach-from-referenced
ALTER TABLE k DETACH PARTITION k2;
--: case drop-partition-of-referenced
DROP TABLE k2;
--: case create-partition-of-referencing
CREATE TABLE cp2 PARTITION OF cp FOR VALUES FROM (1000) TO (2000);
--: case detach-from-referencing
ALTER TABLE cp DETACH PARTITION cp1;
--: case drop-referencing-partition
DROP TABLE cp1;
--: case drop-referencing-parent
DROP TABLE cp;
