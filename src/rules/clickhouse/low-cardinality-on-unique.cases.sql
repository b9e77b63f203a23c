-- case: two million urls
-- page: bad
-- environment: cloud rows(hits)=2000000 distinct(hits.url)=1900000
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN url LowCardinality(String); -- expect: low-cardinality-on-unique@warning

-- case: two hundred
-- page: good
-- environment: cloud rows(hits)=200000 distinct(hits.url)=200
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN url LowCardinality(String);
