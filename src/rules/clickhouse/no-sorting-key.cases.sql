-- case: no ORDER BY
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32, at DateTime) ENGINE = MergeTree; -- expect: no-sorting-key@error

-- case: a key
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32, at DateTime) ENGINE = MergeTree ORDER BY (tenant, at);

-- case: said in so many words
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32, at DateTime) ENGINE = MergeTree ORDER BY tuple(); -- expect: no-sorting-key@warning
