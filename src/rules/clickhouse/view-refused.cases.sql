-- case: the target lacks a column
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE daily (day Date, n UInt64) ENGINE = SummingMergeTree ORDER BY day;
-- 0002_change.sql
CREATE MATERIALIZED VIEW daily_mv TO daily AS SELECT toDate(at) AS day, count() AS views FROM hits GROUP BY day; -- expect: view-refused@error

-- case: the names fit
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE daily (day Date, n UInt64) ENGINE = SummingMergeTree ORDER BY day;
-- 0002_change.sql
CREATE MATERIALIZED VIEW daily_mv TO daily AS SELECT toDate(at) AS day, count() AS n FROM hits GROUP BY day;
