-- case: nobody asks by time alone
-- page: bad
-- workload: funnel | SELECT count() FROM visits WHERE tenant = 7
-- workload: urls | SELECT url FROM visits WHERE url = 'x' AND tenant = 7
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (at, tenant); -- expect: sorting-key-serves-no-query@error

-- case: the tenant first
-- page: good
-- workload: funnel | SELECT count() FROM visits WHERE tenant = 7
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (tenant, at);

-- case: a function of what is asked for
-- workload: day | SELECT count() FROM visits WHERE at > now() - 60
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (toDate(at), tenant);
