-- case: a new column at the end of the key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t ADD COLUMN c UInt8, MODIFY ORDER BY (k, c)
-- case: an existing column at the end of the key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t MODIFY ORDER BY (k, a)
-- case: the key in another order
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY (k, a);
-- statement
ALTER TABLE t MODIFY ORDER BY (a, k)
-- case: a new column with a default at the end of the key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN c UInt8 DEFAULT 1, MODIFY ORDER BY (k, c)
-- case: the key is taken away
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY ORDER BY tuple()
-- case: the end of the key is cut down to the primary key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree PRIMARY KEY k ORDER BY (k, a);
-- statement
ALTER TABLE t MODIFY ORDER BY k
-- case: the same key again
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY (k, a);
-- statement
ALTER TABLE t MODIFY ORDER BY (k, a)
-- case: a key of a table that keeps no parts
CREATE TABLE t (k UInt32, a UInt32) ENGINE = Memory;
-- statement
ALTER TABLE t MODIFY ORDER BY k
-- case: sampling by a column outside of the key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SAMPLE BY a
-- case: sampling by the key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SAMPLE BY k
-- case: sampling by a signed key
CREATE TABLE t (k Int32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SAMPLE BY k
-- case: sampling is removed where there is none
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t REMOVE SAMPLE BY
-- case: a primary key that is no prefix
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a UInt32, b UInt32) ENGINE = MergeTree PRIMARY KEY b ORDER BY (a, b)
-- case: a Nullable key
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a Nullable(UInt32), b UInt32) ENGINE = MergeTree ORDER BY a
-- case: a Nullable key that is allowed
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a Nullable(UInt32), b UInt32) ENGINE = MergeTree ORDER BY a SETTINGS allow_nullable_key = 1
-- case: no key at all
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a UInt32) ENGINE = MergeTree
-- case: a float partition key
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a Float64) ENGINE = MergeTree PARTITION BY a ORDER BY tuple()
-- case: a float key
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a Float64) ENGINE = MergeTree ORDER BY a
-- case: a key over a column that does not exist
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY nope
-- case: a version column of text
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, v String) ENGINE = ReplacingMergeTree(v) ORDER BY k
-- case: a Nullable version column
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, v Nullable(UInt32)) ENGINE = ReplacingMergeTree(v) ORDER BY k
-- case: a version column that does not exist
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32) ENGINE = ReplacingMergeTree(v) ORDER BY k
-- case: a sign column of the wrong type
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, s UInt8) ENGINE = CollapsingMergeTree(s) ORDER BY k
-- case: a Collapsing table without a sign
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, s UInt8) ENGINE = CollapsingMergeTree ORDER BY k
-- case: a key on an engine that has none
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32) ENGINE = Memory ORDER BY k
-- case: a table without columns
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t ENGINE = MergeTree ORDER BY tuple()
-- case: a column stands twice
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a UInt32, a String) ENGINE = MergeTree ORDER BY tuple()
-- case: a LowCardinality of numbers in a new table
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (a LowCardinality(UInt8)) ENGINE = MergeTree ORDER BY tuple()
-- case: a setting is modified
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SETTING max_suspicious_broken_parts = 100
-- case: a setting that is fixed
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SETTING index_granularity = 1024
-- case: a setting nobody knows
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SETTING max_parts = 10
-- case: a storage policy nobody knows
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SETTING storage_policy = 'cold'
-- case: a setting is reset
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k SETTINGS max_suspicious_broken_parts = 100;
-- statement
ALTER TABLE t RESET SETTING max_suspicious_broken_parts
-- case: a setting of a new table that nobody knows
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k SETTINGS max_parts = 10
