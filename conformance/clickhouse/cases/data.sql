-- case: rows are deleted by a mutation
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
ALTER TABLE t DELETE WHERE a = 7
-- case: every row is deleted by a mutation
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
ALTER TABLE t DELETE WHERE 1
-- case: rows are deleted lightly
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
DELETE FROM t WHERE a = 7
-- case: every row is deleted lightly
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
DELETE FROM t WHERE true
-- case: rows of a table with a projection are deleted lightly
CREATE TABLE t (k UInt32, a UInt32, PROJECTION p (SELECT a, count() GROUP BY a)) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
DELETE FROM t WHERE a = 7
-- case: a deletion by a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t DELETE WHERE nope = 7
-- case: a column is updated
CREATE TABLE t (k UInt32, a UInt32, b UInt8) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number, 1 FROM numbers(10);
-- statement
ALTER TABLE t UPDATE a = a + 1 WHERE k > 5
-- case: a key column is updated
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t UPDATE k = 5 WHERE 1
-- case: a column that does not exist is updated
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t UPDATE nope = 5 WHERE 1
-- case: a materialised column follows an update
CREATE TABLE t (k UInt32, a UInt32, m UInt64 MATERIALIZED a * 2) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
ALTER TABLE t UPDATE a = 5 WHERE k = 1
-- case: a materialised column is updated itself
CREATE TABLE t (k UInt32, a UInt32, m UInt64 MATERIALIZED a * 2) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t UPDATE m = 5 WHERE k = 1
-- case: an update takes its value from a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t UPDATE a = nope WHERE 1
-- case: a light update of a table that is not made for it
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
UPDATE t SET a = 5 WHERE k = 1
-- case: a light update of a table that is made for it
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1;
INSERT INTO t SELECT 1, 2;
-- statement
UPDATE t SET a = 5 WHERE k = 1
-- case: rows of a log table are deleted
CREATE TABLE t (k UInt32, a UInt32) ENGINE = Log;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t DELETE WHERE k = 1
-- case: rows of a log table are deleted lightly
CREATE TABLE t (k UInt32, a UInt32) ENGINE = Log;
INSERT INTO t SELECT 1, 2;
-- statement
DELETE FROM t WHERE k = 1
-- case: a table is truncated
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
TRUNCATE TABLE t
-- case: an empty table is truncated if it exists
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
TRUNCATE TABLE IF EXISTS nope
-- case: a table that does not exist is truncated
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
TRUNCATE TABLE nope
-- case: a partition is dropped
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree PARTITION BY k ORDER BY a;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t DROP PARTITION 1
-- case: a partition that does not exist is dropped
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree PARTITION BY k ORDER BY a;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t DROP DETACHED PARTITION 7
-- case: a partition is detached
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree PARTITION BY k ORDER BY a;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t DETACH PARTITION 1
-- case: a partition is replaced from a table with another key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree PARTITION BY k ORDER BY a;
CREATE TABLE u (k UInt32, a UInt32) ENGINE = MergeTree PARTITION BY k ORDER BY k;
INSERT INTO u SELECT 1, 2;
-- statement
ALTER TABLE t REPLACE PARTITION 1 FROM u
-- case: a partition is replaced from a table with other columns
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree PARTITION BY k ORDER BY a;
CREATE TABLE u (k UInt32, a UInt64) ENGINE = MergeTree PARTITION BY k ORDER BY a;
-- statement
ALTER TABLE t REPLACE PARTITION 1 FROM u
-- case: a partition is attached from a table with another partition key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree PARTITION BY k ORDER BY a;
CREATE TABLE u (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY a;
INSERT INTO u SELECT 1, 2;
-- statement
ALTER TABLE t ATTACH PARTITION tuple() FROM u
-- case: a table is optimised
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2;
INSERT INTO t SELECT 3, 4;
-- statement
OPTIMIZE TABLE t FINAL
-- case: a Distributed table is optimised
CREATE TABLE t (k UInt32, a UInt32) ENGINE = Log;
-- statement
OPTIMIZE TABLE t FINAL
-- case: rows are inserted into a table that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
INSERT INTO nope SELECT 1, 2
-- case: rows are inserted into a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
INSERT INTO t (k, nope) SELECT 1, 2
-- case: rows are inserted into a materialised column
CREATE TABLE t (k UInt32, a UInt32 MATERIALIZED k * 2) ENGINE = MergeTree ORDER BY k;
-- statement
INSERT INTO t (k, a) SELECT 1, 2
-- case: too many columns are selected
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
INSERT INTO t SELECT 1, 2, 3
-- case: rows are inserted from a table that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
INSERT INTO t SELECT * FROM nope
-- case: rows are inserted from a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
INSERT INTO t SELECT k, nope FROM t
-- case: rows are copied
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE u (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO u SELECT 1, 2;
-- statement
INSERT INTO t SELECT k, a FROM u
-- case: a select from a table that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
SELECT * FROM nope
-- case: a select of a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
SELECT k, t.nope FROM t

-- case: an UPDATE meets NULL for a column that has none
CREATE TABLE t (k UInt32, v UInt32, n Nullable(UInt32)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t VALUES (1, 5, NULL), (2, 6, 9);
-- statement
ALTER TABLE t UPDATE v = n WHERE k < 10

-- case: an UPDATE from a Nullable column without NULL
CREATE TABLE t (k UInt32, v UInt32, n Nullable(UInt32)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t VALUES (1, 5, 4), (2, 6, 9);
-- statement
ALTER TABLE t UPDATE v = n WHERE k < 10

-- case: an UPDATE meets NULL only where it does not look
CREATE TABLE t (k UInt32, v UInt32, n Nullable(UInt32)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t VALUES (1, 5, 4), (20, 6, NULL);
-- statement
ALTER TABLE t UPDATE v = n WHERE k < 10

-- case: an UPDATE parses text that is no number
CREATE TABLE t (k UInt32, v UInt32, s String) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t VALUES (1, 5, '7'), (2, 6, 'x');
-- statement
ALTER TABLE t UPDATE v = s WHERE k < 10
