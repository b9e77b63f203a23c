-- case: a column more
-- page: bad
-- 0001_hits.sql
CREATE TABLE users (id UInt64, email String, v UInt64) ENGINE = ReplacingMergeTree(v) ORDER BY id;
-- 0002_change.sql
ALTER TABLE users ADD COLUMN tenant UInt32, MODIFY ORDER BY (id, tenant); -- expect: sorting-key-is-identity@error

-- case: a plain MergeTree
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN region UInt8, MODIFY ORDER BY (tenant, at, region);
