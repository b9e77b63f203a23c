-- case: a DateTime becomes a Date
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_seen.sql
ALTER TABLE hits ADD COLUMN seen DateTime;
-- 0003_change.sql
ALTER TABLE hits MODIFY COLUMN seen Date; -- expect: precision-lost@error

-- case: a float loses digits
-- page: bad
-- 0001_hits.sql
CREATE TABLE prices (sku String, price Float64) ENGINE = MergeTree ORDER BY sku;
-- 0002_change.sql
ALTER TABLE prices MODIFY COLUMN price Float32; -- expect: precision-lost@error

-- case: a float with more digits
-- page: good
-- 0001_hits.sql
CREATE TABLE prices (sku String, price Float32) ENGINE = MergeTree ORDER BY sku;
-- 0002_change.sql
ALTER TABLE prices MODIFY COLUMN price Float64;
