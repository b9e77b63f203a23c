-- case: the source is renamed
-- page: bad
-- live: SELECT tenant FROM totals
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
-- 0002_change.sql
RENAME TABLE hits TO hits_2025; -- expect: view-source-renamed@error

-- case: the tables change places
-- page: good
-- live: SELECT tenant FROM totals
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
CREATE TABLE hits_new AS hits;
-- 0002_change.sql
EXCHANGE TABLES hits AND hits_new;
