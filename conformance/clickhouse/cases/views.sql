-- case: a column in a view is dropped from its source
CREATE TABLE src (k UInt32, a UInt32, b UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
INSERT INTO src SELECT 1, 2, 3;
-- statement
ALTER TABLE src DROP COLUMN a
-- case: a column that no view reads is dropped from its source
CREATE TABLE src (k UInt32, a UInt32, b UInt32) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
INSERT INTO src SELECT 1, 2, 3;
-- statement
ALTER TABLE src DROP COLUMN b
-- probe: INSERT INTO src (k, a) SELECT 7, 8
-- arrives: SELECT count() FROM dst WHERE k = 7 AND a = 8
-- case: a column in a view is renamed in its source
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
ALTER TABLE src RENAME COLUMN a TO b
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT count() FROM dst WHERE k = 7 AND a = 8
-- case: a column is dropped from the target of a view
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
ALTER TABLE dst DROP COLUMN a
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT sum(has((SELECT groupArray(name) FROM system.columns WHERE table = 'dst' AND database = 'app'), 'a')) FROM dst WHERE k = 7
-- case: a column is renamed in the target of a view
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32, b UInt32 DEFAULT 5) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
ALTER TABLE dst RENAME COLUMN a TO c
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT count() FROM (SELECT * FROM dst) WHERE toString(tuple(*)) LIKE '(7,8%'
-- case: a column is added to the source of a view
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
ALTER TABLE src ADD COLUMN b String
-- probe: INSERT INTO src (k, a) SELECT 7, 8
-- arrives: SELECT count() FROM dst WHERE k = 7 AND a = 8
-- case: the source of a view is renamed
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
RENAME TABLE src TO events
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT count() FROM dst WHERE k = 7
-- case: the target of a view is renamed
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
RENAME TABLE dst TO other
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT count() FROM src WHERE k = 7
-- case: the target of a view is dropped
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
DROP TABLE dst
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT count() FROM src WHERE k = 7
-- case: a view is made over a column that its target lacks
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src
-- case: a view is made over a table that does not exist
CREATE TABLE dst (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k FROM nope
-- case: a view is made over a column that does not exist
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE MATERIALIZED VIEW mv TO dst AS SELECT nope AS k FROM src
-- case: a view is made to a table that does not exist
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE MATERIALIZED VIEW mv TO nope AS SELECT k FROM src
-- case: a view that is filled into a target
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE MATERIALIZED VIEW mv ENGINE = MergeTree ORDER BY k AS SELECT k FROM src
-- case: states of another type than the target has
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, s AggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY k;
-- statement
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, sumState(a) AS s FROM src GROUP BY k
-- case: a view gets another query
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
ALTER TABLE mv MODIFY QUERY SELECT k, a + 0 AS a FROM src
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT count() FROM dst WHERE k = 7 AND a = 8
-- case: a view gets a query with a column that its target lacks
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
ALTER TABLE mv MODIFY QUERY SELECT k, a AS b FROM src
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT count() FROM dst WHERE k = 7 AND a = 8
-- case: a view gets a query over a column that does not exist
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
ALTER TABLE mv MODIFY QUERY SELECT k, nope AS a FROM src
-- case: a view with a table of its own gets a query with a new column
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv ENGINE = MergeTree ORDER BY k AS SELECT k FROM src;
-- statement
ALTER TABLE mv MODIFY QUERY SELECT k, a FROM src
-- case: a column is added to a view with a table of its own
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv ENGINE = MergeTree ORDER BY k AS SELECT k FROM src;
-- statement
ALTER TABLE mv ADD COLUMN a UInt32
-- case: a plain view is altered
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE VIEW v AS SELECT k FROM src;
-- statement
ALTER TABLE v ADD COLUMN a UInt32
-- case: a plain view over a column that does not exist
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
CREATE VIEW v AS SELECT nope FROM src
-- case: a view is replaced
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE VIEW v AS SELECT k FROM src;
-- statement
CREATE OR REPLACE VIEW v AS SELECT k, a FROM src
-- case: a table is dropped as a view
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
-- statement
DROP VIEW src
-- case: a view is dropped as a table
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE VIEW v AS SELECT k FROM src;
-- statement
DROP TABLE v
-- case: a dictionary's source is dropped
CREATE TABLE src (k UInt64, a String) ENGINE = MergeTree ORDER BY k;
CREATE DICTIONARY d (k UInt64, a String) PRIMARY KEY k SOURCE(CLICKHOUSE(TABLE 'src' DB 'app')) LAYOUT(FLAT()) LIFETIME(0);
-- statement
DROP TABLE src
-- case: a dictionary's source is renamed
CREATE TABLE src (k UInt64, a String) ENGINE = MergeTree ORDER BY k;
CREATE DICTIONARY d (k UInt64, a String) PRIMARY KEY k SOURCE(CLICKHOUSE(TABLE 'src' DB 'app')) LAYOUT(FLAT()) LIFETIME(0);
-- statement
RENAME TABLE src TO other
-- case: a dictionary is altered
CREATE TABLE src (k UInt64, a String) ENGINE = MergeTree ORDER BY k;
CREATE DICTIONARY d (k UInt64, a String) PRIMARY KEY k SOURCE(CLICKHOUSE(TABLE 'src' DB 'app')) LAYOUT(FLAT()) LIFETIME(0);
-- statement
ALTER TABLE d ADD COLUMN b String
-- case: a dictionary is dropped as a table
CREATE TABLE src (k UInt64, a String) ENGINE = MergeTree ORDER BY k;
CREATE DICTIONARY d (k UInt64, a String) PRIMARY KEY k SOURCE(CLICKHOUSE(TABLE 'src' DB 'app')) LAYOUT(FLAT()) LIFETIME(0);
-- statement
DROP TABLE d
-- case: a refreshable view changes its schedule
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv REFRESH EVERY 1 DAY ENGINE = MergeTree ORDER BY k AS SELECT k FROM src;
-- statement
ALTER TABLE mv MODIFY REFRESH EVERY 2 DAY
-- case: a source is replaced by one with other columns
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
CREATE OR REPLACE TABLE src (k UInt32) ENGINE = MergeTree ORDER BY k
-- probe: INSERT INTO src (k) SELECT 7
-- arrives: SELECT count() FROM dst WHERE k = 7
-- case: tables are exchanged under a view
CREATE TABLE src (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE TABLE new (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY (k, a);
CREATE TABLE dst (k UInt32, a UInt32) ENGINE = MergeTree ORDER BY k;
CREATE MATERIALIZED VIEW mv TO dst AS SELECT k, a FROM src;
-- statement
EXCHANGE TABLES src AND new
-- probe: INSERT INTO src SELECT 7, 8
-- arrives: SELECT count() FROM dst WHERE k = 7
