-- case: an index is added
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: an index that exists
CREATE TABLE t (k UInt32, a UInt32, INDEX i a TYPE minmax GRANULARITY 1) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD INDEX i k TYPE minmax GRANULARITY 1
-- case: an index for words on a number
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD INDEX i a TYPE ngrambf_v1(3, 256, 2, 0) GRANULARITY 1
-- case: an index over a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD INDEX i nope TYPE minmax GRANULARITY 1
-- case: an index of a type nobody knows
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD INDEX i a TYPE btree GRANULARITY 1
-- case: a set index without its size
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD INDEX i a TYPE set GRANULARITY 1
-- case: a text index
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD INDEX i a TYPE text(tokenizer = 'splitByNonAlpha')
-- case: an index is materialised
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1;
-- statement
ALTER TABLE t MATERIALIZE INDEX i
-- case: an index is dropped
CREATE TABLE t (k UInt32, a UInt32, INDEX i a TYPE minmax GRANULARITY 1) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
ALTER TABLE t DROP INDEX i
-- case: an index that does not exist is dropped
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP INDEX nope
-- case: an index that does not exist is materialised
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MATERIALIZE INDEX nope
-- case: an index is cleared
CREATE TABLE t (k UInt32, a UInt32, INDEX i a TYPE minmax GRANULARITY 1) ENGINE = MergeTree PARTITION BY k ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t CLEAR INDEX i IN PARTITION 1
-- case: a projection is added
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT a, count() GROUP BY a)
-- case: a projection on a Replacing table
CREATE TABLE t (k UInt32, a UInt32) ENGINE = ReplacingMergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT a, count() GROUP BY a)
-- case: a projection on a Replacing table that allows it
CREATE TABLE t (k UInt32, a UInt32) ENGINE = ReplacingMergeTree ORDER BY k SETTINGS deduplicate_merge_projection_mode = 'rebuild';
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT a, count() GROUP BY a)
-- case: a projection over a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT nope, count() GROUP BY nope)
-- case: a projection that exists
CREATE TABLE t (k UInt32, a UInt32, PROJECTION p (SELECT a, count() GROUP BY a)) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT k ORDER BY a)
-- case: a projection is materialised
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
ALTER TABLE t ADD PROJECTION p (SELECT a, count() GROUP BY a);
-- statement
ALTER TABLE t MATERIALIZE PROJECTION p
-- case: a projection is dropped
CREATE TABLE t (k UInt32, a UInt32, PROJECTION p (SELECT a, count() GROUP BY a)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT number, number FROM numbers(10);
-- statement
ALTER TABLE t DROP PROJECTION p
-- case: a projection that does not exist is dropped
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP PROJECTION nope
-- case: a projection that does not exist is materialised
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MATERIALIZE PROJECTION nope
-- case: a constraint that a name has already
CREATE TABLE t (k UInt32, a UInt32, CONSTRAINT c CHECK a > 0) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 1
-- case: a constraint that every row holds
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 5;
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK a > 1
-- case: a constraint over a column that does not exist
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD CONSTRAINT c CHECK nope > 1
-- case: a constraint that does not exist is dropped
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t DROP CONSTRAINT nope
-- case: a TTL of which nothing has expired
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, now();
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 YEAR
-- case: a TTL that has expired
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, now() - INTERVAL 1 YEAR;
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY
-- case: a TTL for later merges
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, now();
-- statement
ALTER TABLE t MODIFY TTL d + INTERVAL 1 YEAR SETTINGS materialize_ttl_after_modify = 0
-- case: a TTL over text
CREATE TABLE t (k UInt32, d String) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
-- statement
ALTER TABLE t MODIFY TTL d
-- case: a TTL over a number
CREATE TABLE t (k UInt32, d UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
-- statement
ALTER TABLE t MODIFY TTL d + 1
-- case: a TTL over a column that does not exist
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY TTL nope + INTERVAL 1 DAY
-- case: a TTL is removed where there is none
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t REMOVE TTL
-- case: a TTL is removed
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k TTL d + INTERVAL 1 YEAR;
INSERT INTO t SELECT 1, now();
-- statement
ALTER TABLE t REMOVE TTL
-- case: a TTL that is not there is materialised
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MATERIALIZE TTL
-- case: a table comment
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY COMMENT 'what it is'
-- case: statistics are added
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t ADD STATISTICS a TYPE tdigest
-- case: an index by CREATE INDEX
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE INDEX i ON t (a) TYPE minmax
