-- case: the target is dropped
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
DROP TABLE totals; -- expect: view-target-gone@error

-- case: the view goes first
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
DROP VIEW totals_mv;
RENAME TABLE totals TO totals_deprecated;
