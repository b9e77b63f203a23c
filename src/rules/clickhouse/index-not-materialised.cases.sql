-- case: an index on two billion rows
-- page: bad
-- environment: cloud rows(hits)=2000000000 bytes(hits)=400000000000 wide(hits)=120 compact(hits)=0
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD INDEX by_url url TYPE bloom_filter; -- expect: index-not-materialised@info

-- case: an index on a table of unknown size
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD INDEX by_url url TYPE bloom_filter;

-- case: materialized by the same release
-- environment: cloud rows(hits)=2000000000 bytes(hits)=400000000000 wide(hits)=120 compact(hits)=0
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD INDEX by_url url TYPE bloom_filter;
ALTER TABLE hits MATERIALIZE INDEX by_url;
