-- case: EXCHANGE on 26.5
-- page: bad
-- clickhouse: 26.5
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
CREATE TABLE hits_new AS hits;
-- 0002_change.sql
EXCHANGE TABLES hits AND hits_new; -- expect: view-on-a-broken-version@error

-- case: EXCHANGE on 26.7
-- page: good
-- clickhouse: 26.7
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE totals (tenant UInt32, amount Int64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW totals_mv TO totals AS SELECT tenant, amount FROM hits;
CREATE TABLE hits_new AS hits;
-- 0002_change.sql
EXCHANGE TABLES hits AND hits_new;
