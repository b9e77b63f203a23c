-- case: by minute
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32, at DateTime) ENGINE = MergeTree PARTITION BY toStartOfMinute(at) ORDER BY tenant; -- expect: partition-too-fine@warning

-- case: by month
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32, at DateTime) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY tenant;

-- case: by id
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (id UInt64, at DateTime) ENGINE = MergeTree PARTITION BY id ORDER BY at; -- expect: partition-too-fine@warning

-- case: by a small remainder of it
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (id UInt64, at DateTime) ENGINE = MergeTree PARTITION BY id % 8 ORDER BY at;
