-- case: by the month of the last change
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE users (id UInt64, changed DateTime, v UInt64) ENGINE = ReplacingMergeTree(v) PARTITION BY toYYYYMM(changed) ORDER BY id; -- expect: replacing-across-partitions@error

-- case: by a remainder of the key
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE users (id UInt64, changed DateTime, v UInt64) ENGINE = ReplacingMergeTree(v) PARTITION BY id % 16 ORDER BY id;
