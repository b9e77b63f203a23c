-- case: added at both ends
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN region UInt8;
ALTER TABLE totals ADD COLUMN region UInt8; -- expect: view-does-not-carry-column@error

-- case: and carried by the view
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN region UInt8;
ALTER TABLE totals ADD COLUMN region UInt8;
ALTER TABLE totals_mv MODIFY QUERY SELECT tenant, amount, region FROM hits;
