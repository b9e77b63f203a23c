-- case: renamed under a materialized view
-- page: bad
-- live: SELECT tenant FROM totals
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
ALTER TABLE hits RENAME COLUMN amount TO total; -- expect: view-reads-missing-column@error

-- case: a plain view over a dropped column
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE VIEW urls AS SELECT url FROM hits;
-- 0002_change.sql
ALTER TABLE hits DROP COLUMN url; -- expect: view-reads-missing-column@error

-- case: a column that no view reads is renamed
-- page: good
-- live: SELECT tenant FROM totals
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
ALTER TABLE hits RENAME COLUMN url TO address;
