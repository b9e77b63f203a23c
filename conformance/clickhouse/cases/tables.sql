-- case: a table is made twice
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k
-- case: the same table again if it does not exist
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE IF NOT EXISTS t (k UInt32) ENGINE = MergeTree ORDER BY k
-- case: a table is made in a database that does not exist
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE nope.t (k UInt32) ENGINE = MergeTree ORDER BY k
-- case: a table with rows is replaced
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1;
-- statement
CREATE OR REPLACE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k
-- case: a table that does not exist is replaced
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
REPLACE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k
-- case: a table is dropped with its rows
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1;
-- statement
DROP TABLE t
-- case: a table that does not exist is dropped
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
DROP TABLE nope
-- case: a table that does not exist is dropped if it exists
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
DROP TABLE IF EXISTS nope
-- case: a table with rows is dropped if it is empty
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1;
-- statement
DROP TABLE IF EMPTY t
-- case: a table is renamed
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
INSERT INTO t SELECT 1;
-- statement
RENAME TABLE t TO u
-- case: a table is renamed to one that exists
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE u (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
RENAME TABLE t TO u
-- case: a table that does not exist is renamed
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
RENAME TABLE nope TO u
-- case: a table is exchanged with one that does not exist
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
EXCHANGE TABLES t AND nope
-- case: a table is detached
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
DETACH TABLE t PERMANENTLY
-- case: a table that was never detached is attached
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
ATTACH TABLE nope
-- case: a table as another
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE u AS t
-- case: a table as one that does not exist
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE u AS nope
-- case: a table from a query
CREATE TABLE t (k UInt32, a String) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE u ENGINE = MergeTree ORDER BY k EMPTY AS SELECT k, a FROM t
-- case: a database that exists
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE DATABASE app
-- case: a database is made
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE DATABASE web
-- case: a database that does not exist is dropped
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
DROP DATABASE nope
-- case: a database is used that does not exist
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
USE nope
-- case: a function is made twice
CREATE FUNCTION double AS (x) -> x * 2;
-- statement
CREATE FUNCTION double AS (x) -> x * 3
-- case: a function that does not exist is dropped
CREATE TABLE t (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
DROP FUNCTION nope
-- case: an unknown type in a new table
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt65) ENGINE = MergeTree ORDER BY k
-- case: an Enum with a value twice
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, e Enum8('a' = 1, 'b' = 1)) ENGINE = MergeTree ORDER BY k
-- case: an Enum value out of range
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, e Enum8('a' = 200)) ENGINE = MergeTree ORDER BY k
-- case: a Nullable array
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, e Nullable(Array(UInt8))) ENGINE = MergeTree ORDER BY k
-- case: a decimal that is too wide
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, e Decimal(80, 2)) ENGINE = MergeTree ORDER BY k
-- case: a default over a column that does not exist
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, e UInt32 DEFAULT nope) ENGINE = MergeTree ORDER BY k
-- case: a TTL over text in a new table
CREATE TABLE x (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE TABLE t (k UInt32, s String) ENGINE = MergeTree ORDER BY k TTL s
-- case: a column is added to a log table
CREATE TABLE t (k UInt32) ENGINE = Log;
-- statement
ALTER TABLE t ADD COLUMN a UInt8
-- case: a column is added to a TinyLog table
CREATE TABLE t (k UInt32) ENGINE = TinyLog;
-- statement
ALTER TABLE t ADD COLUMN a UInt8
-- case: a column is added to a memory table
CREATE TABLE t (k UInt32) ENGINE = Memory;
INSERT INTO t SELECT 1;
-- statement
ALTER TABLE t ADD COLUMN a UInt8
-- case: a column is added to a Null table
CREATE TABLE t (k UInt32) ENGINE = Null;
-- statement
ALTER TABLE t ADD COLUMN a UInt8
-- case: a column of a Null table changes its type
CREATE TABLE t (k UInt32) ENGINE = Null;
-- statement
ALTER TABLE t MODIFY COLUMN k UInt64
-- case: a column of a Join table is added
CREATE TABLE t (k UInt32, a UInt8) ENGINE = Join(ANY, LEFT, k);
-- statement
ALTER TABLE t ADD COLUMN b UInt8
-- case: a column of a Set table is added
CREATE TABLE t (k UInt32) ENGINE = Set;
-- statement
ALTER TABLE t ADD COLUMN b UInt8
-- case: an index on a Distributed table
CREATE TABLE l (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t AS l ENGINE = Merge('app', '^l$');
-- statement
ALTER TABLE t ADD INDEX i a TYPE minmax GRANULARITY 1
-- case: a column is added to a Merge table
CREATE TABLE l (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t AS l ENGINE = Merge('app', '^l$');
-- statement
ALTER TABLE t ADD COLUMN b UInt8
-- case: a column is added to a Buffer table
CREATE TABLE l (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t AS l ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
ALTER TABLE t ADD COLUMN b UInt8
-- case: a Buffer over a table that loses a column
CREATE TABLE l (k UInt32, a UInt8) ENGINE = MergeTree ORDER BY k;
CREATE TABLE t AS l ENGINE = Buffer('app', 'l', 1, 10, 100, 10000, 1000000, 10000000, 100000000);
-- statement
ALTER TABLE l MODIFY COMMENT 'the table behind the buffer'
