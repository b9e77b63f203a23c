-- case: a wider integer in two billion rows
-- page: bad
-- environment: cloud rows(hits)=2000000000 bytes(hits)=400000000000 wide(hits)=120 compact(hits)=0
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN amount Int128; -- expect: rewrites-columns@warning

-- case: in two thousand
-- page: good
-- environment: self-hosted rows(hits)=2000
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN amount Int128;
