-- case: a level that does not exist
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN url CODEC(ZSTD(30)); -- expect: bad-codec@error

-- case: a level that exists
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN url CODEC(ZSTD(3));

-- case: T64 on text
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN url CODEC(T64, ZSTD(1)); -- expect: bad-codec@error
