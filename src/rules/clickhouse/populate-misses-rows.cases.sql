-- case: POPULATE
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE MATERIALIZED VIEW per_tenant ENGINE = SummingMergeTree ORDER BY tenant POPULATE AS SELECT tenant, count() AS n FROM hits GROUP BY tenant; -- expect: populate-misses-rows@error

-- case: the view first, the past afterwards
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE per_tenant (tenant UInt32, n UInt64) ENGINE = SummingMergeTree ORDER BY tenant;
CREATE MATERIALIZED VIEW per_tenant_mv TO per_tenant AS SELECT tenant, count() AS n FROM hits GROUP BY tenant;
