-- case: a price in the key
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE prices (price Float64, sku String) ENGINE = MergeTree ORDER BY (price, sku); -- expect: float-in-key@warning

-- case: a Decimal
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE prices (price Decimal(12, 2), sku String) ENGINE = MergeTree ORDER BY (price, sku);
