-- case: a plain column is added
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(100);
-- statement
ALTER TABLE t ADD COLUMN b String
-- case: a column with a computed default is added
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(100);
-- statement
ALTER TABLE t ADD COLUMN b UInt64 DEFAULT a * 2 AFTER k
-- case: a column that exists is added again
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN a String
-- case: a column is put after one that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN b String AFTER nope
-- case: a default names a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN b UInt64 DEFAULT nope * 2
-- case: a default that its type cannot hold
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN b UInt64 DEFAULT 'abc'
-- case: the old default flips for rows that never held the column
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number FROM numbers(10);
ALTER TABLE t ADD COLUMN plan String DEFAULT 'free';
-- statement
ALTER TABLE t MODIFY COLUMN plan String DEFAULT 'pro'
-- case: the default changes after it was materialised
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number FROM numbers(10);
ALTER TABLE t ADD COLUMN plan String DEFAULT 'free';
ALTER TABLE t MATERIALIZE COLUMN plan SETTINGS mutations_sync = 1;
-- statement
ALTER TABLE t MODIFY COLUMN plan String DEFAULT 'pro'
-- case: the default of a column from the start changes
CREATE TABLE t (k UInt32, plan String DEFAULT 'free') ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t (k) SELECT number FROM numbers(10);
-- statement
ALTER TABLE t MODIFY COLUMN plan DEFAULT 'pro'
-- case: an unmaterialised default is removed
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number FROM numbers(10);
ALTER TABLE t ADD COLUMN plan String DEFAULT 'free';
-- statement
ALTER TABLE t MODIFY COLUMN plan REMOVE DEFAULT
-- case: a default that is not there is removed
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN a REMOVE DEFAULT
-- case: a codec is removed where none is
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN a REMOVE CODEC
-- case: a column is materialised
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number FROM numbers(10);
ALTER TABLE t ADD COLUMN b UInt64 DEFAULT k * 2;
-- statement
ALTER TABLE t MATERIALIZE COLUMN b
-- case: a column without a default is materialised
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT number, 1 FROM numbers(10);
-- statement
ALTER TABLE t MATERIALIZE COLUMN a
-- case: an alias column is added
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT number, 1 FROM numbers(10);
-- statement
ALTER TABLE t ADD COLUMN b UInt64 ALIAS a + 1
-- case: a column is dropped
CREATE TABLE t (k UInt32, a UInt32, b String) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number, 'x' FROM numbers(100);
-- statement
ALTER TABLE t DROP COLUMN b
-- case: a column that is not there is dropped
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN nope
-- case: a column that is not there is dropped if it exists
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN IF EXISTS nope
-- case: the key column is dropped
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN k
-- case: the partition column is dropped
CREATE TABLE t (k UInt32, d Date) ENGINE = MergeTree PARTITION BY toYYYYMM(d) ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN d
-- case: a column that a default names is dropped
CREATE TABLE t (k UInt32, a UInt32, b UInt64 DEFAULT a * 2) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN a
-- case: a column that a TTL names is dropped
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k TTL d + INTERVAL 1 DAY;
-- statement
ALTER TABLE t DROP COLUMN d
-- case: a column that a constraint names is dropped
CREATE TABLE t (k UInt32, a UInt32, CONSTRAINT c CHECK a > 0) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN a
-- case: a column that an index names is dropped
CREATE TABLE t (k UInt32, a UInt32, INDEX i a TYPE minmax GRANULARITY 1) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN a
-- case: a column in a projection is dropped
CREATE TABLE t (k UInt32, a UInt32, PROJECTION p (SELECT a, count() GROUP BY a)) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN a
-- case: the version of a Replacing table is dropped
CREATE TABLE t (k UInt32, v UInt32) ENGINE = ReplacingMergeTree(v) ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN v
-- case: the summed column is dropped
CREATE TABLE t (k UInt32, v UInt32) ENGINE = SummingMergeTree(v) ORDER BY k;
-- statement
ALTER TABLE t DROP COLUMN v
-- case: a flattened Nested is dropped as a whole
CREATE TABLE t (k UInt32, n Nested(a UInt8, b String)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, [1], ['x'];
-- statement
ALTER TABLE t DROP COLUMN n
-- case: a column is cleared in a partition
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree PARTITION BY k ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 7;
-- statement
ALTER TABLE t CLEAR COLUMN a IN PARTITION 1
-- case: the key column is cleared
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 7;
-- statement
ALTER TABLE t CLEAR COLUMN k IN PARTITION tuple()
-- case: a column is renamed
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(100);
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a column is renamed to one that exists
CREATE TABLE t (k UInt32, a UInt32, b UInt8) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: the key column is renamed
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t RENAME COLUMN k TO kk
-- case: a column in a projection is renamed
CREATE TABLE t (k UInt32, a UInt32, PROJECTION p (SELECT a, count() GROUP BY a)) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a column in a default is renamed
CREATE TABLE t (k UInt32, a UInt32, b UInt64 DEFAULT a * 2) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t (k, a) SELECT number, number FROM numbers(100);
-- statement
ALTER TABLE t RENAME COLUMN a TO c
-- case: a column of a Nested is renamed out of it
CREATE TABLE t (k UInt32, n Nested(a UInt8, b String)) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t RENAME COLUMN n.a TO a
-- case: a column that is not there is renamed
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t RENAME COLUMN nope TO b
-- case: dropped and added under the same name
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number + 1 FROM numbers(10);
-- statement
ALTER TABLE t DROP COLUMN a, ADD COLUMN a String
-- case: a codec changes
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(100);
-- statement
ALTER TABLE t MODIFY COLUMN a CODEC(Delta, ZSTD(3))
-- case: a codec that compresses nothing
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN a CODEC(Delta)
-- case: two codecs that compress
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN a CODEC(ZSTD, LZ4)
-- case: a codec for numbers on text
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN a CODEC(T64)
-- case: a codec level that does not exist
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN a CODEC(ZSTD(30))
-- case: a codec nobody knows
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN a CODEC(Brotli)
-- case: a comment changes
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 'x';
-- statement
ALTER TABLE t COMMENT COLUMN a 'what it is'
-- case: the same type again
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 'x';
-- statement
ALTER TABLE t MODIFY COLUMN a String
-- case: the type of a key column changes
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN k UInt64
-- case: a text key column becomes LowCardinality
CREATE TABLE t (k String, a UInt8) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 'x', 1;
-- statement
ALTER TABLE t MODIFY COLUMN k LowCardinality(String)
-- case: an Enum key column gets a value
CREATE TABLE t (k Enum8('a' = 1), a UInt8) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 'a', 1;
-- statement
ALTER TABLE t MODIFY COLUMN k Enum8('a' = 1, 'b' = 2)
-- case: the type of a column of the partition key changes
CREATE TABLE t (k UInt32, d Date) ENGINE = MergeTree PARTITION BY d ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN d DateTime
-- case: the type of a column in a projection changes
CREATE TABLE t (k UInt32, a UInt32, PROJECTION p (SELECT a, count() GROUP BY a)) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN a UInt64
-- case: the type of an indexed column changes
CREATE TABLE t (k UInt32, a UInt32, INDEX i a TYPE minmax GRANULARITY 1) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t MODIFY COLUMN a UInt64
-- case: an Enum gets a value by its own command
CREATE TABLE t (k UInt32, e Enum8('a' = 1)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 'a';
-- statement
ALTER TABLE t MODIFY COLUMN e ADD ENUM VALUES ('b' = 2)
-- case: the version column of a Replacing table becomes text
CREATE TABLE t (k UInt32, v UInt32) ENGINE = ReplacingMergeTree(v) ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN v String
-- case: a wide table with JSON changes another column
CREATE TABLE t (k UInt32, a UInt32, j JSON) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2, '{"a":1}';
-- statement
ALTER TABLE t MODIFY COLUMN a UInt64
-- case: an added column with another type, if it does not exist
CREATE TABLE t (k UInt32, b String) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 'x';
-- statement
ALTER TABLE t ADD COLUMN IF NOT EXISTS c UInt8
-- case: a LowCardinality of numbers is added
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN c LowCardinality(UInt8)
-- case: an unknown type is added
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN c UInt65
-- case: a column of a table that does not exist
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE nope ADD COLUMN c UInt8
-- case: a column of a table in a database that does not exist
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE nope.t ADD COLUMN c UInt8
-- case: all columns but one are dropped
CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY tuple();
-- statement
ALTER TABLE t DROP COLUMN a
-- case: a Nullable column becomes part of the key by its type
CREATE TABLE t (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN k Nullable(UInt32)
-- case: a column gets a TTL
CREATE TABLE t (k UInt32, d DateTime, a UInt8) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, now(), 2;
-- statement
ALTER TABLE t MODIFY COLUMN a UInt8 TTL d + INTERVAL 1 DAY
-- case: a key column gets a TTL
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COLUMN k UInt32 TTL d + INTERVAL 1 DAY
-- case: a number is added to a Summing table with a list
CREATE TABLE t (k UInt32, n UInt64) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN m UInt64
-- case: two commands of which the second is refused
CREATE TABLE t (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN b UInt8, DROP COLUMN k
-- case: add and drop at once
CREATE TABLE t (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t ADD COLUMN b UInt8, DROP COLUMN a

-- case: an ALIAS gets another expression
CREATE TABLE t (k UInt32, v UInt32 ALIAS k + 5) ENGINE = MergeTree ORDER BY k;
INSERT INTO t VALUES (1);
-- statement
ALTER TABLE t MODIFY COLUMN v UInt32 ALIAS k + 6

-- case: a MATERIALIZED column whose expression has changed is computed anew
CREATE TABLE t (k UInt32, v UInt32 MATERIALIZED k * 2) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t VALUES (1);
ALTER TABLE t MODIFY COLUMN v UInt32 MATERIALIZED k * 3;
-- statement
ALTER TABLE t MATERIALIZE COLUMN v

-- case: a MATERIALIZED column that holds what it would is computed anew
CREATE TABLE t (k UInt32, v UInt32 MATERIALIZED k * 2) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t VALUES (1);
-- statement
ALTER TABLE t MATERIALIZE COLUMN v
