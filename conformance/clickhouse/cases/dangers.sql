-- case: an added column that exists with another type
CREATE TABLE t (k UInt32, b String) ENGINE = MergeTree ORDER BY k;
-- statement
ALTER TABLE t ADD COLUMN b UInt8
-- case: a Replacing table gets a longer key
CREATE TABLE t (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t ADD COLUMN tenant UInt32, MODIFY ORDER BY (k, tenant)
-- case: rows of an unsigned column are updated with a value that does not fit
CREATE TABLE t (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t UPDATE a = 5 WHERE k = 1
-- case: narrowing of two columns at once
CREATE TABLE t (k UInt32, a UInt32, b Int64) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 300, 5;
-- statement
ALTER TABLE t MODIFY COLUMN a UInt8, MODIFY COLUMN b Int32
-- case: an Enum value in use is removed from an array
CREATE TABLE t (k UInt32, e Array(Enum8('a' = 1, 'b' = 2))) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, ['b'];
-- statement
ALTER TABLE t MODIFY COLUMN e Array(Enum8('a' = 1))
-- case: an Enum value in use is removed from a Nullable
CREATE TABLE t (k UInt32, e Nullable(Enum8('a' = 1, 'b' = 2))) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 'b';
-- statement
ALTER TABLE t MODIFY COLUMN e Nullable(Enum8('a' = 1))
-- case: a Nested column of arrays is narrowed
CREATE TABLE t (k UInt32, n Nested(a UInt32, b String)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, [300], ['x'];
-- statement
ALTER TABLE t MODIFY COLUMN n.a Array(UInt8)
-- case: a tuple in an array is narrowed
CREATE TABLE t (k UInt32, v Array(Tuple(a UInt32, b String))) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, [(300, 'x')];
-- statement
ALTER TABLE t MODIFY COLUMN v Array(Tuple(a UInt8, b String))
-- case: values of a map become text that no number is
CREATE TABLE t (k UInt32, v Map(String, String)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, map('a', 'x');
-- statement
ALTER TABLE t MODIFY COLUMN v Map(String, UInt32)
-- case: a column with a name that must be quoted is narrowed
CREATE TABLE t (k UInt32, `odd name` Int64) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 3000000000;
-- statement
ALTER TABLE t MODIFY COLUMN `odd name` Int32
-- case: a Nullable text becomes a number
CREATE TABLE t (k UInt32, v Nullable(String)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 'x';
INSERT INTO t SELECT 2, NULL;
-- statement
ALTER TABLE t MODIFY COLUMN v Nullable(UInt32)
-- case: a Nullable text becomes a number with a default
CREATE TABLE t (k UInt32, v Nullable(String)) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, '12';
-- statement
ALTER TABLE t MODIFY COLUMN v UInt32 DEFAULT 0
-- case: LowCardinality Nullable becomes plain with a default
CREATE TABLE t (k UInt32, v LowCardinality(Nullable(String))) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, NULL;
-- statement
ALTER TABLE t MODIFY COLUMN v String DEFAULT 'none'
-- case: a table that does not exist is read through a view
CREATE TABLE src (k UInt32) ENGINE = MergeTree ORDER BY k;
CREATE VIEW v AS SELECT k FROM src;
DROP TABLE src;
-- statement
SELECT * FROM v
-- case: a view over a star and a dropped column
CREATE TABLE src (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
CREATE VIEW v AS SELECT k, a FROM src;
ALTER TABLE src DROP COLUMN a;
-- statement
SELECT k FROM v
-- case: joins, aliases and subqueries are followed
CREATE TABLE a (k UInt32, x String) ENGINE = MergeTree ORDER BY k;
CREATE TABLE b (k UInt32, y String) ENGINE = MergeTree ORDER BY k;
-- statement
SELECT a.k, upper(x) AS u, length(u) AS n, s.z FROM a JOIN (SELECT k, concat(y, '!') AS z FROM b) AS s ON a.k = s.k WHERE n > 1 ORDER BY u
-- case: an alias that no one has
CREATE TABLE a (k UInt32, x String) ENGINE = MergeTree ORDER BY k;
-- statement
SELECT u.k FROM a AS b
-- case: a common table expression and an array join
CREATE TABLE a (k UInt32, xs Array(String)) ENGINE = MergeTree ORDER BY k;
-- statement
WITH c AS (SELECT k, xs FROM a) SELECT k, x, arrayMap(y -> concat(y, x), xs) FROM c ARRAY JOIN xs AS x
-- case: a common table expression lacks a column
CREATE TABLE a (k UInt32, xs Array(String)) ENGINE = MergeTree ORDER BY k;
-- statement
WITH c AS (SELECT k FROM a) SELECT xs FROM c
-- case: a subcolumn that a tuple does not have
CREATE TABLE a (k UInt32, t Tuple(a UInt8, b String)) ENGINE = MergeTree ORDER BY k;
-- statement
SELECT t.c FROM a
-- case: subcolumns of tuple, nullable, array, json and map
CREATE TABLE a (k UInt32, t Tuple(a UInt8, b String), n Nullable(UInt8), x Array(UInt8), j JSON, m Map(String, UInt8)) ENGINE = MergeTree ORDER BY k;
-- statement
SELECT t.a, n.null, x.size0, j.some.path, m.keys FROM a
-- case: an insert into a view
CREATE TABLE src (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
CREATE VIEW v AS SELECT k, a FROM src;
-- statement
INSERT INTO v SELECT 1, 2
-- case: a dictionary that does not exist
CREATE TABLE src (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
-- statement
SELECT dictGet('app.nope', 'a', toUInt64(k)) FROM src
-- case: an IN over a table that does not exist
CREATE TABLE src (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
-- statement
SELECT k FROM src WHERE k IN (SELECT k FROM nope)
-- case: a type that cannot hold rows of a sum
CREATE TABLE t (k UInt32, v Decimal(18, 4)) ENGINE = SummingMergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2.5;
-- statement
ALTER TABLE t MODIFY COLUMN v Decimal(38, 4)
-- case: rows of a Replacing table change the type of the version
CREATE TABLE t (k UInt32, v UInt32) ENGINE = ReplacingMergeTree(v) ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t MODIFY COLUMN v UInt64
-- case: a partition key column is renamed
CREATE TABLE t (k UInt32, d Date) ENGINE = MergeTree PARTITION BY toYYYYMM(d) ORDER BY k;
-- statement
ALTER TABLE t RENAME COLUMN d TO day
-- case: an index column is renamed
CREATE TABLE t (k UInt32, a UInt32, INDEX i a TYPE minmax GRANULARITY 1) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a TTL column is renamed
CREATE TABLE t (k UInt32, d DateTime) ENGINE = MergeTree ORDER BY k TTL d + INTERVAL 1 YEAR SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, now();
-- statement
ALTER TABLE t RENAME COLUMN d TO e
-- case: a constraint column is renamed
CREATE TABLE t (k UInt32, a UInt32, CONSTRAINT c CHECK a > 0) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t SELECT 1, 2;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
-- case: a sum column is renamed
CREATE TABLE t (k UInt32, a UInt32) ENGINE = SummingMergeTree(a) ORDER BY k;
-- statement
ALTER TABLE t RENAME COLUMN a TO b
