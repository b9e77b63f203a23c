-- schema: summed
CREATE TABLE s (k UInt32, day Date, hits UInt64, cost Decimal(12, 2)) ENGINE = SummingMergeTree((hits)) ORDER BY (k, day) SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO s VALUES (1, '2026-01-01', 300, 12.50), (2, '2026-01-02', 5, 1.25);
-- schema: replaced
CREATE TABLE r (id UInt64, ver UInt32, gone UInt8, name LowCardinality(String), score Nullable(Int32), tags Array(LowCardinality(String)), props Map(String, Int64), place Tuple(lat Float64, lon Float64), plan Enum8('free' = 1, 'pro' = 2, 'gone' = 3)) ENGINE = ReplacingMergeTree(ver, gone) ORDER BY id SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO r VALUES (1, 1, 0, 'anna', 70000, ['a'], {'x': 5000000000}, (1.123456789, 2.5), 'pro'), (2, 1, 0, 'bo', NULL, [], {}, (0, 0), 'free');
-- schema: collapsed
CREATE TABLE c (k UInt32, sign Int8, ver UInt16, amount Int64) ENGINE = VersionedCollapsingMergeTree(sign, ver) ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO c VALUES (1, 1, 1, 3000000000);
-- schema: aggregated
CREATE TABLE a (k UInt32, uniques AggregateFunction(uniq, UInt64), top SimpleAggregateFunction(max, UInt32), n SimpleAggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO a SELECT 1, uniqState(toUInt64(7)), 300, 4;
-- case: a summed column gets narrower
-- on: summed
-- statement
ALTER TABLE s MODIFY COLUMN hits UInt8
-- case: a summed column gets wider
-- on: summed
-- statement
ALTER TABLE s MODIFY COLUMN hits UInt128
-- case: a Decimal keeps its digits and gains some
-- on: summed
-- statement
ALTER TABLE s MODIFY COLUMN cost Decimal(18, 2)
-- case: a Decimal loses its fraction
-- on: summed
-- statement
ALTER TABLE s MODIFY COLUMN cost Decimal(12, 0)
-- case: a Decimal becomes a number
-- on: summed
-- statement
ALTER TABLE s MODIFY COLUMN cost Float64
-- case: a summed column is dropped
-- on: summed
-- statement
ALTER TABLE s DROP COLUMN hits
-- case: a column that is not summed is dropped
-- on: summed
-- statement
ALTER TABLE s DROP COLUMN cost
-- case: a summed column is renamed
-- on: summed
-- statement
ALTER TABLE s RENAME COLUMN hits TO clicks
-- case: a day of the key becomes a moment
-- on: summed
-- statement
ALTER TABLE s MODIFY COLUMN day DateTime
-- case: a summed column becomes nullable
-- on: summed
-- statement
ALTER TABLE s MODIFY COLUMN hits Nullable(UInt64)
-- case: a value of a map is narrowed
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN props Map(String, Int32)
-- case: a key of a map becomes LowCardinality
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN props Map(LowCardinality(String), Int64)
-- case: an element of a named tuple loses precision
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN place Tuple(lat Float32, lon Float64)
-- case: an element of a named tuple goes
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN place Tuple(lat Float64)
-- case: an element of a named tuple is renamed
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN place Tuple(latitude Float64, lon Float64)
-- case: a named tuple gains an element
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN place Tuple(lat Float64, lon Float64, alt Float64)
-- case: the elements of a named tuple change places
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN place Tuple(lon Float64, lat Float64)
-- case: an Enum value nobody holds goes
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN plan Enum8('free' = 1, 'pro' = 2)
-- case: an Enum value somebody holds goes
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN plan Enum8('free' = 1, 'gone' = 3)
-- case: an Enum becomes text
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN plan LowCardinality(String)
-- case: an Enum becomes a wider one
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN plan Enum16('free' = 1, 'pro' = 2, 'gone' = 3, 'team' = 400)
-- case: a nullable number is narrowed
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN score Nullable(Int16)
-- case: NULL becomes zero
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN score Int32 DEFAULT 0
-- case: the version is widened
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN ver UInt64
-- case: the version becomes text
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN ver String
-- case: the mark of deletion changes its type
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN gone UInt16
-- case: the mark of deletion is dropped
-- on: replaced
-- statement
ALTER TABLE r DROP COLUMN gone
-- case: text of few values becomes plain
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN name String
-- case: text becomes text of a fixed length that holds it
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN name FixedString(8)
-- case: text becomes text of a fixed length that does not hold it
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN name FixedString(3)
-- case: an array of text becomes one of numbers
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN tags Array(UInt32)
-- case: an array becomes text
-- on: replaced
-- statement
ALTER TABLE r MODIFY COLUMN tags String
-- case: cleaning up by the mark of deletion
-- on: replaced
-- statement
OPTIMIZE TABLE r FINAL CLEANUP
-- case: the sign of a collapsing table is widened
-- on: collapsed
-- statement
ALTER TABLE c MODIFY COLUMN sign Int16
-- case: the sign of a collapsing table is dropped
-- on: collapsed
-- statement
ALTER TABLE c DROP COLUMN sign
-- case: the version of a collapsing table is updated
-- on: collapsed
-- statement
ALTER TABLE c UPDATE ver = 2 WHERE k = 1
-- case: the amount of a collapsing table is narrowed
-- on: collapsed
-- statement
ALTER TABLE c MODIFY COLUMN amount UInt32
-- case: the amount of a collapsing table overflows
-- on: collapsed
-- statement
ALTER TABLE c MODIFY COLUMN amount Int32
-- case: the state of an aggregate takes another argument
-- on: aggregated
-- statement
ALTER TABLE a MODIFY COLUMN uniques AggregateFunction(uniq, UInt32)
-- case: the state of an aggregate is of another function
-- on: aggregated
-- statement
ALTER TABLE a MODIFY COLUMN uniques AggregateFunction(uniqExact, UInt64)
-- case: a simple aggregate is narrowed
-- on: aggregated
-- statement
ALTER TABLE a MODIFY COLUMN top SimpleAggregateFunction(max, UInt8)
-- case: a simple aggregate becomes a plain column
-- on: aggregated
-- statement
ALTER TABLE a MODIFY COLUMN n UInt64
-- case: an expiry over text
CREATE TABLE t (k UInt32, at String) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '2026-01-01';
-- statement
ALTER TABLE t MODIFY TTL at + INTERVAL 1 DAY
-- case: an expiry over text that is read as a moment
CREATE TABLE t (k UInt32, at String) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '2096-01-01 00:00:00';
-- statement
ALTER TABLE t MODIFY TTL parseDateTimeBestEffort(at) + INTERVAL 1 DAY
-- case: an expiry over a number
CREATE TABLE t (k UInt32, at UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 4000000000;
-- statement
ALTER TABLE t MODIFY TTL at
-- case: an expiry over a nullable moment
CREATE TABLE t (k UInt32, at Nullable(DateTime)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, now();
-- statement
ALTER TABLE t MODIFY TTL at + INTERVAL 1 YEAR
-- case: a setting takes a value that is not one of its own
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1;
-- statement
ALTER TABLE t MODIFY SETTING deduplicate_merge_projection_mode = 'rebild'
-- case: a setting takes a value of its own
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1;
-- statement
ALTER TABLE t MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild'
-- case: a setting of a new table takes a value that is not one of its own
SELECT 1;
-- statement
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k SETTINGS merge_selector_algorithm = 'Simpel'
-- case: a selector of merges by its name
SELECT 1;
-- statement
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k SETTINGS merge_selector_algorithm = 'Simple'
-- case: what a lightweight delete does with projections by a name that is not one
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SETTING lightweight_mutation_projection_mode = 'keep'
-- case: a number for a setting that is text
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SETTING max_parts_in_total = 'many'
-- case: a setting of an enumeration by the wrong case
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t MODIFY SETTING deduplicate_merge_projection_mode = 'REBUILD'
-- case: a column of JSON takes a path with a type
CREATE TABLE t (k UInt32, j JSON) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '{"a": 300}';
-- statement
ALTER TABLE t MODIFY COLUMN j JSON(a UInt8)
-- case: JSON becomes text
CREATE TABLE t (k UInt32, j JSON) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '{"a": 300}';
-- statement
ALTER TABLE t MODIFY COLUMN j String
-- case: text that is not JSON becomes JSON
CREATE TABLE t (k UInt32, j String) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 'no';
-- statement
ALTER TABLE t MODIFY COLUMN j JSON
-- case: a moment loses its fraction
CREATE TABLE t (k UInt32, at DateTime64(6)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '2026-01-01 00:00:00.123456';
-- statement
ALTER TABLE t MODIFY COLUMN at DateTime64(3)
-- case: a moment beyond 2106 loses its fraction
CREATE TABLE t (k UInt32, at DateTime64(3)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '2200-01-01 00:00:00.000';
-- statement
ALTER TABLE t MODIFY COLUMN at DateTime
-- case: an address becomes text
CREATE TABLE t (k UInt32, ip IPv4) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '10.0.0.1';
-- statement
ALTER TABLE t MODIFY COLUMN ip String
-- case: an address becomes a longer one
CREATE TABLE t (k UInt32, ip IPv4) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '10.0.0.1';
-- statement
ALTER TABLE t MODIFY COLUMN ip IPv6
-- case: a UUID becomes a number
CREATE TABLE t (k UInt32, u UUID) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '61f0c404-5cb3-11e7-907b-a6006ad3dba0';
-- statement
ALTER TABLE t MODIFY COLUMN u UInt128
-- case: a truth becomes a number
CREATE TABLE t (k UInt32, ok Bool) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, true;
-- statement
ALTER TABLE t MODIFY COLUMN ok UInt8
-- case: a variant loses a type that is held
CREATE TABLE t (k UInt32, v Variant(UInt32, String)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 'x';
-- statement
ALTER TABLE t MODIFY COLUMN v Variant(UInt32)
-- case: an expiring column of the key
CREATE TABLE t (k UInt32, at DateTime) ENGINE = MergeTree ORDER BY (k, at) SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, now();
-- statement
ALTER TABLE t MODIFY COLUMN at DateTime TTL at + INTERVAL 1 DAY
-- case: a column expires
CREATE TABLE t (k UInt32, at DateTime, name String) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '2020-01-01 00:00:00', 'anna';
-- statement
ALTER TABLE t MODIFY COLUMN name String TTL at + INTERVAL 1 DAY
-- case: rows that are older than the new expiry
CREATE TABLE t (k UInt32, at Date) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '2020-01-01';
-- statement
ALTER TABLE t MODIFY TTL at + toIntervalMonth(1)
-- case: a projection that orders by another column
CREATE TABLE t (k UInt32, u UInt32) ENGINE = ReplacingMergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t ADD PROJECTION by_u (SELECT * ORDER BY u)
-- case: an expiry over text that is no moment, a row of it
CREATE TABLE t (k UInt32, at LowCardinality(String)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '2096-01-01';
-- statement
ALTER TABLE t MODIFY TTL at + INTERVAL 1 DAY
-- case: an expiry over text that may be missing
CREATE TABLE t (k UInt32, at Nullable(String)) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, '2096-01-01';
-- statement
ALTER TABLE t MODIFY TTL at + INTERVAL 1 DAY
-- case: an expiry over a moment that is never missing
CREATE TABLE t (k UInt32, at Nullable(DateTime)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '2096-01-01';
-- statement
ALTER TABLE t MODIFY TTL assumeNotNull(at) + INTERVAL 1 DAY
-- case: a Decimal that takes more bytes
CREATE TABLE t (k UInt32, v Decimal(9, 2)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 5;
-- statement
ALTER TABLE t MODIFY COLUMN v Decimal(10, 2)
-- case: a Decimal of fewer digits and as many bytes
CREATE TABLE t (k UInt32, v Decimal(18, 2)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 5;
-- statement
ALTER TABLE t MODIFY COLUMN v Decimal(12, 2)
