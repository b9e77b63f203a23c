-- case: a primary key that is no prefix
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (id UInt64, at DateTime) ENGINE = MergeTree PRIMARY KEY at ORDER BY (id, at); -- expect: create-table-refused@error

-- case: a primary key that is one
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (id UInt64, at DateTime) ENGINE = MergeTree PRIMARY KEY id ORDER BY (id, at);

-- case: NULL in the sorting key
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (id Nullable(UInt64)) ENGINE = MergeTree ORDER BY id; -- expect: create-table-refused@error

-- case: a version that is text
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE users (id UInt64, v String) ENGINE = ReplacingMergeTree(v) ORDER BY id; -- expect: create-table-refused@error
