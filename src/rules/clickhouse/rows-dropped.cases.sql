-- case: nobody said what is live
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
DROP TABLE hits; -- expect: rows-dropped@error

-- case: no live version uses it
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE visits (id UInt64) ENGINE = MergeTree ORDER BY id;
-- 0002_change.sql
TRUNCATE TABLE visits; -- expect: rows-dropped@warning

-- case: a view without rows of its own
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
DROP VIEW totals_mv;
