-- case: a renamed column of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a TTL of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY
-- case: an index of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: a light deletion of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
DELETE FROM t WHERE a = 7
-- case: an optimisation of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
OPTIMIZE TABLE t
-- case: a truncation of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
TRUNCATE TABLE t
-- case: a column comment of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
ALTER TABLE t COMMENT COLUMN a 'x'
-- case: a constraint of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 0
-- case: a dropped partition of a Memory table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Memory;
-- statement
ALTER TABLE t DROP PARTITION tuple()
-- case: a renamed column of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a TTL of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY
-- case: an index of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: a light deletion of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
DELETE FROM t WHERE a = 7
-- case: an optimisation of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
OPTIMIZE TABLE t
-- case: a truncation of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
TRUNCATE TABLE t
-- case: a column comment of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
ALTER TABLE t COMMENT COLUMN a 'x'
-- case: a constraint of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 0
-- case: a dropped partition of a Null table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Null;
-- statement
ALTER TABLE t DROP PARTITION tuple()
-- case: a renamed column of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a TTL of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY
-- case: an index of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: a light deletion of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
DELETE FROM t WHERE a = 7
-- case: an optimisation of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
OPTIMIZE TABLE t
-- case: a truncation of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
TRUNCATE TABLE t
-- case: a column comment of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
ALTER TABLE t COMMENT COLUMN a 'x'
-- case: a constraint of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 0
-- case: a dropped partition of a Merge table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Merge('app', '^l$');
-- statement
ALTER TABLE t DROP PARTITION tuple()
-- case: a renamed column of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a TTL of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY
-- case: an index of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: a light deletion of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
DELETE FROM t WHERE a = 7
-- case: an optimisation of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
OPTIMIZE TABLE t
-- case: a truncation of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
TRUNCATE TABLE t
-- case: a column comment of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
ALTER TABLE t COMMENT COLUMN a 'x'
-- case: a constraint of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 0
-- case: a dropped partition of a Buffer table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
ALTER TABLE t DROP PARTITION tuple()
-- case: a renamed column of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a TTL of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY
-- case: an index of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: a light deletion of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
DELETE FROM t WHERE a = 7
-- case: an optimisation of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
OPTIMIZE TABLE t
-- case: a truncation of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
TRUNCATE TABLE t
-- case: a column comment of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
ALTER TABLE t COMMENT COLUMN a 'x'
-- case: a constraint of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 0
-- case: a dropped partition of a Log table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Log;
-- statement
ALTER TABLE t DROP PARTITION tuple()
-- case: a renamed column of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a TTL of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY
-- case: an index of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: a light deletion of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
DELETE FROM t WHERE a = 7
-- case: an optimisation of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
OPTIMIZE TABLE t
-- case: a truncation of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
TRUNCATE TABLE t
-- case: a column comment of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
ALTER TABLE t COMMENT COLUMN a 'x'
-- case: a constraint of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 0
-- case: a dropped partition of a Join table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Join(ANY, LEFT, k);
-- statement
ALTER TABLE t DROP PARTITION tuple()
-- case: a renamed column of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a TTL of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY
-- case: an index of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: a light deletion of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
DELETE FROM t WHERE a = 7
-- case: an optimisation of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
OPTIMIZE TABLE t
-- case: a truncation of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
TRUNCATE TABLE t
-- case: a column comment of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
ALTER TABLE t COMMENT COLUMN a 'x'
-- case: a constraint of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 0
-- case: a dropped partition of a Set table
CREATE TABLE l (k UInt32, a UInt8, d DateTime) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t (k UInt32, a UInt8, d DateTime) ENGINE = Set;
-- statement
ALTER TABLE t DROP PARTITION tuple()
