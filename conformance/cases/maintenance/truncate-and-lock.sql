-- tread-conformance/1
-- A warehouse.
--: setup
CREATE TABLE shelf (id int PRIMARY KEY, name text);
CREATE TABLE box (id serial PRIMARY KEY, shelf int REFERENCES shelf (id));
CREATE TABLE item (id int PRIMARY KEY, box int REFERENCES box (id) ON DELETE CASCADE);
CREATE TABLE loose (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int);
CREATE TABLE parent (id int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE move (day int, item int) PARTITION BY RANGE (day);
CREATE TABLE move_1 PARTITION OF move FOR VALUES FROM (0) TO (100);
CREATE TABLE move_2 PARTITION OF move DEFAULT;
CREATE VIEW things AS SELECT id FROM loose;
CREATE VIEW nested AS SELECT id FROM things;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM loose;
INSERT INTO shelf SELECT g, 'x' FROM generate_series(1, 200) g;
INSERT INTO box (shelf) SELECT g FROM generate_series(1, 200) g;
INSERT INTO item SELECT g, g FROM generate_series(1, 200) g;
INSERT INTO loose (n) SELECT g FROM generate_series(1, 200) g;
INSERT INTO parent SELECT g FROM generate_series(1, 100) g;
INSERT INTO child SELECT g FROM generate_series(1, 100) g;
INSERT INTO move SELECT g, g FROM generate_series(0, 199) g;
--: case truncate
TRUNCATE loose;
--: case truncate restart identity
TRUNCATE loose RESTART IDENTITY;
--: case truncate what is referenced
TRUNCATE shelf;
--: case truncate cascade
TRUNCATE shelf CASCADE;
--: case truncate with its referencing tables
TRUNCATE shelf, box, item;
--: case truncate with some of its referencing tables
TRUNCATE shelf, box;
--: case truncate a partitioned table
TRUNCATE move;
--: case truncate a partition
TRUNCATE move_1;
--: case truncate only a partitioned table
TRUNCATE ONLY move;
--: case truncate a parent
TRUNCATE parent;
--: case truncate only a parent
TRUNCATE ONLY parent;
--: case truncate a missing table
TRUNCATE nothing_here;
--: case truncate a materialized view
TRUNCATE counted;
--: case truncate a sequence
TRUNCATE box_id_seq;
--: case lock access share
LOCK TABLE loose IN ACCESS SHARE MODE;
--: case lock row share
LOCK TABLE loose IN ROW SHARE MODE;
--: case lock row exclusive
LOCK TABLE loose IN ROW EXCLUSIVE MODE;
--: case lock share update exclusive
LOCK TABLE loose IN SHARE UPDATE EXCLUSIVE MODE;
--: case lock share
LOCK TABLE loose IN SHARE MODE;
--: case lock share row exclusive
LOCK TABLE loose IN SHARE ROW EXCLUSIVE MODE;
--: case lock exclusive
LOCK TABLE loose IN EXCLUSIVE MODE;
--: case lock
LOCK loose;
--: case lock nowait
LOCK TABLE loose IN SHARE MODE NOWAIT;
--: case lock several
LOCK TABLE shelf, box IN SHARE MODE;
--: case lock a parent
LOCK TABLE parent IN SHARE MODE;
--: case lock only a parent
LOCK TABLE ONLY parent IN SHARE MODE;
--: case lock a partitioned table
LOCK TABLE move IN EXCLUSIVE MODE;
--: case lock a view
LOCK TABLE things IN SHARE MODE;
--: case lock a view on a view
LOCK TABLE nested IN SHARE MODE;
--: case lock a materialized view
LOCK TABLE counted IN SHARE MODE;
--: case lock a sequence
LOCK TABLE box_id_seq IN SHARE MODE;
--: case lock what does not exist
LOCK TABLE nothing_here;
--: case lock outside of a transaction @alone
LOCK TABLE loose;
