-- case: renamed in the target
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
ALTER TABLE totals RENAME COLUMN amount TO total; -- expect: view-target-loses-column@error

-- case: MODIFY QUERY gives what the target lacks
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
ALTER TABLE totals_mv MODIFY QUERY SELECT tenant, amount, url FROM hits; -- expect: view-target-loses-column@error

-- case: target first, then the view
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
ALTER TABLE totals ADD COLUMN url String;
ALTER TABLE totals_mv MODIFY QUERY SELECT tenant, amount, url FROM hits;
