-- case: two billion rows at once
-- page: bad
-- environment: cloud rows(hits)=2000000000 bytes(hits)=400000000000 wide(hits)=120 compact(hits)=0
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE daily (day Date, n UInt64) ENGINE = SummingMergeTree ORDER BY day;
-- 0002_change.sql
INSERT INTO daily SELECT toDate(at), count() FROM hits GROUP BY toDate(at); -- expect: backfill-insert-select@warning

-- case: a small table
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE daily (day Date, n UInt64) ENGINE = SummingMergeTree ORDER BY day;
-- 0002_change.sql
INSERT INTO daily SELECT toDate(at), count() FROM hits GROUP BY toDate(at);
