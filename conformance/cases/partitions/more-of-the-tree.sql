-- tread-conformance/1
-- Trees of partitions: expressions in indexes, generated and identity columns, sub-partitions, ONLY, and bounds of other kinds.
--: setup
CREATE TABLE p (id integer NOT NULL, day date NOT NULL, name text, amount integer, twice integer GENERATED ALWAYS AS (amount * 2) STORED) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2000-01-01') TO ('2001-01-01');
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2001-01-01') TO ('2002-01-01');
CREATE INDEX p_lower ON p (lower(name));
CREATE UNIQUE INDEX p_id_day ON p (id, day);
INSERT INTO p (id, day, name, amount) SELECT g, '2000-05-05', 'n', g FROM generate_series(1, 60) g;
INSERT INTO p (id, day, name, amount) SELECT g, '2001-05-05', 'n', g FROM generate_series(1, 60) g;
ALTER TABLE p ADD CONSTRAINT amount_ok CHECK (amount > 0) NOT VALID;
CREATE TABLE tz (id integer, at timestamp NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE tz1 PARTITION OF tz FOR VALUES FROM ('2000-01-01') TO ('2000-02-01');
CREATE TABLE tz_rest PARTITION OF tz DEFAULT;
INSERT INTO tz SELECT g, '2001-01-01' FROM generate_series(1, 50) g;
CREATE TABLE tz_ready (id integer, at timestamp NOT NULL, CHECK (at >= '2000-02-01 00:00:00' AND at < '2000-03-01 00:00:00'));
INSERT INTO tz_ready SELECT g, '2000-02-05' FROM generate_series(1, 50) g;
CREATE TABLE tz_months (id integer, at timestamp NOT NULL, CHECK (at >= '2000-02-01'::timestamp without time zone AND at < TIMESTAMP '2000-03-01'));
INSERT INTO tz_months SELECT g, '2000-02-05' FROM generate_series(1, 50) g;
CREATE TABLE st (id integer, status text, n integer) PARTITION BY LIST (status);
CREATE TABLE st_new PARTITION OF st FOR VALUES IN ('new');
CREATE TABLE st_rest PARTITION OF st DEFAULT;
INSERT INTO st SELECT g, 'odd', g FROM generate_series(1, 50) g;
CREATE TABLE st_done (id integer, status text NOT NULL, n integer, CONSTRAINT c CHECK (status = 'done' AND n > 0));
INSERT INTO st_done SELECT g, 'done', g FROM generate_series(1, 50) g;
CREATE TABLE st_maybe (id integer, status text, n integer, CONSTRAINT c CHECK (status = 'done'));
INSERT INTO st_maybe SELECT g, 'done', g FROM generate_series(1, 50) g;
CREATE TABLE st_either (id integer, status text NOT NULL, n integer, CONSTRAINT c CHECK (status = 'done' OR n > 0));
INSERT INTO st_either SELECT g, 'done', g FROM generate_series(1, 50) g;
CREATE TABLE st_reversed (id integer, status text NOT NULL, n integer, CONSTRAINT c CHECK ('done' = status));
INSERT INTO st_reversed SELECT g, 'done', g FROM generate_series(1, 50) g;
CREATE TABLE b (id bigint NOT NULL, v text) PARTITION BY RANGE (id);
CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (MINVALUE) TO (1000);
INSERT INTO b SELECT g, 'v' FROM generate_series(1, 50) g;
CREATE TABLE b_two (id bigint NOT NULL, v text, CONSTRAINT lower_end CHECK (id >= 1000), CONSTRAINT upper_end CHECK (id < 2000));
INSERT INTO b_two SELECT g, 'v' FROM generate_series(1001, 1050) g;
CREATE TABLE b_open (id bigint NOT NULL, v text, CONSTRAINT c CHECK (id > 999 AND id <= 1999));
INSERT INTO b_open SELECT g, 'v' FROM generate_series(1001, 1050) g;
CREATE TABLE b_not (id bigint NOT NULL, v text, CONSTRAINT c CHECK (NOT (id < 1000 OR id >= 2000)));
INSERT INTO b_not SELECT g, 'v' FROM generate_series(1001, 1050) g;
CREATE TABLE b_tree (id bigint NOT NULL, v text) PARTITION BY LIST (v);
CREATE TABLE b_tree_a PARTITION OF b_tree FOR VALUES IN ('a');
CREATE TABLE b_tree_b PARTITION OF b_tree FOR VALUES IN ('b');
INSERT INTO b_tree SELECT g, 'a' FROM generate_series(1001, 1050) g;
INSERT INTO b_tree SELECT g, 'b' FROM generate_series(1001, 1050) g;
ALTER TABLE b_tree_a ADD CONSTRAINT c CHECK (id >= 1000 AND id < 2000);
CREATE TABLE idn (id bigint NOT NULL, v integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE idn1 PARTITION OF idn FOR VALUES FROM (0) TO (1000);
INSERT INTO idn SELECT g, g FROM generate_series(1, 50) g;
CREATE TABLE ex (id integer, at timestamptz) PARTITION BY RANGE (date_trunc('day', at AT TIME ZONE 'UTC'));
CREATE TABLE ex1 PARTITION OF ex FOR VALUES FROM ('2000-01-01') TO ('2000-01-02');
--: case type-of-column-in-expression-index
ALTER TABLE p ALTER COLUMN name TYPE varchar;
--: case type-of-column-in-unique-index
ALTER TABLE p ALTER COLUMN id TYPE bigint;
--: case type-of-column-of-generated @15+
ALTER TABLE p ALTER COLUMN amount TYPE bigint;
--: case set-expression @17+
ALTER TABLE p ALTER COLUMN twice SET EXPRESSION AS (amount * 3);
--: case drop-expression
ALTER TABLE p ALTER COLUMN twice DROP EXPRESSION;
--: case add-generated-column
ALTER TABLE p ADD COLUMN half integer GENERATED ALWAYS AS (amount / 2) STORED;
--: case add-column-with-check
ALTER TABLE p ADD COLUMN level integer CHECK (level > 0);
--: case add-column-unique-fails
ALTER TABLE p ADD COLUMN level integer UNIQUE;
--: case validate-check
ALTER TABLE p VALIDATE CONSTRAINT amount_ok;
--: case validate-check-of-one-partition
ALTER TABLE p1 VALIDATE CONSTRAINT amount_ok;
--: case validate-only-the-parent
ALTER TABLE ONLY p VALIDATE CONSTRAINT amount_ok;
--: case set-not-null-proven-in-one-partition
ALTER TABLE p1 ADD CONSTRAINT n CHECK (name IS NOT NULL);
ALTER TABLE p ALTER COLUMN name SET NOT NULL;
--: case set-not-null-done-in-one-partition
ALTER TABLE p1 ALTER COLUMN name SET NOT NULL;
ALTER TABLE p ALTER COLUMN name SET NOT NULL;
--: case set-not-null-done-in-all-partitions
ALTER TABLE p1 ALTER COLUMN name SET NOT NULL;
ALTER TABLE p2 ALTER COLUMN name SET NOT NULL;
ALTER TABLE ONLY p ALTER COLUMN name SET NOT NULL;
--: case create-index-one-partition-has-it
CREATE INDEX p1_amount ON p1 (amount);
CREATE INDEX p_amount ON p (amount);
--: case create-index-all-partitions-have-it
CREATE INDEX p1_amount ON p1 (amount);
CREATE INDEX p2_amount ON p2 (amount);
CREATE INDEX p_amount ON p (amount);
--: case create-index-partition-has-another-order
CREATE INDEX p1_amount ON p1 (amount DESC);
CREATE INDEX p_amount ON p (amount);
--: case add-primary-key-over-unique-index
ALTER TABLE p ADD PRIMARY KEY (id, day);
--: case drop-unique-index
DROP INDEX p_id_day;
--: case attach-to-parent-with-expression-index
CREATE TABLE p3 (LIKE p INCLUDING GENERATED INCLUDING CONSTRAINTS);
ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM ('2002-01-01') TO ('2003-01-01');
--: case attach-like-including-all
CREATE TABLE p3 (LIKE p INCLUDING ALL);
ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM ('2002-01-01') TO ('2003-01-01');
--: case attach-timestamp-proven
ALTER TABLE tz ATTACH PARTITION tz_ready FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-timestamp-proven-with-casts
ALTER TABLE tz ATTACH PARTITION tz_months FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-partition-with-default-of-timestamps
CREATE TABLE tz2 PARTITION OF tz FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-partition-default-says-later
ALTER TABLE tz_rest ADD CONSTRAINT later CHECK (at >= '2000-06-01');
CREATE TABLE tz2 PARTITION OF tz FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-partition-default-check-not-valid
ALTER TABLE tz_rest ADD CONSTRAINT later CHECK (at >= '2000-06-01') NOT VALID;
CREATE TABLE tz2 PARTITION OF tz FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-partition-default-check-overlaps
ALTER TABLE tz_rest ADD CONSTRAINT later CHECK (at >= '2000-02-15');
CREATE TABLE tz2 PARTITION OF tz FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-list-value-proven-among-others
ALTER TABLE st ATTACH PARTITION st_done FOR VALUES IN ('done');
--: case attach-list-check-without-not-null
ALTER TABLE st ATTACH PARTITION st_maybe FOR VALUES IN ('done');
--: case attach-list-check-without-not-null-but-null-allowed
ALTER TABLE st ATTACH PARTITION st_maybe FOR VALUES IN ('done', NULL);
--: case attach-list-or-proves-nothing
ALTER TABLE st ATTACH PARTITION st_either FOR VALUES IN ('done');
--: case attach-list-constant-first
ALTER TABLE st ATTACH PARTITION st_reversed FOR VALUES IN ('done');
--: case create-list-partition-default-excludes
ALTER TABLE st_rest ADD CONSTRAINT not_done CHECK (status <> 'done');
CREATE TABLE st_done2 PARTITION OF st FOR VALUES IN ('done');
--: case create-list-partition-default-lists-others
ALTER TABLE st_rest ADD CONSTRAINT not_done CHECK (status IN ('odd', 'even'));
CREATE TABLE st_done2 PARTITION OF st FOR VALUES IN ('done');
--: case attach-two-checks-prove-together
ALTER TABLE b ATTACH PARTITION b_two FOR VALUES FROM (1000) TO (2000);
--: case attach-open-ends-prove-less
ALTER TABLE b ATTACH PARTITION b_open FOR VALUES FROM (1000) TO (2000);
--: case attach-open-ends-within
ALTER TABLE b ATTACH PARTITION b_open FOR VALUES FROM (1000) TO (MAXVALUE);
--: case attach-tree-one-leaf-proven
ALTER TABLE b ATTACH PARTITION b_tree FOR VALUES FROM (1000) TO (2000);
--: case attach-overlaps-minvalue
ALTER TABLE b ATTACH PARTITION b_two FOR VALUES FROM (900) TO (2000);
--: case add-identity-to-parent @17+
ALTER TABLE idn ALTER COLUMN v ADD GENERATED ALWAYS AS IDENTITY;
--: case add-identity-to-parent-before-17 @13-16
ALTER TABLE idn ALTER COLUMN v ADD GENERATED ALWAYS AS IDENTITY;
--: case add-identity-to-partition @17+
ALTER TABLE idn1 ALTER COLUMN v ADD GENERATED ALWAYS AS IDENTITY;
--: case add-identity-only-parent @17+
ALTER TABLE ONLY idn ALTER COLUMN v ADD GENERATED ALWAYS AS IDENTITY;
--: case create-partition-of-expression-key
CREATE TABLE ex2 PARTITION OF ex FOR VALUES FROM ('2000-01-02') TO ('2000-01-03');
--: case unique-on-expression-key
ALTER TABLE ex ADD UNIQUE (id, at);
--: case drop-column-of-expression-key
ALTER TABLE ex DROP COLUMN at;
--: case rename-partition
ALTER TABLE p1 RENAME TO p_2000;
--: case rename-partition-key-column
ALTER TABLE p RENAME COLUMN day TO on_day;
--: case comment-and-not-null-only-partition
ALTER TABLE ONLY p1 ALTER COLUMN name SET NOT NULL;
--: case several-on-the-parent
ALTER TABLE p ADD COLUMN x integer DEFAULT 1, ADD COLUMN y text, ALTER COLUMN name SET DEFAULT 'q';
